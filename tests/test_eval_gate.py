"""Comparing runs, the gate and its exit codes, and five planted defects that it must catch in the real pipeline."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from eval.benchmarks.catalogue import load_stored, results
from eval.cases import Case, Span, load_cases
from eval.cli import app
from eval.gate import load_rules
from eval.metrics.randomisation import paired_difference
from eval.reports.figures import figures_of, make_report
from eval.reports.markdown import to_results
from eval.reports.write import write_reports
from eval.runner import Inputs, finish, run_cases
from eval.stamp import digest_of
from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.filters import Filters
from index.retrieve import HybridRetriever
from index.sentences import Sentence, split_sentences
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.evidence import Passage
from qa.reader.protocol import Reading
from tests.test_eval_run import CASES, INPUTS, STAMP, Toy, reported
from tests.toys import WordEmbedder

ROOT = Path(__file__).parents[1]
TOWNS = ("Arlen", "Borsk", "Cheney", "Dorum", "Elvas", "Fanø", "Gizeh", "Hilla", "Izmit", "Jelgava", "Kotor", "Lagos")
THINGS = ("bridge", "harbour", "library", "market")
GATE = """
[metrics.answer]
largest_drop = 0.02
noise = 0.01
[metrics."citation recall"]
largest_drop = 0.02
[metrics."citation overlap"]
largest_drop = 0.02
[metrics.decision]
minimum = 0.9
largest_drop = 0.02
"""


class WordReader:
    """Reads by the share of the question's words that a sentence has."""

    name = "words-1"

    def __init__(self, sign: int = 1) -> None:
        self._sign = sign

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        asked = words(question)
        shares = [len(asked & words(one.text)) / len(asked) for one in passages]
        return [
            Reading(answerable=share if self._sign > 0 else 1 - share, start=one.sentence.start, end=one.sentence.end,
                    probabilities={})
            for share, one in zip(shares, passages, strict=True)
        ]  # fmt: skip


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - {"the", "in", "who", "when", "did"}


def story(row: int, year: int) -> Article:
    town, thing = TOWNS[row], THINGS[row % len(THINGS)]
    text = (
        f"Rain fell over {town} for three days without a pause. The mayor opened the {thing} in {town} on Monday. "
        f"Nobody spoke of the cost afterwards, and the guests of {year} went home."
    )
    return make_article(text, id=f"{town}-{year}", published=f"{year}-05-0{1 + row % 9}", language="en")


def sample() -> tuple[list[Article], list[Case]]:
    articles = [story(row, year) for row, year in product(range(len(TOWNS)), (2019, 2021))]
    cases = []
    for article in articles:
        row, year = TOWNS.index(article.id[:-5]), int(article.id[-4:])
        at = split_sentences(article)[1]
        gold = ((Span(article=article.id, start=at.start, end=at.end),),)
        during = Filters(after=f"{year}-01-01", before=f"{year}-12-31")
        earlier = Filters(before="2017-12-31") if year == 2019 else Filters()
        asked = f"Who opened the {THINGS[row % 4]} in {TOWNS[row]} on Monday?"
        other = asked if year == 2019 else f"When did Zorgon sue {TOWNS[row]} again?"
        base = Case(
            id=f"c {article.id}", question=asked, kind="wh", verdict=None, answers=(), gold=gold, filters=during
        )
        cases += [
            base,
            replace(base, id=f"u {article.id}", question=other, kind="unanswerable", gold=(), filters=earlier),
        ]
    return articles, cases


def evaluated(folder: Path, *, sign: int = 1, threshold: float = 0.8, late: int = 0) -> Path:
    """A run of the real pipeline with toy models; `late` years are added to what the articles say."""
    articles, cases = sample()
    told = [
        replace(one, published=f"{int((one.published or '')[:4]) + late}{(one.published or '')[4:]}")
        for one in articles
    ]
    archive = Archive(folder / "archive", create=True)
    vectors, embedder = ChromaVectors(folder / "chroma", "chunks-1"), WordEmbedder()
    assert Indexer(archive, vectors, embedder, chunk_tokens=1).add(told).failed == []
    retriever = HybridRetriever(archive, vectors, embedder)
    answerer = Answerer(archive, retriever, WordReader(sign), k=8, threshold=threshold, statements=1)
    inputs = Inputs(cases=cases, stamp=STAMP, languages={})
    scored = run_cases(answerer, inputs, folder / "run")
    write_reports(make_report(scored, STAMP), scored, archive.get(one.id for one in articles), folder / "run")
    finish(folder / "run", STAMP)
    archive.close()
    return folder / "run"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evaluated(tmp_path_factory.mktemp("sound"))


def gated(run: Path, against: Path, tmp_path: Path, text: str = GATE) -> Result:
    (tmp_path / "gate.toml").write_text(text)
    return CliRunner().invoke(
        app, ["gate", str(run), "--against", str(against), "--config", str(tmp_path / "gate.toml")]
    )


def test_the_sound_pipeline_passes(sound: Path, tmp_path: Path) -> None:
    done = gated(evaluated(tmp_path / "again"), sound, tmp_path)
    assert (done.exit_code, "passed\n" in done.output) == (0, True), done.output


def shifted(article: Article) -> list[Sentence]:
    found = split_sentences(article)
    return [replace(one, start=max(0, one.start - 12), end=one.end - 12) for one in found if one.end > 60]


DEFECTS: dict[str, Callable[[pytest.MonkeyPatch, Path], Path]] = {
    "splitter offsets": lambda patch, at: patch.setattr("index.build.split_sentences", shifted) or evaluated(at),
    "reader sign": lambda patch, at: evaluated(at, sign=-1),
    "threshold": lambda patch, at: evaluated(at, threshold=0.1),
    "filters": lambda patch, at: patch.setattr(Filters, "sql", lambda self: ("1", [])) or evaluated(at),
    "dates": lambda patch, at: evaluated(at, late=1),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_gate_catches_a_planted_defect(
    defect: str, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = gated(DEFECTS[defect](monkeypatch, tmp_path / "run"), sound, tmp_path)
    assert (done.exit_code, "failed: " in done.output) == (1, True), done.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[metrics", "cannot be read"),
        ("", "no figure is named"),
        ("[other]\n", "unknown table 'other'"),
        ("[metrics.answers]\nminimum = 0.5", "no figure is called 'answers'; there are success@1"),
        ("[metrics.answer]\n", "'answer' asks nothing"),
        ("[metrics.answer]\nnoise = 0.1", "'answer' asks nothing"),
        ("[metrics.answer]\nminimum = 0.5\nfloor = 1", "unknown key 'floor'"),
        ("[metrics.answer]\nminimum = 'high'", "minimum of 'answer' is 'high'; give a number"),
        ("[metrics.answer]\nlargest_drop = -0.1", "largest_drop of 'answer' is -0.1; give a number of 0 or more"),
        ("[metrics.answer]\nminimum = true", "minimum of 'answer' is True"),
    ],
)
def test_a_bad_configuration_is_exit_code_3(text: str, message: str, sound: Path, tmp_path: Path) -> None:
    done = gated(sound, sound, tmp_path, text)
    assert (done.exit_code, message in done.output) == (3, True), done.output


def test_what_cannot_run_is_exit_code_2(sound: Path, tmp_path: Path) -> None:
    reported(tmp_path / "toy")
    other = json.loads((tmp_path / "toy" / "report.json").read_text())
    other["hashes"]["cases"] = "other"
    (tmp_path / "other.json").write_text(json.dumps(other))
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "torn.json").write_text('{"all"')
    (tmp_path / "empty.json").write_text(json.dumps({**other, "cases": 0}))
    (tmp_path / "bare.json").write_text(json.dumps({**other, "all": {}}))
    cases = {
        "gone": "cannot be read: No such file",
        "other.json": "are runs of different case sets",
        "list.json": "not a report of this version",
        "torn.json": "not a report",
        "empty.json": "the run has no case",
    }
    for name, message in cases.items():
        done = gated(tmp_path / "toy", tmp_path / name, tmp_path)
        assert (done.exit_code, message in done.output) == (2, True), done.output
    bare = json.loads((tmp_path / "bare.json").read_text())
    bare["hashes"]["cases"] = "c"
    (tmp_path / "bare.json").write_text(json.dumps(bare))
    done = gated(tmp_path / "toy", tmp_path / "bare.json", tmp_path)
    assert (done.exit_code, "the baseline has no 'answer'" in done.output) == (2, True)
    run_cases(Toy(), INPUTS, tmp_path / "half")
    done = gated(tmp_path / "half", sound, tmp_path)
    assert (done.exit_code, "the run was interrupted" in done.output) == (2, True)


def test_limits_drops_and_noise_by_hand(tmp_path: Path) -> None:
    report = reported(tmp_path / "now")
    report["all"]["answer"]["mean"] = 0.55  # was 0.5
    report["times"]["latency p95"] = 0.1
    (tmp_path / "before.json").write_text(json.dumps(report))

    def passes(text: str) -> bool:
        done = gated(tmp_path / "now", tmp_path / "before.json", tmp_path, text)
        assert done.exit_code in (0, 1), done.output
        return done.exit_code == 0

    assert passes("[metrics.answer]\nlargest_drop = 0.05")
    assert not passes("[metrics.answer]\nlargest_drop = 0.04")
    assert passes("[metrics.answer]\nlargest_drop = 0.0\nnoise = 0.06")
    assert passes("[metrics.answer]\nminimum = 0.5")
    assert not passes("[metrics.answer]\nminimum = 0.51")
    assert not passes('[metrics."latency p95"]\nlargest_drop = 0.05')  # higher is worse
    assert not passes('[metrics."latency p95"]\nmaximum = 0.2')


def test_a_kept_baseline_serves_the_gate_and_no_comparison(tmp_path: Path) -> None:
    reported(tmp_path / "run")
    kept, results = tmp_path / "kept.json", tmp_path / "results.md"
    done = CliRunner().invoke(app, ["keep", str(tmp_path / "run"), str(kept), "--results", str(results)])
    assert done.exit_code == 0, done.output
    assert gated(tmp_path / "run", kept, tmp_path).exit_code == 1  # decision is below its minimum
    assert gated(tmp_path / "run", kept, tmp_path, "[metrics.answer]\nlargest_drop = 0.0").exit_code == 0
    assert "| answer | 0.500 |" in results.read_text()
    done = CliRunner().invoke(app, ["keep", str(kept), str(tmp_path / "again.json")])
    assert (done.exit_code, "holds figures only" in done.output) == (2, True)
    done = CliRunner().invoke(app, ["compare", str(tmp_path / "run"), str(kept)])
    assert (done.exit_code, "holds figures only" in done.output) == (2, True)


def test_the_stored_results_are_those_of_the_stored_baseline() -> None:
    stored = json.loads((ROOT / "examples" / "evaluation" / "baseline.json").read_text())
    assert (ROOT / "docs" / "results.md").read_text() == to_results(stored) + results(load_stored())
    assert stored["hashes"]["cases"] == digest_of(load_cases(ROOT / "examples" / "cases.jsonl"))
    rules = load_rules(ROOT / "examples" / "evaluation" / "gate.toml", tuple(figures_of(stored)))
    assert len(rules) >= 8


def test_two_runs_are_compared_case_by_case(tmp_path: Path) -> None:
    reported(tmp_path / "one")

    class Better(Toy):
        def sentence(self, question: str) -> Sentence | None:
            return super().sentence("ar1/1" if question in ("ar1/0?", "who?") else question)

    reported(tmp_path / "two", Better())
    done = CliRunner().invoke(
        app, ["compare", str(tmp_path / "one"), str(tmp_path / "two"), "--html", str(tmp_path / "c.html")]
    )
    assert done.exit_code == 0, done.output
    assert "2 cases won, 0 lost, 2 changed in all" in done.output
    assert re.search(r"answer +0.500 +0.750 +\+0.250 +2 +0 +8 +0\.[45]", done.output)  # 2 of 4 swappings
    page = (tmp_path / "c.html").read_text()
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert {one["id"]: one["problems"] for one in data["cases"]} == {"beside": ["won"], "refused": ["won"]}
    assert "جاء اثنا عشر" in data["cases"][0]["sides"][1]["text"]


def test_runs_of_other_cases_are_not_compared(tmp_path: Path) -> None:
    reported(tmp_path / "one")
    stamp = {**STAMP, "hashes": {"cases": "d", "archive": "a", "model": "m"}}
    scored = run_cases(Toy(), Inputs(cases=CASES[:2], stamp=stamp, languages={}), tmp_path / "two")
    write_reports(make_report(scored, stamp), scored, {}, tmp_path / "two")
    finish(tmp_path / "two", stamp)
    done = CliRunner().invoke(app, ["compare", str(tmp_path / "one"), str(tmp_path / "two")])
    assert (done.exit_code, "different case sets" in done.output) == (2, True)


def test_the_randomisation_test_nears_the_exact_one() -> None:
    chance = Random(5)
    for _ in range(20):
        pairs = [(chance.choice([0, 0.5, 1]), chance.choice([0, 0.5, 1])) for _ in range(9)]
        gaps = [two - one for one, two in pairs]
        all_sums = [
            abs(sum(sign * gap for sign, gap in zip(signs, gaps, strict=True))) for signs in product((1, -1), repeat=9)
        ]
        exact = sum(one >= abs(sum(gaps)) - 1e-9 for one in all_sums) / len(all_sums)
        found = paired_difference(pairs, seed=1)
        assert found is not None
        assert found.p == pytest.approx(exact, abs=0.02)
        assert found == paired_difference(pairs, seed=1)

"""Every benchmark from files in its data set's own format, with figures worked out by hand."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import eval.cli as cli
from eval.benchmarks.catalogue import CATALOGUE, Stored, load_stored
from eval.benchmarks.embedders import NeutralEmbedder, RememberingEmbedder, make_embedders
from eval.benchmarks.keep import commit_of
from eval.benchmarks.pool import Options
from eval.benchmarks.published import PUBLISHED
from eval.benchmarks.ranking import average_precision, first_ranks, rank_figures
from eval.benchmarks.run import BENCHMARKS, run_benchmark
from index.embed import Embedder
from index.errors import InputError
from index.neutral import NeutralSpace
from qa.settings import Settings
from tests.toys import WordEmbedder

DATA = Path(__file__).parents[2] / "shared" / "data"
DAY = date(2026, 11, 22)
zipped = partial(gzip.compress, mtime=0)  # without the time of day: two workers must collect the same tests
Asked = tuple[str, str]  # question, first words of the sentence with the answer

ENGLISH: list[tuple[list[str], list[Asked]]] = [
    (["Prices rose 8 percent.", "Rain fell."], [("How far rose prices?", "Prices")]),
    (["Votes were counted.", "Parliament rose early."], [("Who counted prices?", "Votes")]),
]
ARABIC: list[tuple[list[str], list[Asked]]] = [
    (["ارتفعت الأسعار 8 بالمئة.", "هطل المطر."], [("كم ارتفعت الأسعار؟", "ارتفعت")]),
    (["فرزت الأصوات.", "انفض البرلمان باكرا."], [("من فرز الأصوات؟", "فرزت")]),
]


def write_squad(path: Path, paragraphs: Sequence[tuple[list[str], list[Asked]]], breaks: bool = True) -> None:
    parts = []
    for number, (sentences, asked) in enumerate(paragraphs):
        context = " ".join(sentences)
        part: dict[str, Any] = {"context": context, "qas": []}
        if breaks:
            starts = [context.index(one) for one in sentences]
            part["sentence_breaks"] = [[at, at + len(one)] for at, one in zip(starts, sentences, strict=True)]
        for place, (question, answer) in enumerate(asked):
            found = [{"answer_start": context.index(answer), "text": answer}]
            part["qas"].append({"id": f"{number}.{place}", "question": question, "answers": found})
        parts.append(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        json.dump({"data": [{"title": "t", "paragraphs": parts}]}, stream)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a tiny xquad-r/, tydiqa/ and ntrex/."""
    folder = tmp_path / "data"
    for code, name, paragraphs in (("en", "english", ENGLISH), ("ar", "arabic", ARABIC)):
        write_squad(folder / "xquad-r" / f"{code}.json.gz", paragraphs)
        write_squad(folder / "tydiqa" / f"{name}_tydiqa_dev.json.gz", paragraphs, breaks=False)
    (folder / "ntrex" / "text").mkdir(parents=True)
    (folder / "ntrex" / "documents.tsv").write_text("a.1\na.1\nb.2\nb.2\n")
    texts = {
        "eng": ["Storm hits Baku", "A storm came.", "Vote in Minsk", "They vote in Minsk."],
        "deu": ["Sturm trifft Baku", "Ein Sturm in Baku.", "Wahl in Minsk", "Eine Wahl."],
        "fra": ["Tempête à Baku", "Une tempête à Baku.", "Vote à Minsk", "On vote à Minsk."],
    }
    for name, lines in texts.items():
        (folder / "ntrex" / "text" / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def command(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """`dateline eval benchmark` with the toy embedder in place of the model."""
    monkeypatch.setattr(cli, "make_embedders", lambda settings, progress: {"ours": WordEmbedder(4096)})

    def call(name: str, *more: str, folder: Path = data) -> Result:
        asked = ["benchmark", name, "--data", str(folder), "--out", str(tmp_path / "out"), "--date", "2026-11-22"]
        return CliRunner().invoke(cli.app, [*asked, *more])

    return call


def figures(tmp_path: Path, name: str) -> dict[str, dict[str, float]]:
    stored = json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))
    assert stored["settings"]["date"] == "2026-11-22"
    assert stored["settings"]["embedder, ours"] == "words/4096"
    found: dict[str, dict[str, float]] = stored["figures"]["ours"]
    return found


def test_xquad_r_by_hand(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    done = command("xquad-r", "--languages", "en,ar", "--limit", "1")
    assert done.exit_code == 0, done.output
    found = figures(tmp_path, "xquad-r")
    # In English the right sentence shares "rose" and "prices", nothing else is shared: of what is left the shorter
    # sentences are nearer, so the Arabic one, of four words, is last of four: (1/1 + 2/4) / 2. In Arabic likewise.
    assert found["all"] == {"mAP": 0.75, "own-language MRR": 1.0}
    assert found["questions in ar"]["mAP"] == 0.75
    assert found["English to Arabic"] == {"MRR": 0.5, "R@1": 0.0}
    assert "| all | mAP | 0.750 |  |" in done.output
    assert "A part of the data set" in done.output
    assert "| embedder, ours | words/4096 |" in (tmp_path / "out" / "xquad-r.md").read_text(encoding="utf-8")


def test_xquad_retrieval_by_hand(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    assert command("xquad-retrieval", "--languages", "en").exit_code == 0
    # "Who counted prices?" meets one word in either paragraph, of 6 words each; a tie goes to the right one.
    assert figures(tmp_path, "xquad-retrieval")["en"] == {"nDCG@10": 1.0, "MRR": 1.0}
    assert rank_figures([1, 2], "nDCG@10")["nDCG@10"] == pytest.approx((1 + 0.63093) / 2, abs=1e-5)
    assert rank_figures([11], "nDCG@10") == {"nDCG@10": 0.0}


def test_xquad_retrieval_of_one_language_stands_beside_its_published_figure(command: Any) -> None:  # noqa: ANN401
    output = command("xquad-retrieval", "--languages", "en").output
    assert "0.975 multilingual-e5-small (MTEB results, XQuADRetrieval)" in output
    assert "0.975" not in command("xquad-retrieval", "--languages", "en", "--limit", "1").output


def test_tydiqa_by_hand(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    assert command("tydiqa", "--languages", "en,ar").exit_code == 0
    found = figures(tmp_path, "tydiqa")
    # "How far rose prices?" finds its sentence; "Who counted prices?" shares one word with the right sentence of
    # three words and one with a sentence of four: the shorter is nearer.
    assert found["en, own sentences"] == {"MRR": 1.0, "success@1": 1.0, "success@5": 1.0}
    assert found["mean of languages, one pool"]["success@1"] == 1.0


def test_tydiqa_keeps_a_repeated_page_once_and_takes_any_of_its_answers(data: Path) -> None:
    path = data / "tydiqa" / "korean_tydiqa_dev.json.gz"
    write_squad(path, [(["One came.", "Two went."], [("Who went?", "Two")])] * 2, breaks=False)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        stored = json.load(stream)
    stored["data"][0]["paragraphs"][1]["qas"][0]["answers"].append({"answer_start": 0, "text": "One"})
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        json.dump(stored, stream)
    words: dict[str, Embedder] = {"ours": WordEmbedder()}
    result = run_benchmark("tydiqa", data, words, Options(languages=("ko",)), DAY)
    assert result.counts == {"questions": 2, "sentences": 2}


def test_ntrex_by_hand(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    assert command("ntrex", "--languages", "eng,deu,fra").exit_code == 0
    found = figures(tmp_path, "ntrex")
    # "Storm hits Baku" shares Baku with both right translations. "Vote in Minsk" shares two words with the French
    # sentence and none with the German "Eine Wahl.", which "Ein Sturm in Baku." (in) beats.
    assert found["headlines to fra"]["success@1"] == 1.0
    assert found["headlines to deu"] == {"MRR": 0.75, "success@1": 0.5, "success@5": 1.0, "success@10": 1.0}
    assert found["other languages than English"]["MRR"] == 1.0
    assert found["other languages than English"]["right sentences in 10"] == 0.5  # two of the four there are
    # Of six articles in three languages: Baku's at 1, 2, 3; Minsk's at 1, 2 and, with nothing shared, at 4 or later.
    assert 0.5 * (1 + (1 + 1 + 3 / 6) / 3) <= found["all languages"]["mAP of articles"] < 1


def test_ntrex_questions_by_hand(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    asked = tmp_path / "questions.jsonl"
    asked.write_text('{"question": "Who will vote in Minsk?", "language": "en", "lines": [2, 3]}\n\n', encoding="utf-8")
    done = command("ntrex", "--languages", "eng,fra", "--questions", str(asked))
    assert done.exit_code == 0, done.output
    found = figures(tmp_path, "ntrex")
    assert found["questions, all languages"] == {"mAP": 1.0}
    assert found["questions, own language"] == {"MRR": 1.0, "success@1": 1.0}


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("xquad", (), r"there is no benchmark 'xquad'; there are: xquad-r, ntrex"),
        ("xquad-r", ("--languages", "en,xx"), r"xquad-r: no language 'xx'; there are: ar, de"),
        ("xquad-r", ("--languages", "de"), r"xquad-r/de\.json\.gz: there is no such file"),
        ("xquad-retrieval", ("--languages", "jp"), r"no language 'jp'"),
        ("tydiqa", ("--languages", "de"), r"tydiqa: no language 'de'; there are: ar, bn"),
        ("tydiqa", ("--languages", "fi"), r"finnish_tydiqa_dev\.json\.gz: there is no such file"),
        ("ntrex", ("--languages", "ger"), r"ntrex: no language 'ger'; there are: deu, eng, fra"),
        ("ntrex", ("--questions", "absent.jsonl"), r"absent\.jsonl: cannot be read"),
        ("tydiqa", ("--questions", "absent.jsonl"), r"--questions is for ntrex"),
    ],
)
def test_what_cannot_be_measured_is_named(command: Any, name: str, more: tuple[str, ...], message: str) -> None:  # noqa: ANN401
    done = command(name, *more)
    assert done.exit_code == 2
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(done.output)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_missing_folder_is_named(command: Any, tmp_path: Path, name: str) -> None:  # noqa: ANN401
    done = command(name, folder=tmp_path / "nowhere")
    assert done.exit_code == 2
    assert f"{tmp_path}/nowhere/" in done.output
    assert "give --data the folder that holds" in done.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "not gzipped JSON"),
        (zipped(b'{"data": [')[:-4], "not gzipped JSON"),
        (zipped(b'{"data": ['), "not gzipped JSON"),
        (zipped(b'{"data": [{"paragraphs": [{"context": "a"}]}]}'), "'qas' is missing"),
        (zipped(b'{"data": [{"paragraphs": [{"context": "a", "qas": []}]}]}'), "there is no question"),
        (zipped(b'{"data": [{"paragraphs": ["a"]}]}'), "not gzipped JSON"),
        (zipped(b"[]"), "not gzipped JSON"),
        (zipped(b"\xff"), "not gzipped JSON"),
    ],
)
def test_a_damaged_file_is_named(data: Path, content: bytes, message: str) -> None:
    (data / "xquad-r" / "en.json.gz").write_bytes(content)
    words: dict[str, Embedder] = {"ours": WordEmbedder()}
    with pytest.raises(InputError, match=f"en.json.gz: .*{message}"):
        run_benchmark("xquad-r", data, words, Options(languages=("en",)), DAY)


def test_an_answer_in_no_sentence_and_unlike_questions_are_errors(data: Path) -> None:
    words: dict[str, Embedder] = {"ours": WordEmbedder()}
    write_squad(data / "xquad-r" / "de.json.gz", ENGLISH[:1])
    with pytest.raises(InputError, match=r"de\.json\.gz: other questions than en"):
        run_benchmark("xquad-r", data, words, Options(languages=("en", "de")), DAY)
    write_squad(data / "xquad-r" / "de.json.gz", ENGLISH, breaks=False)
    with pytest.raises(InputError, match=r"question 0\.0: its answer is in no sentence"):
        run_benchmark("xquad-r", data, words, Options(languages=("de",)), DAY)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": "a", "language": "en"}', "'lines' is missing"),
        ('{"question": "a", "language": "en", "lines": [9]}', r"must be of 0 to 3"),
        ('{"question": "a", "language": "en", "lines": []}', r"must be of 0 to 3"),
        ('{"question": "a", "language": "en", "lines": [1.5]}', r"must be of 0 to 3"),
        ("{", "not a question"),
        ("", "no question"),
    ],
)
def test_a_line_that_is_no_question_is_named(data: Path, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    words: dict[str, Embedder] = {"ours": WordEmbedder()}
    with pytest.raises(InputError, match=rf"questions\.jsonl:.*{message}"):
        run_benchmark("ntrex", data, words, Options(languages=("eng",), questions=path), DAY)


def test_ntrex_files_that_do_not_fit_are_errors(data: Path) -> None:
    words: dict[str, Embedder] = {"ours": WordEmbedder()}
    (data / "ntrex" / "text" / "deu.txt").write_text("one line\n")
    with pytest.raises(InputError, match=r"deu\.txt: 1 lines, but documents\.tsv has 4"):
        run_benchmark("ntrex", data, words, Options(languages=("deu",)), DAY)
    (data / "ntrex" / "documents.tsv").write_text("a.1\nb.2\na.1\nb.2\n")
    with pytest.raises(InputError, match="an article is broken up"):
        run_benchmark("ntrex", data, words, Options(languages=("fra",)), DAY)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.data())
def test_measures_stay_in_bounds_and_agree_with_sorting(values: list[int], draw: st.DataObject) -> None:
    gold = draw.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, unique=True))
    row = np.array(values, np.float32)
    order = sorted(range(len(values)), key=lambda at: (-values[at], at not in gold))  # ties: the right ones first
    places = [rank for rank, at in enumerate(order, 1) if at in gold]
    assert first_ranks(row[None], [gold]) == [places[0]]
    assert average_precision(row, gold) == pytest.approx(sum(k / r for k, r in enumerate(places, 1)) / len(gold))
    assert 0 < average_precision(row, gold) <= 1


def test_no_text_is_embedded_twice() -> None:
    words, done = WordEmbedder(), list[int]()
    remembering = RememberingEmbedder(words, done.append)
    first = remembering.embed_documents(["a b", "c", "a b"], ["en", "en", "en"])
    again = remembering.embed_documents(["c"], ["en"])
    assert (words.embedded, sum(done)) == (2, 2)
    assert (first[0] == first[2]).all()
    assert (first[1] == again[0]).all()
    assert (remembering.embed_query("c") == remembering.embed_query("c")).all()
    assert sum(done) == 3


def test_published_figures_name_known_benchmarks() -> None:
    assert PUBLISHED.keys() == {one.name for one in CATALOGUE} >= BENCHMARKS.keys()


def test_the_list_names_every_benchmark_with_its_licence_data_and_figures() -> None:
    done = CliRunner().invoke(cli.app, ["benchmark", "--list"])
    assert done.exit_code == 0, done.output
    parts = {part.split("\n")[0]: part for part in done.output.split("### ")[1:]}
    assert list(parts) == [one.name for one in CATALOGUE]
    for part in parts.values():
        assert [line.split(":")[0] for line in part.split("\n")[2:8]] == [
            "- measures", "- licence", "- data", "- command", "- published", "- ours",
        ]  # fmt: skip
        assert "https://" in part
    assert "all mAP 0.660 mBERT X-Y (LAReQA, Roy et al. 2020)" in parts["xquad-r"]
    assert "test macro F1 0.836 (2026-11-23, commit 7ce9fb0; test, all 379 pairs)" in parts["ans"]
    assert "published: none with this pool and measure" in parts["danetqa"]
    assert {one.benchmark for one in load_stored()} == set(parts)


def test_a_run_is_kept_with_its_day_and_commit(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    kept = tmp_path / "kept.json"
    other = Stored(benchmark="ans", pool="p", measure="F1", value=0.5, date="d", commit="c", of="all")
    old = Stored(benchmark="xquad-r", pool="all", measure="mAP", value=0.1, date="d", commit="c", of="all")
    kept.write_text(json.dumps([asdict(other), asdict(old)]))
    done = command("xquad-r", "--languages", "en,ar", "--limit", "1", "--keep", str(kept))
    assert done.exit_code == 0, done.output
    first, second = load_stored(kept)
    assert first == other
    assert (second.value, second.date, second.of[:6]) == (0.75, "2026-11-22", "a part")
    assert commit_of(tmp_path / "nowhere") == "unknown"
    kept.write_text("{")
    with pytest.raises(InputError, match="take it from the project again"):
        load_stored(kept)


def test_ours_is_the_embedder_of_the_archive(embedder: Embedder) -> None:
    made = make_embedders(Settings(), lambda done: None)
    texts, languages = ["Rain fell in Baku.", "هطل المطر.", "Regen."], ["en", "ar", None]
    assert isinstance(made["ours"], NeutralEmbedder)
    assert made["ours"].identity == embedder.identity
    assert NeutralSpace.load().fingerprint in embedder.identity
    assert "neutral" not in made["plain"].identity
    close = pytest.approx(embedder.embed_documents(texts, languages), abs=1e-5)
    assert made["ours"].embed_documents(texts, languages) == close
    assert made["ours"].embed_query("Wo regnet es?") == pytest.approx(embedder.embed_query("Wo regnet es?"), abs=1e-5)


@pytest.mark.skipif(not (DATA / "ntrex").is_dir(), reason="the public data sets are not at ../shared/data")
def test_ten_articles_of_ntrex_with_the_model(embedder: Embedder) -> None:
    options = Options(languages=("arb",), limit=10)
    result = run_benchmark("ntrex", DATA, {"ours": embedder}, options, DAY)
    assert result.counts["articles"] == 10
    assert result.figures["ours"]["headlines to arb"]["success@5"] >= 0.9
    assert result.settings["languages"] == "arb=ar"

"""A run with toy answers: what it writes, that it is the same twice, and that it goes on where it stopped."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from eval.cases import Case, Span
from eval.cli import app
from eval.reports.embed import to_json
from eval.reports.figures import figures_of, make_report
from eval.reports.page_data import page_data
from eval.reports.write import FILES, write_reports
from eval.runner import ANSWERS, STATE, Inputs, finish, run_cases
from index.archive import Archive
from index.articles import Article, make_article
from index.chunks import Chunk
from index.errors import InputError
from index.filters import Filters
from index.hits import Hit
from index.sentences import Sentence, split_sentences
from qa.answers import Answer, Citation, Decision, Refusal, Stance, Statement, Verdict
from qa.app import build_indexer
from qa.settings import load_settings
from tests.toys import WordEmbedder

STAMP: Mapping[str, Any] = {
    "hashes": {"cases": "c", "archive": "a", "model": "m"},
    "seed": 7,
    "settings": {"k": 20},
    "versions": {"dateline": "0"},
}
TEXTS = {
    "en1": ("The mayor opened the bridge. Twelve boats came.", "en"),
    "ar1": ("افتتح العمدة الجسر يوم الاثنين. جاء اثنا عشر قاربا.", "ar"),
    "bad": ("</script><img src=x onerror=alert(1)> \u202eopened. <b>Bold</b> & more.", "en"),
}
ARTICLES = {one: make_article(text, id=one, language=language) for one, (text, language) in TEXTS.items()}


class Toy:
    """Cites the sentence named in the question, `article/sentence`, and refuses where none is."""

    def __init__(self, articles: Mapping[str, Article] = ARTICLES, fail_after: int = 10**9) -> None:
        self.articles, self.left, self.asked = articles, fail_after, list[str]()

    def sentence(self, question: str) -> Sentence | None:
        found = re.search(r"(\w+)/(\d)", question)
        return split_sentences(self.articles[found[1]])[int(found[2])] if found else None

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[str] = ()) -> Answer:
        if history:
            return replace(self.ask(f"{history[-1]} {question}"), searched=f"{history[-1]} {question}")
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt("stopped")
        self.asked.append(question)
        if question.startswith("!"):
            raise InputError(f"the question {question!r} has no word in it")
        times = {"total": 0.5 + len(self.asked) / 8}
        found = self.sentence(question)
        if found is None:
            return Answer(question=question, language="en", decision=Decision.REFUSED, refusal=Refusal.NOT_STATED,
                          confidence=0.75, timings=times)  # fmt: skip
        quote = self.articles[found.article_id].text[found.start : found.end]
        cite = Citation(
            label=1, article_id=found.article_id, title=None, publisher=None, published=None, language=None, url=None,
            start=found.start, end=found.end, quote=quote, answer_start=0, answer_end=len(quote),
            stance=Stance.SUPPORTS, support=0.9,
        )  # fmt: skip
        said = Statement(text=quote, start=0, end=len(quote), labels=(1,))
        verdict = Verdict.YES if "yes" in question else None
        return Answer(question=question, language="en", decision=Decision.ANSWERED, verdict=verdict, text=quote,
                      short="Twelve", statements=(said,), citations=(cite,), confidence=0.9, timings=times)  # fmt: skip

    def search(self, question: str, *, filters: Filters | None = None, k: int | None = None) -> list[Hit]:
        found = self.sentence(question)
        if found is None:
            return []
        chunk = Chunk(article_id=found.article_id, start=found.start, end=found.end, sentences=(found,))
        return [Hit(chunk=chunk, score=1.0, rank=1)]


def gold(article: str, number: int) -> tuple[tuple[Span, ...], ...]:
    one = split_sentences(ARTICLES[article])[number]
    return ((Span(article=article, start=one.start, end=one.end),),)


def case(name: str, question: str, kind: str, **more: Any) -> Case:  # noqa: ANN401 - the fields' own types
    base: dict[str, Any] = {"verdict": None, "answers": (), "gold": (), "language": "en"}
    return Case(**base | {"id": name, "question": question, "kind": kind} | more)


CASES = [
    case("right", "en1/0 yes?", "yes_no", verdict=Verdict.YES, gold=gold("en1", 0)),
    case("wrong", "en1/0 yes?", "yes_no", verdict=Verdict.NO, gold=gold("en1", 0)),
    case("number", "how many, en1/1?", "number", answers=("12", "twelve"), gold=gold("en1", 1)),
    case("beside", "ar1/0?", "wh", gold=gold("ar1", 1), language="ar"),
    case("refused", "who?", "wh", gold=gold("ar1", 1)),
    case("due", "what?", "unanswerable"),
    case("made up", "bad/1?", "unanswerable"),
    case("missing", "!", "yes_no", verdict=Verdict.YES, gold=gold("en1", 0)),
]
LANGUAGES = {one: article.language for one, article in ARTICLES.items()}
INPUTS = Inputs(cases=CASES, stamp=STAMP, languages=LANGUAGES)


def reported(out: Path, toy: Toy | None = None) -> dict[str, Any]:
    scored = run_cases(toy or Toy(), INPUTS, out)
    report = make_report(scored, STAMP)
    write_reports(report, scored, ARTICLES, out)
    finish(out, STAMP)
    return report


def test_a_run_by_hand(tmp_path: Path) -> None:
    report = reported(tmp_path / "out")
    means = {name: (row["mean"], row["scored"], row["not scorable"]) for name, row in report["all"].items()}
    assert means["verdict"] == (1 / 3, 3, 5)  # the missing answer counts as wrong
    assert means["decision"] == (5 / 8, 8, 0)
    assert means["answer"] == (4 / 8, 8, 0)
    assert means["success@1"] == (3 / 6, 6, 2)
    assert means["citation recall"] == (3 / 6, 6, 2)
    assert means["citation precision"] == (3 / 4, 4, 4)
    assert means["exact match"] == (1.0, 1, 7)
    problems = {"wrong verdict": 1, "no verdict": 0, "wrongly refused": 2, "wrongly answered": 1, "uncited": 1}
    assert report["problems"] == problems
    assert report["confusion"] == {"no": {"no": 0, "none": 0, "yes": 1}, "yes": {"no": 0, "none": 1, "yes": 1}}
    assert report["whole"]["balanced accuracy"] == 0.25
    assert report["whole"]["refusal precision"] == report["whole"]["refusal recall"] == 0.5
    assert report["not asked"] == ["case missing: the question '!' has no word in it"]
    assert set(report["by"]["pair"]) == {"en-en", "en-ar", "ar-ar"}
    assert report["by"]["article language"]["ar"]["cases"] == 2
    assert figures_of(report)["latency p50"] == report["times"]["latency p50"]


def test_a_follow_up_is_asked_and_searched_with_what_came_before(tmp_path: Path) -> None:
    asked = case("then", "and then?", "wh", gold=gold("en1", 1), history=("what of en1/1?",))
    found = run_cases(Toy(), replace(INPUTS, cases=[asked]), tmp_path)
    assert (found[0].scores["answer"], found[0].scores["success@1"]) == (1.0, 1.0)
    assert page_data(found, ARTICLES)["cases"][0]["earlier"] == ["what of en1/1?"]


def test_the_same_inputs_give_the_same_report_but_for_times(tmp_path: Path) -> None:
    for name in ("one", "two"):
        reported(tmp_path / name)
    one, two = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("one", "two"))
    assert {**one, "times": 0} == {**two, "times": 0}
    assert (tmp_path / "one" / "junit.xml").read_text() == (tmp_path / "two" / "junit.xml").read_text()


def test_several_at_once_come_out_in_order(tmp_path: Path) -> None:
    met = Barrier(3)

    class Slow(Toy):
        """Answers nothing until three are asked."""

        def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[str] = ()) -> Answer:
            met.wait(20) if question in {one.question for one in CASES[:3]} else None
            return super().ask(question, filters=filters, history=history)

    alone = run_cases(Toy(), INPUTS, tmp_path / "alone")
    together = run_cases(Slow(), INPUTS, tmp_path / "together", at_once=3)
    assert [one.case.id for one in together] == [one.id for one in CASES]
    kinds = ("answer", "decision", "citation recall", "success@1")
    assert [[one.scores[kind] for kind in kinds] for one in together] == [
        [one.scores[kind] for kind in kinds] for one in alone
    ]


def test_junit_counts_what_failed(tmp_path: Path) -> None:
    reported(tmp_path / "out")
    suite = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("8", "4", "1")
    assert [one.get("name") for one in suite if one.find("error") is not None] == ["missing: !"]


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt, match="stopped"):
        run_cases(Toy(fail_after=3), INPUTS, out)
    with (out / ANSWERS).open("a") as stream:
        stream.write('{"id": "beside", "ans')  # the line that was being written
    toy = Toy()
    found = run_cases(toy, INPUTS, out)
    assert (toy.asked[0], len(toy.asked)) == ("ar1/0?", 5)
    whole = run_cases(Toy(), INPUTS, tmp_path / "whole")
    assert [one.scores for one in found] == [one.scores for one in whole]
    finish(out, STAMP)
    again = Toy()
    run_cases(again, INPUTS, out)
    assert len(again.asked) == len(CASES)  # a finished run is not mistaken for this one


def test_an_interrupted_run_of_other_cases_is_refused(tmp_path: Path) -> None:
    run_cases(Toy(), INPUTS, tmp_path)
    other = replace(INPUTS, stamp={**STAMP, "hashes": {"cases": "d"}})
    with pytest.raises(InputError, match=r"interrupted run with other hashes; give another --out, or --fresh"):
        run_cases(Toy(), other, tmp_path)
    (tmp_path / STATE).unlink()
    run_cases(Toy(), other, tmp_path)


def test_nothing_that_an_article_holds_is_part_of_the_page(tmp_path: Path) -> None:
    reported(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<img" not in page
    assert "onerror" in page  # as data
    assert "\u202e" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", page.replace("src=x", ""))
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    shown = {one["id"]: one for one in data["cases"]}
    assert shown["made up"]["problems"] == ["wrongly answered"]
    text = data["articles"]["ar1"]["parts"][0][1]
    _, start, end = shown["beside"]["cited"][0]
    assert text[start:end] == ARTICLES["ar1"].text[start:end]


def test_json_in_a_page_holds_no_element() -> None:
    text = "<!--<script>\u2028\ud800"
    assert "<" not in to_json(text)
    assert json.loads(to_json(text)) == "<!--<script>\u2028\ufffd"


def test_long_articles_are_cut_to_what_is_near_gold_and_citations() -> None:
    long = replace(ARTICLES["en1"], text=ARTICLES["en1"].text + " Filler." * 2000)
    scored = run_cases_of(Toy({**ARTICLES, "en1": long}))
    whole = page_data(scored, {**ARTICLES, "en1": long})
    cut = page_data(scored, {**ARTICLES, "en1": long}, most=2000)
    assert len(whole["articles"]["en1"]["parts"][0][1]) > 16000
    assert len(cut["articles"]["en1"]["parts"][0][1]) < 600


def run_cases_of(toy: Toy) -> list[Any]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return list(run_cases(toy, INPUTS, Path(folder)))


@pytest.fixture
def many() -> tuple[list[Case], dict[str, Article]]:
    """5,000 cases over 5,000 articles of 4,000 letters."""
    articles = {
        f"a{n}": make_article(f"The mayor of {n} came. " + f"Word {n} stays. " * 250, id=f"a{n}") for n in range(5000)
    }
    cases = [case(f"c{n}", f"a{n}/0?", "wh", gold=((Span(article=f"a{n}", start=0, end=20),),)) for n in range(5000)]
    return cases, articles


def test_a_page_of_5000_cases_stays_small(many: tuple[list[Case], dict[str, Article]], tmp_path: Path) -> None:
    cases, articles = many
    inputs = Inputs(cases=cases, stamp=STAMP, languages={})
    scored = run_cases(Toy(articles), inputs, tmp_path)
    report = make_report(scored, STAMP)
    write_reports(report, scored, articles, tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 30_000_000


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """`dateline eval run` over a small archive with the toy embedder and the similarity reader."""
    embedder = WordEmbedder()
    monkeypatch.setattr("qa.app._embedder", lambda model, folder: embedder)
    monkeypatch.setenv("DATELINE_READER", "similarity")
    settings = load_settings(db=tmp_path / "db")
    archive = Archive(settings.db, create=True)
    assert build_indexer(settings, archive).add(ARTICLES.values()).failed == []
    archive.close()

    def run(*lines: object, out: str = "out", more: tuple[str, ...] = ()) -> Result:
        text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        (tmp_path / "cases.jsonl").write_text(text)
        base = ["run", str(tmp_path / "cases.jsonl"), "--db", str(tmp_path / "db"), "--out", str(tmp_path / out)]
        return CliRunner().invoke(app, [*base, *more])

    return run


GOOD = {"id": "c1", "question": "Who opened the bridge?", "kind": "wh", "verdict": None, "answers": ["The mayor"],
        "gold": [[{"article": "en1", "start": 0, "end": 28}]], "split": "dev",
        "filters": {"languages": ["en"]}}  # fmt: skip


def test_the_command_writes_every_report_and_twice_the_same(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    for out in ("one", "two"):
        done = command(GOOD, GOOD | {"id": "c2", "question": "!"}, out=out)
        assert done.exit_code == 0, done.output
        assert "not asked: case c2: the question '!' has no word in it" in done.output
    assert {one.name for one in (tmp_path / "one").iterdir()} == {*FILES, ANSWERS, STATE}
    one, two = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("one", "two"))
    assert {**one, "times": 0} == {**two, "times": 0}
    assert one["all"]["citation recall"]["mean"] == 0.5  # the missing answer counts
    assert one["settings"]["reader"] == "similarity"
    assert not {"db", "cache"} & one["settings"].keys()
    assert all(len(value) == 64 for value in one["hashes"].values())
    assert "The mayor opened the bridge." in (tmp_path / "one" / "report.html").read_text()


@pytest.mark.parametrize(
    ("lines", "more", "message"),
    [
        ([], (), "there is no case in the file"),
        (["{broken"], (), "cases.jsonl:1: not a case: Expecting"),
        ([GOOD, "[1]"], (), "cases.jsonl:2: not a case: a JSON object is expected, this is a list"),
        ([GOOD | {"kind": "essay"}], (), "cases.jsonl:1: not a case: kind 'essay' is none of yes_no"),
        ([GOOD, GOOD], (), "cases.jsonl:2: the id 'c1' stands twice"),
        ([GOOD | {"gold": [[{"article": "en1", "start": 0, "end": 999}]]}], (), "gold 0..999 is not inside 'en1'"),
        ([GOOD | {"gold": [[{"article": "gone", "start": 0, "end": 9}]]}], (), "lacks its gold article 'gone'"),
        ([GOOD | {"filters": {"after": "soon"}}], (), "cases.jsonl:1: not a case: 'after' is not a date: 'soon'"),
        ([GOOD], ("--split", "test"), "no case has the split 'test'; there are: dev"),
        ([GOOD], ("--db", "nowhere"), "there is no archive in nowhere"),
    ],
)
def test_bad_input_is_exit_code_2(command: Any, lines: list[Any], more: tuple[str, ...], message: str) -> None:  # noqa: ANN401
    done = command(*lines, more=more)
    assert (done.exit_code, message in done.output) == (2, True), done.output


def test_an_unfinished_run_of_other_cases_needs_another_folder(command: Any, tmp_path: Path) -> None:  # noqa: ANN401
    assert command(GOOD).exit_code == 0
    state = json.loads((tmp_path / "out" / STATE).read_text())
    (tmp_path / "out" / STATE).write_text(json.dumps(state | {"finished": False}))
    other = GOOD | {"question": "Who else opened it?"}
    done = command(other)
    assert (done.exit_code, "interrupted run with other hashes" in done.output) == (2, True)
    assert command(other, more=("--fresh",)).exit_code == 0

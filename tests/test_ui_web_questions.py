"""The page that asks many questions, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import InputError
from qa.answers import Answer, Decision, Refusal, Source, Verdict
from qa.question_sets import REPORT, Compared, Draft, QuestionSet, Quote, Written
from ui.web import questions_render as render
from ui.web.questions_desk import QuestionsDesk, Shown
from ui.web.results import Results
from ui.web.turns import Run
from ui.web.words import read_words

ENGLISH, ARABIC = read_words("en"), read_words("ar")
ATTACK = "<img src=x onerror=hacked>"
SOURCE = Source(id=ATTACK, title=ATTACK, publisher=ATTACK, published="2020-09-28", language="en", url=None)
REFUSED = Answer(question="x", language="en", decision=Decision.REFUSED, refusal=Refusal.NOT_STATED)


def compared(problem: str | None = None, *, right: bool = False, asked: bool = True) -> Compared:
    return Compared(
        question=f"Why {ATTACK}", kind="yes_no", language="en", verdict=Verdict.NO, answers=(ATTACK,),
        gold=((Quote(article=SOURCE, text=ATTACK),), (Quote(article=SOURCE, text="Or this."),)),
        answer=REFUSED if asked else None, problem=None if asked else ATTACK,
        problems=(problem,) if problem else (), right=right,
    )  # fmt: skip


class Sets:
    """Asks what it is told to."""

    kinds = ("wh",)

    def __init__(self, *asked: Compared, found: QuestionSet | None = None) -> None:
        self.asked = asked
        self.found = found
        self.given = 0

    def read(self, file: Path, out: Path) -> QuestionSet:
        if file.name == "bad":
            raise InputError(f"bad:1: {ATTACK}")
        return self.found or QuestionSet(name=file.name, cases=self.asked, kinds={"wh": len(self.asked)})

    def ask(self, asked: QuestionSet, out: Path) -> Iterator[Compared]:
        for one in self.asked:
            self.given += 1
            yield one
        (out / REPORT).write_text("a report")

    def drafts(self, count: int, seed: int) -> list[Draft]:
        return []

    def case(self, draft: Draft, written: Written) -> str:
        return ""


def test_an_answer_stands_beside_its_gold() -> None:
    shown = render.render_results(ENGLISH, Results(asked=(compared("wrongly refused"),), total=1))
    for text in ("Wrongly refused", "Yes or no", "No</span>", "Or this.", "or</p>", "Not stated", "28 September 2020"):
        assert text in shown
    assert "<img" not in shown
    assert "<img" not in render.render_results(ARABIC, Results(asked=(compared(asked=False),), total=1))


def test_the_list_follows_clicks_that_make_sense() -> None:
    many = (compared(right=True),) * 30 + (compared("uncited"),) * 2 + (compared(asked=False),)
    results = Results(asked=many, total=33)
    assert "Page 1 of 2" in render.render_results(ENGLISH, results)
    assert results.after({"kind": "page", "value": 9}).page == 1
    narrowed = results.after({"kind": "mark", "value": "uncited"})
    assert len(narrowed.passing()) == 2
    assert "Gold not cited 2" in render.render_results(ENGLISH, narrowed)
    assert results.after({"kind": "mark", "value": "not_asked"}).passing() == [many[-1]]
    wrong: list[dict[str, object]] = [
        {}, {"kind": "mark", "value": "x"}, {"kind": "mark", "value": ["x"]}, {"kind": "page", "value": -1},
    ]  # fmt: skip
    assert all(results.after(one) == results for one in wrong)


def test_a_set_is_asked_to_its_end_and_its_report_handed_out(tmp_path: Path) -> None:
    desk = QuestionsDesk(Sets(compared(right=True), compared()), ENGLISH)
    steps = desk.ask(str(tmp_path / "set.jsonl"), Run())
    assert next(steps)[0].running
    assert 'aria-valuenow="2"' in next(steps)[1]
    results, told, _, report, _ = next(steps)
    assert "1 of 2 right" in told
    assert (results.running, Path(str(report)).read_text()) == (False, "a report")
    assert list(steps) == []
    assert not Path(str(report)).exists()


def test_stopping_asks_no_further_question(tmp_path: Path) -> None:
    sets, run = Sets(*[compared()] * 9), Run()
    desk = QuestionsDesk(sets, ENGLISH)
    steps = desk.ask(str(tmp_path / "set.jsonl"), run)
    next(steps), next(steps)
    desk.stop(run)
    (last,) = steps
    assert "Stopped: 2 of 9 asked" in last[1]
    assert (last[3], sets.given) == (None, 2)


def test_another_set_takes_the_place_of_the_first(tmp_path: Path) -> None:
    desk, run = QuestionsDesk(Sets(*[compared()] * 9), ENGLISH), Run()
    first = desk.ask(str(tmp_path / "one.jsonl"), run)
    next(first)
    next(desk.ask(str(tmp_path / "two.jsonl"), run))
    assert len(list(first)) == 1


def last(desk: QuestionsDesk, file: str | None) -> Shown:
    return list(desk.ask(file, Run()))[-1]


def test_what_cannot_be_asked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = QuestionsDesk(Sets(compared()), ENGLISH)
    assert "Choose a file first" in last(desk, None)[1]
    assert "bad:1: &lt;img" in last(desk, "bad")[1]
    assert "not installed here" in last(QuestionsDesk(None, ENGLISH), "set")[1]
    monkeypatch.setattr("ui.web.questions_desk._MOST", 1)
    assert "2 questions are too many" in last(QuestionsDesk(Sets(compared(), compared()), ENGLISH), "set")[1]
    lacking = QuestionSet(name=ATTACK, cases=(1,), kinds={"wh": 1}, lacking=1, left_out=(ATTACK,))
    said = last(QuestionsDesk(Sets(found=lacking), ENGLISH), "set")
    assert "1 of its articles is not in this archive" in said[1]
    assert "1 left out:" in said[1]
    assert "<img" not in said[1]
    assert str(said[4]).endswith("articles.jsonl")
    broken = Sets(compared())
    monkeypatch.setattr(broken, "ask", lambda *_: 1 / 0)
    assert "Something went wrong on the server" in last(QuestionsDesk(broken, ENGLISH), "set")[1]

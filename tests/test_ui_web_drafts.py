"""Drafts of cases, without a browser."""

import pytest

from index.errors import InputError
from qa.answers import Source
from qa.question_sets import Draft, Written
from tests.test_ui_web_questions import ATTACK, ENGLISH, SOURCE, Sets
from ui.web.drafting import Drafting, guess
from ui.web.drafts_desk import DraftsDesk
from ui.web.drafts_render import render_draft, render_kept
from ui.web.words import read_words

ARABIC = read_words("ar")


def draft(text: str, article: Source = SOURCE) -> Draft:
    return Draft(article=article, start=0, end=len(text), before=ATTACK, text=text, after=ATTACK)


class Drafts(Sets):
    """Two sentences, and a case that is its question."""

    kinds = ("wh",)

    def drafts(self, count: int, seed: int) -> list[Draft]:
        return [draft(f"{ATTACK} {seed}"), draft("The bridge has 9 lanes.")][:count]

    def case(self, draft: Draft, written: Written) -> str:
        if written.answer == "wrong":
            raise InputError(f"the answer {ATTACK} is not in the sentence")
        return f'{{"question": "{written.question}", "answer": "{written.answer}"}}'


@pytest.fixture
def desk() -> DraftsDesk:
    return DraftsDesk(Drafts(), ENGLISH)


def test_sentences_come_one_by_one_and_cases_are_kept(desk: DraftsDesk) -> None:
    first, said = desk.begin(Drafting(), 2)
    assert (said, first.turn, "Sentence 1 of 2, 0 kept" in render_draft(ENGLISH, first)) == ("", 1, True)
    same, said = desk.keep(first, Written(question="Why?", kind="wh", answer="wrong"))
    assert same == first
    assert "&lt;img" in said
    second, _ = desk.keep(first, Written(question=" Why? ", kind="yes_no", verdict="yes", answer="left over"))
    assert second.file == '{"question": "Why?", "answer": ""}\n'
    last, _ = desk.skip(second)
    assert last.draft is None
    assert "with 1 case kept" in render_draft(ENGLISH, last)
    assert desk.skip(last)[0] == last
    again, _ = desk.begin(last, None)
    assert (again.turn, again.at, len(again.drafts), again.kept) == (2, 0, 1, last.kept)


def test_what_is_kept_can_be_taken_out(desk: DraftsDesk) -> None:
    drafting = Drafting(kept=((ATTACK, "a"), ("b", "b")))
    assert "<img" not in render_kept(ENGLISH, drafting) + render_kept(ARABIC, drafting)
    assert desk.drop(drafting, {"kind": "drop", "value": 0}).file == "b\n"
    for wrong in ({}, {"kind": "drop", "value": 2}, {"kind": "drop", "value": "0"}, {"kind": "x", "value": 0}):
        assert desk.drop(drafting, wrong) == drafting
    assert render_kept(ENGLISH, Drafting()) == ""


def test_an_empty_question_is_not_kept(desk: DraftsDesk) -> None:
    first, _ = desk.begin(Drafting(), 1)
    assert "Write a question first" in desk.keep(first, Written(question=" ", kind="wh"))[1]
    assert desk.keep(Drafting(), Written(question="Why?", kind="wh")) == (Drafting(), "")


def test_a_draft_is_text_in_its_own_direction(desk: DraftsDesk) -> None:
    shown = render_draft(ARABIC, Drafting(drafts=(draft("أغلق الجسر."),)))
    assert 'dir="rtl"' in shown
    assert "<mark>أغلق الجسر.</mark>" in shown
    assert "<img" not in shown


def test_one_number_is_likely_what_is_asked_for() -> None:
    assert guess(draft("The bridge has 9 lanes.")) == Written(question="", kind="number", answer="9")
    assert guess(draft("It cost 1,200, they said.")).answer == "1,200"
    for text in ("It has lanes.", "From 3 to 4.", "The B52 flew."):
        assert guess(draft(text)) == Written(question="", kind="wh")


def test_without_the_evaluation_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not installed here" in DraftsDesk(None, ENGLISH).begin(Drafting(), 5)[1]
    assert DraftsDesk(None, ENGLISH).kinds == []
    broken = Drafts()
    monkeypatch.setattr(broken, "drafts", lambda *_: 1 / 0)
    assert "Something went wrong on the server" in DraftsDesk(broken, ENGLISH).begin(Drafting(), 5)[1]

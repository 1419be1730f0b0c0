"""Readings to verdicts: one witness decides, both sides are shown, and nothing weak is cited."""

from itertools import permutations

import pytest

from index.articles import make_article
from index.sentences import split_sentences
from qa.answers import Stance, Verdict
from qa.compose import verdict_word
from qa.evidence import Passage
from qa.judge import judge
from qa.reader.protocol import Reading


def passage(text: str, published: str | None = None) -> Passage:
    article = make_article(text, published=published)
    return Passage(article=article, sentence=split_sentences(article)[0])


def reading(answerable: float, yes: float | None = None, span: tuple[int, int] = (0, 1)) -> Reading:
    if yes is None:
        return Reading(answerable=answerable, start=span[0], end=span[1], probabilities={})
    chances = {"yes": answerable * yes, "no": answerable * (1 - yes), "not_stated": 1 - answerable}
    verdict = Verdict.YES if yes >= 0.5 else Verdict.NO
    return Reading(answerable=answerable, start=0, end=1, verdict=verdict, probabilities=chances)


ASKED = passage("Armenia asked.", "2020-09-27")
DENIED = passage("Armenia did not ask.", "2020-09-28")
OTHER = passage("It rained.")


def test_the_best_sentence_gives_the_verdict_and_weak_ones_are_not_cited() -> None:
    found = judge([(OTHER, reading(0.1, 0.9)), (DENIED, reading(0.9, 0.1))], threshold=0.3, statements=3)
    assert found.verdict is Verdict.NO
    assert found.confidence == pytest.approx(0.81)
    assert [(one, stance) for one, stance, _ in found.cited] == [(DENIED, Stance.SUPPORTS)]


def test_many_weak_witnesses_do_not_outweigh_one() -> None:
    crowd = [(passage(f"They say it asked {n} times."), reading(0.5, 0.7)) for n in range(9)]
    found = judge([*crowd, (DENIED, reading(0.95, 0.02))], threshold=0.2, statements=3)
    assert found.verdict is Verdict.NO
    assert [one for one, *_ in found.cited] == [DENIED]


def test_good_evidence_on_both_sides_is_disputed_and_shown_newest_first() -> None:
    found = judge([(ASKED, reading(0.9, 0.95)), (DENIED, reading(0.8, 0.05))], threshold=0.3, statements=3)
    assert found.verdict is Verdict.DISPUTED
    assert [(one, stance) for one, stance, _ in found.cited] == [
        (DENIED, Stance.CONTRADICTS),
        (ASKED, Stance.SUPPORTS),
    ]
    assert found.confidence == pytest.approx(0.76)


def test_the_order_of_evidence_changes_nothing() -> None:
    pairs = [(ASKED, reading(0.9, 0.95)), (DENIED, reading(0.4, 0.05)), (OTHER, reading(0.2, 0.5))]
    first, *others = [judge(order, threshold=0.3, statements=2) for order in permutations(pairs)]
    assert all(one == first for one in others)


def test_below_the_threshold_nothing_is_said() -> None:
    for yes in (None, 0.5):
        found = judge([(OTHER, reading(0.29, yes))], threshold=0.3, statements=3)
        assert (found.cited, found.verdict, found.short) == ((), None, None)
        assert found.confidence == pytest.approx(0.71, abs=0.2)
    assert judge([], threshold=0.0, statements=3).cited == ()


@pytest.mark.parametrize("yes", [None, 0.0, 0.5, 1.0])
def test_whether_something_is_answered_does_not_hang_on_the_verdict(yes: float | None) -> None:
    found = judge([(DENIED, reading(0.3, yes)), (OTHER, reading(0.2, yes))], threshold=0.3, statements=3)
    assert [one for one, *_ in found.cited] == [DENIED]


def test_a_short_answer_is_a_part_of_the_sentence() -> None:
    said = passage("The mayor, Ada Lund, resigned.")
    assert judge([(said, reading(0.9, None, (11, 19)))], threshold=0.3, statements=3).short == "Ada Lund"
    whole = (said.sentence.start, said.sentence.end)
    assert judge([(said, reading(0.9, None, whole))], threshold=0.3, statements=3).short is None


def test_the_verdict_is_said_in_the_language_of_the_question() -> None:
    assert verdict_word(Verdict.NO, "ar") == "لا."
    assert verdict_word(Verdict.NO, "xx") == verdict_word(Verdict.NO, None) == "No."
    assert verdict_word(None, "ar") == ""

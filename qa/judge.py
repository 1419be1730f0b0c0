"""From readings to what an answer rests on: the verdict, the sentences for it and against it, and how sure that is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.answers import Stance, Verdict
from qa.evidence import Passage
from qa.reader.protocol import Reading

GOOD = 0.5  # least support of what contradicts other evidence, or the question
Read = tuple[Passage, Reading]

_SHARE = 0.6  # of the best sentence's support, that another must have to be cited beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What to cite, in order, with its stance and support; nothing cited means that nothing states it.

    `verdict` is None for a question that asks for more than yes or no. `confidence` in [0, 1] is that the answer, or
    the refusal, is right. `premise` is the yes/no question that has this verdict, where that is not the one asked.
    """

    cited: tuple[tuple[Passage, Stance, float], ...] = ()
    verdict: Verdict | None = None
    short: str | None = None
    premise: str | None = None
    confidence: float


def judge(pairs: Iterable[Read], *, threshold: float, statements: int) -> Judgement:
    """Weigh passages, at most `statements` of which are cited, each one that answers with a chance of `threshold`.

    Whether something is answered does not hang on what the verdict is, or whether one is said. The best sentence
    decides, not the number of sentences: copies and retellings of one report are one witness. Where it says neither
    yes nor no, or not surely, none is said.
    """
    ranked = sorted(pairs, key=lambda pair: -pair[1].answerable)
    best = ranked[0][1].answerable if ranked else 0.0
    answering = [pair for pair in ranked if pair[1].answerable >= threshold]
    if not answering:
        return Judgement(confidence=1.0 - best)
    if ranked[0][1].verdict is not None:
        return _polar(answering, threshold, statements)
    cited = tuple((passage, Stance.SUPPORTS, reading.answerable) for passage, reading in answering[:statements])
    return Judgement(cited=_near(cited), short=_short(*ranked[0]), confidence=best)


def _polar(ranked: Sequence[Read], threshold: float, statements: int) -> Judgement:
    sides = {side: _side(ranked, side) for side in (Verdict.YES, Verdict.NO)}
    top = {side: found[0][1] if found else 0.0 for side, found in sides.items()}
    verdict = max(top, key=top.__getitem__)
    if min(top.values()) >= max(GOOD, threshold):
        return _disputed(sides, threshold, statements)
    cited = tuple((passage, Stance.SUPPORTS, chance) for passage, chance in sides[verdict][:statements])
    return Judgement(cited=_near(cited), verdict=verdict, confidence=top[verdict])


def _side(ranked: Sequence[Read], side: Verdict) -> list[tuple[Passage, float]]:
    """The passages that lean to one side, by how much they do."""
    found = [(passage, reading.probabilities[side]) for passage, reading in ranked if reading.verdict is side]
    return sorted(found, key=lambda pair: -pair[1])


def _disputed(sides: dict[Verdict, list[tuple[Passage, float]]], threshold: float, statements: int) -> Judgement:
    """Both sides, newest first; here the stance is to what the question claims."""
    stances = {Verdict.YES: Stance.SUPPORTS, Verdict.NO: Stance.CONTRADICTS}
    each = max(1, (statements + 1) // 2)
    cited = [
        (passage, stance, chance)
        for side, stance in stances.items()
        for passage, chance in sides[side][:each]
        if chance >= max(GOOD, threshold)
    ]
    cited.sort(key=lambda one: one[0].article.published or "", reverse=True)
    least = min(found[0][1] for found in sides.values())
    return Judgement(cited=tuple(cited), verdict=Verdict.DISPUTED, confidence=least)


def _near(cited: tuple[tuple[Passage, Stance, float], ...]) -> tuple[tuple[Passage, Stance, float], ...]:
    """Those that are not far behind the first."""
    return tuple(one for one in cited if one[2] >= _SHARE * cited[0][2])


def _short(passage: Passage, reading: Reading) -> str | None:
    """The words that answer, where they are fewer than the sentence."""
    words = passage.article.text[reading.start : reading.end]
    return words if 0 < len(words) < len(passage.text) else None


def by_article(cited: Iterable[tuple[Passage, Stance, float]]) -> list[tuple[Passage, Stance, float]]:
    """Sentences of one article together and in their order, articles in the order of their first in the list."""
    rows = list(cited)
    order = list(dict.fromkeys(passage.article.id for passage, *_ in rows))
    return sorted(rows, key=lambda row: (order.index(row[0].article.id), row[0].sentence.start))

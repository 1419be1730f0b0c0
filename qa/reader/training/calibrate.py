"""From logits on the development questions to the reader's card: calibration, risk and figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.answers import Verdict
from qa.evidence import Passage
from qa.judge import Judgement, judge
from qa.reader.chances import Floats, logistic, polar, sigmoid
from qa.reader.protocol import Reading

_BEST = 3  # sentences of each question that the chance of answering is fitted on
_GRID = np.linspace(0.01, 0.99, 99)
_FLOOR = (0.78, 0.70)  # accuracy, and recall of each verdict, below which a verdict is not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A development question with what was retrieved for it: logits (n, 3), and which sentences answer."""

    language: str
    article: str
    verdict: str
    polar: bool
    tag: str
    logits: Floats
    right: npt.NDArray[np.bool_]
    passages: tuple[Passage, ...]


def make_card(cases: Sequence[Case]) -> dict[str, Any]:
    """What stands in the reader's card, fitted on all cases; "figures" are yes and no before any shift is fitted."""
    read = {code: reading(cases, code) for code in sorted({one.language for one in cases})}
    shown = [
        code for code, one in read.items() if one["accuracy"] >= _FLOOR[0] and min(one["yes"], one["no"]) > _FLOOR[1]
    ]
    return fit(cases, shown) | {"verdicts": shown, "figures": read}


def fit(cases: Sequence[Case], shown: Sequence[str]) -> dict[str, Any]:
    """Slopes and shifts of the two chances, and the threshold for each risk."""
    best = [np.argsort(-one.logits[:, 0])[:_BEST] for one in cases]
    answerable = logistic(
        [np.concatenate([one.logits[rows, 0] for one, rows in zip(cases, best, strict=True)])],
        np.concatenate([one.right[rows] for one, rows in zip(cases, best, strict=True)]),
    )
    said = [one for one in cases if one.verdict in {"yes", "no"}]
    yes = logistic(
        [np.concatenate([one.logits[one.right, 1] for one in said])],
        np.concatenate([np.full(one.right.sum(), one.verdict == "yes") for one in said]),
    )
    fitted: dict[str, Any] = {"answerable": answerable, "yes": yes}
    found = [(case, answer(case, fitted, shown)) for case in cases]
    fitted["risk"] = risks([(told.confidence, correct(case, told)) for case, told in found])
    return fitted


def answer(case: Case, fitted: dict[str, Any], shown: Sequence[str]) -> Judgement:
    """What the product would answer if it never refused, with verdicts where they are shown."""
    chance = _chance(case.logits[:, 0], *fitted["answerable"])
    yes = _chance(case.logits[:, 1], *fitted["yes"])
    is_polar = case.language in shown and len(case.logits) > 0 and bool(case.logits[:, 2].mean() > 0)
    readings = [_reading(float(a), float(b), is_polar) for a, b in zip(chance, yes, strict=True)]
    return judge(zip(case.passages, readings, strict=True), threshold=0.0, statements=3)


def correct(case: Case, told: Judgement) -> bool:
    """Whether an answer is right: its first sentence answers, and the verdict, if there is one, is the question's."""
    if not told.cited or not len(case.right):
        return False
    place = next(at for at, one in enumerate(case.passages) if one is told.cited[0][0])
    wanted = Verdict(case.verdict) if case.verdict in {"yes", "no"} else None
    return bool(case.right[place]) and (wanted is None or told.verdict in {None, wanted})


def risks(pairs: Iterable[tuple[float, bool]]) -> list[list[float]]:
    """Share of wrong answers among those given, threshold, share of questions answered; where twenty or more are."""
    found = sorted(pairs)
    table = []
    for at in _GRID:
        given = [right for confidence, right in found if confidence >= at]
        if len(given) >= 20:
            share = round(1 - sum(given) / len(given), 4)
            table.append([share, round(float(at), 2), round(len(given) / len(found), 4)])
    return table


def reading(cases: Sequence[Case], code: str) -> dict[str, Any]:
    """Yes and no read off the sentences that answer, where these were retrieved."""
    rows = [
        (case.verdict, bool(case.logits[at, 1] > 0))
        for case in cases
        if case.language == code and case.verdict in {"yes", "no"}
        for at in np.flatnonzero(case.right)[:1]
    ]
    yes = [said for verdict, said in rows if verdict == "yes"]
    no = [not said for verdict, said in rows if verdict == "no"]
    retrieved = [bool(case.right.any()) for case in cases if case.language == code and case.verdict != "not_stated"]
    return {"accuracy": _share(yes + no), "yes": _share(yes), "no": _share(no), "retrieved": _share(retrieved)}


def meets(passage: Passage, gold: Iterable[tuple[str, int, int]]) -> bool:
    """Whether a passage overlaps one of these spans of articles."""
    start, end = passage.sentence.start, passage.sentence.end
    return any(passage.article.id == key and start < last and first < end for key, first, last in gold)


def _reading(chance: float, yes: float, is_polar: bool) -> Reading:
    verdict, chances = polar(chance, yes) if is_polar else (None, {})
    return Reading(answerable=chance, start=0, end=0, verdict=verdict, probabilities=chances)


def _chance(logits: Floats, slope: float, shift: float) -> Floats:
    return sigmoid(slope * logits + shift)


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0

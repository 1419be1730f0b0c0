"""From logits on the development questions to the reader's card: calibration, risk and figures."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
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
_FLOOR = (0.78, 0.70)  # accuracy, and that of each verdict, below which a language's are not shown
_SURE = 0.82  # of the verdicts from a chance upwards that must be right for it to count as sure
_FEW = 20  # verdicts below which nothing is concluded


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A yes/no question read against a sentence that answers it: the logit of yes, and whether that is right."""

    language: str
    fitted: bool  # one of those that chances and limits are fitted on, not one of those that figures are read off
    logit: float
    yes: bool


def make_card(cases: Sequence[Case], told: Sequence[Told]) -> dict[str, Any]:
    """What stands in the reader's card; the limits of a sure verdict come from one half of the development articles.

    "figures" are read off the other half, a language at a time.
    """
    fitted = [one for one in told if one.fitted]
    yes = logistic([np.array([one.logit for one in fitted])], np.array([one.yes for one in fitted]))
    limits = sure(_chance(np.array([one.logit for one in fitted]), *yes), np.array([one.yes for one in fitted]))
    read = {code: reading(cases, told, code, yes, limits) for code in sorted({one.language for one in told})}
    shown = [code for code, one in read.items() if _reliable(one)]
    return fit(cases, yes, limits, shown) | {"verdicts": shown, "figures": read}


def save_card(file: Path, card: dict[str, Any]) -> None:
    """Write the card with a line for each of its entries and thresholds."""
    file.write_text(json.dumps(card, separators=(",", ":")).replace("],[", "],\n[").replace(',"', ',\n"') + "\n")


def _reliable(read: dict[str, Any]) -> bool:
    each = min(read["yes said right"], read["no said right"])
    return bool(read["said"] >= _FEW and read["said right"] >= _FLOOR[0] and each > _FLOOR[1])


def sure(chances: Floats, yes: npt.NDArray[np.bool_]) -> list[float]:
    """The chance of yes down from which no is sure, and that up from which yes is; 0 and 1 where neither ever is.

    >>> chances = np.linspace(0, 1, 101)
    >>> sure(chances, chances > 0.5)
    [0.5, 0.51]
    """
    up = [at for at in _GRID if at > 0.5 and (chances >= at).sum() >= _FEW and yes[chances >= at].mean() >= _SURE]
    down = [
        at for at in _GRID if at <= 0.5 and (chances <= at).sum() >= _FEW and yes[chances <= at].mean() <= 1 - _SURE
    ]
    return [round(float(max(down, default=0.0)), 2), round(float(min(up, default=1.0)), 2)]


def fit(cases: Sequence[Case], yes: Sequence[float], limits: Sequence[float], shown: Sequence[str]) -> dict[str, Any]:
    """Slope and shift of the chance that a sentence answers, and the threshold for each risk."""
    best = [np.argsort(-one.logits[:, 0])[:_BEST] for one in cases]
    answerable = logistic(
        [np.concatenate([one.logits[rows, 0] for one, rows in zip(cases, best, strict=True)])],
        np.concatenate([one.right[rows] for one, rows in zip(cases, best, strict=True)]),
    )
    fitted: dict[str, Any] = {"answerable": answerable, "yes": list(yes), "sure": list(limits)}
    found = [(case, answer(case, fitted, shown)) for case in cases]
    fitted["risk"] = risks([(told.confidence, correct(case, told)) for case, told in found])
    return fitted


def answer(case: Case, fitted: dict[str, Any], shown: Sequence[str]) -> Judgement:
    """What the product would answer if it never refused, with verdicts where they are shown and sure."""
    chance = _chance(case.logits[:, 0], *fitted["answerable"])
    yes = _chance(case.logits[:, 1], *fitted["yes"])
    is_polar = case.language in shown and len(case.logits) > 0 and bool(case.logits[:, 2].mean() > 0)
    low, high = fitted["sure"]
    said = is_polar & ((yes <= low) | (yes >= high))
    readings = [_reading(float(a), float(b), bool(c)) for a, b, c in zip(chance, yes, said, strict=True)]
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


def reading(
    cases: Sequence[Case], told: Sequence[Told], code: str, yes: Sequence[float], limits: Sequence[float]
) -> dict[str, Any]:
    """Yes and no over the sentences of one language that answer: all of them, and those that are said.

    "yes" and "no" are recalls, "yes said right" and "no said right" precisions; "retrieved" is the share of questions
    with an answer for which a sentence that answers is retrieved.
    """
    rows = [one for one in told if one.language == code and not one.fitted]
    chances = _chance(np.array([one.logit for one in rows]), *yes)
    gold, leans = np.array([one.yes for one in rows]), chances >= 0.5
    low, high = chances <= limits[0], chances >= limits[1]
    retrieved = [bool(case.right.any()) for case in cases if case.language == code and case.verdict != "not_stated"]
    return {
        "questions": len(rows),
        "accuracy": _share(leans == gold),
        "yes": _share(leans[gold]),
        "no": _share(~leans[~gold]),
        "said": int((low | high).sum()),
        "said right": _share(np.concatenate([gold[high], ~gold[low]])),
        "yes said right": _share(gold[high]),
        "no said right": _share(~gold[low]),
        "retrieved": _share(np.array(retrieved, bool)),
    }


def meets(passage: Passage, gold: Iterable[tuple[str, int, int]]) -> bool:
    """Whether a passage overlaps one of these spans of articles."""
    start, end = passage.sentence.start, passage.sentence.end
    return any(passage.article.id == key and start < last and first < end for key, first, last in gold)


def _reading(chance: float, yes: float, is_polar: bool) -> Reading:
    verdict, chances = polar(chance, yes) if is_polar else (None, {})
    return Reading(answerable=chance, start=0, end=0, verdict=verdict, probabilities=chances)


def _chance(logits: Floats, slope: float, shift: float) -> Floats:
    return sigmoid(slope * logits + shift)


def _share(values: npt.NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0

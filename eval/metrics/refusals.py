"""Refusing: whether it was right to, and how the risk of an answer falls when fewer are given."""

from collections.abc import Sequence
from itertools import groupby
from statistics import fmean


def refusal_precision(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Of (answerable, refused) pairs, the share of the refusals that were due; None without refusals.

    >>> refusal_precision([(False, True), (True, True), (False, False)])
    0.5
    """
    due = [not answerable for answerable, refused in pairs if refused]
    return fmean(due) if due else None


def refusal_recall(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Of (answerable, refused) pairs, the share of the unanswerable ones that were refused; None without any.

    >>> refusal_recall([(False, True), (True, True), (False, False)])
    0.5
    """
    done = [refused for answerable, refused in pairs if not answerable]
    return fmean(done) if done else None


def risk_coverage(answers: Sequence[tuple[float, float]], total: int) -> list[tuple[float, float]]:
    """Points (coverage, risk) as answers are given from the surest downwards (El-Yaniv and Wiener 2010).

    `answers` are (confidence, right) of the answers given, `total` the cases asked: coverage is answers / total, risk
    the share of them that is wrong. Answers of one confidence come in any order, so theirs are the expected points.

    >>> risk_coverage([(0.9, 1.0), (0.8, 0.0)], 4)
    [(0.25, 0.0), (0.5, 0.5)]
    >>> risk_coverage([(0.9, 1.0), (0.9, 0.0)], 2)
    [(0.5, 0.5), (1.0, 0.5)]
    """
    points: list[tuple[float, float]] = []
    given, wrong = 0, 0.0
    ranked = sorted(answers, key=lambda one: -one[0])
    for _, group in groupby(ranked, key=lambda one: one[0]):
        missed = [1.0 - right for _, right in group]
        share = fmean(missed)
        points += [
            ((given + number) / total, (wrong + share * number) / (given + number))
            for number in range(1, len(missed) + 1)
        ]
        given, wrong = given + len(missed), wrong + sum(missed)
    return points


def area_under(points: Sequence[tuple[float, float]]) -> float | None:
    """AURC: the mean risk over the points (Geifman and El-Yaniv 2017), lower is better; None without points.

    >>> area_under([(0.25, 0.0), (0.5, 0.5)])
    0.25
    """
    return fmean(risk for _, risk in points) if points else None

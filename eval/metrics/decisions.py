"""Whether the right thing was decided: to answer or to refuse, yes or no, and from a sentence that says so."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from eval.cases import Case
from qa.answers import Answer, Decision

MISSING = "none"
"""The column of the confusion matrix for no verdict and for no answer at all."""


def decision_right(case: Case, answer: Answer | None) -> float:
    """1.0 when an answerable question is answered or an unanswerable one refused; 0.0 for a missing answer."""
    return float(answer is not None and (answer.decision is Decision.ANSWERED) == case.answerable)


def verdict_right(case: Case, answer: Answer | None) -> float | None:
    """1.0 when the verdict is the case's, 0.0 also where none was given; None for a case without one."""
    return None if case.verdict is None else float(answer is not None and answer.verdict is case.verdict)


def wrongly_denied(case: Case, answer: Answer | None) -> bool:
    """Whether an answer denies what the question takes for granted, though that is not false."""
    return answer is not None and answer.premise is not None and case.kind != "false_premise"


def answer_right(case: Case, answer: Answer | None) -> float:
    """1.0 when an answer begins with a citation of gold, or an unanswerable question is refused.

    One that denies what the question takes for granted is right for a false premise alone. This is what
    `Answer.confidence` estimates and what risk is counted of.
    """
    if answer is None or wrongly_denied(case, answer):
        return 0.0
    if answer.decision is Decision.REFUSED:
        return float(not case.answerable)
    first = answer.citations[:1]
    return float(any(span.cited_by(one) for one in first for group in case.gold for span in group))


def accuracy(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Share of (gold, said) pairs that agree; None without pairs.

    >>> accuracy([("yes", "yes"), ("yes", "no"), ("no", "no"), ("yes", "none")])
    0.5
    """
    return fmean(gold == said for gold, said in pairs) if pairs else None


def balanced_accuracy(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Mean over the gold labels of the share said rightly (Brodersen et al. 2010); None without pairs.

    Of three yes one is right, the one no is right: (1/3 + 1) / 2.

    >>> round(balanced_accuracy([("yes", "yes"), ("yes", "no"), ("yes", "none"), ("no", "no")]), 4)
    0.6667
    """
    labels = sorted({gold for gold, _ in pairs})
    shares = [fmean(said == label for gold, said in pairs if gold == label) for label in labels]
    return fmean(shares) if shares else None


def confusion(pairs: Sequence[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """How often each gold label (row) was said to be which (column); all labels stand in every row.

    >>> confusion([("yes", "no"), ("yes", "yes"), ("no", "none")])
    {'no': {'no': 0, 'none': 1, 'yes': 0}, 'yes': {'no': 1, 'none': 0, 'yes': 1}}
    """
    counts = Counter(pairs)
    labels = sorted({label for pair in pairs for label in pair})
    return {gold: {said: counts[gold, said] for said in labels} for gold in sorted({gold for gold, _ in pairs})}

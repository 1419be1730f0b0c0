"""Measures of one case. What cannot be scored is None, never zero."""

from collections.abc import Iterable, Sequence
from statistics import fmean

from eval.cases import Case
from index.hits import Hit
from qa.answers import Answer, Citation, Decision


def first_relevant(case: Case, hits: Sequence[Hit]) -> int | None:
    """The rank, from 1, of the first chunk that holds a gold span, or None."""
    spans = [span for group in case.gold for span in group]
    for hit in hits:
        if any(span.meets(hit.chunk.article_id, hit.chunk.start, hit.chunk.end) for span in spans):
            return hit.rank
    return None


def success_at_k(rank: int | None, k: int) -> float:
    """1.0 when the first relevant item is within the first k; some papers call this recall@k.

    >>> success_at_k(3, 5), success_at_k(3, 1), success_at_k(None, 5)
    (1.0, 0.0, 0.0)

    Raises:
        ValueError: k < 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None) -> float:
    """1 / rank of the first relevant item, 0.0 where there is none (TREC).

    >>> reciprocal_rank(4)
    0.25
    """
    return 1.0 / rank if rank else 0.0


def citation_precision(case: Case, citations: Sequence[Citation]) -> float | None:
    """Share of the citations that meet a gold span; None without citations or without gold."""
    if not citations or not case.gold:
        return None
    spans = [span for group in case.gold for span in group]
    return fmean(any(span.cited_by(citation) for span in spans) for citation in citations)


def citation_recall(case: Case, citations: Sequence[Citation]) -> float | None:
    """Share of gold spans that are cited, in the alternative that comes off best; None without gold."""
    if not case.gold:
        return None
    return max(fmean(any(span.cited_by(one) for one in citations) for span in group) for group in case.gold)


def decision_right(case: Case, answer: Answer) -> float:
    """1.0 when an answerable question is answered or an unanswerable one refused."""
    return float((answer.decision is Decision.ANSWERED) == case.answerable)


def verdict_right(case: Case, answer: Answer) -> float | None:
    """1.0 when the verdict is the case's; None for a case without one."""
    return None if case.verdict is None else float(answer.verdict is case.verdict)


def mean(values: Iterable[float | None]) -> tuple[float | None, int]:
    """The mean of what could be scored and how many that were.

    >>> mean([1.0, None, 0.0]), mean([None])
    ((0.5, 2), (None, 0))
    """
    scored = [value for value in values if value is not None]
    return (fmean(scored) if scored else None), len(scored)

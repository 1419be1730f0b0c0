"""Rank measures with two grades, right or not, as TREC's trec_eval has them.

`ranked` are the names of what was found, best first, each counted once, at its best rank; `relevant` the names of all
that is right. None where nothing is relevant.
"""

from collections.abc import Collection, Hashable, Sequence
from math import log2

from eval.cases import Case
from index.hits import Hit


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


def first_rank(ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> int | None:
    """The rank of the first relevant item, or None.

    >>> first_rank(["x", "x", "b", "a"], {"a", "b"}), first_rank(["x"], {"a"})
    (2, None)
    """
    found = relevant_ranks(ranked, relevant)
    return found[0] if found else None


def relevant_ranks(ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> list[int]:
    """The ranks, from 1, of the relevant items that were found.

    >>> relevant_ranks(["x", "a", "a", "b"], {"a", "b"})
    [2, 3]
    """
    return [rank for rank, one in enumerate(dict.fromkeys(ranked), 1) if one in relevant]


def recall_at_k(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float | None:
    """Share of the relevant items that are among the first k.

    >>> recall_at_k(["x", "a", "b"], {"a", "b", "c", "d"}, 2)
    0.25
    """
    success_at_k(None, k)
    if not relevant:
        return None
    return sum(rank <= k for rank in relevant_ranks(ranked, relevant)) / len(set(relevant))


def average_precision(ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float | None:
    """Mean over all relevant items of the precision at their ranks, zero for those not found; its mean is MAP.

    Found at ranks 1 and 3, one of three never: (1/1 + 2/3 + 0) / 3.

    >>> round(average_precision(["a", "x", "b"], {"a", "b", "c"}), 4)
    0.5556
    """
    if not relevant:
        return None
    ranks = relevant_ranks(ranked, relevant)
    return sum(number / rank for number, rank in enumerate(ranks, 1)) / len(set(relevant))


def ndcg_at_k(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float | None:
    """Discounted gain, 1 / log2(rank + 1) for each relevant item in the first k, by the best possible.

    Source: Järvelin and Kekäläinen 2002, discount as in trec_eval. Found at rank 3, one of two never:
    (1/2) / (1 + 1/log2 3).

    >>> round(ndcg_at_k(["x", "y", "a"], {"a", "b"}, 10), 4)
    0.3066
    """
    success_at_k(None, k)
    if not relevant:
        return None
    gain = sum(1 / log2(rank + 1) for rank in relevant_ranks(ranked, relevant) if rank <= k)
    return gain / sum(1 / log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))

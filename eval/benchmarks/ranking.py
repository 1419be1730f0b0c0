"""Ranks and rank measures of questions against one pool of candidates.

A candidate that is right gets the better rank where its score is tied with a wrong one: pools hold sentences that
are equal word for word, and no order among equals says anything about the embedder.
"""

from collections.abc import Sequence
from math import log2
from statistics import fmean

import numpy as np

from eval.metrics.ranking import reciprocal_rank, success_at_k
from index.embed import Vectors


def first_ranks(scores: Vectors, gold: Sequence[Sequence[int]]) -> list[int]:
    """The rank, from 1, of the best right candidate of each row.

    >>> first_ranks(np.array([[.9, .8, .7, .6]], np.float32), [[1, 3]])
    [2]

    Args:
        scores: (questions, candidates), higher is better.
        gold: for each question the columns that are right, at least one.
    """
    return [int((row > row[list(right)].max()).sum()) + 1 for row, right in zip(scores, gold, strict=True)]


def average_precision(row: Vectors, gold: Sequence[int]) -> float:
    """Mean of k / rank over the right candidates, the k-th best at its rank; none is left out (TREC).

    Right ones at ranks 1 and 3 of four: (1/1 + 2/3) / 2.

    >>> round(average_precision(np.array([.9, .8, .7, .6], np.float32), [0, 2]), 4)
    0.8333

    Args:
        row: (candidates,), higher is better.
        gold: the columns that are right, at least one.
    """
    right = np.sort(row[list(gold)])[::-1]
    wrong = np.delete(row, list(gold))
    return fmean(k / (k + int((wrong > score).sum())) for k, score in enumerate(right, 1))


def rank_figures(ranks: Sequence[int], *names: str) -> dict[str, float]:
    """Means over questions of the named measures: MRR, success@k, or nDCG@k with one right candidate.

    With one right candidate nDCG@k is 1 / log2(rank + 1) within the first k; ranks 1 and 3: (1 + 1/2) / 2.

    >>> rank_figures([1, 3], "MRR", "success@1", "nDCG@10") == {"MRR": 2 / 3, "success@1": 0.5, "nDCG@10": 0.75}
    True
    """
    return {name: fmean(_measure(name, rank) for rank in ranks) for name in names}


def _measure(name: str, rank: int) -> float:
    kind, _, depth = name.partition("@")
    if kind == "MRR":
        return reciprocal_rank(rank)
    if kind == "nDCG":
        return success_at_k(rank, int(depth)) / log2(rank + 1)
    if kind in ("success", "R"):
        return success_at_k(rank, int(depth))
    raise ValueError(f"no measure is called {name!r}")

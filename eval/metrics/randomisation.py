"""Whether two runs of the same cases differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

ROUNDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of the cases scored in both runs: the means, their number, on how many the second is higher or lower, and p."""

    first: float
    second: float
    paired: int
    higher: int
    lower: int
    p: float


def paired_difference(pairs: Sequence[tuple[float, float]], *, seed: int, rounds: int = ROUNDS) -> Difference | None:
    """The paired randomisation test (Fisher 1935; Smucker et al. 2007 for retrieval), two-sided; None without pairs.

    Were both runs alike, each case's two scores might as well be swapped: p is the share of random swappings, the one
    seen counted in, whose means differ at least as much as those seen.

    >>> found = paired_difference([(0.0, 1.0)] * 3 + [(1.0, 1.0)], seed=1)
    >>> found.higher, found.lower, found.second - found.first, 0.24 < found.p < 0.27  # 2 of 8 swappings
    (3, 0, 0.75, True)
    >>> paired_difference([(0.5, 0.5)], seed=1).p
    1.0
    """
    if not pairs:
        return None
    gaps = np.array([two - one for one, two in pairs], np.float64)
    sizes, times = np.unique(np.abs(gaps[gaps != 0]), return_counts=True)
    rng = np.random.default_rng(seed)
    swapped = sum(
        (size * (2.0 * rng.binomial(count, 0.5, rounds) - count) for size, count in zip(sizes, times, strict=True)),
        np.zeros(rounds),
    )
    as_far = int((np.abs(swapped) >= abs(gaps.sum()) - 1e-9).sum())
    return Difference(
        first=fmean(one for one, _ in pairs),
        second=fmean(two for _, two in pairs),
        paired=len(pairs),
        higher=int((gaps > 0).sum()),
        lower=int((gaps < 0).sum()),
        p=(as_far + 1) / (rounds + 1),
    )

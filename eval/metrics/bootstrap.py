"""Means of what could be scored, and how far they can be trusted."""

from collections.abc import Iterable, Sequence
from statistics import fmean

import numpy as np

_BLOCK = 4_000_000  # random numbers drawn at once


def mean(values: Iterable[float | None]) -> tuple[float | None, int]:
    """The mean of what could be scored and how many that were.

    >>> mean([1.0, None, 0.0]), mean([None])
    ((0.5, 2), (None, 0))
    """
    scored = [value for value in values if value is not None]
    return (fmean(scored) if scored else None), len(scored)


def interval(
    values: Iterable[float | None], *, seed: int, resamples: int = 1000, level: float = 0.95
) -> tuple[float, float] | None:
    """The percentile bootstrap interval of the mean (Efron 1979): cases are drawn anew with replacement.

    None where nothing could be scored; what could not is not drawn. The same values and seed give the same interval.

    >>> interval([1.0, 1.0, None], seed=7)
    (1.0, 1.0)
    >>> low, high = interval([0.0, 1.0] * 50, seed=7)
    >>> round(low, 1), round(high, 1)
    (0.4, 0.6)
    """
    scored = np.array([value for value in values if value is not None], np.float64)
    if not len(scored):
        return None
    means = _means(scored, np.random.default_rng(seed), resamples)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _means(scored: "np.ndarray[tuple[int], np.dtype[np.float64]]", rng: np.random.Generator, count: int) -> list[float]:
    """`count` means of len(scored) values drawn with replacement: how often each distinct value comes is drawn."""
    values, times = np.unique(scored, return_counts=True)
    step = max(1, _BLOCK // len(values))
    means: list[float] = []
    for first in range(0, count, step):
        drawn = rng.multinomial(len(scored), times / len(scored), size=min(step, count - first))
        means += (drawn @ values / len(scored)).tolist()
    return means


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the values lie, between two of them in proportion; None without values.

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5), quantile([1.0, 2.0], 0.95)
    (2.5, 1.95)
    """
    return round(float(np.quantile(np.array(values), share)), 12) if values else None

"""Whether the confidence is true: of answers said to be 80 % sure, four in five should be right."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Cases of like confidence: its mean, the share that was right, and their number."""

    confidence: float
    right: float
    count: int


def calibration_bins(pairs: Sequence[tuple[float, float]], bins: int = 10) -> list[Bin]:
    """(confidence, right) pairs in so many equal ranges of confidence, empty ones left out; 1.0 is in the last.

    >>> calibration_bins([(0.9, 1.0), (0.92, 0.0), (0.1, 0.0)], bins=2)
    [Bin(confidence=0.1, right=0.0, count=1), Bin(confidence=0.91, right=0.5, count=2)]
    """
    parts: list[list[tuple[float, float]]] = [[] for _ in range(bins)]
    for pair in pairs:
        parts[min(int(pair[0] * bins), bins - 1)].append(pair)
    return [
        Bin(confidence=fmean(one for one, _ in part), right=fmean(one for _, one in part), count=len(part))
        for part in parts
        if part
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """ECE: mean distance of confidence and share right, by cases (Naeini et al. 2015); None without cases.

    Two cases are .41 off, one .1: (2 * .41 + .1) / 3.

    >>> pairs = [(0.9, 1.0), (0.92, 0.0), (0.1, 0.0)]
    >>> round(calibration_error(calibration_bins(pairs, bins=2)), 4)
    0.3067
    """
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.right) for one in bins) / total if total else None

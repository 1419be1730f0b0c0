"""How long answers take."""

from collections.abc import Sequence
from statistics import fmean

from eval.metrics.bootstrap import quantile


def latency(seconds: Sequence[float]) -> dict[str, float | None]:
    """Mean, median and the 95th percentile in seconds, between two values in proportion; None without any.

    >>> latency([1.0, 2.0, 3.0]) == {"latency mean": 2.0, "latency p50": 2.0, "latency p95": 2.9}
    True
    """
    return {
        "latency mean": fmean(seconds) if seconds else None,
        "latency p50": quantile(seconds, 0.5),
        "latency p95": quantile(seconds, 0.95),
    }

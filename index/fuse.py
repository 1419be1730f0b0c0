"""Rankings to one: a weighted sum of scores between 0 and 1.

A convex combination in place of reciprocal ranks (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid
Retrieval"): a rank hides that the first of a list may be a bad match, and questions whose answer stands in another
language then lose to whatever shares a word with them.
"""

from collections.abc import Mapping, Sequence


def fuse(lists: Sequence[Mapping[str, float]], weights: Sequence[float]) -> list[tuple[str, float]]:
    """Keys with the weighted sum of their scores, best first, equal ones by key; a key counts 0 where it is missing.

    A list of weight 0 is as good as absent.

    >>> fuse([{"a": 1.0, "b": 0.5}, {"b": 1.0, "c": 0.25}], [1, 2])
    [('b', 2.5), ('a', 1.0), ('c', 0.5)]

    Raises:
        ValueError: a weight is negative, or there is not one a list.
    """
    if len(lists) != len(weights) or any(weight < 0 for weight in weights):
        raise ValueError(f"give one weight >= 0 a list; got {list(weights)} for {len(lists)} lists")
    total: dict[str, float] = {}
    for scores, weight in zip(lists, weights, strict=True):
        if weight:
            for key, score in scores.items():
                total[key] = total.get(key, 0.0) + weight * score
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))


def stretch(scores: Mapping[str, float]) -> dict[str, float]:
    """The scores moved and scaled so that the best is 1 and the worst 0; all 1 where they are equal.

    >>> stretch({"a": 0.9, "b": 0.8, "c": 0.7})["c"], stretch({"a": 0.3})
    (0.0, {'a': 1.0})
    """
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if not high > low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}

"""The span of words that answers, within a sentence."""

import unicodedata

import numpy as np
import numpy.typing as npt

from qa.evidence import Passage


def best_span(logits: npt.NDArray[np.float64], longest: int) -> tuple[int, int, float]:
    """First and last token of the span with the highest sum of logits (tokens, 2), and its share of the chances.

    Starts and ends are taken as independent. Without tokens it is (0, 0, 0.0).

    >>> best_span(np.array([[9.0, 9.0], [2.0, 0.0]]), 32)[:2]
    (0, 0)
    >>> first, last, chance = best_span(np.array([[0.0, 3.0], [4.0, 0.0], [0.0, 1.0]]), 32)
    >>> first, last, round(chance, 2)
    (1, 2, 0.11)
    """
    if not len(logits):
        return 0, 0, 0.0
    powers = np.exp(logits - logits.max(0))
    chances = powers / powers.sum(0)
    scores = logits[:, 0][:, None] + logits[:, 1][None, :]
    scores[~np.triu(np.tril(np.ones(scores.shape, bool), longest - 1))] = -np.inf
    first, last = divmod(int(scores.argmax()), len(logits))
    return first, last, float(chances[first, 0] * chances[last, 1])


def whole(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends, and with the marks that belong to its first and last letter."""
    text, first, last = passage.article.text, passage.sentence.start, passage.sentence.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > first and unicodedata.category(text[start])[0] == "M":
        start -= 1
    while end < last and unicodedata.category(text[end])[0] == "M":
        end += 1
    return start, end

"""The reader that only knows how alike a question and a sentence are. It says neither yes nor no.

Cosine is turned into a probability by a logistic curve, fitted to the twelve nearest sentences of each development
case of the sample set: the chance that a sentence this near is one that answers (figures in docs/retrieval.md). It
tells what is near from what is not, and no more: a sentence about the same people and event that does not answer
looks much like one that does.
"""

from collections.abc import Sequence

import numpy as np

from index.embed import Embedder
from qa.evidence import Passage
from qa.reader.chances import sigmoid
from qa.reader.protocol import Reading

SLOPE = 15.1
MIDDLE = 0.6175
THRESHOLD = 0.13
"""Nine in ten answerable development questions of the sample set are answered; no risk can be promised."""


class SimilarityReader:
    """Cosine of the embedder's vectors, as a probability."""

    name = "similarity-1"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage: `answerable` grows with the cosine, the span is the whole sentence."""
        if not passages:
            return []
        vectors = self._embedder.embed_documents(
            [passage.text for passage in passages], [passage.article.language for passage in passages]
        )
        cosines = vectors @ self._embedder.embed_query(question)
        chances = sigmoid(SLOPE * (cosines.astype(np.float64) - MIDDLE))
        return [
            Reading(
                answerable=float(chance),
                start=passage.sentence.start,
                end=passage.sentence.end,
                probabilities={},
            )
            for passage, chance in zip(passages, chances, strict=True)
        ]

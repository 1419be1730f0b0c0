"""The Retriever protocol and the dense one."""

from dataclasses import dataclass
from typing import Protocol

from index.archive import Archive
from index.chunks import Chunk
from index.embed import Embedder
from index.filters import Filters
from index.vectors import ChromaVectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One retrieved chunk. `score` is higher-is-better, for dense retrieval the cosine; ranks count from 1."""

    chunk: Chunk
    score: float
    rank: int


class Retriever(Protocol):
    """Question to ranked chunks."""

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits that pass the filters, best first, each chunk once."""
        ...


class DenseRetriever:
    """Nearest chunk vectors by cosine."""

    def __init__(self, archive: Archive, vectors: ChromaVectors, embedder: Embedder) -> None:
        self._archive = archive
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits, best first; an id whose article is gone is left out.

        Raises:
            ValueError: k < 1.
            InputError: the embedder cannot read the question.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        found = self._vectors.query(self._embedder.embed_query(question), k, filters)
        chunks = self._archive.chunks(key for key, _ in found)
        kept = [(chunks[key], score) for key, score in found if key in chunks]
        return [Hit(chunk=chunk, score=score, rank=rank) for rank, (chunk, score) in enumerate(kept, 1)]

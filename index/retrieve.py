"""The Retriever protocol, the dense one, and the hybrid of dense and lexical."""

from dataclasses import dataclass
from typing import Protocol

from index.archive import Archive
from index.chunks import Chunk
from index.embed import Embedder
from index.filters import Filters
from index.fuse import fuse, stretch
from index.languages import detect_language
from index.lexical import LexicalIndex
from index.vectors import ChromaVectors

_DEPTH = 100  # hits of each kind that are fused
_LEXICAL = 2.0  # weight of a sentence that has all of the question's terms; the nearest vector has 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One retrieved chunk. `score` is higher-is-better, the cosine or for hybrid from 0 to 3; ranks count from 1."""

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


class HybridRetriever:
    """Dense and lexical hits in one ranking, so that names and numbers that stand there word for word come first."""

    def __init__(self, archive: Archive, vectors: ChromaVectors, embedder: Embedder) -> None:
        self._archive = archive
        self._dense = DenseRetriever(archive, vectors, embedder)
        self._lexical = LexicalIndex(archive)

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits, best first; raises as the dense one does, and ArchiveBusy as the lexical index does."""
        depth = max(k, _DEPTH)
        dense = {hit.chunk.id: hit.score for hit in self._dense.retrieve(question, depth, filters)}
        fused = fuse([stretch(dense), self._closeness(question, depth, filters)], [1.0, _LEXICAL])[:k]
        chunks = self._archive.chunks(key for key, _ in fused)
        kept = [(chunks[key], score) for key, score in fused if key in chunks]
        return [Hit(chunk=chunk, score=score, rank=rank) for rank, (chunk, score) in enumerate(kept, 1)]

    def _closeness(self, question: str, depth: int, filters: Filters | None) -> dict[str, float]:
        """The cube of the best sentence's share by chunk: a few words in common say little, all of them much."""
        best: dict[str, float] = {}
        for hit in self._lexical.search(question, detect_language(question), depth, filters):
            if key := self._archive.chunk_with(hit.sentence):
                best[key] = max(best.get(key, 0.0), hit.share**3)
        return best

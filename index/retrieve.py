"""The Retriever protocol, the dense one, and the hybrid of dense and lexical."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from index.archive import Archive
from index.articles import Article
from index.embed import Embedder, Vectors
from index.filters import Filters
from index.fuse import fuse, stretch
from index.hits import Hit, fold_copies, rank_by_score, spread
from index.languages import detect_language
from index.lexical import LexicalIndex
from index.vectors import ChromaVectors

_DEPTH = 100  # hits of each kind that are fused
_NEAR = 1_000  # nearest vectors among which those that pass a filter are looked for first
_LEAST = 3  # chunks of one article while others wait; of many chunks a third
_LEXICAL = 2.0  # weight of a sentence that has all of the question's terms; the nearest vector has 1
_HALF_LIFE = 30.0  # days in which the preference for new articles halves


class Retriever(Protocol):
    """Question to ranked chunks."""

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits that pass the filters, best first, each chunk once."""
        ...

    def close(self) -> None:
        """Let go of the vectors; the retriever cannot be used afterwards."""
        ...


class DenseRetriever:
    """Nearest chunk vectors by cosine."""

    def __init__(self, archive: Archive, vectors: ChromaVectors, embedder: Embedder) -> None:
        self._archive = archive
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits, best first; an id whose article is gone is left out. Raises as `nearest` does."""
        return _hits(self._archive, self.nearest(question, k, filters), k)

    def nearest(self, question: str, k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """The ids of at most k chunks with their cosine, best first, before any text is read.

        Raises:
            ValueError: k < 1.
            InputError: the embedder cannot read the question.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        vector = self._embedder.embed_query(question)
        if self._archive.all_pass(filters):
            return self._vectors.query(vector, k)
        return self._passing(vector, k, filters or Filters())

    def close(self) -> None:
        """Let go of the vectors."""
        self._vectors.close()

    def _passing(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[str, float]]:
        """Those of the nearest that pass, or where they are too few, the nearest of all that pass."""
        for depth in (2 * k, _NEAR) if filters.empty else (_NEAR,):
            near = self._vectors.query(vector, depth)
            passing = set(self._archive.chunk_ids(filters, among=[key for key, _ in near]))
            found = [pair for pair in near if pair[0] in passing]
            if len(found) >= k or len(near) < depth:
                return found[:k]
        return self._vectors.query(vector, k, self._archive.chunk_ids(filters))


class HybridRetriever:
    """Dense and lexical hits in one ranking, so that names and numbers that stand there word for word come first."""

    def __init__(
        self,
        archive: Archive,
        vectors: ChromaVectors,
        embedder: Embedder,
        *,
        recency: float = 0.0,
    ) -> None:
        """`recency` is added to the newest day's."""
        self._archive = archive
        self._dense = DenseRetriever(archive, vectors, embedder)
        self._lexical = LexicalIndex(archive)
        self._recency = recency

    def retrieve(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """At most k hits, best first; raises as the dense one does, and ArchiveBusy as the lexical index does."""
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        depth = max(2 * k, _DEPTH)
        dense = dict(self._dense.nearest(question, depth, filters))
        fused = fuse([stretch(dense), self._closeness(question, depth, filters)], [1.0, _LEXICAL])
        hits = _hits(self._archive, fused, len(fused))
        articles = self._archive.get(hit.chunk.article_id for hit in hits)
        if self._recency:
            hits = self._prefer_new(hits, articles)
        groups = self._archive.groups_of(articles)
        return spread(fold_copies(hits, articles), k, max(_LEAST, math.ceil(k / _LEAST)), groups)

    def close(self) -> None:
        """Let go of the vectors."""
        self._dense.close()

    def _closeness(self, question: str, depth: int, filters: Filters | None) -> dict[str, float]:
        """The cube of the best sentence's share by chunk: a few words in common say little, all of them much."""
        best: dict[str, float] = {}
        found = self._lexical.search(question, detect_language(question), depth, filters)
        keys = self._archive.chunks_with([hit.sentence for hit in found])
        for hit in found:
            if key := keys.get(hit.sentence):
                best[key] = max(best.get(key, 0.0), hit.share**3)
        return best

    def _prefer_new(self, hits: list[Hit], articles: Mapping[str, Article]) -> list[Hit]:
        """The hits with what age leaves of the preference; age counts from the newest of them, never from today."""
        days = {key: date.fromisoformat(one.day) for key, one in articles.items() if one.day}
        newest = max(days.values(), default=None)
        aged: list[Hit] = []
        for hit in hits:
            day = days.get(hit.chunk.article_id)
            gain = self._recency * 0.5 ** ((newest - day).days / _HALF_LIFE) if newest and day else 0.0
            aged.append(replace(hit, score=hit.score + gain))
        return rank_by_score(aged)


def _hits(archive: Archive, found: list[tuple[str, float]], k: int) -> list[Hit]:
    chunks = archive.chunks(key for key, _ in found)
    kept = [(chunks[key], score) for key, score in found if key in chunks][:k]
    return [Hit(chunk=chunk, score=score, rank=rank) for rank, (chunk, score) in enumerate(kept, 1)]

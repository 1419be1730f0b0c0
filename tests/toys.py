"""Small stand-ins whose results a reader can compute by hand."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.embed import Vectors
from index.filters import Filters


class WordEmbedder:
    """Bag of words: the vector counts the words of a text, each at a place given by its checksum."""

    def __init__(self, dimension: int = 512) -> None:
        self.dimension = dimension
        self.embedded = 0

    @property
    def identity(self) -> str:
        return f"words/{self.dimension}"

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        self.embedded += len(texts)
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        vector[0] = 1e-3
        for word in re.findall(r"\w+", text.casefold()):
            vector[crc32(word.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


class BruteForceVectors:
    """What `ChromaVectors` promises, by comparing everything."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Vectors, dict[str, str | int]]] = {}

    def add(self, ids: Sequence[str], vectors: Vectors, metadata: Sequence[dict[str, str | int]]) -> None:
        self._rows |= {key: (vector, about) for key, vector, about in zip(ids, vectors, metadata, strict=True)}

    def delete(self, ids: Sequence[str]) -> None:
        for key in ids:
            self._rows.pop(key, None)

    def query(self, vector: Vectors, k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        passing = [(key, float(row @ vector)) for key, (row, about) in self._rows.items() if _passes(about, filters)]
        return sorted(passing, key=lambda pair: (-pair[1], pair[0]))[:k]

    def ids(self) -> set[str]:
        return set(self._rows)

    def count(self) -> int:
        return len(self._rows)


def _passes(about: dict[str, str | int], filters: Filters | None) -> bool:
    if filters is None:
        return True
    day = int(about.get("day", 0))
    return (
        (not filters.languages or about.get("language") in filters.languages)
        and (not filters.publishers or about.get("publisher") in {one.casefold() for one in filters.publishers})
        and (filters.after is None or day >= int(filters.after.replace("-", "")))
        and (filters.before is None or 0 < day <= int(filters.before.replace("-", "")))
    )

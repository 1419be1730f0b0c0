"""Small stand-ins whose results a reader can compute by hand."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.embed import Vectors


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
        self._rows: dict[str, Vectors] = {}

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._rows |= dict(zip(ids, vectors, strict=True))

    def delete(self, ids: Sequence[str]) -> None:
        for key in ids:
            self._rows.pop(key, None)

    def query(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        passing = [(key, float(row @ vector)) for key, row in self._rows.items() if among is None or key in among]
        return sorted(passing, key=lambda pair: (-pair[1], pair[0]))[:k]

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        return {key: self._rows[key] for key in ids if key in self._rows}

    def ids(self) -> set[str]:
        return set(self._rows)

    def count(self) -> int:
        return len(self._rows)

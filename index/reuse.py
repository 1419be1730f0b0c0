"""Nothing is embedded twice: vectors of words that the archive holds are read from it, the last questions are kept."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

import numpy as np

from index.archive import Archive
from index.embed import Embedder, Vectors
from index.vectors import ChromaVectors

_QUESTIONS = 4  # kept, because one question is asked of the vectors and then of the reader


class ReusingEmbedder:
    """An embedder over an archive and the vectors that the same embedder made for it."""

    def __init__(self, embedder: Embedder, archive: Archive, vectors: ChromaVectors) -> None:
        self._embedder = embedder
        self._archive = archive
        self._vectors = vectors
        self._query = lru_cache(_QUESTIONS)(lambda text: embedder.embed_query(text))

    @property
    def identity(self) -> str:
        """That of the embedder underneath."""
        return self._embedder.identity

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim): stored ones where a chunk has these words in this language, the others made, each once."""
        digests = [digest_of(text, language) for text, language in zip(texts, languages, strict=True)]
        twins = self._archive.twins(digests)
        stored = self._vectors.get(list(twins.values()))
        known = {digest: stored[key] for digest, key in twins.items() if key in stored}
        wanted = zip(digests, texts, languages, strict=True)
        new = {digest: (text, language) for digest, text, language in wanted if digest not in known}
        if new or not known:
            made = self._embedder.embed_documents([text for text, _ in new.values()], [one for _, one in new.values()])
            if not texts:
                return made
            known |= dict(zip(new, made, strict=True))
        return np.stack([known[digest] for digest in digests])

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question; raises as the embedder underneath."""
        return self._query(text)


def digest_of(text: str, language: str | None) -> str:
    """Equal for what gives equal vectors."""
    return sha256(f"{language}\0{text}".encode()).hexdigest()[:24]

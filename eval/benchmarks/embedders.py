"""The project's embedder in its plain and in its neutral space, each text embedded once for both."""

from collections.abc import Callable, Sequence

import numpy as np

from index.e5 import BundledEmbedder
from index.embed import Embedder, SentenceTransformerEmbedder, Vectors
from index.languages import detect_language
from index.neutral import NeutralSpace
from qa.settings import Settings

_BLOCK = 256  # texts between two reports of progress


class RememberingEmbedder:
    """An embedder that embeds no text twice; `progress` is called with how many more are done."""

    def __init__(self, inner: Embedder, progress: Callable[[int], None]) -> None:
        self._inner = inner
        self._progress = progress
        self._documents: dict[tuple[str, str | None], Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    @property
    def identity(self) -> str:
        """That of the embedder inside."""
        return self._inner.identity

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim) of passages."""
        wanted = list(zip(texts, languages, strict=True))
        new = sorted({pair for pair in wanted if pair not in self._documents}, key=lambda pair: (len(pair[0]), pair[0]))
        for start in range(0, len(new), _BLOCK):
            block = new[start : start + _BLOCK]
            vectors = self._inner.embed_documents([text for text, _ in block], [language for _, language in block])
            self._documents |= dict(zip(block, vectors, strict=True))
            self._progress(len(block))
        return np.array([self._documents[pair] for pair in wanted], np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question."""
        if text not in self._queries:
            self._queries[text] = self._inner.embed_query(text)
            self._progress(1)
        return self._queries[text]


class NeutralEmbedder:
    """A plain embedder whose vectors are moved as `BundledEmbedder` moves those of the bundled model."""

    def __init__(self, plain: Embedder, space: NeutralSpace, identity: str) -> None:
        self._plain = plain
        self._space = space
        self._identity = identity

    @property
    def identity(self) -> str:
        """Model and fingerprint of the space."""
        return self._identity

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim) of passages."""
        return self._space.apply_documents(self._plain.embed_documents(texts, languages), languages)

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question in whatever language it is."""
        return self._space.apply_query(self._plain.embed_query(text), detect_language(text))


def make_embedders(settings: Settings, progress: Callable[[int], None]) -> dict[str, Embedder]:
    """By column: "ours" as an archive uses it and, for the bundled model, "plain" without the neutral space.

    Raises:
        ModelError: the bundled model cannot be unpacked.
    """
    if settings.embedding_model:
        return {"ours": RememberingEmbedder(SentenceTransformerEmbedder(settings.embedding_model), progress)}
    plain = RememberingEmbedder(BundledEmbedder(settings.cache, neutral=False), progress)
    ours = NeutralEmbedder(plain, NeutralSpace.load(), BundledEmbedder(settings.cache).identity)
    return {"ours": ours, "plain": plain}

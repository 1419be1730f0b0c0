"""Text to vectors: the Embedder protocol, and sentence-transformers behind it."""

import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index import bundled
from index.engine import Engine
from index.errors import InputError, ModelError
from index.languages import detect_language
from index.neutral import NeutralSpace

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

_E5_PROMPTS = {"query": "query: ", "document": "passage: "}


class Embedder(Protocol):
    """Text to vectors of length 1; `identity` names everything that changes them."""

    @property
    def identity(self) -> str:
        """Model and settings, as stamped on an archive's index."""
        ...

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim) of passages in the given languages; rows of length 1."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question, of length 1."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by folder or name; without one, the model that comes with the installation."""

    def __init__(self, model: str | None = None, *, cache: Path) -> None:
        """`model` is a folder or a Hub name (downloaded only when it is not on this machine); `cache` holds ours.

        The vectors of our own model are moved into the language-neutral space; no other model has one. The model is
        loaded when the first text is embedded, and only then a ModelError says that it cannot be.
        """
        self._name = model or bundled.NAME
        self._cache = cache
        self._space = NeutralSpace.load() if self._name == bundled.NAME else None

    @property
    def identity(self) -> str:
        """The model's folder or name, and the neutral space's fingerprint."""
        return f"{self._name}/neutral-{self._space.fingerprint}" if self._space else self._name

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return _load(str(bundled.model_folder(self._cache)) if self._name == bundled.NAME else self._name)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self._model)

    @cached_property
    def _prompts(self) -> dict[str, str]:
        prompts = {name: prompt for name, prompt in self._model.prompts.items() if prompt}
        return prompts or (_E5_PROMPTS if "e5" in self._name.lower() else {})

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim) of passages; what exceeds the model's limit (512 tokens here) does not count."""
        vectors = self._embed(list(texts), "document")
        return self._space.apply_documents(vectors, languages) if self._space else vectors

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question in whatever language it is.

        Raises:
            InputError: the model knows hardly any of the question's characters.
        """
        ids = self._model.tokenizer(text, add_special_tokens=False)["input_ids"]
        unknown = getattr(self._model.tokenizer, "unk_token_id", None)
        if unknown is not None and sum(token == unknown for token in ids) * 2 >= len(ids) > 0:
            raise InputError(
                f"the embedding model {self._name} cannot read the script of {text[:60]!r}; ask in another"
            )
        vector: Vectors = self._embed([text], "query")[0]
        return self._space.apply_query(vector, detect_language(text)) if self._space else vector

    def _embed(self, texts: list[str], kind: str) -> Vectors:
        return self._engine.encode(texts, self._prompts.get(kind))


def _load(name: str) -> "SentenceTransformer":
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait double the time when others
    # want the cores; read when torch is first imported
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        if Path(name).exists():
            raise ModelError(f"{name} is not a sentence-transformers model: {error}") from error
    try:
        return SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"the embedding model {name!r} is neither on this machine nor within reach: {error}; "
            "name a folder, or leave the setting out to use the one that comes with the installation"
        ) from error

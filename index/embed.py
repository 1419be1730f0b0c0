"""Text to vectors: the Embedder protocol, and sentence-transformers behind it."""

import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import InputError, ModelError

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
    """Any sentence-transformers model by folder or name."""

    def __init__(self, model: str) -> None:
        """`model` is a folder or a Hub name, downloaded only when it is not on this machine.

        It is loaded when the first text is embedded, and only then a ModelError says that it cannot be.
        """
        self._name = model

    @property
    def identity(self) -> str:
        """The model's folder or name."""
        return self._name

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return _load(self._name)

    @cached_property
    def _prompts(self) -> dict[str, str]:
        prompts = {name: prompt for name, prompt in self._model.prompts.items() if prompt}
        return prompts or (_E5_PROMPTS if "e5" in self._name.lower() else {})

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, dim) of passages; what exceeds the model's limit does not count."""
        return self._embed(list(texts), "document")

    def embed_query(self, text: str) -> Vectors:
        """Vector (dim,) of a question in whatever language it is.

        Raises:
            InputError: the model knows hardly any of the question's characters.
        """
        ids = self._model.tokenizer(text, add_special_tokens=False)["input_ids"]
        check_script(self._name, text, ids, getattr(self._model.tokenizer, "unk_token_id", None))
        vector: Vectors = self._embed([text], "query")[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> int:
        """Tokens that these texts have."""
        found = self._model.tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return sum(len(ids) for ids in found)

    def _embed(self, texts: list[str], kind: str) -> Vectors:
        if not texts:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), np.float32)
        prompt = self._prompts.get(kind)
        found = self._model.encode(texts, prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)


def check_script(model: str, text: str, ids: Sequence[int], unknown: int | None) -> None:
    """See that a model knows the characters of a text, whose token ids are given without the special ones.

    Raises:
        InputError: half of the tokens or more are the unknown one.
    """
    if unknown is not None and sum(token == unknown for token in ids) * 2 >= len(ids) > 0:
        raise InputError(
            f"the embedding model {model} cannot read the script of {text[:60]!r}; ask in another", kind="no_script"
        )


def _load(name: str) -> "SentenceTransformer":
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
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

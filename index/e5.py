"""The embedder that comes with the installation: multilingual-e5-small on our own encoder, in the neutral space."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from index import bundled, openvino
from index.embed import Vectors, check_script
from index.encoder import Encoder, batches, fast_precision, load_tokenizer, load_weights, pad
from index.languages import detect_language
from index.neutral import NeutralSpace

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_QUERY, _DOCUMENT = "query: ", "passage: "  # as the model was trained (Wang et al. 2024)
_LIMIT = 512  # tokens
_BUDGET = 2048  # tokens a batch, padding counted
_BLOCK = 1024  # texts tokenised together
_UNKNOWN = 3


class BundledEmbedder:
    """Texts to vectors (n, 384). The model is loaded at the first text, on OpenVINO where that is there."""

    def __init__(self, cache: Path, *, neutral: bool = True) -> None:
        """`cache` holds the unpacked model; without `neutral` the vectors are the model's own."""
        self._cache = cache
        self._space = NeutralSpace.load() if neutral else None
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """The model's name, and the neutral space's fingerprint."""
        return f"{bundled.NAME}/neutral-{self._space.fingerprint}" if self._space else bundled.NAME

    @cached_property
    def _parts(self) -> tuple["Tokenizer", Encoder | openvino.OpenVinoEncoder]:
        folder = bundled.model_folder(self._cache)
        if openvino.installed():
            return load_tokenizer(folder), openvino.embedding_encoder(folder)
        weights = load_weights(folder / "model.safetensors")
        return load_tokenizer(folder), Encoder(weights, precision=fast_precision())

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors (n, 384) of passages; what exceeds 512 tokens does not count.

        Raises:
            ModelError: the model cannot be unpacked or loaded.
        """
        vectors = self._embed(texts, _DOCUMENT)
        return self._space.apply_documents(vectors, languages) if self._space else vectors

    def embed_query(self, text: str) -> Vectors:
        """Vector (384,) of a question in whatever language it is.

        Raises:
            InputError: the model knows hardly any of the question's characters.
            ModelError: as above.
        """
        check_script(bundled.NAME, text, self._ids([text])[0][1:-1], _UNKNOWN)
        vector: Vectors = self._embed([text], _QUERY)[0]
        return self._space.apply_query(vector, detect_language(text)) if self._space else vector

    def count_tokens(self, texts: Sequence[str]) -> int:
        """Tokens that these texts have, none of them longer than the model's limit."""
        return sum(len(ids) - 2 for ids in self._ids(texts))

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        with self._lock:
            tokenizer, _ = self._parts
        found = [one.ids for one in tokenizer.encode_batch(list(texts))]
        return [ids if len(ids) <= _LIMIT else [*ids[: _LIMIT - 1], ids[-1]] for ids in found]

    def _embed(self, texts: Sequence[str], prompt: str) -> Vectors:
        """Rows of length 1 in the order of the texts; equal texts are computed once."""
        unique = sorted(dict.fromkeys(texts), key=len)
        found = [np.zeros((0, 384), np.float32)]
        for at in range(0, len(unique), _BLOCK):
            found.append(self._block(self._ids([prompt + text for text in unique[at : at + _BLOCK]])))
        place = {text: row for row, text in enumerate(unique)}
        return np.concatenate(found)[[place[text] for text in texts]]

    def _block(self, ids: list[list[int]]) -> Vectors:
        """The mean of the token states of each row, of length 1."""
        import torch

        vectors = np.empty((len(ids), 384), np.float32)
        with torch.inference_mode():
            for rows in batches([len(one) for one in ids], _BUDGET):
                padded, mask = pad([ids[row] for row in rows])
                states = self._parts[1].hidden(padded, mask).float()
                means = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
                vectors[rows] = torch.nn.functional.normalize(means).numpy()
        return vectors

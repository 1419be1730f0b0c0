"""A model run over many texts at the machine's pace: like lengths together, bfloat16 where it pays."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

_BUDGET = 2048  # tokens a batch, padding counted
_BLOCK = 1024  # texts tokenised together
_TRIAL = 512  # tokens from which on bfloat16 may pay
_ROUNDS = 3  # timed batches of each precision


class Engine:
    """Texts to unit vectors, those of `SentenceTransformer.encode` to a cosine of .999 and better.

    Where the processor multiplies bfloat16 in hardware, the first large batches run in it and in float32 by turns, and
    what proves faster does the rest. A few texts, a question above all, stay in float32: casting weights costs more.
    """

    def __init__(self, model: "SentenceTransformer") -> None:
        self._model = model.eval()
        self._seconds: dict[bool, list[float]] = {False: [], True: []}  # a token, by whether in bfloat16
        self._half: bool | None = None if _has_bfloat16() else False  # None: not decided yet

    def encode(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        """Vectors (n, dim) in the order of the texts, rows of length 1; equal texts are computed once."""
        unique = sorted(dict.fromkeys(texts), key=len)
        if not unique:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), np.float32)
        found = np.concatenate([self._block(unique[at : at + _BLOCK], prompt) for at in range(0, len(unique), _BLOCK)])
        place = {text: row for row, text in enumerate(unique)}
        return np.asarray(found[[place[text] for text in texts]], dtype=np.float32)

    def _block(self, texts: list[str], prompt: str | None) -> Vectors:
        import torch

        features = self._model.preprocess(texts, prompt=prompt)
        if not _by_row(features, len(texts)):
            rest = self._model.encode(texts, prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
            return np.asarray(rest, dtype=np.float32)
        parts: list[tuple[list[int], Any]] = []
        half = self._half is True and features["attention_mask"].numel() >= _TRIAL
        with torch.inference_mode(), self._precision(half):  # here, so that weights are cast once a block
            for rows, batch in _batches(features):
                parts.append((rows, self._forward(batch)))
        found = torch.cat([vectors for _, vectors in parts])[:, : self._model.truncate_dim]
        result = np.empty(tuple(found.shape), np.float32)
        result[[row for rows, _ in parts for row in rows]] = torch.nn.functional.normalize(found).numpy()
        return result

    def _forward(self, batch: dict[str, Any]) -> Any:  # noqa: ANN401 - a torch tensor, torch loads late
        tokens = batch["attention_mask"].numel()
        if self._half is not None or tokens < _TRIAL:
            return self._model(batch)["sentence_embedding"].float()
        half = len(self._seconds[True]) < len(self._seconds[False])
        begun = perf_counter()
        with self._precision(half):
            vectors = self._model(batch)["sentence_embedding"].float()
        self._seconds[half].append((perf_counter() - begun) / tokens)
        if len(self._seconds[True]) == _ROUNDS:
            self._half = min(self._seconds[True]) < min(self._seconds[False])
        return vectors

    def _precision(self, half: bool) -> AbstractContextManager[Any]:
        import torch

        return torch.autocast("cpu", torch.bfloat16, enabled=half)


def _has_bfloat16() -> bool:
    import torch

    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16"))


def _by_row(features: Mapping[str, Any], count: int) -> bool:
    """Whether every tensor has one row a text, so that rows can be taken out."""
    import torch

    tensors = [one for one in features.values() if isinstance(one, torch.Tensor)]
    return "attention_mask" in features and all(one.ndim == 2 and len(one) == count for one in tensors)


def _batches(features: Mapping[str, Any]) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """Rows of like length up to the budget, cut where their padding begins."""
    mask = features["attention_mask"]
    width = mask.shape[1]
    right = bool(mask[:, 0].all())  # padded on the right; else nothing is cut
    lengths = mask.sum(dim=1).tolist() if right else [width] * len(mask)
    held: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if held and lengths[row] * (len(held) + 1) > _BUDGET:
            yield held, _take(features, held, lengths[held[-1]], width)
            held = []
        held.append(row)
    yield held, _take(features, held, lengths[held[-1]], width)


def _take(features: Mapping[str, Any], rows: list[int], longest: int, width: int) -> dict[str, Any]:
    import torch

    return {
        name: one[rows, :longest] if isinstance(one, torch.Tensor) and one.shape[1] == width else one
        for name, one in features.items()
    }

"""The encoder of the bundled model, in plain torch: it starts in a second and holds its weights in the fast precision.

A BERT (Devlin et al. 2019) as sentence-transformers saves it: embeddings of words, positions and types, then layers of
attention and a feed-forward block, each with a residual and a layer norm after it. Large tables stay on the disk: only
the rows that are looked up are read.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor, dtype

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait double the time when others
# want the cores; read when torch is first imported

_HEADS = 12
_PAD = 1  # as in every XLM-R vocabulary
_EPSILON = 1e-12
_SELF = "attention.self"
_NAMES = (
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)


class Encoder:
    """Token ids to hidden states. Differentiable in its weights, so that it can also be trained."""

    def __init__(self, weights: Mapping[str, "Tensor"], *, precision: "dtype") -> None:
        """`weights` under the names of transformers' BertModel, float32; `precision` is that of the layers."""
        import torch

        self._precision = precision
        self._word = weights["embeddings.word_embeddings.weight"]
        self._position = weights["embeddings.position_embeddings.weight"]
        self._type = weights["embeddings.token_type_embeddings.weight"]
        self._norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers: list[list[Tensor]] = []
        while f"encoder.layer.{len(self._layers)}.output.dense.weight" in weights:
            at = f"encoder.layer.{len(self._layers)}"
            fused = [
                torch.cat([weights[f"{at}.{_SELF}.{one}.{part}"] for one in ("query", "key", "value")])
                for part in ("weight", "bias")
            ]
            rest = [weights[f"{at}.{name}.{part}"] for name in _NAMES for part in ("weight", "bias")]
            self._layers.append([one.to(precision) for one in (*fused, *rest)])

    def hidden(self, ids: "Tensor", mask: "Tensor", types: "Tensor | None" = None) -> "Tensor":
        """Hidden states (n, length, width) of token ids (n, length); `mask` is False where a row has ended."""
        import torch
        from torch.nn import functional

        rows, length = ids.shape
        kinds = self._type[0] if types is None else functional.embedding(types, self._type)
        state = functional.embedding(ids, self._word) + self._position[:length] + kinds
        width = state.shape[-1]
        state = functional.layer_norm(state, (width,), *self._norm, _EPSILON).to(self._precision)
        bias = None
        if not bool(mask.all()):
            bias = torch.zeros((rows, 1, 1, length), dtype=self._precision, device=ids.device)
            bias.masked_fill_(~mask[:, None, None], float("-inf"))
        for qkv_w, qkv_b, out_w, out_b, norm_w, norm_b, up_w, up_b, down_w, down_b, last_w, last_b in self._layers:
            fused = functional.linear(state, qkv_w, qkv_b).view(rows, length, 3, _HEADS, width // _HEADS)
            query, key, value = fused.permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
            seen = functional.linear(seen.transpose(1, 2).reshape(rows, length, width), out_w, out_b)
            state = functional.layer_norm(state + seen, (width,), norm_w, norm_b, _EPSILON)
            more = functional.linear(functional.gelu(functional.linear(state, up_w, up_b)), down_w, down_b)
            state = functional.layer_norm(state + more, (width,), last_w, last_b, _EPSILON)
        return state


@contextmanager
def sharing_cores(at_once: int | None) -> Iterator[int]:
    """For as long as `at_once` threads compute side by side, each on its share of the cores; None: one for each.

    Threads begun meanwhile keep to their share. Two at once take about a sixth less time than one after the other.
    """
    import torch

    cores = torch.get_num_threads()
    at_once = at_once or cores
    torch.set_num_threads(max(1, cores // at_once))
    try:
        yield at_once
    finally:
        torch.set_num_threads(cores)


def load_weights(file: Path) -> dict[str, "Tensor"]:
    """The tensors of a safetensors file, mapped and not read.

    Raises:
        ModelError: the file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), "pt") as found:
            return {name: found.get_tensor(name) for name in found.keys()}
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{file} cannot be read: {error}") from error


@cache
def load_tokenizer(folder: Path) -> "Tokenizer":
    """The tokenizer of a model's folder, without padding and cutting; the same one each time."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Places of rows of like length, shortest first; a batch has one row or, padding counted, at most `budget` tokens.

    >>> list(batches([3, 1, 2], 4))
    [[1, 2], [0]]
    """
    held: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if held and lengths[place] * (len(held) + 1) > budget:
            yield held
            held = []
        held.append(place)
    if held:
        yield held


def pad(rows: Sequence[Sequence[int]]) -> tuple["Tensor", "Tensor"]:
    """Token ids and mask (True where a token stands), each (n, longest)."""
    import torch

    ids = torch.full((len(rows), max(map(len, rows))), _PAD)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(ids.shape[1]) < lengths[:, None]


def fast_precision() -> "dtype":
    """bfloat16 where the processor multiplies it in hardware, else float32."""
    import torch

    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16") else torch.float32

"""The cross-encoder's network: the embedder's architecture with layers of its own, and three heads on top.

The words' and positions' embeddings are the embedder's, frozen in training and not stored again. From the first token's
state and the mean of the sentence's, one hidden layer gives three logits: that the sentence answers, that the answer
is yes and not no, that the question asks for yes or no. From each token's state come two: that the answer's span
starts, and that it ends there (as Devlin et al. 2019 read SQuAD).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.encoder import Encoder
from index.openvino import OpenVinoEncoder

if TYPE_CHECKING:
    from torch import Tensor, dtype

SHARED = ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight")
HEADS = ("pool", "head", "span")


class Network:
    """Rows of tokens to logits. Differentiable in its weights."""

    def __init__(
        self, weights: Mapping[str, "Tensor"], *, precision: "dtype", encoder: OpenVinoEncoder | None = None
    ) -> None:
        """`weights`: those of an encoder, and `pool`, `head` and `span`, each with `.weight` and `.bias`.

        `encoder` takes the place of the one that they describe.
        """
        self.device = weights["pool.weight"].device
        self._precision = precision
        self._encoder = encoder or Encoder(weights, precision=precision)
        self._heads = {
            name: (weights[f"{name}.weight"].to(precision), weights[f"{name}.bias"].to(precision)) for name in HEADS
        }

    def __call__(self, ids: "Tensor", mask: "Tensor", types: "Tensor") -> tuple["Tensor", "Tensor"]:
        """Logits (n, 3) and span logits (n, length, 2), float32; types are 1 where the sentence stands."""
        import torch
        from torch.nn.functional import linear

        states = self._encoder.hidden(ids, mask, types).to(self._precision)
        inside = (types == 1)[..., None]
        mean = (states * inside).sum(1) / inside.sum(1).clamp(min=1)
        pooled = torch.tanh(linear(torch.cat([states[:, 0], mean], -1), *self._heads["pool"]))
        return linear(pooled, *self._heads["head"]).float(), linear(states, *self._heads["span"]).float()

"""The cross-encoder's layers in 8 bits on OpenVINO, as the embedder's are, with the extra `fast`."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encoder import batches, load_tokenizer
from index.openvino import BUDGET, OpenVinoEncoder, Rows, texts
from qa.reader.layout import Parts, collate, make_rows

if TYPE_CHECKING:
    from torch import Tensor

_LAST = "encoder.layer.11.output.dense.weight"


def quantised(weights: Mapping[str, "Tensor"], folder: Path) -> OpenVinoEncoder:
    """The encoder of these weights, named as transformers' BertModel does; made once and kept in the model's folder."""
    digest = sha256(weights[_LAST].numpy().tobytes()).hexdigest()[:8]
    return OpenVinoEncoder(
        folder / f"openvino-int8-reader-{digest}", lambda: _model(weights, folder), lambda: _samples(folder)
    )


def _model(weights: Mapping[str, "Tensor"], folder: Path) -> Any:  # noqa: ANN401 - a BertModel
    from transformers import AutoConfig, BertModel

    config = AutoConfig.from_pretrained(folder)
    config.type_vocab_size = 2  # what is around the sentence, and the sentence
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: one for name, one in weights.items() if name.startswith(("embeddings", "encoder"))})
    return model


def _samples(folder: Path) -> Iterable[Rows]:
    """Each text as a question to the next, in the two after that."""
    found = texts()
    pairs = [
        (question, Parts(sentence=sentence, before=before, after=after, title=title))
        for question, sentence, before, after, title in zip(
            found, found[1:], found[2:], found[3:], found[4:], strict=False
        )
    ]
    rows = make_rows(load_tokenizer(folder), pairs)
    for places in batches([len(row.ids) for row in rows], BUDGET):
        yield collate([rows[place] for place in places])

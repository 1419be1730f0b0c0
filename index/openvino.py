"""An encoder in 8 bits on OpenVINO: about twice as fast, with the extra `fast`.

It is made once from the weights and stored: NNCF quantises, and looks at rows of tokens such as are read to choose the
scales. Neither package's telemetry is loaded.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encoder import batches, load_tokenizer, pad

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

Rows = tuple["Tensor", "Tensor", "Tensor | None"]

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # both packages then report nothing

_TEXTS = Path(__file__).with_name("calibration.txt")
_FOLDER = "openvino-int8-1"
BUDGET = 1024  # tokens of a batch of samples
_log = logging.getLogger(__name__)


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("openvino") is not None and find_spec("nncf") is not None


class OpenVinoEncoder:
    """Token ids to hidden states, as `index.encoder.Encoder`."""

    def __init__(self, store: Path, load: Callable[[], Any], samples: Callable[[], Iterable[Rows]]) -> None:
        """`store` is the folder of the quantised model.

        Where it is not there yet it is made from what `load` gives, a BertModel of transformers, with scales that fit
        `samples`: ids, mask and, where the model is to be told them, types.
        """
        import openvino

        file = store / "model.xml"
        if not file.exists():
            _make(load(), list(samples()), file)
        core = openvino.Core()
        core.set_property({"CACHE_DIR": str(store / "compiled")})
        threads = {"INFERENCE_NUM_THREADS": os.cpu_count() or 1, "PERFORMANCE_HINT": "LATENCY"}
        self._model = core.compile_model(str(file), "CPU", threads)

    def hidden(self, ids: "Tensor", mask: "Tensor", types: "Tensor | None" = None) -> "Tensor":
        """Hidden states (n, length, width) of token ids (n, length); `mask` is False where a row has ended."""
        import torch

        return torch.from_numpy(self._model(_inputs(ids, mask, types))[0])


def embedding_encoder(folder: Path) -> OpenVinoEncoder:
    """That of the unpacked embedding model in `folder`, where the quantised one is stored too."""
    from transformers import AutoModel

    return OpenVinoEncoder(
        folder / _FOLDER, lambda: AutoModel.from_pretrained(folder), lambda: _samples(load_tokenizer(folder))
    )


def texts() -> list[str]:
    """Sentences in many languages to choose scales by."""
    return _TEXTS.read_text(encoding="utf-8").splitlines()


def _samples(tokenizer: "Tokenizer") -> Iterable[Rows]:
    rows = [tokenizer.encode(f"passage: {line}").ids for line in texts()]
    for places in batches([len(row) for row in rows], BUDGET):
        yield *pad([rows[place] for place in places]), None


def _make(plain: Any, samples: list[Rows], file: Path) -> None:  # noqa: ANN401 - a model of transformers
    """Convert and quantise; the file appears whole or not at all."""
    import nncf
    import openvino

    _log.warning("a model is being quantised for OpenVINO, once; this takes about half a minute")
    plain = plain.eval()
    plain.forward = _states(plain.forward, typed=samples[0][2] is not None)
    inputs = [_inputs(*one) for one in samples]
    model = openvino.convert_model(plain, example_input=inputs[0])
    kind, preset = nncf.ModelType.TRANSFORMER, nncf.QuantizationPreset.MIXED
    done = nncf.quantize(model, nncf.Dataset(inputs), model_type=kind, preset=preset)
    part = file.parent.with_suffix(f".{os.getpid()}")
    openvino.save_model(done, part / file.name)
    try:
        part.rename(file.parent)
    except OSError:  # another process was faster
        if not file.exists():
            raise


def _inputs(ids: "Tensor", mask: "Tensor", types: "Tensor | None") -> dict[str, Any]:
    found = {"input_ids": ids.numpy(), "attention_mask": mask.long().numpy()}
    return found if types is None else found | {"token_type_ids": types.numpy()}


def _states(forward: Any, *, typed: bool) -> Any:  # noqa: ANN401 - a model's own
    def states(input_ids: "Tensor", attention_mask: "Tensor") -> "Tensor":
        found: Tensor = forward(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return found

    def with_types(input_ids: "Tensor", attention_mask: "Tensor", token_type_ids: "Tensor") -> "Tensor":
        rows = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
        found: Tensor = forward(**rows).last_hidden_state
        return found

    return with_types if typed else states

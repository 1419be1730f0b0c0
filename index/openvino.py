"""The bundled model's encoder in 8 bits on OpenVINO: about twice as fast, with the extra `fast`.

It is made once from the unpacked model and stored beside it: NNCF quantises, and looks at the sentences of
calibration.txt to choose the scales. Neither package's telemetry is loaded.
"""

import logging
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encoder import batches, load_tokenizer, pad

if TYPE_CHECKING:
    from torch import Tensor

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # both packages then report nothing

_TEXTS = Path(__file__).with_name("calibration.txt")
_FOLDER = "openvino-int8-1"
_BUDGET = 1024  # tokens a batch of calibration
_log = logging.getLogger(__name__)


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("openvino") is not None and find_spec("nncf") is not None


class OpenVinoEncoder:
    """Token ids to hidden states, as `index.encoder.Encoder`."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the unpacked model; the quantised one is made in it where it is not there yet."""
        import openvino

        file = folder / _FOLDER / "model.xml"
        if not file.exists():
            _make(folder, file)
        core = openvino.Core()
        core.set_property({"CACHE_DIR": str(file.parent / "compiled")})
        threads = {"INFERENCE_NUM_THREADS": os.cpu_count() or 1, "PERFORMANCE_HINT": "LATENCY"}
        self._model = core.compile_model(str(file), "CPU", threads)

    def hidden(self, ids: "Tensor", mask: "Tensor") -> "Tensor":
        """Hidden states (n, length, width) of token ids (n, length); `mask` is False where a row has ended."""
        import torch

        found = self._model({"input_ids": ids.numpy(), "attention_mask": mask.long().numpy()})
        return torch.from_numpy(found[0])


def _make(folder: Path, file: Path) -> None:
    """Convert and quantise; the file appears whole or not at all."""
    import nncf
    import openvino
    import torch
    from transformers import AutoModel

    _log.warning("the embedding model is being quantised for OpenVINO, once; this takes about half a minute")
    plain = AutoModel.from_pretrained(folder).eval()
    plain.forward = _states(plain.forward)
    rows = torch.ones((2, 16), dtype=torch.long)
    model = openvino.convert_model(plain, example_input={"input_ids": rows, "attention_mask": rows})
    data = nncf.Dataset(list(_calibration(folder)))
    done = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, preset=nncf.QuantizationPreset.MIXED)
    part = file.parent.with_suffix(f".{os.getpid()}")
    openvino.save_model(done, part / file.name)
    try:
        part.rename(file.parent)
    except OSError:  # another process was faster
        if not file.exists():
            raise


def _states(forward: Any) -> Any:  # noqa: ANN401 - a model's own
    def states(input_ids: "Tensor", attention_mask: "Tensor") -> "Tensor":
        found: Tensor = forward(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return found

    return states


def _calibration(folder: Path) -> Iterable[dict[str, Any]]:
    tokenizer = load_tokenizer(folder)
    rows = [tokenizer.encode(f"passage: {line}").ids for line in _TEXTS.read_text(encoding="utf-8").splitlines()]
    for places in batches([len(row) for row in rows], _BUDGET):
        ids, mask = pad([rows[place] for place in places])
        yield {"input_ids": ids.numpy(), "attention_mask": mask.long().numpy()}

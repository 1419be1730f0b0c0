"""The reader in 8 bits on OpenVINO, with the extra `fast`: what it reads is nearly the same."""

import numpy as np
import pytest

from index import openvino
from qa.reader import cross_encoder
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.training.examples import draw_contrasts, load
from qa.settings import Settings


@pytest.mark.skipif(not openvino.installed(), reason="the extra `fast` is not installed")
def test_eight_bits_read_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = list(draw_contrasts(load("contrasts.jsonl"), held_out=True))[:120]
    fast = CrossEncoderReader(Settings().cache)
    _, ours, _ = fast.logits_of([(one.question, one.parts) for one in examples])
    monkeypatch.setattr(openvino, "installed", lambda: False)
    cross_encoder._load.cache_clear()
    plain = CrossEncoderReader(Settings().cache)
    _, theirs, _ = plain.logits_of([(one.question, one.parts) for one in examples])
    cross_encoder._load.cache_clear()
    assert np.corrcoef(ours[:, 0], theirs[:, 0])[0, 1] > 0.99
    assert np.corrcoef(ours[:, 1], theirs[:, 1])[0, 1] > 0.97
    assert ((ours[:, 1] > 0) == (theirs[:, 1] > 0)).mean() > 0.9

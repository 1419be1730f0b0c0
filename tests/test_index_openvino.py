import sys
from pathlib import Path

import numpy as np
import pytest

from index import openvino
from index.bundled import model_folder
from index.e5 import BundledEmbedder
from qa.settings import Settings

TEXTS = [
    "Armenia does not intend to ask for help.",
    "لا تعتزم أرمينيا طلب المساعدة.",
    "Мост закрыт до пятницы.",
    "2020",
]


@pytest.mark.skipif(not openvino.installed(), reason="the extra `fast` is not installed")
def test_eight_bits_give_nearly_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = BundledEmbedder(Settings().cache, neutral=False)
    found = fast.embed_documents(TEXTS, [None] * 4)
    monkeypatch.setattr(openvino, "installed", lambda: False)
    plain = BundledEmbedder(Settings().cache, neutral=False).embed_documents(TEXTS, [None] * 4)
    assert float((found * plain).sum(1).min()) > 0.99
    assert sys.modules["openvino_telemetry"] is None
    assert (model_folder(Settings().cache) / "openvino-int8-1" / "model.xml").exists()


def test_without_the_extra_torch_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    before = "nncf" in sys.modules
    monkeypatch.setattr(openvino, "installed", lambda: False)
    vectors = BundledEmbedder(Settings().cache).embed_documents(TEXTS[:1], ["en"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert ("nncf" in sys.modules) is before


def test_the_calibration_has_sentences_of_many_languages() -> None:
    lines = Path(openvino.__file__).with_name("calibration.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100
    for low, high in (("a", "z"), ("\u0430", "\u044f"), ("\u0627", "\u064a"), ("\u4e00", "\u9fff")):
        assert any(low <= character <= high for line in lines for character in line)

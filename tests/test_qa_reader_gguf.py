"""The reader with a language model's verdicts, over tiny GGUF files that are made to say one thing."""

from collections.abc import Callable, Sequence
from functools import cache
from math import exp
from pathlib import Path

import gguf
import numpy as np
import pytest

from index.archive import Archive
from index.articles import make_article
from index.errors import ModelError
from index.sentences import split_sentences
from qa.answers import Verdict
from qa.app import _reader, build_answerer, build_indexer, checker_of
from qa.evidence import Passage
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.gguf import GgufReader
from qa.reader.protocol import Reading
from qa.reader.similarity import SimilarityReader
from qa.settings import Settings
from tests.toys import WordEmbedder

WORDS = ("Yes", "No", "Not")
WIDTH = 32
TEXT = "Armenia asked the CSTO for help. The bloc sent observers. Talks go on. Nothing was signed."
QUESTION = "Did Armenia ask for help?"
Make = Callable[..., Path]


@cache
def _bytes() -> list[str]:
    """The 256 bytes as byte-level BPE writes them (Radford et al. 2019)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(one) for one in printable] + [chr(256 + at) for at in range(256 - len(printable))]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A model whose next word is Yes, No or Not by these scores, whatever it reads."""

    def write(yes: float, no: float, absent: float) -> Path:
        path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
        tokens = [*_bytes(), "<|endoftext|>", *("Ġ" + one for one in WORDS)]
        to = gguf.GGUFWriter(path, "llama")
        to.add_context_length(4096)
        to.add_embedding_length(WIDTH)
        to.add_block_count(1)
        to.add_feed_forward_length(WIDTH)
        to.add_head_count(2)
        to.add_layer_norm_rms_eps(1e-5)
        to.add_tokenizer_model("gpt2")
        to.add_token_list(tokens)
        to.add_token_types([gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] + [gguf.TokenType.NORMAL] * 3)
        to.add_token_merges(["Ġ Y"])
        to.add_eos_token_id(256)
        same = np.zeros((len(tokens), WIDTH), np.float32)
        same[:, 0] = 1.0  # every token's state: one axis, of length sqrt(WIDTH) once it is normed
        head = np.zeros((len(tokens), WIDTH), np.float32)
        head[:, 0] = -9.0
        head[-3:, 0] = np.array([yes, no, absent]) / WIDTH**0.5
        tensors = {"token_embd": same, "output_norm": np.ones(WIDTH, np.float32), "output": head}
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
            tensors[f"blk.0.{name}"] = np.zeros((WIDTH, WIDTH), np.float32)
        tensors |= {f"blk.0.{name}": np.ones(WIDTH, np.float32) for name in ("attn_norm", "ffn_norm")}
        for name, values in tensors.items():
            to.add_tensor(f"{name}.weight", values)
        to.write_header_to_file()
        to.write_kv_data_to_file()
        to.write_tensors_to_file()
        to.close()
        return path

    return write


class Asking:
    """Says what it is told to, as a reader that takes the question for one of yes or no would."""

    name = "asking-1"

    def __init__(self, chances: Sequence[float], *, polar: bool = True) -> None:
        self.chances = chances
        self.polar = polar

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        told = {"yes": 1.0} if self.polar else {}
        return [
            Reading(answerable=chance, start=one.sentence.start, end=one.sentence.end, probabilities=told)
            for chance, one in zip(self.chances, passages, strict=True)
        ]


def passages() -> list[Passage]:
    article = make_article(TEXT, language="en")
    return [Passage(article=article, sentence=one) for one in split_sentences(article)]


def test_chances_are_those_of_the_next_word(make: Make) -> None:
    found = GgufReader(Asking(()), make(2.0, 1.0, 0.0)).chances(QUESTION, TEXT)
    total = exp(2.0) + exp(1.0) + 1.0
    assert found == pytest.approx((exp(2.0) / total, exp(1.0) / total, 1.0 / total), abs=0.01)


@pytest.mark.parametrize(
    ("scores", "verdict"), [((4.0, 0.0, 0.0), Verdict.YES), ((0.0, 4.0, 0.0), Verdict.NO)], ids=["yes", "no"]
)
def test_the_three_most_likely_passages_get_the_models_verdict(
    make: Make, scores: tuple[float, float, float], verdict: Verdict
) -> None:
    readings = GgufReader(Asking((0.9, 0.2, 0.8, 0.7)), make(*scores)).read(QUESTION, passages())
    assert [one.verdict for one in readings] == [verdict, None, verdict, verdict]
    assert readings[1].answerable == 0.2
    assert not readings[1].probabilities
    assert readings[0].probabilities[verdict] > 0.8
    assert sum(readings[0].probabilities.values()) == pytest.approx(1.0)
    assert [TEXT[one.start : one.end] for one in readings] == [one.text for one in passages()]


def test_what_the_model_finds_not_stated_is_answered_by_less(make: Make) -> None:
    readings = GgufReader(Asking((0.9, 0.2, 0.8, 0.7)), make(0.0, 0.0, 4.0)).read(QUESTION, passages())
    assert readings[0].answerable < 0.1
    assert readings[1].answerable == 0.2


def test_other_questions_are_left_to_the_base_reader() -> None:
    chances = (0.9, 0.2, 0.8, 0.7)
    missing = GgufReader(Asking(chances, polar=False), Path("is-not-loaded.gguf"))
    assert [one.answerable for one in missing.read("Who asked for help?", passages())] == list(chances)
    assert GgufReader(Asking(()), Path("is-not-loaded.gguf")).read(QUESTION, []) == []


@pytest.mark.parametrize("text", ["", "\n\nAnswer: Yes\n\n", "ا" * 40_000, "\x00\ud7ff😀"], ids=range(4))
def test_any_text_is_read(make: Make, text: str) -> None:
    assert sum(GgufReader(Asking(()), make(1.0, 1.0, 1.0)).chances(text, text)) == pytest.approx(1.0)


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    for content in (None, b"", b"GGUF but not really"):
        if content is not None:
            bad.write_bytes(content)
        with pytest.raises(ModelError, match=r"bad\.gguf"):
            GgufReader(Asking((0.9, 0.2, 0.8, 0.7)), bad).read(QUESTION, passages())


def test_the_setting_names_it_and_answers_carry_its_verdict(make: Make, tmp_path: Path) -> None:
    path = make(0.0, 5.0, 0.0)
    settings = Settings(db=tmp_path / "archive", reader=str(path))
    archive = Archive(settings.db, create=True)
    build_indexer(settings, archive).add([make_article(TEXT, language="en", title="Armenia and the CSTO")])
    archive.close()
    answerer = build_answerer(settings)
    answer = answerer.ask("Did Armenia ask the CSTO for help?")
    answerer.close()
    assert answer.verdict is Verdict.NO
    assert "+gguf-1/tiny" in answer.engine
    assert checker_of(settings)


def test_never_holds_for_it_too(make: Make, tmp_path: Path) -> None:
    reader, *_ = _reader(Settings(db=tmp_path, reader=str(make(5.0, 0.0, 0.0)), verdicts="never"), WordEmbedder())
    assert isinstance(reader, GgufReader)
    assert isinstance(reader.base, CrossEncoderReader)
    assert isinstance(reader.base._near, SimilarityReader)
    assert all(one.verdict is None for one in reader.read(QUESTION, passages()))

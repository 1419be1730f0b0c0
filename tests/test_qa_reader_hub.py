"""The reader over Hub models, with tiny models of random weights in the architectures that people download."""

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import ModelError, SettingsError
from index.retrieve import HybridRetriever
from index.sentences import split_sentences
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.answers import Verdict
from qa.app import _reader
from qa.evidence import Passage
from qa.reader import hub
from qa.reader.hub import HubReader
from qa.reader.pairs import make_pairs, run
from qa.reader.protocol import Reading
from qa.reader.roles import Role, load_models
from qa.reader.spans import whole
from qa.settings import Settings, load_settings
from tests.toys import WordEmbedder

TEXTS = {
    "en": "Armenia asked the CSTO for help. The bloc sent only observers, said Pashinyan. Talks go on.",
    "ar": "طلبت أرمينيا المساعدة من المنظمة. أرسلت المنظمةُ مراقبين فقط. وتستمر المحادثات.",
    "hi": "आर्मेनिया ने संगठन से मदद माँगी। संगठन ने केवल पर्यवेक्षक भेजे। बातचीत जारी है।",
    "th": "อาร์เมเนียขอความช่วยเหลือจากองค์การ องค์การส่งเพียงผู้สังเกตการณ์เท่านั้น การเจรจายังดำเนินต่อไป",
    "zh": "亚美尼亚向集体安全条约组织求助。该组织只派出了观察员😀。谈判仍在继续。",
}
QUESTION = "Did Armenia ask for help?"
LABELS = ("Contradiction", "ENTAILMENT", "neutral")
SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "initializer_range": 1.0,
    "hidden_dropout_prob": 0.5,
}

Make = Callable[..., str]


def _vocabulary(specials: list[str], *, bytewise: bool) -> Any:  # noqa: ANN401
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    texts = [*TEXTS.values(), QUESTION]
    if bytewise:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        tokenizer.train_from_iterator(
            texts,
            trainers.BpeTrainer(
                vocab_size=400, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
            ),
        )
        saved = json.loads(tokenizer.to_str())["model"]
        return {"vocab": saved["vocab"], "merges": [tuple(one) for one in saved["merges"]]}
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        texts,
        trainers.UnigramTrainer(vocab_size=400, special_tokens=specials, unk_token=specials[3], show_progress=False),
    )
    return {"vocab": [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]}


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Saves a tiny model: family, task (QuestionAnswering, SequenceClassification, ...), labels; gives its folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a library's own, on its first import
        import torch
        import transformers

    made: dict[tuple[str, str, tuple[str, ...], int], str] = {}

    def save(family: str, task: str, labels: Sequence[str] = ("LABEL_0", "LABEL_1"), places: int = 514) -> str:
        key = (family, task, tuple(labels), places)
        if key in made:
            return made[key]
        specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        if family == "DebertaV2":
            specials = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"]
        kinds = {"unk_id": 3} if family == "DebertaV2" else {}
        vocabulary = _vocabulary(specials, bytewise=family == "Roberta")
        tokenizer = getattr(transformers, f"{family}Tokenizer")(**vocabulary, **kinds, model_max_length=places - 2)
        extra = {"relative_attention": True, "position_biased_input": False, "pos_att_type": ["p2c", "c2p"]}
        config = getattr(transformers, f"{family}Config")(
            **SMALL,
            **(extra if family == "DebertaV2" else {}),
            vocab_size=len(tokenizer),
            max_position_embeddings=places,
            pad_token_id=1,
            id2label=dict(enumerate(labels)),
            label2id={label: at for at, label in enumerate(labels)},
        )
        torch.manual_seed(len(made))
        folder = str(tmp_path_factory.mktemp(f"{family}-{task}"))
        getattr(transformers, f"{family}For{task}")(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        made[key] = folder
        return folder

    return save


@pytest.fixture(scope="session")
def three(make: Make) -> list[str]:
    """A question answering model, an inference model and a re-ranker."""
    return [
        make("XLMRoberta", "QuestionAnswering"),
        make("DebertaV2", "SequenceClassification", LABELS),
        make("XLMRoberta", "SequenceClassification", ("relevance",)),
    ]


def passages_of(text: str, language: str | None = None, title: str | None = None) -> list[Passage]:
    article = make_article(text, language=language, title=title)
    return [Passage(article=article, sentence=one) for one in split_sentences(article)]


ALL = [one for language, text in TEXTS.items() for one in passages_of(text, language, "News from Yerevan")]


def close(found: Reading, wanted: Reading) -> bool:
    return (
        (found.start, found.end, found.verdict) == (wanted.start, wanted.end, wanted.verdict)
        and found.answerable == pytest.approx(wanted.answerable, abs=1e-5)
        and found.probabilities == pytest.approx(wanted.probabilities, abs=1e-5)
    )


def test_roles_are_told_from_the_configs_and_combine(three: list[str]) -> None:
    spans, inference, rerank = (HubReader([name]).read(QUESTION, ALL) for name in three)
    together = HubReader(three).read(QUESTION, ALL)
    assert list(load_models(three[::-1])) == [Role.RERANK, Role.INFERENCE, Role.SPAN]
    for row, passage in enumerate(ALL):
        whole = (passage.sentence.start, passage.sentence.end)
        assert (spans[row].verdict, spans[row].probabilities) == (None, {})
        assert (rerank[row].start, rerank[row].end) == (inference[row].start, inference[row].end) == whole
        assert sum(inference[row].probabilities.values()) == pytest.approx(1, abs=1e-12)
        assert inference[row].answerable == 1 - inference[row].probabilities["not_stated"]
        assert together[row] == replace(
            inference[row], answerable=rerank[row].answerable, start=spans[row].start, end=spans[row].end
        )
    assert HubReader(three[:2]).read(QUESTION, ALL)[0].answerable == spans[0].answerable
    assert HubReader(three[:1]).name == f"hub-1/{Path(three[0]).name}"
    assert len({one.answerable for one in spans}) > 5


def test_labels_are_read_by_name_not_by_column(make: Make) -> None:
    import numpy as np

    of = hub._chances(np.array([0.0, 100.0, 0.0]), {"contradiction": 0, "entailment": 1, "neutral": 2})
    assert of["yes"] == pytest.approx(1)
    reader = HubReader([make("DebertaV2", "SequenceClassification", ("not-entailment", "Entailment"))])
    for reading in reader.read(QUESTION, ALL):
        assert reading.probabilities["no"] == 0
        assert reading.answerable == pytest.approx(reading.probabilities["yes"])
        assert reading.verdict is (Verdict.YES if reading.probabilities["yes"] > 0.5 else None)


@pytest.mark.parametrize("family", ["XLMRoberta", "DebertaV2", "Roberta"])
@pytest.mark.parametrize("language", TEXTS)
def test_every_token_stands_where_its_words_are(make: Make, family: str, language: str) -> None:
    model = load_models([make(family, "QuestionAnswering")])[Role.SPAN]
    passages = passages_of("Παράγραφος.\n\n  " + TEXTS[language], language, "Ａ title – 標題")[1:]
    assert passages
    for passage, pair in zip(passages, make_pairs(model, QUESTION, passages), strict=True):
        text, spans = passage.article.text, list(pair.spans.values())
        if family != "Roberta":  # whose tokens may be a part of a character
            assert "".join("".join(text[slice(*span)] for span in spans).split()) == "".join(passage.text.split())
        covered = {at for start, end in spans for at in range(start, end)}
        inside = range(passage.sentence.start, passage.sentence.end)
        assert covered == {at for at in inside if not text[at].isspace()}
        for place, (start, end) in pair.spans.items():
            piece = model.tokenizer.id_to_token(pair.features["input_ids"][place]).strip("▁")
            if family != "Roberta" and piece.strip("<>[]").lower() != "unk":
                assert piece.replace("▁", " ") == text[start:end]
        for reading in HubReader([model.name]).read(QUESTION, [passage]):
            assert passage.sentence.start <= reading.start < reading.end <= passage.sentence.end
            assert 0 <= reading.answerable <= 1


def test_a_vowel_sign_stays_with_its_consonant() -> None:
    passage = passages_of("मदद माँगी।", "hi")[0]
    assert whole(passage, 5, 6) == (4, 7)


@pytest.mark.parametrize("places", [66, 514])
def test_what_is_too_long_keeps_the_sentence_and_a_part_of_the_question(make: Make, places: int) -> None:
    folders = [
        make("Roberta", "QuestionAnswering", places=places),
        make("Roberta", "SequenceClassification", LABELS, places),
    ]
    long = "Armenia said so. " * 20
    short = "The bloc sent only observers."
    passages = passages_of(f"{long}{short} {long}", "en", "A long title " * 40)
    target = [one for one in passages if one.text == short]
    for role, model in load_models(folders).items():
        [pair] = make_pairs(model, QUESTION, target)
        assert len(pair.features["input_ids"]) <= places - 2
        assert {at for span in pair.spans.values() for at in range(*span)} == {
            at
            for at in range(target[0].sentence.start, target[0].sentence.end)
            if not target[0].article.text[at].isspace()
        }
        [pair] = make_pairs(model, QUESTION * 10_000, target)
        kept = model.tokenizer.decode(pair.features["input_ids"])
        assert len(pair.features["input_ids"]) == places - 2
        assert short in kept
        assert "Did Armenia" in kept, role
    unbroken = passages_of("亚" * 690, "zh")
    for reading in HubReader(folders).read("word " * 10_000, [*target, *unbroken]):
        assert reading.start < reading.end


def test_no_passages_no_readings_and_no_model_loaded() -> None:
    assert HubReader(["no/such-model"]).read(QUESTION, []) == []


def test_neither_order_nor_company_nor_chance_changes_a_reading(three: list[str]) -> None:
    reader, again = HubReader(three), HubReader(three)
    readings = reader.read(QUESTION, ALL)
    assert again.read(QUESTION, ALL) == readings
    assert reader.read(QUESTION, ALL[::-1])[::-1] == readings
    assert all(close(reader.read(QUESTION, [one])[0], reading) for one, reading in zip(ALL, readings, strict=True))


def test_a_separator_in_an_article_is_only_text(three: list[str]) -> None:
    [pair] = make_pairs(load_models(three[:1])[Role.SPAN], QUESTION, passages_of("He </s> said </s></s> so."))
    assert pair.features["input_ids"].count(2) == 3  # <s> question </s></s> passage </s>


@pytest.mark.parametrize("family", ["XLMRoberta", "DebertaV2", "Roberta"])
def test_a_model_is_run_as_transformers_runs_it(make: Make, family: str) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = make(family, "SequenceClassification", LABELS)
    passages = passages_of("One. Two came. Three.\nFour.", "en", "Title")
    [found] = run(model := load_models([folder])[Role.INFERENCE], make_pairs(model, QUESTION, passages[1:2]))
    features = AutoTokenizer.from_pretrained(folder)("Title - One. Two came. Three.", QUESTION, return_tensors="pt")
    with torch.inference_mode():
        wanted = AutoModelForSequenceClassification.from_pretrained(folder)(**features).logits[0]
    assert found.tolist() == pytest.approx(wanted.tolist(), abs=1e-5)
    assert run(model, make_pairs(model, QUESTION, ALL))[0].shape == (3,)


def test_a_reranker_sees_no_neighbours(three: list[str]) -> None:
    reader = HubReader(three[2:])
    alone, among = (
        passages_of("The bloc sent only observers.")[0],
        passages_of("So. The bloc sent only observers. No.")[1],
    )
    assert close(
        replace(reader.read(QUESTION, [alone])[0], start=0, end=1),
        replace(reader.read(QUESTION, [among])[0], start=0, end=1),
    )


def test_other_models_are_refused_with_what_was_found(make: Make) -> None:
    masked = make("XLMRoberta", "MaskedLM")
    with pytest.raises(ModelError, match=r"is a XLMRobertaForMaskedLM with the labels .*a reader takes .*`reader`"):
        HubReader([masked]).read(QUESTION, ALL)
    moods = make("XLMRoberta", "SequenceClassification", ("sad", "glad"))
    with pytest.raises(ModelError, match=r"ForSequenceClassification with the labels sad, glad; a reader takes"):
        HubReader([moods]).read(QUESTION, ALL)
    twice = [make("XLMRoberta", "QuestionAnswering"), make("Roberta", "QuestionAnswering")]
    with pytest.raises(ModelError, match="are both a question answering model; a reader takes one of each kind"):
        HubReader(twice).read(QUESTION, ALL)
    with pytest.raises(ModelError, match="no model is named"):
        HubReader([])


def test_a_damaged_folder_is_refused(make: Make, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    with pytest.raises(ModelError, match="is not a model that transformers can load"):
        HubReader([str(tmp_path)]).read(QUESTION, ALL)
    whole = Path(make("XLMRoberta", "QuestionAnswering"))
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((whole / name).read_bytes())
    with pytest.raises(ModelError, match=r"it has no tokenizer\.json"):
        HubReader([str(tmp_path)]).read(QUESTION, ALL)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((whole / name).read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    bad = {name: one * float("nan") for name, one in weights.items()}
    save_file(bad, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match="computes what is no number"):
        HubReader([str(tmp_path)]).read(QUESTION, ALL)
    headless = {name: one for name, one in weights.items() if "qa_outputs" not in name}
    save_file(headless, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks weights \(qa_outputs\.bias, qa_outputs\.weight\)"):
        HubReader([str(tmp_path)]).read(QUESTION, ALL)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="is not a model that transformers can load"):
        HubReader([str(tmp_path)]).read(QUESTION, ALL)


def test_a_model_out_of_reach_is_named_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"(?s)'no/such-model' is neither on this machine nor .*name a folder"):
        HubReader(["no/such-model"]).read(QUESTION, ALL)


def test_the_setting_picks_the_reader(words: WordEmbedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert _reader(Settings(reader="similarity"), words)[0].name == "similarity-1"
    assert _reader(Settings(reader=" a/b, c/d"), words)[0].name == "hub-1/a/b+c/d"
    for wrong in ("", "a,,b", "a,b,c,d", "bundled,a"):
        with pytest.raises(
            SettingsError, match=r"'reader' = .*one to three model folders or names, with commas between"
        ):
            load_settings(reader=wrong)


def test_an_answer_comes_of_it(
    archive: Archive, indexer: Indexer, vectors: ChromaVectors, words: WordEmbedder, three: list[str]
) -> None:
    indexer.add(make_article(text, language=language) for language, text in TEXTS.items())
    reader = HubReader(three)
    retriever = HybridRetriever(archive, vectors, words)
    answerer = Answerer(archive, retriever, reader, k=4, threshold=0.0, statements=3)
    answer = answerer.ask("Who sent observers?")
    assert answer.engine == f"extractive/{reader.name}"
    assert any(answer.citations[0].quote in text for text in TEXTS.values())

"""The neutral space, on a toy whose answer is known by hand and as it is shipped."""

from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder, Vectors
from index.neutral import NeutralSpace


def unit(*values: float) -> Vectors:
    row = np.array(values, np.float32)
    return row / np.float32(np.linalg.norm(row))


@pytest.fixture
def toy() -> NeutralSpace:
    """The third axis is the language: +1 in passages of 'aa', -1 in 'bb', twice that in questions."""
    zeros = np.zeros(3, np.float16)
    means = np.array([[0, 0, 1], [0, 0, -1]], np.float16)
    return NeutralSpace(languages=("aa", "bb"), passage_means=means, query_means=2 * means,
                        matrix=np.eye(3, dtype=np.float16), passage_shift=zeros, query_shift=zeros)  # fmt: skip


def test_the_language_goes_and_the_meaning_stays(toy: NeutralSpace) -> None:
    passages = np.array([[0.6, 0.8, 1], [0.6, 0.8, -1], [0.6, 0.8, 0]], np.float32)
    moved = toy.apply_documents(passages, ["aa", "bb", None])
    assert moved == pytest.approx(np.array([[0.6, 0.8, 0]] * 3), abs=1e-6)
    assert toy.apply_query(np.array([3, 4, -2], np.float32), "bb") == pytest.approx([0.6, 0.8, 0], abs=1e-6)


def test_an_unknown_language_and_a_wrong_guess_degrade_gently(toy: NeutralSpace) -> None:
    passage = np.array([[0.6, 0.8, 1]], np.float32)
    off_axis = {
        language: toy.apply_documents(passage, [language])[0] for language in ("aa", None, "xx", "tlh-Latn", "bb")
    }
    for moved in off_axis.values():
        assert moved[:2] / np.linalg.norm(moved[:2]) == pytest.approx([0.6, 0.8], abs=1e-5)
    tilt = {language: abs(float(moved[2])) for language, moved in off_axis.items()}
    assert tilt["aa"] < tilt[None] == tilt["xx"] == tilt["tlh-Latn"] < tilt["bb"] < 0.9


def test_codes_are_found_under_their_other_names() -> None:
    space = NeutralSpace.load()
    row = unit(*range(1, 385))[None]
    for first, second in (("zh", "cmn"), ("zh", "zh-CN"), ("he", "iw"), ("no", "nb"), ("pt", "PT_br"), ("fa", "prs")):
        assert np.array_equal(space.apply_documents(row, [first]), space.apply_documents(row, [second])), first
    assert {"ar", "en", "ru", "es", "tr", "fa", "fr", "ur", "de", "zh", "hi", "uk"} <= set(space.languages)


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, toy: NeutralSpace) -> None:
    names = ("passage_means", "query_means", "passage_shift", "query_shift")
    arrays = {name: getattr(toy, name) for name in names}
    np.savez(tmp_path / "bad.npz", languages=["aa", "bb"], matrix=np.eye(4, dtype=np.float16), **arrays)
    with pytest.raises(ValueError, match=r"'matrix' is \(4, 4\), expected \(3, 3\); fit it again"):
        NeutralSpace.load(tmp_path / "bad.npz")
    with pytest.raises(ValueError, match="1 vectors but 2 languages"):
        toy.apply_documents(unit(1, 2, 3)[None], ["aa", "bb"])


def test_the_fingerprint_is_that_of_the_arrays(toy: NeutralSpace) -> None:
    assert NeutralSpace.load().fingerprint == NeutralSpace.load().fingerprint != toy.fingerprint


STORY = {
    "en": "The ambassador said that Armenia has no plans to ask the alliance for help.",
    "ar": "قال السفير إن أرمينيا ليس لديها خطط لطلب المساعدة من التحالف.",
    "ru": "Посол заявил, что Армения не планирует просить альянс о помощи.",
    "tr": "Büyükelçi, Ermenistan'ın ittifaktan yardım isteme planı olmadığını söyledi.",
    "fa": "سفیر گفت ارمنستان برنامه‌ای برای درخواست کمک از ائتلاف ندارد.",
}
OTHER = {
    "en": "The football final was moved to Sunday because of heavy rain.",
    "ar": "نُقلت المباراة النهائية لكرة القدم إلى يوم الأحد بسبب الأمطار الغزيرة.",
    "ru": "Финал по футболу перенесли на воскресенье из-за сильного дождя.",
    "tr": "Futbol finali şiddetli yağmur nedeniyle pazar gününe ertelendi.",
    "fa": "فینال فوتبال به دلیل باران شدید به یکشنبه موکول شد.",
}


def test_what_is_said_counts_more_than_the_language_it_is_said_in(embedder: Embedder) -> None:
    question = embedder.embed_query("Will Armenia ask the alliance for help?")
    said = embedder.embed_documents(list(STORY.values()), list(STORY)) @ question
    other = embedder.embed_documents(list(OTHER.values()), list(OTHER)) @ question
    assert said.min() > other.max() + 0.2
    unknown = embedder.embed_documents(list(STORY.values()), [None] * 5) @ question
    wrong = embedder.embed_documents(list(STORY.values()), ["th"] * 5) @ question
    assert min(unknown.min(), wrong.min()) > other.max()


def test_code_switched_text_is_found(embedder: Embedder) -> None:
    question = embedder.embed_query("Will Armenia ask the CSTO alliance for help?")
    mixed = "Посол: Armenia не планирует просить CSTO о помощи, no such plans."
    texts = [mixed, OTHER["en"], OTHER["ru"]]
    scores = embedder.embed_documents(texts, ["ru", "en", "ru"]) @ question
    assert scores[0] > max(scores[1:]) + 0.2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import make_article
from index.sentences import MAX_SENTENCE, split_sentences

LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "hi", "ja", "ru", "th", "tr", "ur", "zh", "xx", None)
WORDS = (
    "Hello world",
    "Она сказала",
    "قالت الوزارة",
    "وہ آیا",
    "他说",
    "वह गया",
    "İstanbul'da",
    "e\u0301te\u0301",
    "😀👩‍👧",
)
MARKS = (
    ". ",
    "? ",
    "! ",
    "؟ ",
    "۔ ",
    "。",
    "। ",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "«",
    "»",
    '"',
    "…",
    "\u200f",
    "\u2028",
    "\t",
)
PIECES = st.sampled_from((*WORDS, "3.5", "U.S.", *MARKS))
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=300))


def law_sentences_cover_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """In order, without overlap, without white space at the ends, and nothing but white space left out."""
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_sentences_are_exact_spans_that_cover_the_text(text: str, language: str | None) -> None:
    article = make_article("x" + text, language=language)
    spans = [(one.start, one.end) for one in split_sentences(article)]
    law_sentences_cover_the_text(article.text, spans)
    assert all(end - start <= MAX_SENTENCE for start, end in spans)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The U.S. test cost 3.5 percent. Dr. Smith said no.", 2),
        ("en", '"Will it come?" he asked. He said "No." Then he left.', 3),
        ("ar", "هل طلبت المساعدة؟ لا ، لا توجد خطط. انتهى", 3),
        ("ur", "وہ آیا۔ کیا وہ گیا؟ ہاں۔", 3),
        ("fa", "گفت: «نه.» بعد رفت. آیا آمد؟", 3),
        ("ru", "В 2020 г. было так, т.е. плохо. И. И. Петров сказал.", 2),
        ("tr", "Sayın Dr. Ali geldi. 28. maddede yazıyor. İyi.", 3),
        ("zh", "他走了。她来了！真的？", 3),
        ("hi", "वह गया। वह आया।", 2),
        ("es", "¿Viene el Sr. Pérez? Sí.", 2),
        ("en", "A line wrapped at a column that goes on in the next\nline ends here. Two.", 2),
        ("en", "First item\nSecond item\nThird item", 3),
    ],
)
def test_counts_on_news_text(language: str, text: str, expected: int) -> None:
    article = make_article(text, language=language)
    found = [article.text[one.start : one.end] for one in split_sentences(article)]
    assert len(found) == expected, found


def test_a_text_without_an_end_is_cut_at_a_pause() -> None:
    article = make_article("word, " * 500)
    assert all(article.text[one.end - 1] in "d," for one in split_sentences(article))

import pytest

from index.articles import Article, make_article, parse_published
from index.errors import InputError


def test_the_id_depends_on_every_field_and_on_nothing_else() -> None:
    first = make_article("Text here.", title="T", publisher="P")
    assert first == make_article("Text here.", title="T", publisher="P")
    assert len({first.id, make_article("Text here.", title="T").id, make_article("Other.", title="T").id}) == 3


def test_text_is_stored_in_nfc_and_otherwise_as_read() -> None:
    article = make_article("Cafe\u0301  says\t no. ")
    assert article.text == "Caf\u00e9  says\t no. "


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("2020-09-28", "2020-09-28"),
        ("2020-09-28T14:05:00+03:00", "2020-09-28T14:05:00+03:00"),
        ("20200928", "2020-09-28"),
        ("2020-09-28T14:05Z", "2020-09-28T14:05:00+00:00"),
    ],
)
def test_dates_are_iso(value: str, kept: str) -> None:
    assert parse_published(value) == kept


@pytest.mark.parametrize("value", ["31 Feb", "2020-02-31", "yesterday", "2020-13-01", "28/09/2020"])
def test_a_date_that_is_none_is_named(value: str) -> None:
    with pytest.raises(InputError, match=r"'published' is not a date: .*give ISO 8601"):
        make_article("Text.", published=value)


def test_a_language_that_is_no_code_is_named() -> None:
    with pytest.raises(InputError, match="'language' is not a language code: 'Arabic, mostly'"):
        make_article("Text.", language="Arabic, mostly")
    assert make_article("Text.", language="AR-sa").language == "ar"


@pytest.mark.parametrize("text", ["", " \n\t", "... --- !", "؟"])
def test_an_article_needs_a_word(text: str) -> None:
    with pytest.raises(InputError, match="no sentence in the text"):
        make_article(text)


def test_the_day_is_the_publishers_own() -> None:
    assert Article(id="a", text="x", published="2020-09-28T00:30:00+04:00").day == "2020-09-28"

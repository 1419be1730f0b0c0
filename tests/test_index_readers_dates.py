"""Dates, datelines, and what is filled in from them."""

import pytest

from index.errors import InputError
from index.readers.dateline import find_dateline
from index.readers.dates import day_in, day_of_address, read_date
from index.readers.draft import Draft, finish


@pytest.mark.parametrize(
    ("value", "language", "wanted"),
    [
        ("2020-09-28T14:05:00.000Z", None, "2020-09-28T14:05:00+00:00"),
        ("2020-09-28T14:05:00+0300", None, "2020-09-28T14:05:00+03:00"),
        ("2020-09-28 14:05:00 UTC", None, "2020-09-28T14:05:00+00:00"),
        ("Mon, 28 Sep 2020 14:05:00 GMT", None, "2020-09-28T14:05:00+00:00"),
        ("Mon, 28 Sep 2020 14:05:00 +0330", None, "2020-09-28T14:05:00+03:30"),
        ("Mon Sep 28 14:05:00 +0300 2020", None, "2020-09-28T14:05:00+03:00"),
        ("28 September 2020", None, "2020-09-28"),
        ("Monday, September 28, 2020 5:30 PM EST", "en", "2020-09-28T17:30:00-05:00"),
        ("28 September 2020, 14:05 MSK", "en", "2020-09-28T14:05:00+03:00"),
        ("28 سبتمبر 2020", "ar", "2020-09-28"),
        ("28 سبتمبر 2020ء", "ar", "2020-09-28"),
        ("٢٨ سبتمبر ٢٠٢٠", "ar", "2020-09-28"),
        ("28 أيلول 2020", "ar", "2020-09-28"),
        ("28 شتنبر 2020", "ar", "2020-09-28"),
        ("11 صفر 1442", "ar", "2020-09-28"),
        ("11 صفر 1442 هـ", None, "2020-09-28"),
        ("1442/02/11", "ar", "2020-09-28"),
        ("۷ مهر ۱۳۹۹", "fa", "2020-09-28"),
        ("دوشنبه ۷ مهر ۱۳۹۹", None, "2020-09-28"),
        ("۱۳۹۹/۰۷/۰۷", "fa", "2020-09-28"),
        ("۲۸ سپتامبر ۲۰۲۰", "fa", "2020-09-28"),
        ("28 ستمبر 2020ء", "ur", "2020-09-28"),
        ("28 сентября 2020 г.", "ru", "2020-09-28"),
        ("понедельник, 28 сентября 2020, 14:30", "ru", "2020-09-28T14:30:00"),
        ("28 вересня 2020 р.", "uk", "2020-09-28"),
        ("28 Eylül 2020 Pazartesi", "tr", "2020-09-28"),
        ("28 de septiembre de 2020", "es", "2020-09-28"),
        ("1er mars 2020", "fr", "2020-03-01"),
        ("14. Juni 2021", "de", "2021-06-14"),
        ("28 सितंबर 2020", "hi", "2020-09-28"),
        ("2020年9月28日", "zh", "2020-09-28"),
        ("2020年9月28日 15:00", "ja", "2020-09-28T15:00:00"),
        ("28.09.2020", "de", "2020-09-28"),
        ("09/28/2020", "en", "2020-09-28"),
    ],
)
def test_dates_of_many_languages_and_calendars(value: str, language: str | None, wanted: str) -> None:
    assert read_date(value, language=language) == (wanted, False)


@pytest.mark.parametrize(
    ("value", "language", "wanted"),
    [
        ("03/04/2020", "en", "2020-04-03"),
        ("03/04/2020", "en-US", "2020-03-04"),
        ("03/04/2020", None, "2020-04-03"),
        ("3/4/20", "fr", "2020-04-03"),
    ],
)
def test_a_date_with_two_readings_is_a_guess(value: str, language: str | None, wanted: str) -> None:
    assert read_date(value, language=language) == (wanted, True)


@pytest.mark.parametrize(
    "value",
    ["yesterday", "2 hours ago", "today", "now", "Monday", "10:30", "вчера", "أمس", "il y a 2 heures", "Sept 2020",
     "28 September", "2020", "1601280000", "31 Feb 2020", "0/0/0", "1399-07-07", "x" * 5000, "9" * 70, "منذ ساعتين"],
)  # fmt: skip
def test_what_is_no_date_by_itself_is_refused(value: str) -> None:
    with pytest.raises(InputError, match=r"'published' is not a date: .*give ISO 8601"):
        read_date(value)


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("(پاکستان پوائنٹ نیوز / سبوتنيك - 28 سبتمبر 2020ء) صرح", "ar",
         (None, "پاکستان پوائنٹ نیوز", "28 سبتمبر 2020ء")),
        ("YEREVAN, SEPTEMBER 29, ARMENPRESS. The minister", "en", ("YEREVAN", "ARMENPRESS", "SEPTEMBER 29")),
        ("MOSKVA, 28 sen — RIA Novosti. Posol", "tr", ("MOSKVA", "RIA Novosti", "28 sen")),
        ("МОСКВА, 28 сен - РИА Новости. Посол", "ru", ("МОСКВА", "РИА Новости", "28 сен")),
        ("МОСКВА, 28 сентября. /ТАСС/. Россия", "ru", ("МОСКВА", "ТАСС", "28 сентября")),
        ("LONDON (Reuters) - The bank", "en", ("LONDON", "Reuters", None)),
        ("KYIV, Ukraine (AP) — Officials", "en", ("KYIV", "AP", None)),
        ("PARIS, 3 mars (AFP) - Le ministre", "fr", ("PARIS", "AFP", "3 mars")),
        ("Berlin, 28. September (dpa) - Die", "de", ("Berlin", "dpa", "28. September")),
        ("ANKARA (AA) - Bakan", "tr", ("ANKARA", "AA", None)),
        ("القاهرة - أ ف ب - قال", "ar", ("القاهرة", "أ ف ب", None)),
        ("القاهرة في 28 سبتمبر /أ ش أ/ قال", "ar", ("القاهرة", "أ ش أ", "28 سبتمبر")),
        ("تهران - ایرنا - وزیر", "fa", ("تهران", "ایرنا", None)),
        ("【北京9月28日电】新华社 中国", "zh", ("北京", "新华社", "9月28日")),
        ("新华社北京9月28日电 记者", "zh", ("北京", "新华社", "9月28日")),
        ("【東京共同】政府は", "ja", ("東京", "共同", None)),
        ("(ANSA) - ROMA, 28 SET - Il ministro", "it", ("ROMA", "ANSA", "28 SET")),
        ("नई दिल्ली, 28 सितंबर (भाषा) सरकार", "hi", ("नई दिल्ली", "भाषा", "28 सितंबर")),
        ("PORT HESPER, April 17, 2023 (Meridian Wire) — The", "en", ("PORT HESPER", "Meridian Wire", "April 17, 2023")),
        ("San Telmo del Río, 9 de marzo de 2023.- Una", "es", ("San Telmo del Río", None, "9 de marzo de 2023")),
    ],
)  # fmt: skip
def test_datelines_of_many_languages(text: str, language: str, wanted: tuple[str | None, ...]) -> None:
    found = find_dateline(text, language)
    assert found is not None
    assert (found.place, found.publisher, found.date) == wanted


@pytest.mark.parametrize(
    "text",
    ["Yes - he said nothing. Then", "In May 2020 - the year of", "On 28 September 2020, the minister said.",
     "Angela Merkel (CDU) - die Kanzlerin", "London, 7 July 2005, changed everything", "The Su-25, a jet, fell",
     "Iran - which borders Armenia - said so", "JERUSALEM — Two men", "Times change. He said", "BREAKING: Fire", "",
     "President Putin, 67, said", "The Post (a newspaper) - said", "(", "((((((", "-", "———"],
)  # fmt: skip
def test_what_only_looks_like_a_dateline_is_none(text: str) -> None:
    assert find_dateline(text, "en") is None


def test_a_day_without_its_year_counts_only_with_a_year_known_from_elsewhere() -> None:
    assert day_in("28 сен", None, "ru") is None
    text = "МОСКВА, 28 сен - РИА Новости. Посол заявил, что помощи не попросит."
    article = finish(Draft(text=text, origin="a"), {})
    assert (article.published, article.publisher, article.extra) == (None, "РИА Новости", {"guessed": ["publisher"]})
    article = finish(Draft(text=text, origin="a", url="https://a.example/2020/story", publisher="P"), {})
    assert (article.published, article.extra) == ("2020-09-28", {"guessed": ["published"]})
    article = finish(Draft(text=text, origin="a", modified="2021-01-02", publisher="P"), {})
    assert article.published == "2021-09-28"


def test_overrides_win_then_the_source_then_guesses() -> None:
    text = "LONDON, 28 September 2020 (Reuters) - The bank said on Monday that it would not move."
    url = "https://a.example/2020/09/29/bank"
    article = finish(Draft(text=text, origin="a", url=url), {})
    assert (article.published, article.publisher) == ("2020-09-28", "Reuters")
    article = finish(Draft(text=text, origin="a", url=url, published="30 Sep 2020", publisher="The Bank Post"), {})
    assert (article.published, article.publisher, article.extra) == ("2020-09-30", "The Bank Post", {})
    article = finish(Draft(text=text, origin="a", published="x"), {"published": "2019-01-01", "publisher": "Mine"})
    assert (article.published, article.publisher, article.extra) == ("2019-01-01", "Mine", {})
    with pytest.raises(InputError, match=r"^a: 'modified' is not a date: 'yesterday'"):
        finish(Draft(text=text, origin="a", modified="yesterday"), {})


def test_days_in_addresses() -> None:
    assert day_of_address("https://a.example/2020/09/28/x") == "2020-09-28"
    assert day_of_address("https://a.example/news/2020-09-28-x") == "2020-09-28"
    assert day_of_address("https://a.example/20200928/x.html") == "2020-09-28"
    assert day_of_address("https://a.example/2020/13/28/x") is None
    assert day_of_address("https://a.example/2020/02/31/x") is None
    assert day_of_address("https://a.example/id/202009281234") is None

"""A date as a source writes it, in its language and its calendar, to ISO 8601 with the time zone where one is given."""

import re
import unicodedata
import warnings
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from index.articles import parse_published
from index.errors import InputError

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LONGEST = 80
"""Characters of a date; what is longer is a sentence."""
_SPACES = re.compile(r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069\u0640]+")
_RFC822 = re.compile(r"(?:[A-Z][a-z]{2,8}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{1,2}:\d\d")
_OLD_YEAR = re.compile(r"(1[34]\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)\b")
_PATH_DAY = re.compile(r"/((?:19|20)\d\d)([-/]?)(0[1-9]|1[0-2])(\2)(0[1-9]|[12]\d|3[01])(?=[-/_.]|$)")
_PATH_YEAR = re.compile(r"/((?:19|20)\d\d)(?=[-/_.]|$)")
_CLOCK = re.compile(r"\d:\d\d")
_YEAR = re.compile(r"(?<!\d)(?:1[3-9]|2[01])\d\d(?!\d)")
_MONTH = re.compile(r"[a-zA-Z]{3}|[^\W\d_a-zA-Z]")
_YEAR_MARKS = re.compile(r"(?<=\d)\s*(?:ء|هـ|ه|م|г\.?|р\.?|年(?=\s*$))(?!\w)")
_JALALI = re.compile(
    r"\b(?:فروردین|اردیبهشت|خرداد|تیر|ا?مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند)\b"
)  # not the Levantine آذار
_HIJRI = re.compile(
    r"\b(?:ال)?(?:محرم|صفر|ربيع|ربیع|جمادى|جمادي|جمادی|رجب|شعبان|رمضان|شوال|ذ[وي] ?ال(?:قعدة|حجة|قعده|حجه))\b"
)
_ARABIC_MONTHS = {
    "كانون الثاني": "يناير", "شباط": "فبراير", "آذار": "مارس", "نيسان": "أبريل", "أيار": "مايو", "حزيران": "يونيو",
    "تموز": "يوليو", "آب": "أغسطس", "أيلول": "سبتمبر", "تشرين الأول": "أكتوبر", "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر", "جانفي": "يناير", "فيفري": "فبراير", "أفريل": "أبريل", "ماي": "مايو", "جوان": "يونيو",
    "جويلية": "يوليو", "أوت": "أغسطس", "غشت": "أغسطس", "شتنبر": "سبتمبر", "نونبر": "نوفمبر", "دجنبر": "ديسمبر",
}  # fmt: skip
_LEVANT = re.compile(rf"\b(?:{'|'.join(sorted(_ARABIC_MONTHS, key=len, reverse=True))})\b")


def read_date(value: str, name: str = "published", language: str | None = None) -> tuple[str, bool]:
    """The date in ISO 8601, and whether it is a guess: 03/04/2020 is read day first, but month first in `en-US`.

    A relative date ("yesterday") is refused, and so is one without its day, month and year.

    >>> read_date("۷ مهر ۱۳۹۹"), read_date("03/04/2020", language="fr")
    (('2020-09-28', False), ('2020-04-03', True))

    Raises:
        InputError: `name` is not a date.
    """
    plain = _plain(value)
    if len(plain) <= LONGEST:
        if not _OLD_YEAR.match(plain):
            try:
                return parse_published(plain, name), False
            except InputError:
                pass
        found = _rfc822(plain) or _ctime(plain) or _other_calendar(plain, language) or _spoken(plain, language)
        if found is not None:
            return found, _is_ambiguous(plain)
    raise InputError(f"{name!r} is not a date: {value.strip()[:60]!r}; give ISO 8601, e.g. 2020-09-28")


def is_day(value: str, language: str | None = None) -> bool:
    """Whether it is a date, with or without a year: "28 сен", "9月28日", "April 17, 2023"."""
    return day_in(value, 2020, language) is not None


@lru_cache(maxsize=4096)
def day_in(value: str, year: int | None, language: str | None = None) -> str | None:
    """The day that a dateline names, in `year` where it gives none itself; None when it is no day or has no year.

    >>> day_in("28 сен", 2020, "ru"), day_in("9月28日", None, "zh")
    ('2020-09-28', None)
    """
    plain = _plain(value)
    if not re.search(r"\d", plain) or len(plain) > 40 or len(plain.split()) > 6:
        return None
    if not _YEAR.search(plain):
        if year is None or not _MONTH.search(plain):
            return None
        plain = f"{year}年{plain}" if "月" in plain else f"{plain} {year}"
    try:
        return read_date(plain, language=language)[0][:10]
    except InputError:
        return None


def day_of_address(url: str | None) -> str | None:
    """The day in the path of an address, or None.

    >>> day_of_address("https://a.example/2020/09/28/story"), day_of_address("https://a.example/2020/story")
    ('2020-09-28', None)
    """
    for found in _PATH_DAY.finditer(url or ""):
        try:
            return parse_published("-".join(found.groups()[::2]))
        except InputError:
            continue
    return None


def year_of_address(url: str | None) -> str | None:
    """The year in the path of an address, or None."""
    found = _PATH_YEAR.search(url or "")
    return found[1] if found else None


def _plain(value: str) -> str:
    value = "".join(str(unicodedata.digit(one)) if one.isdecimal() else one for one in value[: 4 * LONGEST])
    value = _YEAR_MARKS.sub("", _SPACES.sub(" ", value)).strip(" .,،|؛;")
    return _LEVANT.sub(lambda found: _ARABIC_MONTHS[found[0]], value)


def _rfc822(value: str) -> str | None:
    if not _RFC822.match(value):
        return None
    try:
        return parsedate_to_datetime(value).isoformat()
    except ValueError:
        return None


def _ctime(value: str) -> str | None:
    """The form of C's ctime with a time zone, as some programs export it: Mon Sep 28 14:05:00 +0300 2020."""
    try:
        return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y").isoformat()
    except ValueError:
        return None


def _other_calendar(value: str, language: str | None) -> str | None:
    """A Persian or Islamic date; in numbers only where the language says which of the two."""
    tongue = (language or "")[:2].lower()
    if _OLD_YEAR.match(value):
        kind = "jalali" if tongue in ("fa", "ps") else "hijri" if tongue in ("ar", "ur") else None
    else:
        kind = "hijri" if _HIJRI.search(value) else "jalali" if _JALALI.search(value) else None
    if kind is None or not re.search(r"(?<!\d)1[34]\d\d(?!\d)", value):
        return None
    from dateparser.calendars.hijri import HijriCalendar
    from dateparser.calendars.jalali import JalaliCalendar

    try:
        found = (HijriCalendar if kind == "hijri" else JalaliCalendar)(value).get_date()
    except (ValueError, OverflowError, IndexError):
        return None
    return _iso(found.date_obj, bool(_CLOCK.search(value))) if found and found.date_obj else None


def _spoken(value: str, language: str | None) -> str | None:
    if not re.search(r"\d", value) or _OLD_YEAR.match(value):
        return None
    order = "MDY" if (language or "").replace("_", "-").lower() == "en-us" else "DMY"
    for tongue in dict.fromkeys(((language or "")[:2].lower(), "")):
        parser = _parser(tongue, order)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # strptime's, about years
                found = parser.get_date_data(value) if parser else None
        except (ValueError, OverflowError, TypeError):  # a number that no date has, which dateparser passes on
            found = None
        if found is not None and found.date_obj is not None and 1500 <= found.date_obj.year <= 2200:
            return _iso(found.date_obj, found.period == "time")
    return None


@lru_cache
def _parser(language: str, order: str) -> "DateDataParser | None":
    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_TIME_AS_PERIOD": True,
        "DATE_ORDER": order,
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    try:
        return DateDataParser(languages=[language] if language else None, settings=settings)
    except ValueError:
        return None  # a language that it does not know


def _iso(found: datetime, with_time: bool) -> str:
    return found.isoformat() if with_time else found.date().isoformat()


def _is_ambiguous(value: str) -> bool:
    found = _NUMBERS.match(value)
    if found is None:
        return False
    first, mark, second, year = found.groups()
    return len(year) == 2 or (mark != "." and first != second and int(first) <= 12 and int(second) <= 12)

"""What can be compared word by word across languages: numbers, months, weekdays and names of a text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache

from babel import Locale

from index.names import name_key
from index.terms import WORD, plain_numbers
from qa.words import fold, number_words, scale_words, words

_LOCALES = {"ar": ("ar", "ar_SY"), "zh": ("zh",)}
_LANGUAGES = ("en", "ar", "de", "es", "fa", "fr", "hi", "it", "pt", "ru", "tr", "uk", "ur", "zh")
_CASES = ("ru", "uk", "tr")  # languages whose names of months and weekdays have endings
_NOUNS = ("de",)  # languages that write all nouns with a capital
_NUMBER = re.compile(r"(?<![0-9])(?<![0-9]\.)([0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)?")
_CJK_MONTH, _CJK_DAY = re.compile(r"(\d{1,2})\s*月"), re.compile(r"(?:星期|周|週|礼拜)([一二三四五六日天])")
_ENDINGS = {
    "ru": ("", "а", "я", "е", "у", "ю", "ы", "и", "ь", "ой", "ем", "ям"),
    "uk": ("", "а", "я", "і", "у", "ю", "ї", "ь", "ем"),
    "tr": ("da", "de", "ta", "te", "dan", "den", "tan", "ten", "in", "ın", "un", "ün"),
}
_JOINED = re.compile("\u200c(?=شنبه)")  # in Persian weekdays: three-Saturday is Tuesday
_AMBIGUOUS = {"may": 5, "march": 3}  # in English other words too: months with a capital, by a number or after "in"
_BESIDE = re.compile(
    r"[0-9](?:st|nd|rd|th)?,? (?:of )?(May|March)\b|\b(May|March),? [0-9]"
    r"|\b(?:[Ii]n|[Uu]ntil|[Ss]ince|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|[Dd]uring) (May|March)\b"
)
_CJK_SCALE = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
_CJK_DIGITS, _CJK_TENS = "零一二三四五六七八九", {"十": 10, "百": 100, "千": 1000}
_CJK_NUMBER = re.compile(
    r"[一二三四五六七八九]?[十百千万亿][零一二三四五六七八九十百千万亿]*|[三四五六七八九](?=[人名个位次天年月家艘架座])"
)
_TITLES = {"mr", "mrs", "ms", "dr", "sr", "sra", "herr", "frau", "monsieur", "madame", "president", "minister"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`numbers` as values, those written as words in `spelled`, and in `small` also the words that they are made of.

    Months 1 to 12; weekdays 0 (Monday) to 6; name words.
    """

    numbers: frozenset[float] = frozenset()
    spelled: frozenset[float] = frozenset()
    small: frozenset[float] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    def __or__(self, other: "Facts") -> "Facts":
        """The facts of both."""
        return Facts(**{one.name: type(mine)([*mine, *getattr(other, one.name)]) for one in fields(self)
                        if (mine := getattr(self, one.name)) is not None})  # fmt: skip

    def lacks(self, other: "Facts") -> list[str]:
        """The kinds of facts of which this text has some that the other one does not have."""
        missing = {
            "a number": (self.numbers - other.numbers - other.small) or self._unspoken(other),
            "a month": self.months - other.months,
            "a weekday": self.weekdays - other.weekdays,
        }
        return [kind for kind, values in missing.items() if values]

    def _unspoken(self, other: "Facts") -> set[float]:
        """Numbers from three up, written as words, that the other text does not have.

        A ten counts as said where one of its numbers is: not all languages' words for those are known here. Parts of
        a decimal may be said one by one; a hundred may be that of "per cent".
        """
        known = other.numbers | other.small
        halves = {float(part) for one in other.numbers for part in f"{one:g}".split(".") if part.isdigit()}
        tens = {one - one % 10 for one in known if one < 100}
        return {one for one in self.spelled if one > 2 and one != 100 and one not in known | halves | tens}


def read_facts(text: str, language: str | None) -> Facts:
    """The facts of a text in a language (ISO 639-1; of one that is not ours, or not known, no number words)."""
    plain = plain_numbers(_JOINED.sub("", text))
    words = list(WORD.finditer(plain))
    folded = [fold(match[0]) for match in words]
    months = {int(found) for found in _CJK_MONTH.findall(plain) if 1 <= int(found) <= 12}
    if language == "en":
        months |= {_AMBIGUOUS[one.lower()] for pair in _BESIDE.findall(plain) for one in pair if one}
    weekdays = {"一二三四五六日".index(one.replace("天", "日")) for one in _CJK_DAY.findall(plain)}
    spelled = frozenset((*_spelled(folded, language), *map(_cjk_value, _CJK_NUMBER.findall(plain))))
    return Facts(
        numbers=frozenset(_digits(plain)),
        spelled=spelled,
        small=spelled.union(_said(folded, language)),
        months=frozenset(months.union(_calendar("months", folded, language))),
        weekdays=frozenset(weekdays.union(_calendar("days", folded, language))),
        names=() if language in _NOUNS else tuple(_names(plain, words, language)),
        words=frozenset(folded),
    )


def unnamed(names: Iterable[str], facts: Facts) -> list[str]:
    """The names that a text does not have in any spelling or script that we can compare."""
    keys = {key for one in facts.words if (key := name_key(one))}
    lands = {land for one in facts.words for land in _lands().get(one, ())}
    return [name for name in names if not _known(fold(name), facts.words, keys, lands)]


def _known(name: str, words: frozenset[str], keys: set[str], lands: set[str]) -> bool:
    stem = name[: max(4, len(name) - 3)]
    if name in words or any(one.startswith(stem) or (len(one) > 2 and name.startswith(one)) for one in words):
        return True
    if lands & set(_lands().get(name, ())):
        return True
    key = name_key(name)
    return key is not None and any(_alike(key, one) for one in keys)


def _alike(key: str, other: str) -> bool:
    """Equal keys, or one goes on with at most three letters as an inflected name does, or one of four differs."""
    short, long = sorted((key, other), key=len)
    if long.startswith(short):
        return len(long) - len(short) <= 3
    return len(short) >= 4 and len(short) == len(long) and sum(map(str.__ne__, short, long)) == 1


def _digits(text: str) -> Iterable[float]:
    for match in _NUMBER.finditer(text):
        value = float(match[1])
        after = match[2] or ""
        scale = scale_words().get(fold(after)) or _CJK_SCALE.get(after[:1])
        yield round(value * scale, 6) if scale else value


def _said(folded: Sequence[str], language: str | None) -> Iterable[float]:
    """The values of number words, each by itself."""
    return (value for word in folded if (value := number_words(language).get(word)) is not None)


def _spelled(folded: Sequence[str], language: str | None) -> Iterable[float]:
    """The values of number words that follow each other: four hundred thousand is 400,000."""
    values, scales = number_words(language), scale_words()
    whole = part = 0.0
    for word in [*folded, ""]:
        if word in values:
            score = language == "fr" and values[word] == 20 and part == 4  # quatre-vingts
            part = max(part, 1.0) * values[word] if values[word] == 100 or score else part + values[word]
        elif part >= 10 and part % 10 == 0 and word in words("numbers", "one"):
            part += 1
        elif word in scales and part:
            whole, part = whole + part * scales[word], 0.0
        elif whole + part:
            yield whole + part
            whole = part = 0.0


def _cjk_value(text: str) -> float:
    """The value of a number in Chinese characters.

    >>> _cjk_value("六十"), _cjk_value("一百二十"), _cjk_value("三万")
    (60.0, 120.0, 30000.0)
    """
    whole = part = digit = 0.0
    for one in text:
        if one in _CJK_DIGITS:
            digit = float(_CJK_DIGITS.index(one))
        elif one in _CJK_SCALE:
            whole, part, digit = whole + (part + digit) * _CJK_SCALE[one], 0.0, 0.0
        else:
            part, digit = part + (digit or 1.0) * _CJK_TENS[one], 0.0
    return whole + part + digit


def _names(text: str, words: Sequence[re.Match[str]], language: str | None) -> Iterable[str]:
    """Words with a capital that do not open a sentence, or that are written in capitals."""
    for match in words:
        word = match[0]
        opens = re.search(r"(?:^|[.!?…:]|[\"'“«„])\s*[\"'“«„(]*$", text[: match.start()]) is not None
        capital = unicodedata.category(word[0]) == "Lu"
        shouted = len(word) > 1 and word.isupper()
        if capital and (shouted or not opens) and fold(word) not in _TITLES | _AMBIGUOUS.keys():
            if not any(_calendar(kind, [fold(word)], language) for kind in ("months", "days")):
                yield word


def _calendar(kind: str, folded: Sequence[str], language: str | None) -> set[int]:
    """The months or weekdays among words of a language."""
    table = _names_of(kind, language or "")
    return {table[word] for word in folded if word in table}


@cache
def _names_of(kind: str, language: str) -> Mapping[str, int]:
    """Folded names of months (1 to 12) or weekdays (0 to 6), with the endings that cases give them."""
    found: dict[str, int] = {}
    for code in _LOCALES.get(language, (language,) if language in _LANGUAGES else ()):
        table = getattr(Locale.parse(code), kind)
        for form in ("format", "stand-alone"):
            for number, name in table[form]["wide"].items():
                word = fold(_JOINED.sub("", name)).split("-")[0]
                found[word] = number
                if language in _CASES:
                    stem = word if language == "tr" else word.rstrip("аяьйе") if len(word) > 3 else word[:-1]
                    found |= {stem + end: number for end in _ENDINGS[language] if stem + end not in found}
    return {word: number for word, number in found.items() if len(word) > 2 and word not in _AMBIGUOUS}


def month_names(language: str) -> Mapping[str, int]:
    """Folded names of the months in a language, May and March aside in English."""
    return _names_of("months", language)


@cache
def _lands() -> Mapping[str, tuple[str, ...]]:
    """Countries by the folded words of their names and of their languages' names in our languages."""
    found: dict[str, set[str]] = {}
    for code in _LANGUAGES:
        for land, name in Locale.parse(code).territories.items():
            if land.isalpha():
                for word in re.findall(r"[^\W\d_]{4,}", fold(name)):
                    found.setdefault(word, set()).add(land)
    return {word: tuple(sorted(lands)) for word, lands in found.items() if len(lands) <= 3}

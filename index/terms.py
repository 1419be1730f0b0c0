"""Text to the terms that lexical search compares: stems of folded words, numbers, character pairs and name keys."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

import Stemmer

from index.names import name_key

TERMS_VERSION = f"terms 1, snowball {Stemmer.version()}"
"""Changes whenever the same text may give other terms."""

_LONGEST = 48  # code points of a term; what is longer (an address, a damaged file) is cut
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip


def _ranges(codes: list[int]) -> str:
    """The body of a regular expression's character class."""
    runs = ([code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    return "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)


_PLANES = range(0x80, 0x20000)  # beyond them are only Han characters, tags and private letters
_MARKS = _ranges([code for code in _PLANES if unicodedata.category(chr(code)) in ("Mn", "Mc")])
DIGITS = {code: str(unicodedata.decimal(chr(code))) for code in _PLANES if chr(code).isdecimal()}
_UNSPACED = (  # scripts that put no space between words, or whose words carry their particles: Hangul
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    rf"(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<run>[{_UNSPACED}]+)"
    rf"|(?P<word>(?![{_UNSPACED}])[^\W\d_](?:(?![{_UNSPACED}])(?:[^\W\d_]|[{_MARKS}]))*)"
)
WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*")
"""A run of letters with their marks."""

_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:([,.'’٬ ])[0-9]{3})(?:\1[0-9]{3})*(?![0-9])")
_DECIMAL = re.compile(r"(?<![0-9.,])([0-9]+)[.,٫]([0-9]+)(?![.,]?[0-9])")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_DROPPED = dict.fromkeys([0xAD, 0x200B, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x640, *range(0x202A, 0x202F)])
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ŋ": "n"}
    | {"ё": "е", "ѐ": "е", "ѝ": "и", "ґ": "г", "ँ": "ं"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ء": "", "ة": "ه"}
    | {"ک": "ك", "ی": "ي", "ے": "ي", "ۓ": "ي", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ه", "ں": "ن"}
)
_ARTICLE = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one text gives to each field: `stems` holds numbers and pairs too, `names` keys."""

    stems: tuple[str, ...]
    names: tuple[str, ...]


def read_terms(text: str, language: str | None) -> Terms:
    """The terms of a sentence or a question in its order.

    A term holds letters, marks and digits, and a decimal number its point. Numbers lose their grouping and their own
    digits, so that 1,250 = 1.250 = ١٬٢٥٠; runs of Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese give pairs of
    neighbouring characters; words with a capital, and all words of scripts without capitals, give name keys.
    `language` is an ISO 639-1 code; where it is None or has no stemmer, stems are the folded words.

    >>> read_terms("Erdoğan’s 1,250 soldiers", "en")
    Terms(stems=('erdogan', 's', '1250', 'soldier'), names=('artkn',))
    """
    stems, names = list[str](), list[str]()
    for kind, token in _tokens(text, language):
        if kind == "number":
            stems.append(token.lstrip("0")[:_LONGEST] or "0")
        elif kind == "run":
            stems += [token[at : at + 2] for at in range(max(1, len(token) - 1))]
        else:
            stem, key = _read_word(token[:_LONGEST], language)
            stems += [stem] if stem else []
            names += [key] if key else []
    return Terms(stems=tuple(stems), names=tuple(names))


def _tokens(text: str, language: str | None) -> Iterator[tuple[str, str]]:
    """Kind ('number', 'run' or 'word') and text of each token, case kept."""
    text = plain_numbers(text)
    if language in ("uk", "be"):
        text = _APOSTROPHE.sub("", text)
    for match in _TOKEN.finditer(text):
        yield match.lastgroup or "", match[0]


def plain_numbers(text: str) -> str:
    """The text in NFKC with its numbers in Latin digits, without grouping, and with a point before decimals.

    >>> plain_numbers("١٬٢٥٠, 1.250 and 1,5")
    '1250, 1250 and 1.5'
    """
    text = unicodedata.normalize("NFKC", text.translate(_DROPPED)).translate(DIGITS)
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return _POINT.sub(" ", _DECIMAL.sub("\\1\ue000\\2", text)).replace("\ue000", ".")


@lru_cache(maxsize=1 << 16)
def _read_word(token: str, language: str | None) -> tuple[str, str | None]:
    """The stem, and the key where the word may be a name."""
    named = token[0].isupper() or token[0].lower() == token[0].upper()
    if language in ("tr", "az"):
        token = token.translate(_TURKISH)
    token = unicodedata.normalize("NFKC", token.casefold())
    if language == "ar":
        token = _ARTICLE.sub(
            "", fold_word(token)
        )  # people write its letters in many ways, and the stemmer tells them apart
    word = fold_word(token)
    stem = word
    if language in _STEMMERS:
        stem = fold_word(_stemmer(_STEMMERS[language]).stemWord(token))
    elif language == "vi":
        stem = token  # without its tone a syllable stands for many words
    return stem, name_key(_ARTICLE.sub("", word)) if named else None


def fold_word(word: str) -> str:
    """One form for the spellings of a word: marks go where they are optional, letters that vary become one."""
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", unicodedata.normalize("NFC", word).translate(_LETTERS)):
        if not unicodedata.category(character).startswith("M"):
            base = character
        elif _optional(base, character):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def _optional(base: str, mark: str) -> bool:
    if "\u0400" <= base < "\u0530":  # Cyrillic: stress only, for й and ї are letters
        return mark in "\u0300\u0301"
    return base < "\u0800" or mark == "\u093c" or "\u1e00" <= base < "\u2000"  # Latin to Arabic; the nukta


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)

"""Short answers against gold ones: exact match and token F1, of SQuAD (Rajpurkar et al. 2016), for every script.

On English prose it gives what SQuAD's script gives, which drops English articles from every text. Beyond that: letters
and digits in any form are one (NFKC), digits of every script are one, Arabic vowel signs and the tatweel are dropped
and the Persian and Arabic forms of yeh and kaf are one; scripts that put no space between words (Chinese, Japanese,
Thai, Lao, Khmer, Burmese) are compared character by character, as MLQA does for Chinese; and marks inside a number
stay: 3.5 is not 35, while 1,000 is 1000.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_ARTICLES = {"a", "an", "the"}
_VOWELS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_LETTERS = str.maketrans({"\u06cc": "\u064a", "\u0649": "\u064a", "\u06a9": "\u0643", "\u066b": ".", "\u066c": ","})
_GROUPED = re.compile(r"(?<=\d)[,'\u2019\u00a0\u202f](?=\d{3}(?!\d))")
_UNSPACED = re.compile(
    "([\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])"
)


def words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared.

    >>> words("The (Big) Ben's 1,500.5 metres"), words("١٢ مُدُن"), words("东京2020年")
    (['big', 'bens', '1500.5', 'metres'], ['12', 'مدن'], ['东', '京', '2020', '年'])
    """
    text = _GROUPED.sub("", _GROUPED.sub("", text).translate(_LETTERS))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = _VOWELS.sub("", "".join(_digit(one) for one in text))
    text = _GROUPED.sub("", text)
    kept = "".join(one for at, one in enumerate(text) if not _is_mark(text, at))
    return [word for word in _UNSPACED.sub(r" \1 ", kept).split() if word not in _ARTICLES]


def exact_match(said: str | None, golds: Iterable[str]) -> float | None:
    """1.0 when the words are those of a gold answer; 0.0 for a missing one; None without gold.

    >>> exact_match("the ١٢ cities", ["12 cities", "dozen"]), exact_match(None, ["x"]), exact_match("x", [])
    (1.0, 0.0, None)
    """
    scores = [float(said is not None and words(said) == words(gold)) for gold in golds]
    return max(scores) if scores else None


def token_f1(said: str | None, golds: Iterable[str]) -> float | None:
    """Harmonic mean of the shares of words in common, with the gold answer that comes off best; None without gold.

    One of one gold word is there, one of three said is right: 2 * 1 / (3 + 1).

    >>> token_f1("in year 1970", ["1970"]), token_f1(None, ["x"]), token_f1("", [])
    (0.5, 0.0, None)
    """
    scores = [0.0 if said is None else _f1(words(said), words(gold)) for gold in golds]
    return max(scores) if scores else None


def _f1(said: list[str], gold: list[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    common = sum((Counter(said) & Counter(gold)).values())
    return 2 * common / (len(said) + len(gold))


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _is_mark(text: str, at: int) -> bool:
    """Whether a character is dropped: SQuAD's marks and those of other scripts, but not a point inside a number."""
    if text[at] in ".," and text[at - 1 : at].isdecimal() and text[at + 1 : at + 2].isdecimal():
        return False
    return unicodedata.category(text[at])[0] == "P" or text[at] in "$+<=>^`|~" or text[at] in "\u200b\u200c\u200d"

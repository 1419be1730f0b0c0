"""One key for the spellings of a name in many scripts: the consonants of its romanisation (anyascii), in classes."""

import re
from functools import lru_cache

from anyascii import anyascii

SHORTEST = 3
"""Letters of a key; shorter ones match too much."""

_OPENING = re.compile("^[اאע]")  # letters that anyascii drops, and that open a name as a vowel does
_DOUBLED = re.compile(r"(.)\1+")
_CLUSTERS = (
    (re.compile(r"[^a-z]"), ""),
    (_DOUBLED, r"\1"),
    (re.compile("ph"), "f"),
    (re.compile("ck"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("tsch|tch|sch|dzh|dj|ts|sh|ch|zh|c(?=[eiy])"), "s"),
    (re.compile("kh|gh"), "k"),
    (re.compile("th"), "t"),
    (re.compile("dh"), "d"),
)
_CLASSES = str.maketrans("bpfvgkqcsjzdt", "ppffkkkkssstt", "aeiouywh")


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> str | None:
    """The key of one folded word, or None where too little is left. Vowels count at the beginning only, and as one.

    >>> [name_key(name) for name in ("toganyan", "toganian", "توغانيان", "тоганян", "oman")]
    ['tknn', 'tknn', 'tknn', 'tknn', 'amn']
    """
    letters = anyascii(_OPENING.sub("a", name)).lower()
    for pattern, instead in _CLUSTERS:
        letters = pattern.sub(instead, letters)
    key = ("a" if letters[:1] in tuple("aeiouyw") else "") + letters.translate(_CLASSES)
    return key if len(key) >= SHORTEST else None

"""The words of words.toml, folded."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from index.terms import fold_word

_FILE = Path(__file__).with_name("words.toml")
_VALUES = (*range(2, 21), *range(30, 101, 10))


@cache
def words(section: str, name: str) -> frozenset[str]:
    """The words under a name.

    >>> "only" in words("wishes", "only")
    True
    """
    return frozenset(fold(word) for word in table(section)[name].split())


@cache
def number_words(language: str | None) -> Mapping[str, float]:
    """What the number words of a language mean; one is left out, for in many languages it is the article too.

    >>> number_words("tr")["iki"], number_words(None)
    (2.0, {})
    """
    rows = table("numbers").get(language or "", "").split()
    return {
        fold(word): float(value)
        for value, spellings in zip(_VALUES, rows, strict=False)
        for word in spellings.split("/")
        if word != "-"
    }


@cache
def scale_words() -> Mapping[str, float]:
    """What a number before these words is to be multiplied by."""
    return {fold(word): float(value) for value, row in table("scales").items() for word in row.split()}


def fold(word: str) -> str:
    """One form for the spellings of a word."""
    return fold_word(word.casefold())


@cache
def table(section: str) -> dict[str, Any]:
    """A section as it stands in the file."""
    found: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[section]
    return found

"""What the page says, in the languages of its interface: one TOML file a language, and names and numbers by Babel."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from index.errors import DatelineError

LANGUAGES = ("en", "ar")  # the first one is the page's at /
_FOLDER = Path(__file__).with_name("words")
_SURE = ((0.85, "confidence.high"), (0.6, "confidence.moderate"), (0.0, "confidence.low"))


class Words:
    """The words of one language, under names such as "chat.ask"; plain text, to be made safe where it is shown."""

    def __init__(self, language: str, table: Mapping[str, Any]) -> None:
        """`table` is the TOML file of the language."""
        self.language = language
        self._locale = Locale.parse(language)
        self.direction: str = self._locale.text_direction
        self.path = "" if language == LANGUAGES[0] else f"/{language}"  # where the page in this language begins
        self._said = {f"{part}.{name}": said for part, names in table.items() for name, said in names.items()}

    def __call__(self, name: str, /, **values: str | int) -> str:
        """What stands under a name, with its {placeholders} filled; numbers as the language writes them.

        Where the language has several forms, `count` decides which.

        >>> read_words("en")("archive.articles", count=1_200)
        '1,200 articles'
        """
        said = self._said[name]
        if isinstance(said, dict):
            said = said[self._locale.plural_form(int(values["count"]))]
        shown = {key: self.number(one) if isinstance(one, int) else one for key, one in values.items()}
        return str(said).format(**shown)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return str(format_decimal(value, locale=self._locale))

    def language_name(self, code: str | None) -> str:
        """The name of a language, or its code where it has none here.

        >>> read_words("en").language_name("ar"), read_words("ar").language_name("xx")
        ('Arabic', 'xx')
        """
        return str(self._locale.languages.get(code, code)) if code else self("source.unknown_language")

    def day(self, published: str | None) -> str:
        """The day of an ISO 8601 date or time.

        >>> read_words("en").day("2020-09-28T13:10:00+03:00"), read_words("en").day(None)
        ('28 September 2020', 'No date')
        """
        if not published:
            return self("source.undated")
        return str(format_date(date.fromisoformat(published[:10]), "d MMMM y", locale=self._locale))

    def month(self, month: str) -> str:
        """A month that is written as 2020-09.

        >>> read_words("en").month("2020-09")
        'September 2020'
        """
        return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale=self._locale))

    def problem(self, error: DatelineError) -> str:
        """What is wrong; in English, as every message is, where the language has no words for it."""
        return self(f"problem.{error.kind}", **error.values) if error.kind else str(error)

    def confidence(self, confidence: float) -> str:
        """A confidence in [0, 1], in words."""
        return self(next(name for least, name in _SURE if confidence >= least))

    def listed(self, names: Sequence[str]) -> str:
        """Names as a list in a sentence.

        >>> read_words("en").listed(["one", "two", "three"])
        'one, two, and three'
        """
        return str(format_list(list(names), locale=self._locale))


@cache
def read_words(language: str) -> Words:
    """The words of a language of LANGUAGES."""
    return Words(language, tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8")))

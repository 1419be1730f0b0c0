"""Words that turn what a sentence says: negations, what is only planned or possible, who said it, and how it stands.

Two sentences that say the same mostly have the same kinds of them, also in two languages. words.toml has the common
forms in news.
"""

import re
from functools import cache

from qa.words import fold, table

KINDS = ("negation", "possibility", "attribution")


def read_cues(text: str, language: str | None) -> tuple[bool, bool, bool] | None:
    """Whether a text has each of KINDS, or None for a language whose words we do not know.

    >>> read_cues("Armenia does not intend to ask, he said.", "en")
    (True, True, True)
    >>> read_cues("يعتزم السفير", "ar"), read_cues("x", "xx")
    ((False, True, False), None)
    """
    if language not in table("cues"):
        return None
    folded = fold(text)
    return tuple(bool(pattern.search(folded)) for pattern in _patterns(language))  # type: ignore[return-value]


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    rows = table("cues")[language]
    return tuple(re.compile("|".join(_pattern(word, language) for word in rows[kind].split())) for kind in KINDS)


def _pattern(word: str, language: str) -> str:
    body = re.escape(fold(word)).replace(r"\*", r"\w*")
    return body if language == "zh" else rf"(?<!\w){body}(?!\w)"

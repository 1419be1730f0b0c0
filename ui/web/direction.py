"""Text of articles and questions, made safe to stand in a page, and the direction in which it runs."""

import unicodedata
from html import escape

from qa.visible import is_hidden

_KEPT = set("\n\t\u00ad\u200c\u200d\u200e\u200f\u061c\ufe0f")  # white space, and what articles need
_RIGHT, _LEFT = {"R", "AL"}, {"L"}
_LOOK = 200  # strong characters that decide


def clean(text: str) -> str:
    r"""The text without what hides in it: control characters, lone surrogates, overrides of direction, tags, fillers.

    The marks U+200E, U+200F and U+061C stay: articles need them, and an element keeps their effect inside.

    >>> clean("a\x00b\u202ec\u200f")
    'abc\u200f'
    """
    return "".join(one for one in text if one in _KEPT or not is_hidden(one))


def safe(text: str) -> str:
    """`clean` text, escaped for use in an element or a quoted attribute."""
    return escape(clean(text), quote=True)


def direction(text: str) -> str:
    """'rtl' or 'ltr', as most of the first strong characters run; an acronym in front does not turn a sentence.

    >>> direction("CSTO منظمة معاهدة الأمن الجماعي"), direction("Putin said (بوتين) so"), direction("2020")
    ('rtl', 'ltr', 'ltr')
    """
    right = left = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        right += kind in _RIGHT
        left += kind in _LEFT
        if right + left >= _LOOK:
            break
    return "rtl" if right > left else "ltr"

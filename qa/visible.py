"""What a reader sees of a text: nothing hidden in it, on one line."""

import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT = {"\u200c", "\u200d"}  # join letters in Persian and in Indic scripts; elsewhere they are dropped below
_JOINED = re.compile(r"(?<![\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u06ff\u0900-\u0dff])")


def visible(text: str) -> str:
    r"""What a reader sees of a text, on one line: no format, control, private or tag characters.

    >>> visible("a\u200bb\U000e0041\n c\u00ad می\u200cگوید")
    'ab c می\u200cگوید'
    """
    kept = (one if one in _KEPT or unicodedata.category(one) not in _HIDDEN else "" for one in _spaced(text))
    text = "".join(one for one in kept if not _is_selector(one))
    return " ".join(_JOINED.sub("", text).split())


def _spaced(text: str) -> str:
    return re.sub(r"[\t\n\r\x0b\x0c\u2028\u2029]", " ", text)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"

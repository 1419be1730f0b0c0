"""What a reader sees of a text: nothing that is hidden in it."""

import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")  # they show nothing
_JOINERS = "\u200c\u200d"  # they join letters in Persian and in Indic scripts, and hide elsewhere
_JOINED = "\u0600-\u06ff\u0900-\u0dff"
_RUN = re.compile(rf"(?<=[{_JOINED}])([{_JOINERS}])[{_JOINERS}]*(?=[{_JOINED}])|[{_JOINERS}]+")
_SPACES = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]")


def visible(text: str) -> str:
    r"""What a reader sees of a text, on one line: no control, format, private or tag characters.

    >>> visible("a\u200bb\U000e0041\n c\u00ad می\u200cگوید")
    'ab c می\u200cگوید'
    """
    kept = "".join(one for one in _SPACES.sub(" ", text) if one in _JOINERS or not is_hidden(one))
    return " ".join(_RUN.sub(r"\1", kept).split())


def is_hidden(character: str) -> bool:
    r"""Whether a character shows nothing: white space and accents do, format and filling characters do not.

    >>> is_hidden("\u200b"), is_hidden(" "), is_hidden("\ufe0f")
    (True, False, True)
    """
    return (
        character in _FILLERS
        or unicodedata.category(character) in _HIDDEN
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )

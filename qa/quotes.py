"""Quotation marks, which may stand only round words that a source has."""

import re
from collections.abc import Sequence

from qa.visible import visible

_CLOSES = {
    '"': '"',
    "“": "”“",
    "”": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "‘": "’",
    "‚": "‘’",
    "'": "'",
    "＂": "＂",
    "❝": "❞",
    "❛": "❜",
    "｢": "｣",
    "‟": "”‟",
    "‛": "’",
}
_DOUBLED = re.compile(r"''|``")
_MARKS = {*_CLOSES, *"".join(_CLOSES.values())}
_SINGLE = set("'‘’‚‛❛❜")  # an apostrophe as well: those that are not in pairs stay
_DELETED = str.maketrans(dict.fromkeys(_MARKS))
_CASED = "[0-9a-zß-ɏͰ-ԯա-և]"
_CASED_ONE = re.compile(_CASED)
_LONGEST = 600  # characters that are quoted, at the most
_POINTS = " .,;:!?…،؛؟۔。，！？।-–—"


def mend_quotes(text: str, quotes: Sequence[str]) -> str:
    """The text without the quotation marks whose words do not stand so in one of the quotes, or that have no partner.

    >>> mend_quotes('He said “no plans” and "never", and ‘no.', ["There are no plans."])
    'He said “no plans” and never, and ‘no.'
    """
    text, sources = _DOUBLED.sub('"', text), [_plain(one) for one in quotes]
    opened, dropped = list[int](), set[int]()
    for at, mark in enumerate(text):
        if mark not in _MARKS or _is_letter(text, at):
            continue
        partner = next((place for place in reversed(opened) if mark in _CLOSES[text[place]]), None)
        if partner is not None and _ends(text, at):
            inner = _plain(text[partner + 1 : at]).strip(_POINTS) if at - partner <= _LONGEST else ""
            if not any(_stands(inner, one) for one in sources):
                dropped |= {partner, at}
            dropped |= {place for place in opened if place > partner and text[place] not in _SINGLE}
            opened = [place for place in opened if place < partner]
        elif mark in _CLOSES and (mark not in _SINGLE or _begins(text, at)):
            opened.append(at)
        elif mark not in _SINGLE:
            dropped.add(at)
    dropped |= {place for place in opened if text[place] not in _SINGLE}
    return "".join(one for at, one in enumerate(text) if at not in dropped)


def _is_letter(text: str, at: int) -> bool:
    """Whether a sign is part of a word, as in "isn't" and צה"ל, or of a measure, as in 5"."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (before.isalpha() and after.isalpha() and text[at] in "\"'‘’") or (text[at] == '"' and before.isdigit())


def _begins(text: str, at: int) -> bool:
    return not text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _ends(text: str, at: int) -> bool:
    return text[at] not in _SINGLE or not text[at + 1 : at + 2].isalnum()


def _stands(inner: str, source: str) -> bool:
    """Whether the words stand in the source, in scripts with capitals as whole words."""
    if not inner:
        return False
    before, after = (rf"(?<!{_CASED})" if _CASED_ONE.match(inner) else ""), rf"(?!{_CASED})"
    pattern = before + re.escape(inner) + (after if _CASED_ONE.match(inner[-1]) else "")
    return re.search(pattern, source) is not None


def _plain(text: str) -> str:
    return " ".join(visible(text).translate(_DELETED).casefold().split())

"""What has changed from one text to another: words, or characters where a script sets no spaces between words."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u200c\u200d"
)
_TOKENS = re.compile(rf"[{_UNSPACED}]|[\w{_MARKS}]+?(?=[{_UNSPACED}]|[^\w{_MARKS}]|$)|\s+|\W")
_LINES = re.compile(r"[^\n]*\n+|[^\n]+")
_MOST = 4_000_000  # comparisons of pieces that a reader waits for


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text: `kind` is 'same', 'old' where only the old text has it, and 'new' where only the new one."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Change]:
    """The pieces from which the old text (same and old) and the new one (same and new) can be put together.

    >>> [(one.kind, one.text) for one in difference("Five were hurt.", "Six were hurt.")]
    [('old', 'Five'), ('new', 'Six'), ('same', ' were hurt.')]
    """
    found: list[Change] = []
    gone = come = gap = ""  # what was taken out and put in since the last that stayed; white space after that
    for piece in (*_changes(_LINES.findall(old), _LINES.findall(new), _words), Change("same", "")):
        if piece.kind == "same" and piece.text.isspace() and (gone or come):
            gap += piece.text
        elif piece.kind == "same":
            same = gap + piece.text
            if found and not (gone or come):  # a line that stayed, and the beginning of the next one
                same = found.pop().text + same
            parts = {"old": gone, "new": come, "same": same}
            found += [Change(kind, text) for kind, text in parts.items() if text]
            gone = come = gap = ""
        else:
            gone += gap + piece.text * (piece.kind == "old")
            come += gap + piece.text * (piece.kind == "new")
            gap = ""
    return found


def _words(old: str, new: str) -> Iterator[Change]:
    olds, news = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(olds) * len(news) > _MOST:
        yield from _whole(old, new)
    else:
        yield from _changes(olds, news, _whole)


def _whole(old: str, new: str) -> Iterator[Change]:
    yield from (Change(kind, text) for kind, text in (("old", old), ("new", new)) if text)


def _changes(
    olds: Sequence[str], news: Sequence[str], within: Callable[[str, str], Iterator[Change]]
) -> Iterator[Change]:
    """The pieces that stayed, and `within` what did not."""
    for tag, first, last, begin, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Change("same", "".join(olds[first:last]))
        else:
            yield from within("".join(olds[first:last]), "".join(news[begin:end]))

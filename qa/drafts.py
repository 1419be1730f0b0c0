"""What a chat model wrote, read leniently: sentences and the ids that each cites, from text or JSON, whole or not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.articles import make_article
from index.errors import InputError
from index.sentences import split_sentences
from qa.llm import read_json
from qa.prompts import REFUSED
from qa.visible import visible

LONGEST = 6_000
"""Characters of a model's text that are read."""
_IDS = 8  # of a sentence, at the most
SENTENCES = 12
"""Sentences that are read, at the most."""
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_CODE = re.compile(r"```[a-z]*\n?|```|~~~", re.IGNORECASE)
_JSON = re.compile(r'\A\[?\s*\{|\{\s*"(?:sentences|text)"|\[\s*\{\s*"text"')
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\([^)]*\)?|\[([^\[\]]*)\]\([^)]*\)?")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>?")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{1,12}://|www\.|javascript:|data:)\S*", re.IGNORECASE)
_LIST = re.compile(r"^[^\S\n]{0,20}(?:[-*•#>]+|\d{1,2}[.)])\s+", re.MULTILINE)
_MARKER = re.compile(r"\s{0,8}([\[(【])([^\[\]()【】\n]{1,600})[\])】]")
_OPAQUE = re.compile(r"[a-z]{2}\d\d")
_ID = re.compile(r"[a-z]{2}\d\d|\d{1,3}")
_BETWEEN = re.compile(r"[\s,;،、\[\]]+")
_END = re.compile(r"[.!?…؟۔。！？।]+")
_ENDED = re.compile(r"[.!?…؟۔。！？।][\s\"'”’»)]*\Z")
_EMPHASIS = re.compile(r"\*{1,3}|__|`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One sentence as the model wrote it, cleaned; `ids` that are evidence, and `unknown` ones."""

    text: str
    ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def read_drafts(written: str | dict[str, Any], known: Sequence[str], *, whole: bool = True) -> list[Draft]:
    """The sentences; of what is not `whole` the last one, which may go on, is left out.

    A refusal, an empty text and rubbish without letters give none.

    >>> read_drafts("**No.** Armenia has no such plan [ka12, zz99]. More", ["ka12"], whole=False)
    [Draft(text='No. Armenia has no such plan.', ids=('ka12',), unknown=('zz99',))]
    """
    drafts = list(_drafts(written, set(known)))
    if not whole and drafts:
        drafts.pop()
    return [one for one in drafts if any(map(str.isalpha, one.text)) and not _is_refusal(one.text)][:SENTENCES]


def refuses(written: str | dict[str, Any]) -> bool:
    """Whether the model says that the evidence does not answer."""
    if isinstance(written, dict):
        return not written.get("sentences")
    return REFUSED.casefold() in _tidy(_cut(written)).casefold()[:80]


def ends(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return _ENDED.search(text[-10:]) is not None


def aloud(text: str) -> str:
    """What a model says, without what it thinks.

    >>> aloud("<think>Maybe.</think>No."), aloud("Perhaps so.</think>No."), aloud("<think>Or")
    ('No.', 'No.', '')
    """
    return _THOUGHT_ENDS.split(_THOUGHT.sub("", text))[-1]


def _drafts(written: str | dict[str, Any], known: set[str]) -> Iterator[Draft]:
    if isinstance(written, str):
        text = _cut(written)
        begin = _JSON.search(text)
        value = read_json(text[begin.start() :]) if begin else None
        if not isinstance(value, dict | list):
            yield from _from_text(_tidy(text), known)
            return
        written = value if isinstance(value, dict) else {"sentences": value}
    rows = written.get("sentences", [written])
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            yield from _from_row(row["text"], row.get("ids"), known)


def _from_row(text: str, given: object, known: set[str]) -> Iterator[Draft]:
    """A text of JSON: its ids hold for each sentence in it that has none of its own."""
    parts = [str(one) for one in (given if isinstance(given, list) else [given]) if isinstance(one, str | int)]
    ids = [one for part in parts for one in _BETWEEN.split(part) if one]
    for one in _from_text(_tidy(text[:LONGEST]), known):
        yield one if one.ids else _draft(one.text, (*one.unknown, *ids), known)


def _from_text(text: str, known: set[str]) -> Iterator[Draft]:
    """Sentences up to each marker rest on it."""
    held, ids, at = "", list[str](), 0
    for match in _MARKER.finditer(text):
        if not (found := _marked(match, known)):
            continue
        between = text[at : match.start()]
        if ids and any(map(str.isalpha, between)):
            yield from _split(held, ids, known)
            held, ids = "", []
        end = _END.match(text, match.end())
        sign = end[0] if end and not ends(between) else ""
        held, ids, at = held + between + sign, ids + found, end.end() if end else match.end()
    yield from _split(held, ids, known) if ids else ()
    yield from _split(text[at:] if ids else held + text[at:], [], known)


def _marked(match: re.Match[str], known: set[str]) -> list[str]:
    """The ids in brackets; none where these hold text: "(54)" is an age, "[54]" an invented source."""
    found = [one for one in _BETWEEN.split(match[2]) if one]
    like = _OPAQUE if match[1] == "(" else _ID
    if any(one in known for one in found):
        return [one for one in found if one in known or any(map(str.isdigit, one))]
    return found if all(like.fullmatch(one) for one in found) else []


def _split(text: str, ids: Sequence[str], known: set[str]) -> Iterator[Draft]:
    text = visible(text).lstrip(".,;:!?…؟۔。！？। ")
    if not any(map(str.isalpha, text)):
        return
    try:
        article = make_article(text)
    except InputError:
        return
    spans = split_sentences(article)
    first = 0
    for at, span in enumerate(spans):
        piece = article.text[spans[first].start : span.end]
        if len(piece) < 12 and at + 1 < len(spans):  # "No." goes with what follows
            continue
        yield _draft(piece, ids, known)
        first = at + 1


def _draft(text: str, ids: Sequence[str], known: set[str]) -> Draft:
    unique = list(dict.fromkeys(ids))
    good = [one for one in unique if one in known]
    bad = [one for one in unique if one not in known]
    return Draft(text=text, ids=tuple(good[:_IDS]), unknown=tuple(one[:12] for one in bad[:_IDS]))


def _is_refusal(text: str) -> bool:
    return text.strip(" .!").casefold() == REFUSED.casefold()


def _cut(text: str) -> str:
    """Without thoughts and code fences, and no longer than is read."""
    return _CODE.sub("", aloud(text)[:LONGEST]).strip()


def _tidy(text: str) -> str:
    """Without pictures, links, tags, list marks and emphasis."""
    while (bare := _PICTURE.sub(lambda found: found[2] or "", text)) != text:  # one may stand in another
        text = bare
    return _EMPHASIS.sub("", _LIST.sub("", _LINK.sub("", _TAG.sub("", text)))).strip()

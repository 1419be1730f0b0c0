"""Markdown: front matter of `key: value` lines, the first heading as the title, the rest as its plain text."""

import re
from collections.abc import Iterator

from index.readers.draft import Draft
from index.readers.record import draft_of_record
from index.readers.source import Source
from index.readers.text import decode

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:[ \t]+(.+)")
_TITLE = re.compile(r"\A\s*(?:#[ \t]+([^\n]+)|([^\n]+)\n=+)[ \t]*(?:\n|\Z)")
_MARKUP = (
    (re.compile(r"<!--(?:(?!<!--).){0,10000}?-->", re.DOTALL), ""),
    (re.compile(r"^(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE), r"\1"),
    (re.compile(r"^[ \t]{0,3}(?:(?:>[ \t]?)+|[-*+][ \t]+)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,}$|^(?<=\S\n)[=-]{2,}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,500})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,500}\])"), r"\1"),
    (re.compile(r"^[ \t]{0,3}\[[^\[\]\n]{1,500}\]:[ \t]+\S.*$", re.MULTILINE), ""),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)((?:(?!\1)[^\n]){1,1000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,1000}?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
    (re.compile(r"\n{3,}"), "\n\n"),
)


def read_markdown(source: Source) -> Iterator[Draft]:
    """The article of a Markdown file; front matter has the keys that JSON may have, the rest of it is kept as extra.

    Raises:
        InputError: as `read_text`.
    """
    text = decode(source.read(), source.name)
    front = _FRONT.match(text)
    record = {key: value for key, value in _pairs(front[1])} if front else {}
    text = text[front.end() :] if front else text
    if heading := _TITLE.match(text):
        title = plain_markdown((heading[1] or heading[2]).rstrip("# \t"))
        record = {"title": title} | record
        if record["title"] == title:
            text = text[heading.end() :]
    columns = {name: key for name, key in source.columns.items() if key in record}
    yield draft_of_record(record | {"text": plain_markdown(text) or record.get("title", "")}, source.name, columns)


def plain_markdown(text: str) -> str:
    r"""The text without the marks of headings, lists, quotes, emphasis, code and links.

    >>> plain_markdown("## Why\n\nThe *minister* said [no](https://a.example).")
    'Why\n\nThe minister said no.'
    """
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text.strip()


def _pairs(front: str) -> Iterator[tuple[str, str]]:
    for line in front.splitlines():
        if found := _PAIR.fullmatch(line.strip()):
            value = found[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield found[1], value[1:-1] if quoted else value

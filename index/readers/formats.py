"""Which reader a source gets: by what stands at its beginning, then by the ending of its name."""

import codecs
import re
from collections.abc import Callable, Iterator

from index.errors import InputError
from index.readers.csv import read_csv
from index.readers.draft import Draft
from index.readers.feed import read_feed
from index.readers.html import read_html
from index.readers.json import read_json
from index.readers.jsonl import read_jsonl
from index.readers.markdown import read_markdown
from index.readers.mhtml import read_mhtml
from index.readers.newsml import read_newsml
from index.readers.pdf import read_pdf
from index.readers.source import Source
from index.readers.text import read_text
from index.readers.warc import read_warc

Reader = Callable[[Source], Iterator[Draft | InputError]]


def read_any(source: Source) -> Iterator[Draft | InputError]:
    """What the reader of a source that is not packed brings."""
    with source.open() as stream:
        head = stream.read(HEAD)
    return reader_of(source, head)(source)


def _read_crawl(source: Source) -> Iterator[Draft | InputError]:
    return read_warc(source, read_any)


HEAD = 4096
LINES = (".jsonl", ".ndjson")
PACKED = (".zip", ".tar", ".tgz", ".gz")
ENDINGS: dict[str, Reader] = {
    ".txt": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".mht": read_mhtml,
    ".mhtml": read_mhtml,
    ".xml": read_newsml,
    ".pdf": read_pdf,
    ".warc": _read_crawl,
}
MEDIA_TYPES: dict[str, Reader] = {
    "text/html": read_html,
    "application/xhtml+xml": read_html,
    "application/json": read_json,
    "text/csv": read_csv,
    "text/markdown": read_markdown,
    "application/pdf": read_pdf,
    "multipart/related": read_mhtml,
}
SEVERAL: tuple[Reader, ...] = (read_json, read_jsonl, read_csv)
"""Those that bring many articles of one source."""
ROOTS: dict[str, Reader] = {
    "html": read_html, "newsitem": read_newsml, "newsmessage": read_newsml,
    "rss": read_feed, "feed": read_feed, "rdf": read_feed,
}  # fmt: skip
"""By the name of the root element, in small letters, without its prefix."""
MAGIC: tuple[tuple[bytes, Reader], ...] = ((b"%PDF-", read_pdf), (b"WARC/", _read_crawl))

_ROOT = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<(?:[\w.-]+:)?([\w.-]+)", re.I | re.S
)
_DOCTYPE = re.compile(r"\s*(?><!--.*?-->\s*)*+<!doctype\s+html", re.IGNORECASE | re.DOTALL)
_MIME = re.compile(r"^(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?Content-Type:\s*multipart/related", re.IGNORECASE)


def is_packed(head: bytes) -> bool:
    r"""Whether it is the beginning of a ZIP, a gz or a tar.

    >>> is_packed(b"PK\x03\x04"), is_packed(bytes([31, 139, 8])), is_packed(b"<html>")
    (True, True, False)
    """
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")) or head[257:262] == b"ustar"


def is_crawl(source: Source) -> bool:
    """Whether it is a WARC.gz by its name: packed, but record by record."""
    return source.name.lower().endswith(".warc.gz")


def reader_of(source: Source, head: bytes) -> Reader:
    """The reader of a source that is not packed; `head` is how it begins."""
    if is_crawl(source):
        return _read_crawl
    for magic, reader in MAGIC:
        if head.lstrip()[: len(magic)] == magic:
            return reader
    if source.suffix in LINES:
        return read_jsonl
    text = _text(head)
    if found := _by_markup(text):
        return found
    by_name = ENDINGS.get(source.suffix) or MEDIA_TYPES.get((source.media_type or "").partition(";")[0].strip().lower())
    if by_name is None and text.lstrip()[:1] in ("{", "["):
        return _json_or_lines(text)
    return by_name or read_text


def _by_markup(text: str) -> Reader | None:
    if _MIME.match(text.replace("\r\n", "\n")):
        return read_mhtml
    if _DOCTYPE.match(text):
        return read_html
    if text.lstrip()[:1] == "<" and (root := _ROOT.match(text)):
        return ROOTS.get(root[1].lower())
    return None


def _json_or_lines(text: str) -> Reader:
    """JSON Lines where the first line is an object by itself and another follows."""
    first, _, rest = text.strip().partition("\n")
    return read_jsonl if first.rstrip().endswith("}") and rest.lstrip()[:1] in ("{", "") else read_json


def _text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("utf-8-sig", "replace")

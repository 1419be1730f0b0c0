"""WARC and WARC.gz, what web crawlers store: every page in it is read, one after another, however long the file is."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO, cast

from index.errors import InputError
from index.inflate import inflate, read_bounded
from index.readers.draft import Draft
from index.readers.source import MAX_BYTES, Source, source_of_bytes
from index.readers.warc_parts import Damaged, parts

_BLOCK = 1 << 16
_MAX_HEAD = 1 << 18
"""Bytes of the headers of one record."""
_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_NO_ARTICLES = re.compile(r"/(?:robots|ads|app-ads|humans|security|llms)\.txt(?:\?|$)")
_VERSIONS = (b"WARC/1.", b"WARC/0.")


def read_warc(
    source: Source, read_page: Callable[[Source], Iterator[Draft | InputError]]
) -> Iterator[Draft | InputError]:
    """The articles of the pages that servers answered with; an InputError names each record that is bad.

    Pages are answers of status 200 to 299 in HTML or plain text. Each goes to `read_page` with its address, and with
    no date: the day of the crawl is not the day of the article. Only one page is held at a time.
    """
    number = pages = 0
    with source.open() as stream:
        for part in parts(stream):
            for page in _pages(part):
                number += 1
                name = f"{source.name}: record {number}"
                if isinstance(page, InputError):
                    yield InputError(f"{name}: {page}")
                elif page is not None:
                    pages += 1
                    page = replace(page, name=f"{name} ({page.url})", depth=source.depth + 1)
                    try:
                        yield from read_page(page)
                    except InputError as error:
                        yield error
    if not pages:
        yield InputError(f"{source.name}: none of its {number} records is a web page; give a WARC file with responses")


def _pages(part: io.BufferedReader) -> Iterator[Source | InputError | None]:
    """For each record its page, None when it is none, or what is wrong with it; the next one is found even then."""
    from warcio.limitreader import LimitReader

    lost = False
    try:
        while line := part.readline(_BLOCK):
            if not line.startswith(_VERSIONS):
                if line.strip() and not lost:
                    lost = True
                    yield InputError("what stands here is no WARC record; it is passed over")
                continue
            lost, body = False, None
            try:
                headers = _headers(cast(BinaryIO, part), line)
                body = LimitReader(part, _length(headers))
                yield _page(headers, body)
            except InputError as error:
                lost = body is None  # where it ends is not known, and what comes next no surprise
                yield error
            while body and body.read(_BLOCK):
                pass
    except Damaged as error:
        yield InputError(f"the compressed data are damaged here ({error}); what can still be read is")


def _headers(stream: Any, first: bytes) -> Any:  # noqa: ANN401 - warcio's own
    """The lines up to the empty one, as warcio understands them."""
    from warcio.statusandheaders import StatusAndHeadersParser

    lines = [first]
    size = 0
    while (line := stream.readline(_BLOCK)).strip():
        lines.append(line)
        size += len(line)
        if size > _MAX_HEAD:
            raise InputError("its headers do not end")
    return StatusAndHeadersParser([], verify=False).parse(io.BytesIO(b"".join(lines) + b"\r\n"))


def _length(headers: Any) -> int:  # noqa: ANN401
    value = headers.get_header("Content-Length") or ""
    if not re.fullmatch(r"\d{1,18}", value.strip(), re.ASCII):
        raise InputError(f"{_address(headers)}: its Content-Length is no number: {value[:40]!r}")
    return int(value)


def _page(headers: Any, body: Any) -> Source | None:  # noqa: ANN401
    """The page of a record, out of its chunks and its compression."""
    url = _address(headers)
    if headers.get_header("WARC-Type") != "response" or not url.lower().startswith(("http://", "https://")):
        return None
    answer = _headers(body, body.readline(_BLOCK))
    kind = answer.get_header("Content-Type") or ""
    if not re.match("HTTP/", answer.protocol) or not re.match(r"2\d\d", answer.statusline):
        return None
    if kind.partition(";")[0].strip().lower() not in _TYPES or _NO_ARTICLES.search(url):
        return None
    try:
        data = _body(answer, body)
    except InputError as error:
        raise InputError(f"{url}: {error}") from None
    return replace(source_of_bytes(data, url), url=url, media_type=kind) if data.strip() else None


def _body(answer: Any, body: Any) -> bytes:  # noqa: ANN401
    from warcio.bufferedreaders import ChunkedDataReader

    if body.limit > MAX_BYTES:
        raise InputError(f"the page has {body.limit / 1e6:,.0f} MB; {MAX_BYTES // 1_000_000} MB are read at the most")
    raw = body.read(body.limit)
    if body.limit:
        raise InputError("the record is cut off")
    stream: Any = io.BytesIO(raw)
    if (answer.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        stream = ChunkedDataReader(stream)
    return read_bounded(
        inflate(iter(lambda: stream.read(_BLOCK), b""), answer.get_header("Content-Encoding")), MAX_BYTES
    )


def _address(headers: Any) -> str:  # noqa: ANN401
    return (headers.get_header("WARC-Target-URI") or "a record without an address").strip().strip("<>")

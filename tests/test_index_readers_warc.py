"""Crawls: their pages are read, and what is broken in them costs no more than itself."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from index.articles import Article
from index.errors import InputError
from index.readers.draft import Draft
from index.readers.files import read_paths
from index.readers.source import Source, source_of_bytes
from index.readers.warc import read_warc

TEXT = "The envoy said that his country would not ask for help. "
HEADING = "<h1>No request</h1>"
PAGE = f"<html><head><title>No request</title></head><body><article>{HEADING}<p>{TEXT * 6}</p></article></body></html>"


Answer = tuple[str, str, bytes, dict[str, str]]
"""Address, status line, body, headers."""


def record(kind: str, url: str, block: bytes) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def crawl(pages: list[Answer], *, packed: bool = False) -> bytes:
    """A WARC file of answers and of what crawlers put between them."""
    records = [record("warcinfo", "", b"software: ours\r\n")]
    for url, status, body, headers in pages:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answer = f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body
        records += [record("response", url, answer), record("metadata", url, b"outlinks: 0\r\n")]
    return b"".join(map(gzip.compress, records) if packed else records)


HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(number: int, body: bytes = PAGE.encode(), **more: str) -> Answer:
    return f"http://w.example/{number}", "200 OK", body, HTML | {name.replace("_", "-"): v for name, v in more.items()}


def as_it_is(source: Source) -> Iterator[Draft | InputError]:
    yield Draft(text=source.read().decode(), origin=source.name, url=source.url)


def read(data: bytes, name: str = "c.warc") -> tuple[list[Draft], list[str]]:
    found = list(read_warc(source_of_bytes(data, name), as_it_is))
    return [one for one in found if isinstance(one, Draft)], [str(one) for one in found if isinstance(one, InputError)]


@pytest.mark.parametrize("packed", [False, True])
def test_pages_are_read_and_the_rest_is_passed_over(packed: bool) -> None:
    data = crawl(
        [
            page(1),
            ("http://w.example/2", "404 Not Found", b"no", HTML),
            ("http://w.example/3", "301 Moved", b"", HTML | {"Location": "/1"}),
            ("http://w.example/4.png", "200 OK", b"\x89PNG", {"Content-Type": "image/png"}),
            ("http://w.example/robots.txt", "200 OK", b"User-agent: *", {"Content-Type": "text/plain"}),
            ("http://w.example/5", "200 OK", b"", HTML),
            ("http://w.example/6", "203 Other", b"Plain.", {"Content-Type": "text/plain"}),
            ("dns:w.example", "200 OK", b"x", HTML),
        ],
        packed=packed,
    )
    drafts, errors = read(data)
    assert errors == []
    assert [(draft.url, draft.text) for draft in drafts] == [
        ("http://w.example/1", PAGE),
        ("http://w.example/6", "Plain."),
    ]
    assert drafts[0].origin == "c.warc: record 2 (http://w.example/1)"


def chunked(body: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 50]), body[at : at + 50]) for at in range(0, len(body), 50))
        + b"0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(PAGE.encode()), {"Transfer_Encoding": "chunked"}),
        (PAGE.encode(), {"Transfer_Encoding": "chunked"}),  # stored without its chunks
        (gzip.compress(PAGE.encode()), {"Content_Encoding": "gzip"}),
        (PAGE.encode(), {"Content_Encoding": "gzip"}),  # stored unpacked
        (brotli.compress(PAGE.encode()), {"Content_Encoding": "br"}),
        (chunked(gzip.compress(PAGE.encode())), {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"}),
    ],
)
def test_bodies_come_out_of_their_chunks_and_compression(body: bytes, headers: dict[str, str]) -> None:
    drafts, errors = read(crawl([page(1, body, **headers)]))
    assert ([draft.text for draft in drafts], errors) == ([PAGE], [])


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (gzip.compress(bytes(20_000_000)), "gzip", r"record 4: http://w.example/2: the body has more than 10 MB"),
        (brotli.compress(bytes(20_000_000), quality=4), "br", "more than 10 MB"),
        (bytes(10_500_000), "identity", "the page has 10 MB; 10 MB are read at the most"),
        (b"no brotli", "br", "the br body is damaged"),
        (b"x", "zstd", "compressed as 'zstd'"),
    ],
)
def test_a_bad_body_is_named_and_the_others_are_read(body: bytes, encoding: str, message: str) -> None:
    drafts, errors = read(crawl([page(1), page(2, body, Content_Encoding=encoding), page(3)]))
    assert [draft.url for draft in drafts] == ["http://w.example/1", "http://w.example/3"]
    with pytest.raises(InputError, match=message):
        raise InputError(*errors)


def test_a_bad_record_is_named_and_the_next_is_found() -> None:
    first, second, third = (crawl([page(number)]) for number in (1, 2, 3))
    garbage = b"\r\nnot a record\r\nnor this\r\n\r\n"
    no_length = second.replace(b"Content-Length: ", b"Content-Length: x")
    drafts, errors = read(first + garbage + no_length + third)
    assert [draft.url for draft in drafts] == ["http://w.example/1", "http://w.example/3"]
    assert "c.warc: record 4: what stands here is no WARC record" in errors[0]
    assert "Content-Length is no number: 'x" in errors[1]
    assert all(error.startswith("c.warc: record ") for error in errors)


def test_a_damaged_member_costs_only_itself() -> None:
    first, second, third = (bytearray(crawl([page(number)], packed=True)) for number in (1, 2, 3))
    second[len(second) // 2 : len(second) // 2 + 20] = b"\xff" * 20
    drafts, errors = read(bytes(first + second + third), "c.warc.gz")
    assert [draft.url for draft in drafts] == ["http://w.example/1", "http://w.example/3"]
    assert errors
    assert "the compressed data are damaged here" in errors[0]


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_cut_off_is_read_so_far(packed: bool) -> None:
    whole = crawl([page(1), page(2)], packed=packed)
    cut = whole[: whole.rindex(b"\x1f\x8b\x08" if packed else b"WARC/1.1") - 100]
    drafts, errors = read(cut)
    assert [draft.url for draft in drafts] == ["http://w.example/1"]
    assert "cut off" in errors[0]


def test_a_file_packed_in_one_piece_is_read() -> None:
    drafts, errors = read(gzip.compress(crawl([page(1), page(2)])), "c.warc.gz")
    assert (len(drafts), errors) == (2, [])


@pytest.mark.parametrize("data", [b"", b"no crawl\n", b"\x1f\x8b\x08\x00", crawl([])])
def test_a_file_without_pages_is_named(data: bytes) -> None:
    drafts, errors = read(data)
    assert drafts == []
    assert "c.warc: none of its" in errors[-1]


class Endless(io.RawIOBase):
    """A WARC file of many records that is made while it is read."""

    def __init__(self, record: bytes, times: int) -> None:
        self._record, self._left, self._held = record, times, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._held) < len(buffer) and self._left:
            self._held, self._left = self._held + self._record, self._left - 1
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        return size


@pytest.mark.parametrize("packed", [False, True])
def test_memory_does_not_grow_with_the_file(packed: bool) -> None:
    one = crawl([page(1, (PAGE * 20).encode())], packed=packed)

    def pages(times: int) -> tuple[int, int]:
        source = Source(name="c.warc", open=lambda: io.BufferedReader(Endless(one, times)))
        tracemalloc.start()
        count = sum(isinstance(one, Draft) for one in read_warc(source, as_it_is))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, peak

    pages(2)
    (few, small), (many, large) = pages(50), pages(2000)
    assert (few, many) == (50, 2000)
    assert large < small + 200_000


@pytest.mark.parametrize("name", ["c.warc", "c.warc.gz", "unnamed"])
def test_a_crawl_among_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(crawl([page(1)], packed=name.endswith("gz")))
    (article,) = read_paths([path])
    assert isinstance(article, Article)
    assert (article.url, article.title, article.published) == ("http://w.example/1", "No request", None)
    assert "The envoy said" in article.text

"""ZIP, tar, tar.gz and gz: each member becomes a Source of its own, under bounds that hold off bombs."""

import gzip
import io
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import IO, Any, BinaryIO, cast

from index.errors import InputError
from index.readers.source import Source

MAX_MEMBERS = 10_000
MAX_TOTAL = 2_000_000_000
MAX_RATIO = 200
MAX_DEPTH = 3
_FREE = 1_000_000
"""Bytes of one member that the ratio does not count against: a short text may be nothing but spaces."""
_BLOCK = 1 << 18
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, OSError, ValueError,
           NotImplementedError, RuntimeError, OverflowError, KeyError, struct.error)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Budget:
    """What the archives inside one outer archive may still take, all of them together."""

    members: int = MAX_MEMBERS
    bytes: int = MAX_TOTAL


def members(source: Source, budget: Budget) -> Iterator[Source | InputError]:
    """The files of an archive, each to be read before the next; an InputError for each that is refused.

    Folders, hidden files and what a Mac adds are passed over. Nothing is unpacked under a name of its own: a member
    is held in memory, and above 10 MB in a temporary file without a name.
    """
    if source.depth >= MAX_DEPTH:
        yield InputError(f"{source.name}: packed more than {MAX_DEPTH} deep; unpack it first")
        return
    try:
        with source.open() as stream:
            head = stream.read(4)
            stream.seek(0)
            kind = _zip if head.startswith(b"PK") else _gzip if head.startswith(b"\x1f\x8b") else _tar
            yield from kind(source, stream, budget)
    except InputError as error:
        yield error
    except _BROKEN as error:
        yield _damaged(source.name, error)


def _zip(source: Source, stream: BinaryIO, budget: Budget) -> Iterator[Source | InputError]:
    with zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        if any(info.filename == "[Content_Types].xml" for info in infos):
            raise InputError(f"{source.name}: an Office document; save it as .pdf, .html or .txt")
        for info in infos:
            name = f"{source.name}/{info.filename}"
            problem = "a link; only plain files are read" if stat.S_ISLNK(info.external_attr >> 16) else None
            problem = "encrypted; unpack it with its password first" if info.flag_bits & 1 else problem
            if info.is_dir() or _is_passed_over(info.filename):
                continue
            if refused := _refused(name, info.filename, problem, budget):
                yield refused
                continue
            try:
                with archive.open(info) as member, _held(member, name, info.compress_size, budget) as held:
                    yield _source(source, name, held)
            except InputError as error:
                yield error
            except _BROKEN as error:
                yield _damaged(name, error)


def _tar(source: Source, stream: BinaryIO, budget: Budget) -> Iterator[Source | InputError]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            name = f"{source.name}/{info.name}"
            problem = None if info.isreg() else "a link or a device; only plain files are read"
            if info.isdir() or _is_passed_over(info.name):
                continue
            if refused := _refused(name, info.name, problem, budget):
                yield refused
                continue
            try:
                with (
                    cast("IO[bytes]", archive.extractfile(info)) as member,
                    _held(member, name, info.size, budget) as held,
                ):
                    yield _source(source, name, held)
            except InputError as error:
                yield error
            archive.members = []  # type: ignore[attr-defined]  # or it keeps what it went through


def _gzip(source: Source, stream: BinaryIO, budget: Budget) -> Iterator[Source | InputError]:
    """One file, or a tar; it is unpacked once, so that a tar can be gone through."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    whole = Budget(members=1, bytes=budget.bytes)
    with gzip.GzipFile(fileobj=stream) as packed, _held(packed, source.name, size, whole) as held:
        head = held.read(263)
        held.seek(0)
        if head[257:262] == b"ustar":
            yield from _tar(source, held, budget)
        else:
            budget.bytes = whole.bytes
            budget.members -= 1
            inner = source.name.replace("\\", "/").rpartition("/")[2]
            stem, _, ending = inner.rpartition(".")
            yield _source(source, f"{source.name}/{stem if ending.lower() in ('gz', 'gzip') else inner}", held)


def _source(outer: Source, name: str, held: BinaryIO) -> Source:
    return replace(outer, name=name, open=lambda: _View.of(held), depth=outer.depth + 1, media_type=None, url=None)


def _refused(name: str, inner: str, problem: str | None, budget: Budget) -> InputError | None:
    """Why a member is not read, if so.

    Raises:
        InputError: there are too many members; nothing more of the archive is read.
    """
    budget.members -= 1
    if budget.members < 0:
        raise InputError(f"{name}: the archive has more than {MAX_MEMBERS:,} files; the rest is not read, split it")
    path = PureWindowsPath(inner)  # which knows both kinds of slash, and drives
    if path.drive or path.root or ".." in path.parts or "\0" in inner:
        problem = "a path that leads out of the archive"
    return InputError(f"{name[:300]}: refused: {problem}") if problem else None


def _is_passed_over(inner: str) -> bool:
    parts = PureWindowsPath(inner).parts
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


@contextmanager
def _held(member: IO[bytes] | gzip.GzipFile, name: str, packed: int, budget: Budget) -> Iterator[BinaryIO]:
    """The member unpacked, while the block lasts.

    Raises:
        InputError: it breaks a bound.
    """
    size = 0
    with tempfile.SpooledTemporaryFile(max_size=10_000_000) as held:
        while block := member.read(_BLOCK):
            size += len(block)
            if size > max(_FREE, MAX_RATIO * packed):
                raise InputError(f"{name}: unpacks to more than {MAX_RATIO} times its size; refused as a bomb")
            if size > budget.bytes:
                raise InputError(f"{name}: unpacks to more than {MAX_TOTAL / 1e9:.0f} GB in all; unpack it yourself")
            held.write(block)
        budget.bytes -= size
        held.seek(0)
        yield cast("BinaryIO", held)


def _damaged(name: str, error: Exception) -> InputError:
    return InputError(
        f"{name}: damaged, or packed in a way that is not known: {str(error)[:200] or type(error).__name__}"
    )


class _View(io.RawIOBase):
    """The held member from its beginning; closing the view leaves the member open."""

    def __init__(self, held: BinaryIO) -> None:
        self._held, self._at = held, 0

    @classmethod
    def of(cls, held: BinaryIO) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(cls(held)))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = self._held.seek(
            offset + (self._at if whence == io.SEEK_CUR else 0), io.SEEK_END if whence == io.SEEK_END else 0
        )
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        self._held.seek(self._at)
        data = self._held.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(data)] = data
        self._at += len(data)
        return len(data)

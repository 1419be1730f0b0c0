"""The bytes of a WARC file taken apart: gzip member after gzip member, so that a damaged one costs only itself."""

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

_GZIP = b"\x1f\x8b\x08"
_BLOCK = 1 << 16

Damaged = (zlib.error, EOFError)
"""What reading from a part raises where the compressed data are damaged or cut off."""


def parts(stream: BinaryIO) -> Iterator[io.BufferedReader]:
    """The stream itself, or each gzip member of it unpacked while it is read; each to be read before the next."""
    data = _Bytes(stream)
    if not data.begins_with(_GZIP):
        yield io.BufferedReader(_Plain(data), _BLOCK)
        return
    while data.skip_to(_GZIP):
        member = _Member(data)
        yield io.BufferedReader(member, _BLOCK)
        try:
            while member.read(_BLOCK):
                pass
        except Damaged:
            pass  # whoever reads the parts has met it


class _Bytes:
    """A stream whose bytes can be put back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""

    def take(self) -> bytes:
        data, self._held = self._held or self._stream.read(_BLOCK), b""
        return data

    def put_back(self, data: bytes) -> None:
        self._held = data

    def begins_with(self, mark: bytes) -> bool:
        data = self.take()
        self.put_back(data)
        return data.startswith(mark)

    def skip_to(self, mark: bytes) -> bool:
        """Go to the next place where `mark` stands; False where there is none."""
        data = self.take()
        while data:
            if (at := data.find(mark)) >= 0:
                self.put_back(data[at:])
                return True
            more = self.take()
            data = data[1 - len(mark) :] + more if more else b""
        return False


class _Plain(io.RawIOBase):
    """The bytes as they are."""

    def __init__(self, data: _Bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as its base
        data = self._data.take()
        size = min(len(data), len(buffer))
        buffer[:size] = data[:size]
        self._data.put_back(data[size:])
        return size


class _Member(io.RawIOBase):
    """One gzip member, unpacked; ends where it ends."""

    def __init__(self, data: _Bytes) -> None:
        self._data = data
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._failed = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as its base
        while not (self._engine.eof or self._failed):
            packed = self._data.take()
            if not packed:
                self._failed = True
                raise EOFError("the compressed data are cut off")
            try:
                piece = self._engine.decompress(packed, len(buffer))
            except zlib.error:
                self._failed = True
                self._data.put_back(packed[1:])
                raise
            self._data.put_back(self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail)
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
        return 0

"""Bodies of web answers taken out of their compression piece by piece, so that no bomb is unpacked whole."""

import zlib
from collections.abc import Iterable, Iterator

from index.errors import InputError

PIECE = 1 << 16
"""Bytes that are unpacked at once, about."""
ENCODINGS = "gzip, deflate, br"
"""What `inflate` can read, as the header Accept-Encoding names it."""


def inflate(pieces: Iterable[bytes], encoding: str | None) -> Iterator[bytes]:
    """The decoded bytes of a body whose header Content-Encoding is `encoding`, in pieces of about PIECE bytes.

    A gzip body without gzip's mark is passed on as it is: crawls often store bodies decoded, with the old header.

    Raises:
        InputError: an encoding that is not known, or a body that is damaged or cut off.
    """
    name = (encoding or "").strip().lower()
    if name in ("", "identity"):
        yield from pieces
        return
    if name not in ("gzip", "x-gzip", "deflate", "br"):
        raise InputError(f"the body is compressed as {name[:40]!r}; {ENCODINGS} can be read")
    start, rest = _begin(iter(pieces), 2)
    try:
        if name == "br":
            yield from _brotli(rest)
        elif name == "deflate":
            is_zlib = len(start) == 2 and start[0] & 15 == 8 and int.from_bytes(start, "big") % 31 == 0
            yield from _zlib(rest, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        elif start == b"\x1f\x8b":
            yield from _zlib(rest, zlib.MAX_WBITS | 16)
        else:
            yield from rest
    except zlib.error as error:
        raise InputError(f"the {name} body is damaged: {error}") from None


def read_bounded(pieces: Iterable[bytes], limit: int) -> bytes:
    """All bytes.

    Raises:
        InputError: there are more than `limit`; what comes after is not taken.
    """
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) > limit:
            raise InputError(f"the body has more than {limit / 1e6:g} MB; it is read no further")
    return bytes(held)


def _begin(pieces: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and an iterator over everything, they included."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= size:
            break

    def all_of_it() -> Iterator[bytes]:
        yield start
        yield from pieces

    return start[:size], all_of_it()


def _zlib(pieces: Iterator[bytes], window: int) -> Iterator[bytes]:
    engine = zlib.decompressobj(window)
    fresh = False  # another gzip member may follow, and nothing is wrong when none does
    for piece in pieces:
        waiting = piece
        while waiting:
            yield engine.decompress(waiting, PIECE)
            waiting, fresh = engine.unconsumed_tail, False
            if engine.eof:
                waiting, engine, fresh = engine.unused_data, zlib.decompressobj(window), True
                if waiting[:1] not in (b"", b"\x1f") or window < 16:
                    return  # padding after the end
    yield engine.flush()
    if not (fresh or engine.eof):
        raise InputError("the compressed body ends too soon")


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    import brotli

    engine = brotli.Decompressor()
    try:
        for piece in pieces:
            found = engine.process(piece, output_buffer_limit=PIECE)
            while found or not engine.can_accept_more_data():
                yield found
                found = engine.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise InputError(f"the br body is damaged: {error}") from None
    if not engine.is_finished():
        raise InputError("the compressed body ends too soon")

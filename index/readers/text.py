"""A plain text file is one article: the first line is its title, the rest its text."""

import codecs
from collections.abc import Iterator

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.source import Source


def read_text(source: Source) -> Iterator[Draft]:
    """The article in a text file; a file of one line is a text without a title.

    Raises:
        InputError: the file is too large, is not text, or is not in UTF-8 or UTF-16.
    """
    text = decode(source.read(), source.name)
    title, _, body = text.strip().partition("\n")
    body = body.strip() or title
    yield Draft(text=body, title=title if body != title else None, origin=source.name)


def decode(data: bytes, name: str, first_line: int = 1) -> str:
    """Text in UTF-8, or in UTF-16 with its mark, its line ends made into line feeds.

    Raises:
        InputError: it is neither; the message names the line.
    """
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif b"\0" in data:
            raise InputError(f"{name}: this is not text (it holds zero bytes); give plain text or .jsonl")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        raise InputError(
            f"{name}:{line}: not valid {error.encoding.upper()} (byte 0x{data[error.start]:02x}); "
            "convert the file first, e.g. iconv -f WINDOWS-1256 -t UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")

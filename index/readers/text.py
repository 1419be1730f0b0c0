"""A plain text file is one article: the first line is its title, the rest its text."""

import codecs
from dataclasses import replace
from pathlib import Path

from index.articles import Article, make_article
from index.errors import InputError
from index.languages import detect_language

MAX_BYTES = 10_000_000


def read_text(path: Path) -> Article:
    """The article in a text file; its language is detected, and a file of one line is a text without a title.

    Raises:
        InputError: the file is too large, is not text, is not in UTF-8 or UTF-16, or holds no sentence.
    """
    if (size := path.stat().st_size) > MAX_BYTES:
        raise InputError(
            f"{path}: {size / 1e6:,.0f} MB; one article may have {MAX_BYTES // 1_000_000} MB: "
            "split it, or give one article a line as .jsonl"
        )
    text = decode(path.read_bytes(), path)
    title, _, body = text.strip().partition("\n")
    body = body.strip() or title
    try:
        article = make_article(body, title=title if body != title else None, language=detect_language(body))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return replace(article, origin=str(path))


def decode(data: bytes, path: Path, first_line: int = 1) -> str:
    """Text in UTF-8, or in UTF-16 with its mark, its line ends made into line feeds.

    Raises:
        InputError: it is neither; the message names the line.
    """
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif b"\0" in data:
            raise InputError(f"{path}: this is not text (it holds zero bytes); give plain text or .jsonl")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        raise InputError(
            f"{path}:{line}: not valid {error.encoding.upper()} (byte 0x{data[error.start]:02x}); "
            "convert the file first, e.g. iconv -f WINDOWS-1256 -t UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")

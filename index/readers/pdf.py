"""PDF: the text of its pages as one article, with title, author and date from its own information."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.source import Source

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_BYTES = 50_000_000
MAX_PAGES = 500
MAX_TEXT = 2_000_000
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])")
_WRAP = re.compile(r"(?<=[^\s.!?。！？؟।:»”\"])[ \t]*\n(?=[^\n\s•–—-])|(?<=[^\n])[ \t]*\n(?=[a-zа-яёà-öø-ÿ])")
_UNTITLED = re.compile(r"untitled.*|microsoft word.*|.*\.(?:docx?|indd|qxd|pdf|tex)|\W*", re.IGNORECASE)


def read_pdf(source: Source) -> Iterator[Draft]:
    """The article of a PDF; words that a line's end parts are joined, and lines made into paragraphs.

    Raises:
        InputError: it is too large, has more than MAX_PAGES pages, is encrypted, is damaged, or has no text in it.
    """
    data = source.read(MAX_BYTES)
    try:
        reader = _opened(data, source.name)
        info, text = _information(reader), _text(reader, source.name)
    except InputError:
        raise
    except Exception as error:  # pypdf raises what it pleases on a damaged file
        raise InputError(f"{source.name}: this PDF is damaged: {type(error).__name__}: {str(error)[:200]}") from None
    title = info.get("title")
    if title and text.startswith(title):
        text = text[len(title) :].lstrip()
    guessed = frozenset({"published"}) if info.get("published") else frozenset[str]()  # the file's day, not the story's
    yield Draft(text=text, origin=source.name, guessed=guessed, **info)


def _opened(data: bytes, name: str) -> "PdfReader":
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of what it mends
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(f"{name}: this PDF is encrypted; save it without a password")
    if len(reader.pages) > MAX_PAGES:
        raise InputError(f"{name}: {len(reader.pages)} pages; a PDF may have {MAX_PAGES}: split it into articles")
    return reader


def _text(reader: "PdfReader", name: str) -> str:
    pages: list[str] = []
    for page in reader.pages:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MAX_TEXT:
            raise InputError(f"{name}: more than {MAX_TEXT:,} characters; split it into articles")
    text = _joined("\n".join(pages))
    if not any(character.isalnum() for character in text):
        raise InputError(f"{name}: no text is in this PDF, only pictures perhaps; recognise its text first (OCR)")
    return text


def _joined(text: str) -> str:
    r"""Paragraphs of lines.

    >>> _joined("The min-\nister said\nno.\nThat was it.")
    'The minister said no.\nThat was it.'
    """
    text = re.sub(r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _HYPHEN.sub("", re.sub(r"(?<![ \t])[ \t]+\n", "\n", text))
    return re.sub(r"\n{3,}", "\n\n", _WRAP.sub(" ", text)).strip()


def _information(reader: "PdfReader") -> dict[str, Any]:
    """Title, author and date; a title that is a file's name is none."""
    stated = reader.metadata
    if stated is None:
        return {}
    created: datetime | None
    try:
        created = stated.creation_date
    except ValueError:  # a date that is none says nothing
        created = None
    title = " ".join((stated.title or "").split())
    return {
        "title": None if _UNTITLED.fullmatch(title) else title,
        "author": " ".join((stated.author or "").split()) or None,
        "published": created.isoformat() if created else None,
    }

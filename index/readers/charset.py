"""Bytes of a page or a table to text, in whatever encoding they are."""

import codecs
import re

from index.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset\s*=|encoding\s*=)\s*["']?\s*([A-Za-z0-9_.:-]{3,30})""", re.IGNORECASE)
_WIDER = {  # what the web calls by a narrower name
    "gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254",
    "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs", "tis-620": "cp874",
}  # fmt: skip
_SAMPLE = 200_000


def encoding_of(data: bytes, name: str, declared: str | None = None) -> str:
    """The encoding of the beginning of something: by its mark, as UTF-8, as it or its server declares, or guessed.

    `data` may end in the middle of a character.

    Raises:
        InputError: it is not text, or the encoding cannot be told.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding
    if b"\0" in data:
        wide = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(data[:2])
        if wide is None:
            raise InputError(f"{name}: this is not text (it holds zero bytes); give a file of a known format")
        return wide
    stated = [declared] if declared else []
    stated += [found.decode() for found in _DECLARED.findall(data[:4096])]
    for encoding in ("utf-8", *filter(None, map(_known, stated))):
        if _fits(data, encoding):
            return encoding
    return _guessed(data[:_SAMPLE], name)


def decode_any(data: bytes, name: str, declared: str | None = None) -> str:
    """Text in whatever encoding, its line ends made into line feeds; a broken character becomes U+FFFD.

    Raises:
        InputError: as `encoding_of`.
    """
    text = data.decode(encoding_of(data, name, declared), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _known(encoding: str) -> str | None:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return None
    return None if name.startswith(("utf-16", "utf-32")) or not _is_text(name) else _WIDER.get(name, name)


def _is_text(encoding: str) -> bool:
    try:
        return isinstance(b"a".decode(encoding), str)
    except (LookupError, UnicodeError, AssertionError):  # base64, rot13 and the like are codecs too
        return False


def _fits(data: bytes, encoding: str) -> bool:
    """Whether it decodes, but for a character cut at the end and a few broken ones in a thousand."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)
    return text.count("\ufffd") <= (0 if encoding == "utf-8" and len(data) < 2000 else len(text) // 1000)


def _guessed(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise InputError(f"{name}: its encoding cannot be told; convert it, e.g. iconv -f WINDOWS-1256 -t UTF-8")
    return best.encoding

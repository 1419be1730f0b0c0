"""MHTML: a page as a browser saves it, packed as an e-mail (.mht, .mhtml)."""

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

from index.errors import InputError
from index.readers.charset import decode_any
from index.readers.draft import Draft
from index.readers.html import draft_of_page
from index.readers.source import Source


def read_mhtml(source: Source) -> Iterator[Draft]:
    """The article of the saved page, at the address that it was saved from.

    Raises:
        InputError: it is too large, no page is in it, or no article is in the page.
    """
    try:
        saved = email.message_from_bytes(source.read(), policy=email.policy.compat32)
        part = next((one for one in saved.walk() if one.get_content_type() == "text/html"), None)
        data = part.get_payload(decode=True) if part is not None else None
        charset = part.get_content_charset() if part is not None else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:  # of damaged headers
        raise InputError(f"{source.name}: this saved page is damaged: {error}; save it again") from None
    if part is None or not isinstance(data, bytes):
        raise InputError(f"{source.name}: no page (text/html) is in this file; save the page again, or as .html")
    url = source.url or _header(saved, "Snapshot-Content-Location") or _header(part, "Content-Location")
    yield draft_of_page(decode_any(data, source.name, charset), source.name, url)


def _header(part: Message, name: str) -> str | None:
    value = str(part.get(name) or "").strip()
    return value if value.startswith(("http://", "https://")) else None

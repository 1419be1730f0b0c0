"""Article: what the archive stores, and the checks that every reader's output must pass."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from index.errors import InputError

MAX_CHARACTERS = 2_000_000
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as one publisher gave it.

    `text` is in NFC and otherwise as read; offsets into it count Unicode code points. `published` and `modified` are
    ISO 8601 dates or dates and times, or None; `language` is an ISO 639 code in lower case, or None; `extra` has all
    other keys. `origin`, the file and line it was read from, serves messages and is not stored.
    """

    id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str | None = field(default=None, compare=False)

    @property
    def day(self) -> str | None:
        """The date of publication as YYYY-MM-DD in the publisher's own time zone."""
        return self.published[:10] if self.published else None

    @property
    def digest(self) -> str:
        """Hash of everything but the id and the day of the last change: equal when nothing else changed."""
        parts = (self.title, self.text, self.publisher, self.published, self.language, self.url)
        return sha256(repr((parts, sorted(self.extra.items()))).encode()).hexdigest()[:16]


def make_article(
    text: str,
    *,
    id: str | None = None,  # noqa: A002 - the field's own name
    title: str | None = None,
    publisher: str | None = None,
    published: str | None = None,
    modified: str | None = None,
    language: str | None = None,
    url: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Article:
    """An Article from what a reader found; without an id it gets a hash of its address, or else of its content.

    Raises:
        InputError: no sentence in the text, a date that is no date, a language that is no code, or text too long.
    """
    article = Article(
        id=_clean(id) or "",
        text=_checked(unicodedata.normalize("NFC", text)),
        title=_clean(title),
        publisher=_clean(publisher),
        published=parse_published(published) if _clean(published) else None,
        modified=parse_published(modified, "modified") if _clean(modified) else None,
        language=parse_language(language) if _clean(language) else None,
        url=_clean(url),
        extra=dict(extra or {}),
    )
    return article if article.id else replace(article, id=_id_of(article.url) or article.digest)


def _id_of(url: str | None) -> str | None:
    """What stays the same of an article's address: all but the fragment and campaign marks. No site's first page."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not name.startswith("utm_")])
    if not parts.netloc or (parts.path in ("", "/") and not query):
        return None
    return sha256(f"{parts.netloc.lower()}{parts.path}?{query}".encode()).hexdigest()[:16]


def _checked(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise InputError("there is no sentence in the text; give an article with words in it")
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"the text has {len(text):,} characters; an article may have {MAX_CHARACTERS:,}: split it")
    return text


def parse_published(value: str | None, name: str = "published") -> str:
    """Check an ISO 8601 date, or date and time, and return it in the form YYYY-MM-DD[THH:MM:SS[+HH:MM]].

    >>> parse_published("2020-09-28T14:05Z")
    '2020-09-28T14:05:00+00:00'

    Raises:
        InputError: it is not one.
    """
    value = (value or "").strip()
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(value).isoformat()
    except ValueError:
        raise InputError(
            f"{name!r} is not a date: {value[:60]!r}; give ISO 8601, e.g. 2020-09-28", kind="no_day", day=value[:60]
        ) from None


def parse_language(value: str | None) -> str:
    """The ISO 639 code of a language tag, without script or region.

    >>> parse_language("pt-BR")
    'pt'

    Raises:
        InputError: the value does not have the form of a language tag.
    """
    matched = _LANGUAGE.fullmatch((value or "").strip())
    if matched is None:
        raise InputError(f"'language' is not a language code: {str(value)[:60]!r}; give ISO 639, e.g. ar, en, ru")
    return matched.group(1).lower()


def readable(value: str, name: str) -> str:
    """The value, when it can be written in UTF-8.

    Raises:
        InputError: it holds half of a surrogate pair, as an argument in another encoding does.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name} {value[:60]!r} is not valid text; give it in UTF-8") from None
    return value


def _clean(value: str | None) -> str | None:
    if value is None:
        return None
    return unicodedata.normalize("NFC", " ".join(value.split())) or None

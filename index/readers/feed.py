"""RSS and Atom: each entry is an article, in the words of the feed or, when asked, in those of the page it links to."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from email.utils import parseaddr
from typing import Any

from index.articles import parse_language
from index.errors import InputError
from index.languages import detect_language
from index.readers.charset import decode_any
from index.readers.dates import read_date
from index.readers.draft import Draft
from index.readers.fragments import is_html, text_of_html
from index.readers.source import Source
from index.web_address import join_url

MAX_FEED = 20_000_000
_TELLING = 200
"""Characters of a text whose language can be told with some certainty."""
_HTML = ("text/html", "application/xhtml+xml")
_MERGED = ("title", "publisher", "author", "published", "modified", "language", "section")


def read_feed(source: Source) -> Iterator[Draft | InputError]:
    """The entries of a feed in RSS 0.9x, 1.0, 2.0 or Atom, with an InputError that names each one without words.

    An entry has an id only where it has no link and its guid is one that no other feed has: tag:, urn: or an address.
    One that has nothing but a title is an article of that title.

    Raises:
        InputError: this is no feed, or it has more than MAX_FEED bytes.
    """
    feed = _parsed(source)
    base = source.url or feed.feed.get("link") or ""
    seen: set[str] = set()
    for number, entry in enumerate(feed.entries, 1):
        title = _plain(entry.get("title_detail"))
        url = _link(entry, base)
        origin = f"{source.name}: entry {number} ({url or title[:80] or 'without a title'})"
        text = max(map(_plain, [*entry.get("content", ()), entry.get("summary_detail")]), key=len)
        if not any(character.isalnum() for character in text):
            text, title = title, ""
        if not any(character.isalnum() for character in text):
            yield InputError(f"{origin}: it has no words; it is left out")
            continue
        guid = str(entry.get("id") or "")
        own_id = guid if ":" in guid and not url and guid not in seen else None
        seen.add(guid)
        yield _draft(feed, entry, Draft(text=text, title=title or None, url=url, id=own_id, origin=origin))


def with_full_text(
    drafts: Iterable[Draft | InputError],
    fetch: Callable[[str], Source],
    read_page: Callable[[Source], Iterator[Draft | InputError]],
) -> Iterator[Draft | InputError]:
    """The drafts with the text of the pages they link to; what an entry states itself goes before what its page does.

    Where a page cannot be had, or has fewer words than its entry, the entry stays as it is; an InputError says which
    page failed.
    """
    for draft in drafts:
        if isinstance(draft, InputError) or draft.url is None:
            yield draft
            continue
        try:
            page = fetch(draft.url)
            found = next(read_page(page), None) or InputError("no article is in it")
        except InputError as error:
            found = error
        if isinstance(found, Draft):
            yield _merged(draft, replace(found, url=page.url or draft.url))
        else:
            yield InputError(f"{draft.origin}: its page cannot be read, the feed's own words are kept: {found}")
            yield draft


def _parsed(source: Source) -> Any:  # noqa: ANN401 - feedparser's own dictionary
    import feedparser

    charset = (source.media_type or "").partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    text = decode_any(source.read(MAX_FEED), source.name, charset)  # by what it is, where it says what it is not
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": source.url or ""}
    try:  # a stream, because bytes and strings it takes for the name of a file or an address, and opens
        stream = io.BytesIO(text.encode("utf-8", "replace"))
        feed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # feedparser raises what it pleases on a broken feed
        raise InputError(f"{source.name}: this feed cannot be read: {type(error).__name__}: {error}") from None
    if not feed.entries and not feed.get("version"):
        raise InputError(f"{source.name}: this is no feed in RSS or Atom; give the address of one")
    return feed


def _draft(feed: Any, entry: Any, draft: Draft) -> Draft:  # noqa: ANN401
    """The draft with everything but its words."""
    author = _plain({"value": entry.get("author")})
    tags = [tag.get("label") or tag.get("term") for tag in entry.get("tags", ())]
    publisher = _plain((entry.get("source") or {}).get("title_detail")) or _plain(feed.feed.get("title_detail"))
    language = _language(feed.feed, entry, draft.text)
    published, changed = (_date(entry, name, language) for name in ("published", "updated"))
    is_atom = str(feed.get("version")).startswith("atom")  # RSS has one date, under various names
    return replace(
        draft,
        publisher=publisher or None,
        author=(parseaddr(author)[0] if "@" in author else author) or None,
        language=language,
        published=published or changed,
        modified=changed if is_atom and changed != published else None,
        guessed=frozenset({"published"}) if is_atom and changed and not published else frozenset(),
        section=next(filter(None, tags), None),
    )


def _plain(detail: Any) -> str:  # noqa: ANN401
    """The text of one of feedparser's values; never any markup."""
    value = str((detail or {}).get("value") or "")
    return text_of_html(value) if detail and (detail.get("type") in _HTML or is_html(value)) else value.strip()


def _link(entry: Any, base: str) -> str | None:  # noqa: ANN401
    """The address of the article, absolute; the publisher's own where the feed was made by FeedBurner."""
    for link in (entry.get("feedburner_origlink"), entry.get("link")):
        try:
            url = join_url(base, str(link or ""))
        except InputError:
            continue
        if link and url.lower().startswith(("http://", "https://")):
            return url
    return None


def _language(feed: Any, entry: Any, text: str) -> str | None:  # noqa: ANN401
    """The language as stated; English, which programs state unasked, only where the text may be in it."""
    stated = [part.get("language") for part in entry.get("content", ())]
    stated += [(entry.get("summary_detail") or {}).get("language"), entry.get("language"), feed.get("language")]
    for tag in filter(None, stated):
        try:
            language = parse_language(tag)
        except InputError:
            continue
        return tag if language != "en" or _may_be_english(text) else None
    return None


def _may_be_english(text: str) -> bool:
    """Whether it is in the letters of English and, where it is long enough to tell, in English."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isascii, letters)) > len(letters) / 2 and (len(text) < _TELLING or detect_language(text) == "en")


def _date(entry: Any, name: str, language: str | None) -> str | None:  # noqa: ANN401
    """A date with the publisher's time zone; what is no date counts as none."""
    if name not in entry:  # get() would take one date for the other
        return None
    try:
        return read_date(entry[name], language=language)[0]
    except InputError:
        parsed = entry.get(f"{name}_parsed")
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00".format(*parsed) if parsed else None


def _merged(entry: Draft, page: Draft) -> Draft:
    """The page's text, if it is the longer; each field as the entry states it, then the page, then as one guesses."""
    chosen: dict[str, Any] = {"text": max(page.text, entry.text, key=len)}
    guessed = set()
    for name in _MERGED:
        for draft in sorted((entry, page), key=lambda one: name in one.guessed):
            if getattr(draft, name) and name not in chosen:
                chosen[name] = getattr(draft, name)
                guessed |= {name} & draft.guessed
    return replace(entry, url=page.url, guessed=frozenset(guessed), extra={**page.extra, **entry.extra}, **chosen)

"""A web page: its article's text by trafilatura, its title, outlet, date and the rest by what the page states."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import InputError
from index.languages import detect_language
from index.readers.charset import decode_any
from index.readers.dates import read_date
from index.readers.draft import Draft
from index.readers.page_facts import dates_shown, facts_of
from index.readers.source import Source

MAX_ELEMENTS = 50_000
"""Of a page; trafilatura's time grows with their square."""
_TELLING = 200
"""Characters in which the language of a text is told for sure."""
_SHORTEST = "60"
"""Characters from which trafilatura takes an article for one; its own bound suits alphabets, not Chinese."""
_JOINERS = {"\u200c": "\U00010a60", "\u200d": "\U00010a61"}
"""Characters that Persian and Hindi spell with and trafilatura drops, and the letters that carry them through it."""
_BACK = {carrier: joiner for joiner, carrier in _JOINERS.items()}


def read_html(source: Source) -> Iterator[Draft]:
    """The article of a page; menus, comments, scripts and all markup are left out.

    Raises:
        InputError: the page is too large, is no HTML, or no article is in it.
    """
    declared = (source.media_type or "").partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    yield draft_of_page(decode_any(source.read(), source.name, declared), source.name, source.url)


def draft_of_page(page: str, origin: str, url: str | None = None) -> Draft:
    """The article of a page in text; `url` is where it was fetched, where that is known.

    A day that is only shown somewhere on the page, and not stated for machines, is named as guessed.

    Raises:
        InputError: no article is in it.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it says as an error what is one of the page
    try:
        tree = trafilatura.load_html(_carried(page, _JOINERS))
        if tree is not None and sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
            raise InputError(f"{origin}: more than {MAX_ELEMENTS:,} elements are in this page; give its text as .txt")
        facts, text, shown = ({}, "", []) if tree is None else _extracted(tree, url)
    except InputError:
        raise
    except Exception as error:  # lxml and trafilatura raise what they please on a broken page
        raise InputError(f"{origin}: this page cannot be read: {type(error).__name__}: {str(error)[:200]}") from None
    if not text:
        raise InputError(f"{origin}: no article is found in this page; give its text as .txt")
    stated = _first_date([facts.pop("published", "")], facts.get("language"))
    published, unsure = stated or _first_date(shown, facts.get("language")) or (None, False)
    guessed = frozenset({"published"}) if unsure or (published and not stated) else frozenset[str]()
    facts["language"] = _language(facts.get("language"), text)
    return Draft(text=text, origin=origin, published=published, guessed=guessed, **facts)


def _language(stated: str | None, text: str) -> str | None:
    """What the page states, but for English over a text that is not: templates say so unless they are told."""
    is_default = (stated or "").lower().startswith("en")
    return None if is_default and len(text) >= _TELLING and detect_language(text) != "en" else stated


def _extracted(tree: Any, url: str | None) -> tuple[dict[str, Any], str, list[str]]:  # noqa: ANN401
    """The fields of a Draft, the article's text, and the dates that the page shows."""
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    facts = facts_of(tree)
    _unlay(tree)
    config = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = config["DEFAULT"]["MIN_OUTPUT_SIZE"] = _SHORTEST
    found: Any = bare_extraction(
        tree, fast=True, include_comments=False, with_metadata=True, config=config,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    if found is None:
        return {}, "", []
    title = facts.pop("title", None) or _heading(tree) or found.title
    site = found.sitename if found.sitename not in (found.hostname, title) else None
    fields = {
        "author": found.author,
        "section": next(iter(found.categories or ()), None),
        "publisher": site,
        "url": url,
    }
    fields |= facts | {"title": title}
    shown = [_carried(one, _BACK) for one in dates_shown(tree)]
    text = _carried(found.text or "", _BACK)
    return {name: _carried(value, _BACK) for name, value in fields.items() if value}, text, [*shown, found.date or ""]


def _carried(text: str, by: Mapping[str, str]) -> str:
    return text.translate({ord(one): instead for one, instead in by.items()})


def _unlay(tree: Any) -> None:  # noqa: ANN401 - an lxml element
    """Make divisions of the tables that only lay the page out: those with paragraphs or headings in their cells."""
    for table in list(tree.iter("table")):
        if any(table.find(f".//{name}") is not None for name in ("p", "h1", "h2", "table")):
            for element in [one for one in table.iter("tbody", "tr", "td", "th")] + [table]:
                element.tag = "div"


def _heading(tree: Any) -> str | None:  # noqa: ANN401 - an lxml element
    """The first heading of the page, where the page's own title begins with it, or the only one."""
    headings = [" ".join(one.text_content().split()) for one in tree.iter("h1")]
    name = " ".join((tree.findtext(".//title") or "").split())
    return next((one for one in headings if one and (name.startswith(one) or len(headings) == 1)), None)


def _first_date(values: list[str], language: str | None) -> tuple[str, bool] | None:
    """The first that is a date, also behind a word and a colon, and whether it can be read in another way."""
    for value in values:
        for text in (value, value.partition(":")[2], value.rpartition("|")[2]):
            try:
                return read_date(text, language=language)
            except InputError:
                continue
    return None

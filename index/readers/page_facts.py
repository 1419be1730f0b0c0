"""What a page says about its article in JSON-LD, in meta elements and in time elements."""

import json
from collections.abc import Iterator
from typing import Any

from index.readers.record import names_of

_KINDS = ("Article", "BlogPosting", "Report")
_META = {  # the names that count for a field, best first
    "title": ("og:title", "twitter:title", "dc.title", "headline"),
    "publisher": ("og:site_name", "publisher", "dc.publisher", "citation_publisher"),
    "author": ("article:author:name", "author", "dc.creator", "parsely-author", "byl", "article:author"),
    "published": ("article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "dc.date.issued",
                  "dcterms.created", "dc.date", "sailthru.date", "pubdate", "publishdate", "publish-date", "date"),
    "modified": ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified"),
    "url": ("og:url",),
    "section": ("article:section", "section", "parsely-section"),
    "language": ("content-language", "dc.language", "og:locale"),
}  # fmt: skip
_MOST = 20
"""Dates that are looked at; those that follow belong to other articles."""
_SEEN = ("date", "time", "publish", "byline", "tarih", "fecha", "datum", "data-publi", "posted")


def facts_of(tree: Any) -> dict[str, str]:  # noqa: ANN401 - an lxml element
    """The fields of a Draft that the page states: JSON-LD before meta elements before links and time elements."""
    facts: dict[str, str] = {}
    for found in (_linked_data(tree), _meta(tree), _marked(tree)):
        for name, value in found:
            if value and value.strip() and name not in facts:
                facts[name] = value.strip()
    if language := tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"):
        facts["language"] = language.strip()
    if facts.get("author", "").startswith("http"):
        del facts["author"]
    return facts


def dates_shown(tree: Any) -> list[str]:  # noqa: ANN401 - an lxml element
    """Short texts of elements whose class or id speaks of a date: below the heading, then in the article above it.

    What stands above both is the day of the page, and not of the article.
    """
    above: list[str] = []
    below: list[str] = []
    headed, beside = False, [one.getparent() for one in tree.iter("h1")][:3]
    for element in tree.iter("h1", "time", "span", "div", "p", "small", "li", "td", "b", "em"):
        headed = headed or element.tag == "h1"
        marks = f"{element.get('class', '')} {element.get('id', '')}".lower()
        if element.tag == "time" or any(one in marks for one in _SEEN):
            text = " ".join("".join(element.itertext()).split())
            if 6 <= len(text) <= 80 and (headed or element.getparent() in beside or _is_in_article(element)):
                (below if headed else above).append(text)
        if len(below) == _MOST:
            break
    return below + above


def _linked_data(tree: Any) -> Iterator[tuple[str, str | None]]:  # noqa: ANN401
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # a page's broken script says nothing
        for item in _items(data):
            yield from _of_article(item, {str(_identity(one)): one for one in _nodes(data) if len(one) > 1})
            return


def _items(data: object) -> Iterator[dict[str, Any]]:
    """The articles in it, in lists and graphs too."""
    for one in _nodes(data):
        if any(str(kind).endswith(_KINDS) for kind in _listed(one.get("@type"))):
            yield one


def _nodes(data: object) -> Iterator[dict[str, Any]]:
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            yield one
            waiting += reversed([*_listed(one.get("@graph")), *_listed(one.get("mainEntity"))])


def _of_article(item: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """Its fields; authors and publishers may stand elsewhere in the page and be named by their @id only."""

    def names(value: object) -> str | None:
        found = [known.get(str(_identity(one)), one) | one if isinstance(one, dict) else one for one in _listed(value)]
        return names_of(found)

    page = item.get("mainEntityOfPage")
    yield "title", _string(item.get("headline")) or _string(item.get("name"))
    yield "publisher", names(item.get("publisher"))
    yield "author", names(item.get("author"))
    yield "published", _string(item.get("datePublished")) or _string(item.get("dateCreated"))
    yield "modified", _string(item.get("dateModified"))
    yield "language", _string(item.get("inLanguage"))
    yield "url", next((str(one) for one in (item.get("url"), page, _identity(page)) if _is_address(one)), None)
    yield "section", names(item.get("articleSection"))


def _meta(tree: Any) -> Iterator[tuple[str, str | None]]:  # noqa: ANN401
    stated: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and (content := element.get("content")):
            stated.setdefault(name.strip().lower(), content)
    for field, names in _META.items():
        yield field, next((stated[name] for name in names if name in stated), None)


def _marked(tree: Any) -> Iterator[tuple[str, str | None]]:  # noqa: ANN401
    for link in tree.iter("link"):
        if link.get("rel") == "canonical" and _is_address(link.get("href")):
            yield "url", link.get("href")
    times = [one for one in tree.iter("time") if one.get("datetime")]
    times.sort(key=lambda one: (not _is_of_publication(one), not _is_in_article(one)))
    for one in times:
        yield "published", one.get("datetime")


def _is_in_article(element: Any) -> bool:  # noqa: ANN401
    return any(one.tag in ("article", "header", "main") for one in element.iterancestors())


def _is_of_publication(element: Any) -> bool:  # noqa: ANN401
    marks = f"{element.get('itemprop', '')} {element.get('class', '')}".lower()
    return "publish" in marks or element.get("pubdate") is not None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _identity(value: object) -> object:
    return value.get("@id") if isinstance(value, dict) else None


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None

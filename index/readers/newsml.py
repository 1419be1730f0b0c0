"""NewsML-G2, the news wires' XML: the items of a newsItem or newsMessage with their text in NITF or XHTML."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.fragments import text_of_html, text_of_tree
from index.readers.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 50_000_000
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_WITHDRAWN = ("canceled", "cancelled", "withheld")


def read_newsml(source: Source) -> Iterator[Draft | InputError]:
    """The articles of a message in order, with an InputError that names the item of each that failed.

    Raises:
        InputError: it is too large, is not well-formed, declares entities, or has no news item in it.
    """
    root = _parsed(source.read(MAX_BYTES), source.name)
    items = [root] if _name(root) == "newsItem" else [one for one in root.iter() if _name(one) == "newsItem"]
    if not items:
        raise InputError(f"{source.name}: no newsItem is in this XML; give NewsML-G2, HTML, RSS or Atom")
    for number, item in enumerate(items, 1):
        where = source.name if len(items) == 1 else f"{source.name}:{number}"
        try:
            yield _draft(item, where)
        except InputError as error:
            yield error


def _parsed(data: bytes, name: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        return parse(io.BytesIO(data), forbid_dtd=False, forbid_entities=True, forbid_external=True).getroot()  # type: ignore[no-any-return]
    except DefusedXmlException as error:
        raise InputError(
            f"{name}: this XML declares entities or reaches outside ({type(error).__name__}); refused"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(f"{name}: not well-formed XML: {error}; mend the file") from None


def _draft(item: Element, where: str) -> Draft:
    status = _of(item, "itemMeta", "pubStatus")
    if status is not None and status.get("qcode", "").rpartition(":")[2] in _WITHDRAWN:
        raise InputError(f"{where}: the agency withdrew this item ({status.get('qcode')}); it is not added")
    created, first = _text(_of(item, "contentMeta", "contentCreated")), _text(_of(item, "itemMeta", "firstCreated"))
    version = _text(_of(item, "itemMeta", "versionCreated"))
    published = created or first or version
    guid = item.get("guid")
    language = _of(item, "contentMeta", "language")
    place = _text(_of(item, "contentMeta", "dateline")) or _text(_of(item, "contentMeta", "located", "name"))
    return Draft(
        text=_body(item, where),
        origin=where,
        id=guid if guid and not guid.startswith("http") else None,
        url=guid if guid and guid.startswith("http") else None,
        title=_text(_of(item, "contentMeta", "headline")) or _text(_of(item, "contentSet", "hl1")),
        publisher=_named(_of(item, "itemMeta", "provider")) or _named(_of(item, "contentMeta", "infoSource")),
        author=_text(_of(item, "contentMeta", "by")) or _named(_of(item, "contentMeta", "creator")),
        published=published,
        modified=version if version != published else None,
        language=(language.get("tag") if language is not None else None) or item.get(_LANG),
        section=_named(_of(item, "contentMeta", "subject")),
        extra={"place": place} if place else {},
    )


def _body(item: Element, where: str) -> str:
    """The text inside the item: NITF, XHTML, or plain text, without its headline."""
    for content in item.iter():
        if _name(content) == "inlineXML":
            blocks = _named_so(content, ("body.content",)) or _named_so(content, ("body",)) or list(content)
            for heading in [one for block in blocks for one in block.iter() if _name(one) in ("h1", "hl1")]:
                heading.clear()
            if text := "\n\n".join(text_of_tree(block) for block in blocks).strip():
                return text
        elif _name(content) == "inlineData" and (content.text or "").strip():
            text = (content.text or "").strip()
            return text_of_html(text) if "html" in content.get("contenttype", "") else text
    raise InputError(f"{where}: this item has no text inside (inlineXML); give items with their content")


def _of(item: Element, *path: str) -> Element | None:
    """The first element of those names, one inside the other at any depth, in whatever namespace."""
    found: Element | None = item
    for name in path:
        found = next((one for one in _below(found) if _name(one) == name), None) if found is not None else None
    return found


def _below(element: Element) -> "Iterable[Element]":
    below = element.iter()
    next(below)
    return below


def _named_so(element: Element, names: tuple[str, ...]) -> list[Element]:
    return [one for one in element.iter() if _name(one) in names]


def _named(element: Element | None) -> str | None:
    return _text(_of(element, "name")) if element is not None else None


def _text(element: Element | None) -> str | None:
    return " ".join("".join(element.itertext()).split()) or None if element is not None else None


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]

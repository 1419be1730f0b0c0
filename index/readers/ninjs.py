"""ninjs, the news wires' JSON (IPTC ninjs 1.x and 2.x), to a Draft."""

import re
from collections.abc import Mapping
from typing import Any

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.fragments import is_html, text_of_html

_SIGNS = {"versioncreated", "firstcreated", "pubstatus", "bodytext", "bodyxhtml", "bodyhtml", "bodies", "infosource",
          "infosources", "representationtype", "edstatus"}  # fmt: skip
_WITHDRAWN = ("canceled", "cancelled", "withheld")
_USED = {"uri", "headline", "headlines", "byline", "by", "language", "firstcreated", "versioncreated", "bodies",
         "infosource", "infosources", "subject", "subjects", "located", "title"}  # fmt: skip


def is_ninjs(record: Mapping[str, Any]) -> bool:
    """Whether the object is one by its keys: a `uri` and one key that only ninjs has."""
    keys = {_folded(key) for key in record}
    return "uri" in keys and bool(_SIGNS & keys)


def draft_of_ninjs(record: Mapping[str, Any], where: str) -> Draft:
    """The article of a ninjs item; an address as its uri is its url, any other uri its id.

    Published is when it was first created, modified when this version was; `located` is kept as extra `place`.

    Raises:
        InputError: it has no body, or the agency withdrew it; names the place.
    """
    item = {_folded(key): value for key, value in record.items()}
    status = item.get("pubstatus")
    if status in _WITHDRAWN:
        raise InputError(f"{where}: the agency withdrew this item (pubstatus {status!r}); it is not added")
    uri = _string(item.get("uri"))
    first, version = _string(item.get("firstcreated")), _string(item.get("versioncreated"))
    extra = {key: value for key, value in record.items() if not _is_used(_folded(key))}
    extra |= {"place": place} if (place := _string(item.get("located"))) else {}
    return Draft(
        text=_body(item, where),
        origin=where,
        id=uri if uri and not uri.startswith("http") else None,
        url=uri if uri and uri.startswith("http") else None,
        title=_main(item.get("headlines")) or _string(item.get("headline")) or _string(item.get("title")),
        publisher=_named(item, "infosources", "infosource") or _string(item.get("copyrightholder")),
        author=_string(item.get("byline")) or _string(item.get("by")),
        published=first or version,
        modified=version if first and version != first else None,
        language=_string(item.get("language")),
        section=_named(item, "subjects", "subject"),
        extra=extra,
    )


def _body(item: Mapping[str, Any], where: str) -> str:
    texts = [_main(item.get("bodies"))]
    texts += [_string(item.get(key)) for key in ("bodytext", "bodyxhtml", "bodyhtml")]
    texts += [_string(value) for key, value in item.items() if key.startswith("body")]
    for text in texts:
        if text and text.strip():
            return text_of_html(text) if is_html(text) else text
    raise InputError(f"{where}: this ninjs item has no body; every article needs a text")


def _main(values: object) -> str | None:
    """Of values that have roles the main one, plain text before HTML."""
    found = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    found = [one for one in found if _string(one.get("value"))]
    found.sort(key=lambda one: (one.get("role", "main") != "main", "plain" not in str(one.get("contentType", "plain"))))
    return str(found[0]["value"]) if found else None


def _named(item: Mapping[str, Any], *keys: str) -> str | None:
    """The name of the first entry."""
    for value in (item.get(key) for key in keys):
        for one in value if isinstance(value, list) else [value]:
            if name := _string(one.get("name") if isinstance(one, dict) else None):
                return name
    return None


def _is_used(key: str) -> bool:
    return key in _USED or key.startswith("body")


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _folded(key: object) -> str:
    return re.sub(r"_", "", str(key)).lower()

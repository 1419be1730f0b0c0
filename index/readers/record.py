"""One object or row, under whatever names it keeps an article's fields, to a Draft."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.fragments import is_html, text_of_html

FIELDS = ("id", "title", "publisher", "author", "published", "modified", "language", "url", "section")
MAX_DEPTH = 50
_MOMENTS = ("published", "modified")
_FIRST = 1e9
_SYNONYMS = {
    "text": ("body", "content", "fulltext", "maintext", "articlebody", "bodytext", "articletext"),
    "title": ("headline",),
    "publisher": ("source", "outlet", "site", "sourcename", "sitename", "newspaper", "publication", "sourcedomain"),
    "author": ("authors", "byline", "creator"),
    "published": ("date", "pubdate", "publishedat", "datepublish", "datepublished", "publishdate", "publisheddate",
                  "publicationdate", "publishedon"),
    "modified": ("datemodified", "modifiedat", "datemodify", "updated", "updatedat"),
    "language": ("lang", "inlanguage", "languagecode"),
    "url": ("link", "articleurl", "canonicalurl"),
    "section": ("category", "categories", "articlesection"),
}  # fmt: skip


def draft_of_record(record: Mapping[str, Any], where: str, columns: Mapping[str, str]) -> Draft:
    """The article in an object; keys that are no field of an article are kept as its `extra`.

    `columns` says for a field which key has it; else the field's own name counts, then a common synonym of it whose
    value can be read (a name or a list of names for publisher and author). HTML becomes text, except under `text`.

    Raises:
        InputError: there is no text, or a field's own value is not a string; names the place.
    """
    if _is_deep(record):
        raise InputError(f"{where}: nested more than {MAX_DEPTH} deep; give one flat object an article")
    rest = dict(record)
    keys = {_folded(key): key for key in reversed(list(record))}
    fields: dict[str, Any] = {name: _take(rest, name, where, columns, keys) for name in ("text", *FIELDS)}
    text = fields.pop("text")
    if text is None:
        raise InputError(f"{where}: 'text' is missing; every article needs one")
    return Draft(text=text, origin=where, extra=rest, **fields)


def _take(
    record: dict[str, Any], field: str, where: str, columns: Mapping[str, str], keys: Mapping[str, str]
) -> str | None:
    if (key := columns.get(field)) is not None:
        if key not in record:
            raise InputError(f"{where}: there is no {key!r} for {field!r}; it has {', '.join(record)[:200]}")
        return _string(record.pop(key), key, where)
    if record.get(field) is not None:
        if (name := names_of(record[field])) is not None and field in ("publisher", "author"):
            del record[field]
            return name
        return _string(record.pop(field), field, where)
    record.pop(field, None)
    for key in [keys[one] for one in _SYNONYMS.get(field, ()) if keys.get(one) in record]:
        value = names_of(record[key]) if field in ("publisher", "author", "section") else record[key]
        value = (_moment(value) or value) if field in _MOMENTS else value
        if isinstance(value, str) and value.strip():
            del record[key]
            return text_of_html(value) if field == "text" and is_html(value) else value
    return None


def _string(value: object, name: str, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if name in _MOMENTS and (moment := _moment(value)):
        return moment
    raise InputError(f"{where}: {name!r} must be a string, this is {str(value)[:60]!r}")


def _moment(value: object) -> str | None:
    """Seconds or milliseconds since 1970, from 2001 to 2286, as a date and time; None for anything else."""
    if not isinstance(value, int | float) or not _FIRST <= (seconds := value if value < 1e11 else value / 1000) < 1e10:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def names_of(value: object) -> str | None:
    """A name, an object with a name, or a list of them, as one string."""
    found = value if isinstance(value, list) else [value]
    named = [one.get("name") if isinstance(one, dict) else one for one in found]
    names = [name for name in named if isinstance(name, str) and name]
    return ", ".join(names) if names and len(names) == len(found) else None


def _is_deep(record: Mapping[str, Any]) -> bool:
    level: list[Any] = [record]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def _folded(key: object) -> str:
    return re.sub(r"[\s_-]", "", str(key)).lower()

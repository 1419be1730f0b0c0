"""JSON: an article, an array of them, or an object with a list of them; what is ninjs is read as that."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import InputError
from index.readers.charset import encoding_of
from index.readers.draft import Draft
from index.readers.json_stream import Values
from index.readers.ninjs import draft_of_ninjs, is_ninjs
from index.readers.record import draft_of_record
from index.readers.source import Source

LISTS = ("articles", "items", "data", "docs", "results", "news", "associations")


def read_json(source: Source) -> Iterator[Draft | InputError]:
    """The articles of a file in order, with an InputError that names the place of each that failed.

    Read as a stream: only one value of the list is in memory at a time.

    Raises:
        InputError: the file is not JSON in a Unicode encoding, or no article is in it.
    """
    found = False
    with source.open() as stream:
        encoding = encoding_of(stream.read(1 << 16), source.name)
    with source.open() as stream:
        values = Values(stream, encoding, source.name)
        for where, value in _members(values):
            found = True
            yield _draft(value, where, source.columns)
    if not found:
        raise InputError(f"{source.name}: no article in this JSON; give an object or a list of objects with texts")


def _members(values: Values) -> Iterator[tuple[str, Any]]:
    """All objects of the lists and the objects that stand one after the other; mostly there is one."""
    count = 0
    while opening := values.peek():
        count += 1
        place = f"{count}/" if count > 1 else ""
        if opening == "[":
            yield from values.array(place)
        else:
            yield from _of_object(values, f"{values.name}:{count}" if count > 1 else values.name)


def _of_object(values: Values, where: str) -> Iterator[tuple[str, Any]]:
    """The members of its list of articles, or else the object itself."""
    rest: dict[str, Any] = {}
    listed = False
    for key in values.keys():
        if key in LISTS and not {"text", "body", "content"} & rest.keys() and values.peek() == "[":
            for member in values.array(f"{key}/"):
                if isinstance(member[1], dict):
                    listed = True
                    yield member
        else:
            rest[key] = values.value(key)
    if not listed and rest:
        yield where, rest


def _draft(record: object, where: str, columns: Mapping[str, str]) -> Draft | InputError:
    try:
        if not isinstance(record, dict):
            raise InputError(f"{where}: a JSON object is expected, this is a {type(record).__name__}")
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
        return draft_of_ninjs(record, where) if is_ninjs(record) else draft_of_record(record, where, columns)
    except UnicodeEncodeError:
        return InputError(f"{where}: holds half of a surrogate pair (\\ud800 to \\udfff); mend the file")
    except (ValueError, RecursionError) as error:
        return InputError(f"{where}: not valid JSON: {error}; mend the file")
    except InputError as error:
        return error

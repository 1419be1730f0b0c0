"""JSON Lines: one article a line, `text` required, keys that are no field of an article kept as metadata."""

import json
from collections.abc import Iterator
from typing import Any

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.source import Source
from index.readers.text import decode

MAX_LINE = 10_000_000
_FIELDS = ("id", "title", "publisher", "author", "published", "modified", "language", "url", "section")


def read_jsonl(source: Source) -> Iterator[Draft | InputError]:
    """The articles of a file in order, with an InputError that names the line in the place of each that failed."""
    found = False
    with source.open() as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), 1):
            if not line.strip():
                continue
            found = True
            where = f"{source.name}:{number}"
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                yield InputError(
                    f"{where}: the line is longer than {MAX_LINE // 1_000_000} MB; the file is read no further"
                )
                return
            try:
                yield _parse(decode(line, source.name, number), where)
            except InputError as error:
                yield error
    if not found:
        yield InputError(f"{source.name}: the file is empty; give one JSON object a line")


def _parse(line: str, where: str) -> Draft:
    try:
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: holds half of a surrogate pair (\\ud800 to \\udfff); mend the file") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not valid JSON: {error}; give one object a line") from None
    if not isinstance(record, dict):
        raise InputError(f"{where}: a JSON object is expected, this is a {type(record).__name__}")
    for name in ("text", *_FIELDS):
        if (value := record.get(name)) is not None and not (isinstance(value, str) or (name == "id" and _is_id(value))):
            raise InputError(f"{where}: {name!r} must be a string, this is {str(value)[:60]!r}")
    if "text" not in record or record["text"] is None:
        raise InputError(f"{where}: 'text' is missing; every article needs one")
    return _draft(record, where)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _draft(record: dict[str, Any], where: str) -> Draft:
    text = record.pop("text")
    fields = {name: record.pop(name, None) for name in _FIELDS}
    fields["id"] = None if fields["id"] is None else str(fields["id"])
    return Draft(text=text, origin=where, extra=record, **fields)

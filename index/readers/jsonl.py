"""JSON Lines: one article a line; keys that are no field of an article are kept as metadata."""

import json
from collections.abc import Iterator, Mapping

from index.errors import InputError
from index.readers.draft import Draft
from index.readers.record import draft_of_record
from index.readers.source import Source
from index.readers.text import decode

MAX_LINE = 10_000_000


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
                yield _parse(decode(line, source.name, number), where, source.columns)
            except InputError as error:
                yield error
    if not found:
        yield InputError(f"{source.name}: the file is empty; give one JSON object a line")


def _parse(line: str, where: str, columns: Mapping[str, str]) -> Draft:
    try:
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: holds half of a surrogate pair (\\ud800 to \\udfff); mend the file") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not valid JSON: {error}; give one object a line") from None
    if not isinstance(record, dict):
        raise InputError(f"{where}: a JSON object is expected, this is a {type(record).__name__}")
    return draft_of_record(record, where, columns)

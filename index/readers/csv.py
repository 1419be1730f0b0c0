"""CSV and TSV with a header row: one article a row, columns under the names that JSON keys may have."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from index.errors import InputError
from index.readers.charset import encoding_of
from index.readers.draft import Draft
from index.readers.record import draft_of_record
from index.readers.source import Source

if TYPE_CHECKING:
    from _csv import Reader

MAX_CELL = 10_000_000
"""Characters of one cell and of one line."""
_SAMPLE = 1 << 18
_DELIMITERS = ",;\t|"


def read_csv(source: Source) -> Iterator[Draft | InputError]:
    """The articles of a table in order, with an InputError that names the line of each that failed.

    Cells are data: what looks like a formula stays the text that it is. Empty cells count as missing.

    Raises:
        InputError: no header row, not text, or a cell or a line that is too long; the table is read no further.
    """
    with source.open() as stream:
        sample = stream.read(_SAMPLE)
    encoding = encoding_of(sample, source.name)
    csv.field_size_limit(MAX_CELL)
    delimiter = _delimiter(sample.decode(encoding, "replace"), source)
    with source.open() as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        try:
            yield from _rows(csv.reader(_lines(text, encoding, source.name), delimiter=delimiter), source)
        finally:
            text.detach()  # or it closes the stream by itself


def _rows(rows: "Reader", source: Source) -> Iterator[Draft | InputError]:
    try:
        header = [name.strip() for name in next(rows, [])]
        if len(header) < 2 or len(set(header)) < len(header) or not any(name.isidentifier() for name in header):
            raise InputError(f"{source.name}: no header row that names each column once; put one in, e.g. title,text")
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _draft(row, header, f"{source.name}:{rows.line_num}", source)
    except csv.Error as error:
        raise InputError(f"{source.name}:{rows.line_num}: not a table: {error}; it is read no further") from None


def _draft(row: list[str], header: list[str], where: str, source: Source) -> Draft | InputError:
    if len(row) > len(header):
        return InputError(f"{where}: {len(row)} cells under {len(header)} columns; put quotes around the cell's text")
    try:
        cells = {name: cell for name, cell in zip(header, row, strict=False) if cell.strip()}
        return draft_of_record(cells, where, {k: v for k, v in source.columns.items() if v in cells or v not in header})
    except InputError as error:
        return error


def _delimiter(sample: str, source: Source) -> str:
    """The mark that stands most often in the header row."""
    header = sample.lstrip("\ufeff\n").partition("\n")[0]
    found = max(_DELIMITERS, key=header.count)
    return "\t" if source.suffix == ".tsv" and "\t" in header else found


def _lines(text: TextIO, encoding: str, name: str) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(MAX_CELL):
            number += 1
            if len(line) == MAX_CELL:
                raise InputError(f"{name}:{number}: longer than {MAX_CELL // 1_000_000} MB; it is read no further")
            yield line
    except UnicodeDecodeError as error:
        place = f"{name}: after line {number}"
        raise InputError(f"{place}: not valid {error.encoding.upper()}; convert the file to UTF-8") from None

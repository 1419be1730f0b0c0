"""A CSV file with a header: a question a row, the text that answers it, and the answer."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from eval.convert.record import Converted, read_text, sentences_with, whole
from index.errors import InputError

COLUMNS = ("id", "question", "answer", "text", "title", "publisher", "published", "language", "split")
"""What a column can be; `question` and `text` are needed, an empty answer makes the question unanswerable."""


def convert_table(path: Path, columns: Mapping[str, str] | None = None, language: str | None = None) -> Converted:
    """`columns` gives the file's own names: {"question": "Frage"}. A yes or no rests on the whole text.

    Raises:
        InputError: a column is missing, or an answer is not in its text; names the row.
    """
    text = read_text(path)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0]))
    names = _named(path, columns or {}, rows.fieldnames or ())
    found = Converted()
    try:
        for number, row in enumerate(rows, 1):
            held = {ours: (row.get(theirs) or "").strip() for ours, theirs in names.items()}
            _row(found, held, f"{path}:{rows.line_num}", number, language)
    except csv.Error as error:
        raise InputError(f"{path}:{rows.line_num}: not CSV: {error}; mend the file") from None
    return found


def _delimiter(header: str) -> str:
    """The sign that parts the names in the first line: a tab, a semicolon or a comma."""
    return max(",;\t", key=header.count)


def _named(path: Path, columns: Mapping[str, str], header: object) -> dict[str, str]:
    there = list(header) if isinstance(header, list | tuple) else []
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise InputError(f"no column is called {unknown[0]!r}; there are {', '.join(COLUMNS)}")
    names = {ours: columns.get(ours, ours) for ours in COLUMNS}
    for ours, theirs in names.items():
        if theirs not in there and (ours in columns or ours in ("question", "text")):
            raise InputError(f"{path}:1: there is no column {theirs!r}; there are {', '.join(there)}; see --columns")
    return {ours: theirs for ours, theirs in names.items() if theirs in there}


def _row(found: Converted, held: Mapping[str, str], where: str, number: int, language: str | None) -> None:
    if not held["question"] or not held["text"]:
        raise InputError(f"{where}: 'question' or 'text' is empty; fill it, or take the row out")
    answer = held.get("answer", "")
    code = held.get("language") or language
    about = {name: held.get(name) or None for name in ("title", "publisher", "published")}
    try:
        article = found.article(held["text"], language=code, **about)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    polar = answer.strip(" .!").casefold() in ("yes", "no")
    gold = [[whole(article)]] if polar else [[span] for span in sentences_with(article, answer)] if answer else []
    if answer and not gold:
        raise InputError(f"{where}: the answer {answer[:60]!r} is not in its text; mend either")
    found.case(held.get("id") or f"t{number}", held["question"], gold, [answer] if answer else [], language=code,
               split=held.get("split") or None)  # fmt: skip

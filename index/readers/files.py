"""Paths to articles: picks the reader by the file's name, goes through folders, and never stops at a bad file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from index.articles import Article
from index.errors import InputError
from index.readers.jsonl import read_jsonl
from index.readers.text import read_text

_LINES = (".jsonl", ".ndjson")
_KINDS = (*_LINES, ".txt")


def read_paths(paths: Iterable[Path]) -> Iterator[Article | InputError]:
    """The articles of files and of whole folders, in the order of their names; an InputError for each that failed.

    In folders, files that are neither .txt nor .jsonl are passed over; a file that is named is always read.
    """
    for path in paths:
        if not path.exists():
            yield InputError(f"{path}: there is no such file or folder; check the name")
            continue
        files = _inside(path) if path.is_dir() else [path]
        if not files:
            yield InputError(f"{path}: no .txt or .jsonl file in this folder; name the files to add")
        for file in files:
            yield from _read(file)


def _inside(folder: Path) -> list[Path]:
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in _KINDS
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]


def _read(file: Path) -> Iterator[Article | InputError]:
    try:
        if file.suffix.lower() in _LINES:
            yield from read_jsonl(file)
        elif not file.is_file():
            yield InputError(f"{file}: not a regular file; give a file or a folder")
        else:
            yield read_text(file)
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(f"{file}: cannot be read: {error.strerror or error}")


def count_articles(paths: Iterable[Path]) -> int:
    """How many articles `read_paths` will bring at the most, for a progress bar: lines and text files are counted."""
    total = 0
    for path in paths:
        for file in _inside(path) if path.is_dir() else [path]:
            if file.suffix.lower() in _LINES and file.is_file():
                with file.open("rb") as stream:
                    total += sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
            else:
                total += 1
    return total

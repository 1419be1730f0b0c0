"""Paths to articles: picks the reader by the file's name, goes through folders, and never stops at a bad file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from index.articles import Article
from index.errors import InputError
from index.readers.draft import Draft, finish
from index.readers.jsonl import read_jsonl
from index.readers.source import Source, source_of_file
from index.readers.text import read_text

_LINES = (".jsonl", ".ndjson")
_KINDS = (*_LINES, ".txt")
_NONE: Mapping[str, str] = {}

Reader = Callable[[Source], Iterator[Draft | InputError]]


def read_paths(paths: Iterable[Path], overrides: Mapping[str, str] = _NONE) -> Iterator[Article | InputError]:
    """The articles of files and of whole folders, in the order of their names; an InputError for each that failed.

    `overrides` (publisher, language, published) replace what the files say.
    In folders, files that are neither .txt nor .jsonl are passed over; a file that is named is always read.
    """
    for path in paths:
        try:
            files = _files(path)
        except InputError as error:
            yield error
            continue
        for file in files:
            if file.is_file() or file.suffix.lower() in _LINES:
                yield from read_source(source_of_file(file), overrides)
            else:
                yield InputError(f"{file}: not a regular file; give a file or a folder")


def read_source(source: Source, overrides: Mapping[str, str] = _NONE) -> Iterator[Article | InputError]:
    """The articles of one source; nothing that is wrong with it is raised."""
    try:
        for draft in reader_of(source)(source):
            yield draft if isinstance(draft, InputError) else _finish(draft, overrides)
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(f"{source.name}: cannot be read: {error.strerror or error}")


def reader_of(source: Source) -> Reader:
    """What reads it, by its name."""
    return read_jsonl if source.suffix in _LINES else read_text


def _finish(draft: Draft, overrides: Mapping[str, str]) -> Article | InputError:
    try:
        return finish(draft, overrides)
    except InputError as error:
        return error


def _files(path: Path) -> list[Path]:
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder; check the name")
        files = _inside(path) if path.is_dir() else [path]
    except OSError as error:
        raise InputError(f"{str(path)[:200]}: cannot be read: {error.strerror}; check the name") from None
    if not files:
        raise InputError(f"{path}: no .txt or .jsonl file in this folder; name the files to add")
    return files


def _inside(folder: Path) -> list[Path]:
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in _KINDS
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]


def count_articles(paths: Iterable[Path]) -> int:
    """How many articles `read_paths` will bring at the most, for a progress bar: lines and text files are counted."""
    return sum(_count(file) for path in paths for file in _existing(path))


def _existing(path: Path) -> list[Path]:
    try:
        return _files(path)
    except InputError:
        return [path]


def _count(file: Path) -> int:
    try:
        if file.suffix.lower() in _LINES and file.is_file():
            with file.open("rb") as stream:
                return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        pass  # read_paths says so
    return 1

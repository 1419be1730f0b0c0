"""Paths to articles: goes through folders and archives, picks the readers, and never stops at a bad file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from index.articles import Article
from index.errors import InputError
from index.readers.draft import Draft, finish
from index.readers.folders import files_of
from index.readers.formats import ENDINGS, HEAD, LINES, PACKED, SEVERAL, is_crawl, is_packed, reader_of
from index.readers.packed import Budget, members
from index.readers.source import Source, source_of_file

_NONE: Mapping[str, str] = {}
_FILLED = frozenset(one.name for one in fields(Draft)) - {"text", "origin", "extra", "guessed"}


def read_paths(
    paths: Iterable[Path | Source],
    overrides: Mapping[str, str] = _NONE,
    *,
    globs: Sequence[str] = (),
    columns: Mapping[str, str] = _NONE,
) -> Iterator[Article | InputError]:
    """The articles of files, of whole folders and of sources, in order; an InputError for each that failed.

    `overrides` (publisher, language, published) replace what the files say, `globs` pick the files of folders, and
    `columns` names the key or column that a field is taken from. A file that is named is always read.
    """
    for path in paths:
        if isinstance(path, Source):
            yield from read_source(replace(path, columns=columns), overrides)
            continue
        try:
            for file in files_of(path, globs):
                if file.is_file() or file.suffix.lower() in LINES:
                    yield from read_source(replace(source_of_file(file), columns=columns), overrides)
                else:
                    yield InputError(f"{file}: not a regular file; give a file or a folder")
        except InputError as error:
            yield error


def read_source(source: Source, overrides: Mapping[str, str] = _NONE) -> Iterator[Article | InputError]:
    """The articles of one source; nothing that is wrong with it is raised."""
    for draft in _drafts(source, Budget()):
        try:
            yield draft if isinstance(draft, InputError) else finish(draft, overrides)
        except InputError as error:
            yield error


def _drafts(source: Source, budget: Budget) -> Iterator[Draft | InputError]:
    """What the reader brings, filled up with what is known of the source; archives are gone through."""
    try:
        with source.open() as stream:
            head = stream.read(HEAD)
        if is_packed(head) and not is_crawl(source):
            for member in members(source, budget):
                if isinstance(member, InputError):
                    yield member
                elif member.suffix in (*ENDINGS, *PACKED) or head.startswith(b"\x1f\x8b"):
                    yield from _drafts(member, budget)
            return
        reader = reader_of(source, head)
        known = replace(source, url=None) if reader in SEVERAL else source  # their address is none of the articles'
        for draft in reader(source):
            yield draft if isinstance(draft, InputError) else _filled(draft, known)
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(f"{source.name}: cannot be read: {error.strerror or error}")


def _filled(draft: Draft, source: Source) -> Draft:
    known: dict[str, Any] = {name: value for name, value in source.fields.items() if name in _FILLED}
    known.setdefault("url", source.url)
    return replace(draft, **{name: value for name, value in known.items() if value and getattr(draft, name) is None})


def count_articles(paths: Iterable[Path | Source], globs: Sequence[str] = ()) -> int:
    """About how many articles `read_paths` will bring, for a progress bar: lines are counted, other files are one."""
    return sum(_count(path, globs) for path in paths)


def _count(path: Path | Source, globs: Sequence[str]) -> int:
    if isinstance(path, Source):
        return 1
    try:
        return sum(_lines(file) if file.suffix.lower() in LINES else 1 for file in files_of(path, globs))
    except InputError:
        return 1  # read_paths says so


def _lines(file: Path) -> int:
    try:
        if file.is_file():
            with file.open("rb") as stream:
                return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        pass  # read_paths says so
    return 1

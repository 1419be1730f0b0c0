"""The `dateline add` command."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from index.archive import Archive
from index.web_address import is_url
from qa.settings import load_settings
from ui.console import ERR, OUT, progress
from ui.options import Db, FullText, Glob, Map, OfDay, OfLanguage, OfPublisher, make_columns, make_overrides
from ui.terminal import plain

if TYPE_CHECKING:
    from index.articles import Article
    from index.build import AddReport
    from index.errors import InputError
    from index.fetch import Fetcher
    from index.readers.source import Source


def add(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders and addresses on the web; - is the standard input.")
    ],
    publisher: OfPublisher = None,
    language: OfLanguage = None,
    published: OfDay = None,
    columns: Map = None,
    globs: Glob = None,
    full_text: FullText = False,
    db: Db = None,
) -> None:
    """Add articles; what is there already is left as it is.

    Reads .txt, .md, .html, .mhtml, .jsonl, .json (ninjs too), .csv, .tsv, .xml (NewsML-G2) and .pdf, and all of these
    packed as .zip, .tar, .tar.gz or .gz, and .warc. At an address there may be a page or a feed (RSS, Atom).
    What a source does not say, its dateline and address may.
    """
    from qa.app import build_indexer

    overrides, mapped = make_overrides(publisher, language, published), make_columns(columns)
    settings = load_settings(db=db)
    archive = Archive(settings.db, create=True)
    indexer = build_indexer(settings, archive)
    with progress("Adding", _count(paths, globs or ())) as done:
        report = indexer.add(_read(paths, overrides, globs or (), mapped, full_text=full_text), done)
    _report(report, archive, settings.db)


def _count(inputs: list[str], globs: Sequence[str]) -> int:
    from index.readers.files import count_articles

    local = [Path(one) for one in inputs if one != "-" and not is_url(one)]
    return count_articles(local, globs) + len(inputs) - len(local)


def _read(
    inputs: list[str], overrides: dict[str, str], globs: Sequence[str], columns: dict[str, str], *, full_text: bool
) -> "Iterator[Article | InputError]":
    from index.readers.files import read_paths

    fetcher = _fetcher() if any(map(is_url, inputs)) else None
    for one in inputs:
        if fetcher and is_url(one):
            from index.readers.web import read_url

            yield from read_url(one, fetcher, overrides, columns=columns, full_text=full_text)
        else:
            source = _standard_input() if one == "-" else Path(one)
            yield from read_paths([source], overrides, globs=globs, columns=columns)


def _fetcher() -> "Fetcher":
    from index.fetch import Fetcher

    return Fetcher()


def _standard_input() -> "Source":
    from index.readers.source import source_of_bytes

    return source_of_bytes(sys.stdin.buffer.read(), "standard input")


def _report(report: "AddReport", archive: Archive, folder: Path) -> None:
    for message in report.failed:
        ERR.print(Text(f"not added: {plain(message)}"))
    counts = archive.counts()
    if report.finished:
        OUT.print(f"{report.finished} articles that an earlier run had left unfinished were indexed")
    versions = f"{report.changed} changed (the old version stays), " if report.changed else ""
    OUT.print(
        f"{report.added} added, {versions}{report.unchanged} already there, {len(report.failed)} failed; "
        f"{folder} holds {counts['articles']} articles, {counts['sentences']} sentences"
    )
    raise typer.Exit(1 if report.failed else 0)

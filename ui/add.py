"""The `dateline add` command."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from index.archive import Archive
from qa.settings import load_settings
from ui.console import ERR, OUT, progress
from ui.options import Db, Glob, Map, OfDay, OfLanguage, OfPublisher, make_columns, make_overrides
from ui.terminal import plain

if TYPE_CHECKING:
    from index.build import AddReport
    from index.readers.source import Source


def add(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; - is the standard input.")],
    publisher: OfPublisher = None,
    language: OfLanguage = None,
    published: OfDay = None,
    columns: Map = None,
    globs: Glob = None,
    db: Db = None,
) -> None:
    """Add articles; what is there already is left as it is.

    Reads .txt, .md, .html, .mhtml, .jsonl, .json (ninjs too), .csv, .tsv, .xml (NewsML-G2) and .pdf, and all of these
    packed as .zip, .tar, .tar.gz or .gz. What a source does not say, its dateline and address may.
    """
    from index.readers.files import count_articles, read_paths
    from qa.app import build_indexer

    overrides, mapped = make_overrides(publisher, language, published), make_columns(columns)
    settings = load_settings(db=db)
    archive = Archive(settings.db, create=True)
    indexer = build_indexer(settings, archive)
    sources = [_standard_input() if str(one) == "-" else one for one in paths]
    with progress("Adding") as bar:
        task = bar.add_task("articles", total=count_articles(sources, globs or ()))
        found = read_paths(sources, overrides, globs=globs or (), columns=mapped)
        report = indexer.add(found, lambda done: bar.advance(task, done))
    _report(report, archive, settings.db)


def _standard_input() -> "Source":
    from index.readers.source import source_of_bytes

    return source_of_bytes(sys.stdin.buffer.read(), "standard input")


def _report(report: "AddReport", archive: Archive, folder: Path) -> None:
    for message in report.failed:
        ERR.print(Text(f"not added: {plain(message)}"))
    counts = archive.counts()
    OUT.print(
        f"{report.added} added, {report.unchanged} already there, {len(report.failed)} failed; "
        f"{folder} holds {counts['articles']} articles, {counts['sentences']} sentences"
    )
    raise typer.Exit(1 if report.failed else 0)

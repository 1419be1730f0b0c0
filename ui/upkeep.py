"""Commands that look after an archive: what it holds, whether it is sound, copies of it."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from index.archive import Archive
from index.articles import Article
from index.errors import ArchiveError
from qa.settings import load_settings
from ui.console import ERR, OUT, print_json, print_lines, progress
from ui.options import Db, Json
from ui.terminal import plain


def rebuild(db: Db = None) -> None:
    """Make sentences, chunks, terms, groups and vectors anew from the stored articles."""
    from qa.app import build_indexer

    settings = load_settings(db=db)
    archive = Archive(settings.db)
    with progress("Rebuilding", len(archive.ids())) as done:
        count = build_indexer(settings, archive).rebuild(done)
    OUT.print(f"{count} articles indexed anew")


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False, db: Db = None
) -> None:
    """Check that articles, sentences, terms and vectors agree; exit code 1 when they do not."""
    from qa.app import build_indexer, examine

    settings = load_settings(db=db)
    if repair:
        archive = Archive(settings.db)
        with progress("Repairing", None) as done:
            count = build_indexer(settings, archive).repair(done)
        OUT.print(f"{count} articles indexed anew")
    findings = examine(settings)
    print_lines([Text(f"- {finding}") for finding in findings] or [Text("sound")])
    raise typer.Exit(1 if findings else 0)


def export(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it, standard output.")] = None,
    db: Db = None,
) -> None:
    """Write every article, in all its versions, as JSON lines that `dateline add` takes back."""
    from index.export import export_articles

    archive = Archive(load_settings(db=db).db)
    try:
        with out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout) as stream:
            for one in export_articles(archive):
                stream.write(json.dumps(one, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ArchiveError(f"{out}: cannot be written: {error.strerror}; the export is not whole") from error
    ERR.print(f"{len(archive.ids())} articles and versions written")


def backup(folder: Annotated[Path, typer.Argument(help="New folder for the copy.")], db: Db = None) -> None:
    """Copy the archive, also while it is in use."""
    from index.export import back_up

    whole = back_up(Archive(load_settings(db=db).db), folder)
    later = "" if whole else "; its vectors are not copied and will be made by: dateline doctor --repair"
    OUT.print(Text(f"copied to {folder}{later}"))


def duplicates(db: Db = None, as_json: Json = False) -> None:
    """List the articles that other outlets carry too, each original with its copies."""
    from index.groups import CopyGroups

    archive = Archive(load_settings(db=db).db)
    groups = CopyGroups(archive).listed()
    if as_json:
        print_json([{"original": original, "copies": copies} for original, copies in groups.items()])
        return
    for original, copies in groups.items():
        articles = archive.get([original, *copies])
        OUT.print(Text(f"{_line(articles[original])}  also carried by {len(copies)}"))
        print_lines(Text(f"    {_line(articles[one])}") for one in copies)
    OUT.print(f"{len(groups)} originals, {sum(map(len, groups.values()))} copies")


def _line(article: Article) -> str:
    parts = (article.day, article.publisher, article.title, article.id)
    return plain(" · ".join(one for one in parts if one))

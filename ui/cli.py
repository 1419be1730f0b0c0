"""The `dateline` command. Exit codes: 0 fine, 1 some inputs failed, 2 wrong use, 3 the archive is unusable."""

import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import entry_points
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from index.archive import Archive
from index.errors import ArchiveError, DatelineError, ModelError
from index.groups import CopyGroups
from index.versions import versions
from qa.settings import load_settings
from ui import feeds, upkeep, users
from ui.add import add
from ui.console import OUT, complain, fail, follow_steps, print_json, print_lines
from ui.options import After, AsOf, Before, Db, Earlier, Json, K, Language, NotPublisher, Publisher, make_filters
from ui.serve import mcp, serve
from ui.terminal import answer_lines, article_lines, hit_lines, plain

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Ask a news archive a question.")
for _command in (add, upkeep.duplicates, upkeep.doctor, upkeep.rebuild, upkeep.export, upkeep.backup, serve, mcp):
    app.command()(_command)
app.add_typer(feeds.app, name="feeds")
app.add_typer(users.app, name="users")


def main() -> None:
    """Run the command and turn errors into messages and exit codes."""
    _add_commands()
    try:
        app()
    except DatelineError as error:
        complain(str(error))
        sys.exit(3 if isinstance(error, ArchiveError | ModelError) else 2)


@cache
def _add_commands() -> None:
    for point in entry_points(group="dateline.commands"):
        app.add_typer(point.load(), name=point.name)


@app.command()
def ask(
    question: str,
    k: K = None,
    language: Language = None,
    publisher: Publisher = None,
    not_publisher: NotPublisher = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    earlier: Earlier = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Answer a question with the sentences that say so, or say that the archive does not."""
    from qa.app import build_answerer

    filters = make_filters(language, publisher, not_publisher, after, before, as_of)
    answerer = build_answerer(load_settings(db=db))
    answer = follow_steps(answerer.stream(question, filters=filters, k=k, history=earlier or ()))
    if as_json:
        print_json(answer.to_dict())
    else:
        print_lines(answer_lines(answer, isolate=OUT.is_terminal))


@app.command()
def search(
    query: str,
    k: K = None,
    language: Language = None,
    publisher: Publisher = None,
    not_publisher: NotPublisher = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show the chunks that are nearest to a question, without answering it."""
    from qa.app import build_answerer

    settings = load_settings(db=db)
    filters = make_filters(language, publisher, not_publisher, after, before, as_of)
    hits = build_answerer(settings).search(query, filters=filters, k=k)
    if as_json:
        print_json([asdict(hit) for hit in hits])
    else:
        articles = Archive(settings.db).get(hit.chunk.article_id for hit in hits)
        print_lines(hit_lines(hits, articles, isolate=OUT.is_terminal))


@app.command(name="list")
def list_(
    language: Language = None,
    publisher: Publisher = None,
    not_publisher: NotPublisher = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """List the articles, oldest first."""
    archive = Archive(load_settings(db=db).db)
    ids = archive.ids(make_filters(language, publisher, not_publisher, after, before, as_of))
    articles = archive.get(ids)
    if as_json:
        names = ("id", "title", "publisher", "published", "language", "url")
        print_json([{name: getattr(articles[one], name) for name in names} for one in ids])
        return
    table = Table("Published", "Language", "Publisher", "Title", "Id", box=None, pad_edge=False)
    for article in (articles[one] for one in ids):
        cells = (article.day, article.language, article.publisher, article.title, article.id)
        table.add_row(*(Text(plain(cell or "")) for cell in cells))
    OUT.print(table)


@app.command()
def show(article_id: str, db: Db = None, as_json: Json = False) -> None:
    """Print one article."""
    archive = Archive(load_settings(db=db).db)
    article = archive.get([article_id]).get(article_id)
    if article is None:
        fail(f"there is no article {article_id!r}; dateline list shows the ids")
    elif as_json:
        print_json({name: value for name, value in asdict(article).items() if name != "origin"})
    else:
        others = [one.id for one in versions(archive, article_id) if one.id != article_id]
        print_lines(article_lines(article, others, isolate=OUT.is_terminal))


@app.command()
def remove(article_ids: Annotated[list[str], typer.Argument()], db: Db = None) -> None:
    """Remove articles and all that was made from them."""
    from qa.app import build_indexer

    settings = load_settings(db=db)
    indexer = build_indexer(settings, Archive(settings.db))
    missing = [one for one in article_ids if not indexer.remove(one)]
    OUT.print(f"{len(article_ids) - len(missing)} removed")
    if missing:
        fail(f"no such article: {', '.join(missing)}; dateline list shows the ids", code=1)


@app.command()
def info(db: Db = None, as_json: Json = False) -> None:
    """Show what the archive holds and how its index was made."""
    settings = load_settings(db=db)
    archive = Archive(settings.db)
    size = sum(file.stat().st_size for file in settings.db.rglob("*") if file.is_file())
    facts = {
        "folder": str(settings.db),
        **archive.counts(),
        "older versions": len(archive.ids()) - archive.counts()["articles"],
        "copies": sum(map(len, CopyGroups(archive).listed().values())),
        "days": list(archive.days()),
        "languages": {key or "unknown": number for key, number in archive.tally("language").items()},
        "publishers": {key or "unknown": number for key, number in archive.tally("publisher").items()},
        "index": archive.meta("stamp"),
        "megabytes": round(size / 1e6, 1),
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        shown = (
            ", ".join(f"{plain(key)} {number}" for key, number in value.items()) if isinstance(value, dict) else value
        )
        OUT.print(f"{name:<16}{' to '.join(map(str, value)) if isinstance(value, list) else shown}")

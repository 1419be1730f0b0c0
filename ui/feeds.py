"""The `dateline feeds` commands: feeds that are followed, and fetching what is new in them."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from index.archive import Archive
from index.articles import readable
from qa.settings import Settings, load_settings
from ui.console import ERR, OUT, print_json
from ui.options import Db, FullText, Json, OfPublisher
from ui.terminal import plain

if TYPE_CHECKING:
    from index.feeds import FeedList, FeedUpdate

app = typer.Typer(no_args_is_help=True, help="Follow feeds: what is new in them is added when asked for.")


@app.command()
def add(
    url: str,
    publisher: OfPublisher = None,
    full_text: FullText = False,
    db: Db = None,
) -> None:
    """Follow an RSS or Atom feed; `dateline feeds update` fetches it."""
    settings = load_settings(db=db)
    Archive(settings.db, create=True).close()
    feed = _feeds(settings).add(url, publisher=publisher and readable(publisher, "publisher"), full_text=full_text)
    OUT.print(f"{plain(feed.url)} is followed; dateline feeds update fetches what is new")


@app.command()
def remove(url: str, db: Db = None) -> None:
    """Follow a feed no longer; its articles stay."""
    settings = load_settings(db=db)
    _feeds(settings).remove(url)
    OUT.print("1 removed; its articles stay")


@app.command(name="list")
def list_(db: Db = None, as_json: Json = False) -> None:
    """List the feeds, when each was last asked, and what came of it."""
    feeds = _feeds(load_settings(db=db)).feeds()
    if as_json:
        print_json([{name: value for name, value in asdict(feed).items() if name != "seen"} for feed in feeds])
        return
    table = Table("Asked", "Entries", "Publisher", "Address", "Status", box=None, pad_edge=False)
    for feed in feeds:
        cells = (feed.tried, str(len(feed.seen)), feed.publisher or feed.title, feed.url, feed.status)
        table.add_row(*(Text(plain(cell or "")) for cell in cells))
    OUT.print(table)


@app.command()
def update(
    urls: Annotated[list[str] | None, typer.Argument(help="Only these; all when none is named.")] = None,
    db: Db = None,
) -> None:
    """Fetch what is new in the feeds and add it; nothing is ever removed. Exit code 1 when something failed."""
    from index.fetch import Fetcher
    from qa.app import build_indexer

    settings = load_settings(db=db)
    archive = Archive(settings.db)
    followed = _feeds(settings)
    chosen = [followed.find(url) for url in urls] if urls else followed.feeds()
    indexer = build_indexer(settings, archive)
    failed = False
    for done in followed.update(chosen, Fetcher(), indexer.add, lambda: datetime.now(UTC)):
        failed |= _report(done)
    raise typer.Exit(1 if failed else 0)


def _feeds(settings: Settings) -> "FeedList":
    from index.feeds import FeedList

    Archive(settings.db).close()  # says so when there is none
    return FeedList(settings.db)


def _report(done: "FeedUpdate") -> bool:
    """Say what came of a feed; returns whether something failed."""
    if done.error:
        ERR.print(Text(f"not fetched: {plain(done.error)}"))
        return True
    for message in done.report.failed:
        ERR.print(Text(f"not added: {plain(message)}"))
    versions = f"{done.report.changed} changed, " if done.report.changed else ""
    what = (
        f"{done.report.added} added, {versions}{done.report.unchanged} already there, {len(done.report.failed)} failed"
    )
    OUT.print(Text(f"{plain(done.feed.url)}: {'unchanged' if done.feed.status == 'unchanged' else what}"))
    return bool(done.report.failed)

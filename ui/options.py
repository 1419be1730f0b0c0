"""The options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

from index.filters import Filters

Db = Annotated[Path | None, typer.Option("--db", help="Folder of the archive.", show_default="dateline-archive")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
K = Annotated[int | None, typer.Option("-k", min=1, max=200, help="Chunks to retrieve.")]
Language = Annotated[list[str] | None, typer.Option("--language", help="Only articles in this language (repeatable).")]
Publisher = Annotated[list[str] | None, typer.Option("--publisher", help="Only this publisher (repeatable).")]
After = Annotated[str | None, typer.Option("--after", help="Only from this day on, YYYY-MM-DD.")]
NotPublisher = Annotated[list[str] | None, typer.Option("--not-publisher", help="Not this publisher (repeatable).")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Only what was published by this day.")]
Before = Annotated[str | None, typer.Option("--before", help="Only up to and with this day.")]


def make_filters(
    language: list[str] | None,
    publisher: list[str] | None,
    not_publisher: list[str] | None,
    after: str | None,
    before: str | None,
    as_of: str | None,
) -> Filters:
    """The filters that the options name.

    Raises:
        InputError: a day that is no date, a language that is no code.
    """
    return Filters(
        languages=tuple(language or ()),
        publishers=tuple(publisher or ()),
        exclude_publishers=tuple(not_publisher or ()),
        after=after,
        before=before,
        as_of=as_of,
    )

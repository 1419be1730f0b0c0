"""The options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

from index.articles import parse_language, readable
from index.errors import InputError
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

Earlier = Annotated[
    list[str] | None,
    typer.Option("--earlier", help="A question asked before, on which this one may lean (repeatable)."),
]

OfPublisher = Annotated[str | None, typer.Option("--publisher", help="Publisher of all that is added.")]
OfLanguage = Annotated[str | None, typer.Option("--language", help="Language of all that is added.")]
OfDay = Annotated[str | None, typer.Option("--published", help="Date of all that is added.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Column or JSON key of a field, title=headline (repeatable)."),
]
FullText = Annotated[bool, typer.Option("--full-text", help="Fetch the pages that a feed links to as well.")]
Glob = Annotated[
    list[str] | None,
    typer.Option("--glob", help="Which files of a folder, e.g. '*.html' (repeatable).", metavar="PATTERN"),
]


def make_overrides(publisher: str | None, language: str | None, published: str | None) -> dict[str, str]:
    """The fields that the options set for all articles.

    Raises:
        InputError: a date that is none, a language that is no code.
    """
    from index.readers.dates import read_date

    given = {"publisher": publisher and readable(publisher, "publisher")}
    given |= {"language": language and parse_language(language)}
    given |= {"published": published and read_date(published, language=language)[0]}
    return {name: value for name, value in given.items() if value}


def make_columns(pairs: list[str] | None) -> dict[str, str]:
    """The columns that `--map` names, by field.

    Raises:
        InputError: not FIELD=COLUMN, or no field of an article.
    """
    from index.readers.record import FIELDS

    columns = {}
    for pair in pairs or ():
        field, _, column = pair.partition("=")
        if field not in ("text", *FIELDS) or not column:
            raise InputError(f"--map {pair!r}: give FIELD=COLUMN, where FIELD is text, {', '.join(FIELDS)}")
        columns[field] = column
    return columns


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

"""Addresses on the web to articles: a feed gives its entries, a page its article."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from index.articles import Article
from index.errors import InputError
from index.fetch import Fetcher, source_of
from index.readers.draft import Draft, finish
from index.readers.feed import read_feed, with_full_text
from index.readers.files import read_source
from index.readers.formats import HEAD, read_any, reader_of
from index.readers.source import Source

_NONE: Mapping[str, str] = {}


def read_url(
    url: str,
    fetcher: Fetcher,
    overrides: Mapping[str, str] = _NONE,
    *,
    columns: Mapping[str, str] = _NONE,
    full_text: bool = False,
) -> Iterator[Article | InputError]:
    """The articles at an address; an InputError for each that failed, nothing is raised.

    What is there is told by its content: a feed gives its entries in its own words, with `full_text` in those of the
    pages that they link to; everything else is read as a file would be. `overrides` and `columns` as in `read_paths`.
    """
    try:
        source = replace(source_of(fetcher.get(url)), columns=columns)
    except InputError as error:
        yield error
        return
    if is_feed(source):
        drafts = read_feed(source)
        yield from finished(with_pages(drafts, fetcher) if full_text else drafts, overrides)
    else:
        yield from read_source(source, overrides)


def is_feed(source: Source) -> bool:
    """Whether it is RSS or Atom, by its content."""
    with source.open() as stream:
        return reader_of(source, stream.read(HEAD)) is read_feed


def with_pages(drafts: Iterable[Draft | InputError], fetcher: Fetcher) -> Iterator[Draft | InputError]:
    """A feed's drafts with the text of the pages they link to, as `with_full_text`."""
    return with_full_text(drafts, lambda url: source_of(fetcher.get(url)), read_any)


def finished(drafts: Iterable[Draft | InputError], overrides: Mapping[str, str]) -> Iterator[Article | InputError]:
    """The articles of the drafts; what a reader raises comes as the last."""
    try:
        for draft in drafts:
            yield _article(draft, overrides)
    except InputError as error:
        yield error


def _article(draft: Draft | InputError, overrides: Mapping[str, str]) -> Article | InputError:
    try:
        return draft if isinstance(draft, InputError) else finish(draft, overrides)
    except InputError as error:
        return error

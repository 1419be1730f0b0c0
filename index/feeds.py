"""FeedList: the feeds that an archive follows, in one file in its folder, and fetching what is new in them."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from index.articles import Article
from index.build import AddReport
from index.errors import ArchiveBusy, ArchiveError, InputError
from index.fetch import Fetcher, source_of
from index.readers.draft import Draft
from index.readers.feed import read_feed
from index.readers.web import finished, is_feed, with_pages
from index.web_address import check_url, shown_url

Add = Callable[[Iterable[Article | InputError]], AddReport]
"""What stores the articles, as `Indexer.add`."""

_FILE = "feeds.json"
_LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that is followed.

    `publisher` replaces what the feed says; `full_text`: its pages are fetched too. `tried` is when it was last asked,
    in ISO 8601, and `status` what came of it: ok, unchanged, or what went wrong. `seen` are the keys of the entries
    that were in it then and are done with; a changed entry has another key.
    """

    url: str
    title: str | None = None
    publisher: str | None = None
    full_text: bool = False
    etag: str | None = None
    last_modified: str | None = None
    tried: str | None = None
    status: str | None = None
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """What came of asking one feed: its record as it is now, what was added, and what went wrong as a whole."""

    feed: Feed
    report: AddReport
    error: str | None = None


class FeedList:
    """The feeds of the archive in `folder`; more than one process may use it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def feeds(self) -> list[Feed]:
        """All feeds, in the order in which they were added.

        Raises:
            ArchiveError: the file is damaged.
        """
        if not self._file.exists():
            return []
        try:
            return [_feed(record) for record in json.loads(self._file.read_text(encoding="utf-8"))["feeds"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArchiveError(
                f"{self._file}: the list of feeds is damaged ({error}); mend it, or remove it and add the feeds again"
            ) from None

    def add(self, url: str, *, publisher: str | None = None, full_text: bool = False) -> Feed:
        """Follow a feed from now on; it is not fetched yet.

        Raises:
            InputError: no address that is fetched, or one that is followed already.
        """
        try:
            feed = Feed(url=str(check_url(url)), publisher=publisher, full_text=full_text)
        except InputError as error:
            raise InputError(f"{shown_url(url)}: {error}") from None

        def change(feeds: list[Feed]) -> list[Feed]:
            if any(one.url == feed.url for one in feeds):
                raise InputError(f"{feed.url}: this feed is followed already; dateline feeds list shows all")
            return [*feeds, feed]

        self._change(change)
        return feed

    def remove(self, url: str) -> None:
        """Follow a feed no longer; its articles stay.

        Raises:
            InputError: it is not followed.
        """
        given = self.find(url)
        self._change(lambda feeds: [one for one in feeds if one.url != given.url])

    def find(self, url: str) -> Feed:
        """The feed at an address; raises as `remove`."""
        for feed in self.feeds():
            if url in (feed.url, feed.url.removesuffix("/")):
                return feed
        raise InputError(f"{shown_url(url)}: this feed is not followed; dateline feeds list shows all")

    def update(
        self, feeds: Iterable[Feed], fetcher: Fetcher, add: Add, now: Callable[[], datetime]
    ) -> Iterator[FeedUpdate]:
        """Ask each feed for what is new and store it; a feed that fails stops no other. Nothing is removed.

        Raises:
            ArchiveError: as `add`; the feed that it was at counts as not asked.
        """
        for feed in feeds:
            done = _update(feed, fetcher, add, now().isoformat(timespec="seconds"))
            self._replace(done.feed)
            yield done

    def _replace(self, feed: Feed) -> None:
        self._change(lambda feeds: [feed if one.url == feed.url else one for one in feeds])

    def _change(self, change: Callable[[list[Feed]], list[Feed]]) -> None:
        try:
            with FileLock(self._file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
                records = [asdict(feed) for feed in change(self.feeds())]
                new = self._file.with_suffix(".new")
                with new.open("w", encoding="utf-8") as stream:
                    json.dump({"feeds": records}, stream, ensure_ascii=False, indent=1)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(new, self._file)
        except Timeout:
            raise ArchiveBusy(f"another process is changing {self._file}; try again") from None


def _feed(record: dict[str, object]) -> Feed:
    seen = record.get("seen", ())
    strings = {name: value for name, value in record.items() if name not in ("seen", "full_text")}
    if (
        not (isinstance(seen, list | tuple) and all(isinstance(key, str) for key in seen))
        or not all(value is None or isinstance(value, str) for value in strings.values())
        or not isinstance(record["url"], str)
        or record.keys() - {one.name for one in fields(Feed)}
    ):
        raise ValueError(f"no record of a feed: {str(record)[:100]}")
    return Feed(seen=tuple(seen), full_text=record.get("full_text") is True, **strings)  # type: ignore[arg-type]


def _update(feed: Feed, fetcher: Fetcher, add: Add, tried: str) -> FeedUpdate:
    try:
        fetched = fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        if fetched.not_modified:
            return FeedUpdate(feed=replace(feed, tried=tried, status="unchanged"), report=AddReport())
        source = source_of(fetched)
        if not is_feed(source):
            raise InputError(f"{feed.url}: this is no feed in RSS or Atom; dateline add reads a single page")
        drafts = list(read_feed(source))
    except InputError as error:
        return FeedUpdate(feed=replace(feed, tried=tried, status=str(error)), report=AddReport(), error=str(error))
    done: list[str] = []
    found = list(_new(feed, drafts, fetcher, done))  # before `add`, which locks the archive
    report = add(found) if found else AddReport()
    whole = not any(isinstance(one, InputError) for one in found)
    changed = replace(
        feed,
        title=next((draft.publisher for draft in drafts if isinstance(draft, Draft)), feed.title),
        etag=fetched.etag if whole else None,  # where something failed, the next update asks for all of it again
        last_modified=fetched.last_modified if whole else None,
        tried=tried,
        status="ok" if whole else "ok, but for some entries",
        seen=tuple(done),
    )
    return FeedUpdate(feed=changed, report=report)


def _new(
    feed: Feed, drafts: Iterable[Draft | InputError], fetcher: Fetcher, done: list[str]
) -> Iterator[Article | InputError]:
    """The articles of the entries that were not done with before; the keys of all that now are go into `done`."""
    overrides = {"publisher": feed.publisher} if feed.publisher else {}
    for draft in drafts:
        if isinstance(draft, InputError):
            yield draft
            continue
        key = _key(draft)
        if key not in feed.seen:
            found = list(finished(with_pages([draft], fetcher) if feed.full_text else [draft], overrides))
            yield from found
            if any(isinstance(one, InputError) for one in found):
                continue
        done.append(key)


def _key(draft: Draft) -> str:
    """A hash of what an entry says, short because it only tells the entries of one feed apart."""
    said = (draft.url, draft.id, draft.title, draft.text, draft.published, draft.modified)
    return sha256(repr(said).encode()).hexdigest()[:16]

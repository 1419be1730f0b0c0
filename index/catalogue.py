"""What an archive holds, counted and listed a page at a time, however much that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.archive import Archive
from index.errors import ArchiveError
from index.filters import Filters
from index.lexical import LexicalIndex

_FOUND = 200  # sentences, and titles, that a search looks at
_SPANS = (("day", 10, 62), ("month", 7, 72), ("year", 4, 10_000))  # name, letters of the date, most columns
_INDEX = (
    "CREATE INDEX IF NOT EXISTS articles_listed ON articles "
    "(until, published, id, language, folded_publisher, publisher)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list: an article without its text."""

    id: str
    title: str | None
    publisher: str | None
    published: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list, and how many articles all its pages hold; `cut` where a search found more than it shows."""

    entries: tuple[Entry, ...]
    total: int
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day, month or year, as the beginning of a date, and how many articles are of it."""

    name: str
    count: int


class Catalogue:
    """Counts and pages of one archive; older versions are left out. No call reads the text of more than a page."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def prepare(self) -> None:
        """Make the index that counting needs, once; where that cannot be, counting is slower."""
        if self._archive.rows("SELECT 1 FROM sqlite_master WHERE name = 'articles_listed'"):
            return
        try:
            with self._archive.writing():
                self._archive.rows(_INDEX)
        except ArchiveError:
            pass

    def listed(self, filters: Filters, text: str, start: int, size: int) -> Listing:
        """The articles from number `start` on, newest first; with a text those that have it, the nearest first."""
        if text.strip():
            found = self._found(filters, text)
            ids = found[start : start + size]
            return Listing(entries=self._entries(ids), total=len(found), cut=len(found) >= _FOUND)
        condition, values = filters.sql()
        query = f"SELECT id FROM articles WHERE {condition} ORDER BY published DESC, id DESC LIMIT ? OFFSET ?"
        ids = [str(key) for (key,) in self._rows(query, [*values, size, start])]
        total = int(self._rows(f"SELECT count(*) FROM articles WHERE {condition}", values)[0][0])
        return Listing(entries=self._entries(ids), total=total)

    def counts(self, column: str, filters: Filters, most: int) -> list[tuple[str, int]]:
        """How many articles that pass are in each language, or of each publisher, most first."""
        if column not in ("language", "publisher"):
            raise ValueError(f"can count by language or publisher, not by {column!r}")
        condition, values = filters.sql()
        query = (
            f"SELECT {column}, count(*) FROM articles WHERE {condition} AND {column} IS NOT NULL "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
        )
        return [(str(name), int(count)) for name, count in self._rows(query, [*values, most])]

    def columns(self, filters: Filters) -> list[Column]:
        """How many articles that pass are of each day, month or year that has any, whichever is not too many."""
        condition, values = filters.sql()
        for _, letters, most in _SPANS:
            query = (
                f"SELECT substr(published, 1, {letters}), count(*) FROM articles WHERE {condition} "
                "AND published IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT ?"
            )
            rows = self._rows(query, [*values, most + 1])
            if len(rows) <= most:
                break
        return [Column(name=str(name), count=int(count)) for name, count in rows]

    def undated(self, filters: Filters) -> int:
        """How many articles that pass have no date."""
        condition, values = filters.sql()
        return int(self._rows(f"SELECT count(*) FROM articles WHERE {condition} AND published IS NULL", values)[0][0])

    def _found(self, filters: Filters, text: str) -> list[str]:
        """Articles with the text in their title, the newest first, then those with its words in a sentence."""
        condition, values = filters.sql()
        wanted = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = (
            f"SELECT id FROM articles WHERE {condition} AND title LIKE ? ESCAPE '\\' ORDER BY published DESC LIMIT ?"
        )
        titled = [str(key) for (key,) in self._rows(query, [*values, f"%{wanted}%", _FOUND])]
        hits = LexicalIndex(self._archive).search(text, None, _FOUND, filters)
        return list(dict.fromkeys([*titled, *(one.sentence.article_id for one in hits)]))

    def _entries(self, ids: Sequence[str]) -> tuple[Entry, ...]:
        query = "SELECT id, title, publisher, published, language FROM articles WHERE id IN"
        names = ("id", "title", "publisher", "published", "language")
        held = {row[0]: Entry(**dict(zip(names, row, strict=True))) for row in self._archive.among(query, ids)}
        return tuple(held[one] for one in ids if one in held)

    def _rows(self, query: str, values: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        return self._archive.rows(query, list(values))

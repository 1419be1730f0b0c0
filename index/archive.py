"""Articles, sentences and chunks in SQLite: the truth, from which every index can be made again."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Any

from filelock import FileLock, Timeout

from index.articles import Article
from index.chunks import Chunk
from index.errors import ArchiveBusy, ArchiveError, ArchiveMismatch, ArchiveMissing
from index.filters import Filters
from index.schema import FILE, FORMAT, make_file
from index.sentences import Sentence

_NO_END = 2**62
_STEP = 500  # values a statement; some builds of SQLite take 999 at the most
_COLUMNS = "id, title, text, publisher, published, language, url, extra"
_CHUNKS = (
    "SELECT chunks.id, chunks.article_id, chunks.start, chunks.end, sentences.start, sentences.end FROM chunks "
    "LEFT JOIN sentences ON sentences.article_id = chunks.article_id AND sentences.start >= chunks.start "
    "AND sentences.start < chunks.end AND sentences.end <= chunks.end"
)


class Archive:
    """One folder's articles. Safe to share between threads; one process at a time may write."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the archive in `folder`, or make one there when `create`.

        Raises:
            ArchiveMissing: there is none.
            ArchiveError: the folder holds something else, or the file is damaged.
            ArchiveMismatch: it was written by a version with another format.
        """
        self.folder = folder
        file = folder / FILE
        if not file.exists():
            if not create:
                raise ArchiveMissing(f"there is no archive in {folder}; make one with: dateline add PATH --db {folder}")
            make_file(folder)
        self._lock = RLock()
        try:
            self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None, timeout=30)
            self._connection.execute("PRAGMA foreign_keys = ON")
            found = self.meta("format")
        except sqlite3.Error as error:
            raise _unusable(file, error) from error
        if found != FORMAT:
            raise ArchiveMismatch(
                f"{folder} has format {found}, this version reads {FORMAT}; export it with that version"
            )

    def close(self) -> None:
        """Close the file; the archive cannot be used afterwards."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock, which ends with the process that holds it.

        Raises:
            ArchiveBusy: another process holds it.
        """
        lock = FileLock(self.folder / "write.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ArchiveBusy(
                f"another process is writing to {self.folder}; wait until it is done and try again"
            ) from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside are kept together or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def meta(self, key: str) -> str | None:
        """A value stored by `set_meta`, or None."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", [key])
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Store a value under a name of the caller's."""
        self.rows("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    def digest(self, article_id: str) -> str | None:
        """The stored article's digest, or None where there is no such article."""
        rows = self.rows("SELECT digest FROM articles WHERE id = ?", [article_id])
        return str(rows[0][0]) if rows else None

    def put(self, article: Article) -> None:
        """Store a new article, not yet indexed."""
        extra = json.dumps(dict(article.extra), ensure_ascii=False)
        folded = article.publisher.casefold() if article.publisher else None
        who = (article.id, article.digest, article.title, article.text, article.publisher, folded)
        row = (*who, article.published, article.language, article.url, extra)
        self.rows("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", row)

    def put_parts(self, article_id: str, sentences: Sequence[Sentence], chunks: Mapping[Chunk, str]) -> None:
        """Replace an article's sentences and chunks, these with the digests of what is embedded for them."""
        with self._lock:
            for table in ("sentences", "chunks"):
                self._connection.execute(f"DELETE FROM {table} WHERE article_id = ?", [article_id])
            self._connection.executemany(
                "INSERT INTO sentences VALUES (?, ?, ?)", [(article_id, one.start, one.end) for one in sentences]
            )
            self._connection.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
                [(one.id, article_id, one.start, one.end, digest) for one, digest in chunks.items()],
            )

    def mark(self, article_ids: Iterable[str], *, indexed: bool) -> None:
        """Note whether the articles' vectors are stored."""
        with self._lock:
            self._connection.executemany(
                "UPDATE articles SET indexed = ? WHERE id = ?", [(int(indexed), one) for one in article_ids]
            )

    def remove(self, article_id: str) -> None:
        """Delete an article with its sentences and chunks."""
        self.rows("DELETE FROM articles WHERE id = ?", [article_id])

    def get(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The stored articles among the ids, by id."""
        found = self.among(f"SELECT {_COLUMNS} FROM articles WHERE id IN", article_ids)
        return {row[0]: _article(row) for row in found}

    def ids(self, filters: Filters | None = None, *, pending: bool = False) -> list[str]:
        """Ids of the articles that pass, oldest first; with `pending` only those whose vectors are missing."""
        condition, values = (filters or Filters()).sql()
        extra = " AND indexed = 0" if pending else ""
        query = f"SELECT id FROM articles WHERE {condition}{extra} ORDER BY published, id"
        return [str(row[0]) for row in self.rows(query, values)]

    def sentences(self, article_id: str, start: int = 0, end: int | None = None) -> list[Sentence]:
        """The sentences of an article that lie within [start, end)."""
        limit = _NO_END if end is None else end
        rows = self.rows(
            "SELECT start, end FROM sentences WHERE article_id = ? AND start >= ? AND end <= ? ORDER BY start",
            [article_id, start, limit],
        )
        return [Sentence(article_id=article_id, start=first, end=last) for first, last in rows]

    def chunks(self, chunk_ids: Iterable[str]) -> dict[str, Chunk]:
        """The stored chunks among the ids, by id."""
        rows = self.among(f"{_CHUNKS} WHERE chunks.id IN", chunk_ids, end="ORDER BY chunks.id, sentences.start")
        return dict(_read_chunks(rows))

    def twins(self, digests: Iterable[str]) -> dict[str, str]:
        """For each digest under which a chunk is stored, the id of one such chunk."""
        return dict(self.among("SELECT digest, max(id) FROM chunks WHERE digest IN", digests, end="GROUP BY digest"))

    def chunk_ids(self, filters: Filters, among: Iterable[str] | None = None) -> list[str]:
        """Ids of the chunks, among these where given, whose articles pass."""
        condition, values = filters.sql()
        query = f"SELECT chunks.id FROM chunks JOIN articles ON articles.id = article_id WHERE {condition}"
        rows = self.rows(query, values) if among is None else self.among(f"{query} AND chunks.id IN", among, values)
        return [str(row[0]) for row in rows]

    def chunks_of(self, article_id: str) -> list[Chunk]:
        """An article's chunks in order."""
        query = f"{_CHUNKS} WHERE chunks.article_id = ? ORDER BY chunks.start, sentences.start"
        return [chunk for _, chunk in _read_chunks(self.rows(query, [article_id]))]

    def chunks_with(self, sentences: Sequence[Sentence]) -> dict[Sentence, str]:
        """For each of the sentences that lies in a chunk, the id of that chunk."""
        found: dict[Sentence, str] = {}
        for at in range(0, len(sentences), _STEP // 3):
            batch = sentences[at : at + _STEP // 3]
            values = [value for one in batch for value in (one.article_id, one.start, one.end)]
            wanted = f"WITH wanted (article, first, last) AS (VALUES {', '.join(['(?, ?, ?)'] * len(batch))})"
            on = "ON article_id = article AND start <= first AND end >= last"
            rows = self.rows(f"{wanted} SELECT article, first, last, id FROM wanted CROSS JOIN chunks {on}", values)
            found |= {Sentence(article_id=article, start=first, end=last): key for article, first, last, key in rows}
        return found

    def counts(self) -> dict[str, int]:
        """Number of rows a table, and of articles whose vectors are missing under 'pending'."""
        tables = {name: f"SELECT count(*) FROM {name}" for name in ("articles", "sentences", "chunks")}
        queries = tables | {"pending": "SELECT count(*) FROM articles WHERE indexed = 0"}
        return {name: int(self.rows(query)[0][0]) for name, query in queries.items()}

    def tally(self, column: str) -> Mapping[str | None, int]:
        """Number of articles by 'language' or 'publisher', most first."""
        if column not in ("language", "publisher"):
            raise ValueError(f"can count by language or publisher, not by {column!r}")
        return dict(self.rows(f"SELECT {column}, count(*) FROM articles GROUP BY 1 ORDER BY 2 DESC, 1"))

    def days(self) -> tuple[str | None, str | None]:
        """The first and the last day of publication."""
        first, last = self.rows("SELECT min(substr(published, 1, 10)), max(substr(published, 1, 10)) FROM articles")[0]
        return first, last

    def check(self) -> list[str]:
        """SQLite's own findings about the file; empty when it is sound."""
        return [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]

    def among(
        self, query: str, keys: Iterable[str], values: Sequence[str] = (), end: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Run a statement that goes on with a list of keys, in parts where they are many; each key counts once."""
        held = list(dict.fromkeys(keys))
        for at in range(0, len(held), _STEP):
            batch = held[at : at + _STEP]
            yield from self.rows(f"{query} ({', '.join('?' * len(batch))}) {end}", [*values, *batch])

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; also for index/lexical.py, which keeps its tables in the same file."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _unusable(file: Path, error: sqlite3.Error) -> ArchiveError:
    if "readonly" in str(error):
        return ArchiveError(f"{file.parent} cannot be written to; make it writable, or copy it and name the copy")
    return ArchiveError(f"{file} cannot be read: {error}; restore it from a copy, or add the articles anew")


def _article(row: tuple[Any, ...]) -> Article:
    names = ("id", "title", "text", "publisher", "published", "language", "url")
    return Article(**dict(zip(names, row, strict=False)), extra=json.loads(row[7]) if row[7] != "{}" else {})


def _read_chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, Chunk]]:
    """Chunks by id from the rows of `_CHUNKS`, one a sentence."""
    for (key, article, start, end), group in groupby(rows, itemgetter(0, 1, 2, 3)):
        spans = ((first, last) for *_, first, last in group if first is not None)
        sentences = tuple(Sentence(article_id=article, start=first, end=last) for first, last in spans)
        yield key, Chunk(article_id=article, start=start, end=end, sentences=sentences)

"""Articles, sentences and chunks in SQLite: the truth, from which every index can be made again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import uuid4

from index.articles import Article
from index.chunks import Chunk
from index.database import Database
from index.filters import Filters
from index.sentences import Sentence

_NO_END = 2**62
_STEP = 166  # sentences a statement, of three values each
_COLUMNS = "id, title, text, publisher, published, modified, language, url, extra"
_STORED = (
    "id", "digest", "title", "text", "publisher", "folded_publisher", "published", "modified", "language", "url",
    "extra",
)  # fmt: skip
_CHUNKS = (
    "SELECT chunks.id, chunks.article_id, chunks.start, chunks.end, sentences.start, sentences.end FROM chunks "
    "LEFT JOIN sentences ON sentences.article_id = chunks.article_id AND sentences.start >= chunks.start "
    "AND sentences.start < chunks.end AND sentences.end <= chunks.end"
)


class Archive(Database):
    """One folder's articles. Safe to share between threads; one process at a time may write."""

    @property
    def key(self) -> str:
        """What tells this archive from every other; a copy of its folder has the same."""
        found = self.meta("archive")
        if found is None:
            found = uuid4().hex
            self.set_meta("archive", found)
        return found

    def digest(self, article_id: str) -> str | None:
        """The stored article's digest, or None where there is no such article."""
        rows = self.rows("SELECT digest FROM articles WHERE id = ?", [article_id])
        return str(rows[0][0]) if rows else None

    def put(self, article: Article, *, family: str | None = None, version: int = 1, since: str | None = None) -> None:
        """Store an article, not yet indexed: a new one, or a later version of the one whose id is `family`."""
        values = (*_values(article), family or article.id, version, since or article.day)
        names = f"{', '.join(_STORED)}, family, version, since"
        self.rows(f"INSERT INTO articles ({names}) VALUES ({', '.join('?' * len(values))})", values)

    def change(self, article: Article) -> None:
        """Replace what is stored under the article's id but its place among its versions; it must be indexed again."""
        names = ", ".join(f"{name} = ?" for name in _STORED)
        since = "since = CASE version WHEN 1 THEN ? ELSE since END"
        values = [*_values(article), article.day, article.id]
        self.rows(f"UPDATE articles SET {names}, {since}, indexed = 0 WHERE id = ?", values)

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
        """Ids of the articles that pass, oldest first, or without filters of all versions of all articles.

        With `pending` only of those whose vectors are missing.
        """
        condition, values = filters.sql() if filters else ("1", [])
        extra = " AND indexed = 0" if pending else ""
        query = f"SELECT id FROM articles WHERE {condition}{extra} ORDER BY published, id"
        return [str(row[0]) for row in self.rows(query, values)]

    def any(self, filters: Filters) -> bool:
        """Whether an article passes."""
        condition, values = filters.sql()
        return bool(self.rows(f"SELECT 1 FROM articles WHERE {condition} LIMIT 1", values))

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

    def groups_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """For each stored article, what it shares with its copies and its other versions: the original's id."""
        return dict(self.among("SELECT id, coalesce(original, family) FROM articles WHERE id IN", article_ids))

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
        for at in range(0, len(sentences), _STEP):
            batch = sentences[at : at + _STEP]
            values = [value for one in batch for value in (one.article_id, one.start, one.end)]
            wanted = f"WITH wanted (article, first, last) AS (VALUES {', '.join(['(?, ?, ?)'] * len(batch))})"
            on = "ON article_id = article AND start <= first AND end >= last"
            rows = self.rows(f"{wanted} SELECT article, first, last, id FROM wanted CROSS JOIN chunks {on}", values)
            found |= {Sentence(article_id=article, start=first, end=last): key for article, first, last, key in rows}
        return found

    def counts(self) -> dict[str, int]:
        """Number of articles, of sentences and chunks in all their versions, and of versions without vectors yet."""
        queries = {
            "articles": "SELECT count(*) FROM articles WHERE until IS NULL",
            "sentences": "SELECT count(*) FROM sentences",
            "chunks": "SELECT count(*) FROM chunks",
            "pending": "SELECT count(*) FROM articles WHERE indexed = 0",
        }
        return {name: int(self.rows(query)[0][0]) for name, query in queries.items()}

    def tally(self, column: str) -> Mapping[str | None, int]:
        """Number of articles by 'language' or 'publisher', most first."""
        if column not in ("language", "publisher"):
            raise ValueError(f"can count by language or publisher, not by {column!r}")
        query = f"SELECT {column}, count(*) FROM articles WHERE until IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        return dict(self.rows(query))

    def languages(self) -> list[str | None]:
        """The languages of all articles, older versions too, None where one has none; the index is leapt through."""
        least = "SELECT min(language) FROM articles"
        query = (
            f"WITH RECURSIVE found (code) AS ({least} UNION ALL SELECT ({least} WHERE language > code) FROM found "
            "WHERE code IS NOT NULL) SELECT code FROM found WHERE code IS NOT NULL"
        )
        unknown = self.rows("SELECT 1 FROM articles WHERE language IS NULL LIMIT 1")
        return [str(code) for (code,) in self.rows(query)] + ([None] if unknown else [])

    def all_pass(self, filters: Filters | None) -> bool:
        """Whether everything that is indexed may be shown: nothing is filtered, and no article has an older version."""
        if filters is not None and not filters.empty:
            return False
        return not self.rows("SELECT 1 FROM articles WHERE until IS NOT NULL LIMIT 1")

    def days(self) -> tuple[str | None, str | None]:
        """The first and the last day of publication."""
        first, last = self.rows("SELECT min(substr(published, 1, 10)), max(substr(published, 1, 10)) FROM articles")[0]
        return first, last


def _values(article: Article) -> tuple[Any, ...]:
    """In the order of _STORED."""
    extra = json.dumps(dict(article.extra), ensure_ascii=False)
    folded = article.publisher.casefold() if article.publisher else None
    who = (article.id, article.digest, article.title, article.text, article.publisher, folded)
    return (*who, article.published, article.modified, article.language, article.url, extra)


def _article(row: tuple[Any, ...]) -> Article:
    names = _COLUMNS.split(", ")[:-1]
    return Article(**dict(zip(names, row, strict=False)), extra=json.loads(row[-1]) if row[-1] != "{}" else {})


def _read_chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, Chunk]]:
    """Chunks by id from the rows of `_CHUNKS`, one a sentence."""
    for (key, article, start, end), group in groupby(rows, itemgetter(0, 1, 2, 3)):
        spans = ((first, last) for *_, first, last in group if first is not None)
        sentences = tuple(Sentence(article_id=article, start=first, end=last) for first, last in spans)
        yield key, Chunk(article_id=article, start=start, end=end, sentences=sentences)

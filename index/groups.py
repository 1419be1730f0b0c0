"""Groups of copies in an archive: each copy names the original, the article of its group that was published first."""

from dataclasses import dataclass

from index.archive import Archive
from index.articles import Article
from index.copies import are_copies, letters_of, sketch_of

_METHOD = "shingles-1"
_COMMON = 100  # articles that share a shingle, beyond which it is some outlet's furniture
_COMPARED = 20  # articles with the most shingles in common


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    id: str
    family: str
    original: str | None
    published: str | None


class CopyGroups:
    """Finds an article's group when it comes, and mends groups when it goes. Callers hold a transaction."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def make(self, *, anew: bool = False) -> None:
        """Group all articles where that was not done, or `anew`."""
        if self._archive.meta("copies") == _METHOD and not anew:
            return
        with self._archive.transaction():
            self._archive.rows("DELETE FROM sketches")
            self._archive.rows("UPDATE articles SET original = NULL")
            for (family,) in self._archive.rows("SELECT family FROM articles WHERE until IS NULL ORDER BY number"):
                self.put(family)
            self._archive.set_meta("copies", _METHOD)

    def put(self, family: str) -> None:
        """Put the newest version of an article that is in no group, and not looked up yet, into its group."""
        query = "SELECT number, id FROM articles WHERE family = ? AND until IS NULL"
        number, key = self._archive.rows(query, [family])[0]
        article = self._archive.get([key])[key]
        hashes = [int(one) for one in sketch_of(letters_of(article.text))]
        original = self._original(article, family, hashes)
        if original is not None:
            self._join(article, family, original)
        put = "INSERT OR IGNORE INTO sketches SELECT ?, ? WHERE (SELECT count(*) FROM sketches WHERE hash = ?) < ?"
        for one in hashes:
            self._archive.rows(put, [one, number, one, _COMMON])

    def drop(self, family: str) -> None:
        """Take an article out of its group, which goes on under the next."""
        for number, text in self._archive.rows("SELECT number, text FROM articles WHERE family = ?", [family]):
            hashes = [int(one) for one in sketch_of(letters_of(text))]
            list(self._archive.among("DELETE FROM sketches WHERE article = ? AND hash IN", hashes, [number]))
        self._archive.rows("UPDATE articles SET original = NULL WHERE family = ?", [family])
        heirs = self._archive.rows(
            "SELECT family FROM articles WHERE original = ? ORDER BY coalesce(published, '9999'), number", [family]
        )
        if heirs:
            self._archive.rows("UPDATE articles SET original = ? WHERE original = ?", [heirs[0][0], family])
            self._archive.rows("UPDATE articles SET original = NULL WHERE family = ?", [heirs[0][0]])

    def listed(self) -> dict[str, list[str]]:
        """For each original, by the id of its newest version, those of its copies in order of publication."""
        rows = self._archive.rows(
            "SELECT own.id, copy.id FROM articles AS copy JOIN articles AS own ON own.family = copy.original AND "
            "own.until IS NULL WHERE copy.original IS NOT NULL AND copy.until IS NULL "
            "ORDER BY own.published, own.id, coalesce(copy.published, '9999'), copy.id"
        )
        found: dict[str, list[str]] = {}
        for original, copy in rows:
            found.setdefault(original, []).append(copy)
        return found

    def _original(self, article: Article, family: str, hashes: list[int]) -> _Row | None:
        """The original of the first group, of those with most in common, that the article is a copy in."""
        for near in self._near(article, family, hashes):
            if are_copies(article.text, self._text(near.id)):
                root = self._root(near)
                if root.id == near.id or are_copies(article.text, self._text(root.id)):
                    return root
        return None

    def _near(self, article: Article, family: str, hashes: list[int]) -> list[_Row]:
        counts: dict[int, int] = {}
        for (number,) in self._archive.among("SELECT article FROM sketches WHERE hash IN", hashes):
            counts[number] = counts.get(number, 0) + 1
        best = sorted(counts, key=lambda number: (-counts[number], number))[:_COMPARED]
        query = (
            "SELECT number, id, family, original, published FROM articles WHERE until IS NULL AND family <> ? "
            "AND language IS ? AND number IN"
        )
        rows = {row[0]: row[1:] for row in self._archive.among(query, best, [family, article.language])}
        return [_row(rows[number]) for number in best if number in rows]

    def _root(self, near: _Row) -> _Row:
        if near.original is None:
            return near
        query = "SELECT id, family, original, published FROM articles WHERE family = ? AND until IS NULL"
        return _row(self._archive.rows(query, [near.original])[0])

    def _join(self, article: Article, family: str, root: _Row) -> None:
        """The article becomes a copy, or, published before the original, takes its place."""
        if (article.published or "9999") >= (root.published or "9999"):
            self._archive.rows("UPDATE articles SET original = ? WHERE id = ?", [root.family, article.id])
            return
        self._archive.rows("UPDATE articles SET original = ? WHERE original = ?", [family, root.family])
        self._archive.rows("UPDATE articles SET original = ? WHERE id = ?", [family, root.id])

    def _text(self, key: str) -> str:
        return str(self._archive.rows("SELECT text FROM articles WHERE id = ?", [key])[0][0])


def _row(values: tuple[str, str, str | None, str | None]) -> _Row:
    key, family, original, published = values
    return _Row(id=key, family=family, original=original, published=published)

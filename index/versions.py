"""Versions of an article: the same id or address with other words is a new version, and the old one stays.

The first version is stored under the article's own id, the second under `id@v2` and so on, so that a citation stays
with the words that it cites. Each version counts from its day (`since`) until the next one's (`until`, exclusive).
"""

from dataclasses import dataclass, replace

from index.archive import Archive
from index.articles import Article
from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored version: `since` and `until` are days, None where unknown and where it is the newest."""

    id: str
    number: int
    digest: str
    since: str | None
    until: str | None


def versions(archive: Archive, article_id: str) -> list[Version]:
    """All versions of the article that has a version with this id, the newest last; empty when there is none."""
    rows = archive.rows(
        "SELECT id, version, digest, since, until FROM articles WHERE family = "
        "(SELECT family FROM articles WHERE id = ?) ORDER BY until IS NULL, since, version",
        [article_id],
    )
    return [Version(id=key, number=n, digest=digest, since=since, until=until) for key, n, digest, since, until in rows]


def family_of(archive: Archive, article_id: str) -> str | None:
    """The id of the article whose version this is; None when there is none."""
    rows = archive.rows("SELECT family FROM articles WHERE id = ?", [article_id])
    return str(rows[0][0]) if rows else None


def put_version(archive: Archive, article: Article, today: str) -> Article | None:
    """Store what is new of an article that is there already; None when nothing is. The caller holds a transaction.

    Where only its metadata changed, the stored version gets them. Where words changed, the returned article has a new
    version's id. `today` is the day from which it counts when it carries no later date of its own.

    Raises:
        InputError: the id is that of another article's version.
    """
    found = versions(archive, article.id)
    if family_of(archive, article.id) != article.id:
        raise InputError(f"{article.origin or 'input'}: the id {article.id!r} is a version's; give the article another")
    if any(one.digest == article.digest for one in found):
        return None
    newest = archive.get([found[-1].id])[found[-1].id]
    if (newest.title, newest.text) == (article.title, article.text):
        archive.change(replace(article, id=newest.id))
        _close(archive, article.id)
        return replace(article, id=newest.id)
    number = max(one.number for one in found) + 1
    since = _since(article, newest, found[-1].since, today)
    version = replace(article, id=f"{article.id}@v{number}")
    archive.put(version, family=article.id, version=number, since=since)
    _close(archive, article.id)
    return version


def _since(article: Article, newest: Article, since: str | None, today: str) -> str:
    """The day that it says it was changed or published on, where that is news, else the day on which it came."""
    said = article.modified or (article.published if article.published != newest.published else None)
    return said[:10] if said and (article.modified or not since or said[:10] >= since) else max(today, since or today)


def _close(archive: Archive, family: str) -> None:
    """Let each version end where the next begins."""
    rows = archive.rows("SELECT id, since FROM articles WHERE family = ? ORDER BY since, version", [family])
    ends = [since for _, since in rows[1:]] + [None]
    for (key, _), until in zip(rows, ends, strict=True):
        archive.rows("UPDATE articles SET until = ? WHERE id = ?", [until, key])

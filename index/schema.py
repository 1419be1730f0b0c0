"""The tables of an archive's SQLite file, making it, and bringing one of an earlier format up to this one."""

import sqlite3
from pathlib import Path
from uuid import uuid4

from index.errors import ArchiveError

FORMAT = "2"
FILE = "archive.sqlite"
_ARTICLES = """
CREATE TABLE {} (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, title TEXT, text TEXT NOT NULL,
  publisher TEXT, folded_publisher TEXT, published TEXT, modified TEXT, language TEXT, url TEXT, extra TEXT NOT NULL,
  family TEXT NOT NULL, version INTEGER NOT NULL, since TEXT, until TEXT, original TEXT,
  indexed INTEGER NOT NULL DEFAULT 0);
"""
_INDEXES = """
CREATE INDEX articles_pending ON articles (indexed) WHERE indexed = 0;
CREATE INDEX articles_filters ON articles (language, folded_publisher, published);
CREATE INDEX articles_family ON articles (family);
CREATE INDEX articles_superseded ON articles (until) WHERE until IS NOT NULL;
CREATE INDEX articles_original ON articles (original) WHERE original IS NOT NULL;
CREATE TABLE sketches (
  hash INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (hash, article)) WITHOUT ROWID;
"""
_PARTS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sentences (
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, start INTEGER NOT NULL, end INTEGER NOT NULL,
  PRIMARY KEY (article_id, start)) WITHOUT ROWID;
CREATE TABLE chunks (
  id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX chunks_article ON chunks (article_id);
CREATE INDEX chunks_digest ON chunks (digest);
"""
_FROM_1 = f"""
BEGIN;
{_ARTICLES.format("articles_2")}
INSERT INTO articles_2 SELECT NULL, id, digest, title, text, publisher, folded_publisher, published, NULL, language,
  url, extra, id, 1, substr(published, 1, 10), NULL, NULL, indexed FROM articles;
DROP TABLE articles;
ALTER TABLE articles_2 RENAME TO articles;
{_INDEXES}
UPDATE meta SET value = '2' WHERE key = 'format';
COMMIT;
"""


def make_file(folder: Path) -> None:
    """Make an empty archive in a folder that is new, empty or holds what an interrupted start left.

    Raises:
        ArchiveError: there is something else in the folder.
    """
    try:
        _make(folder)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be made: {error.strerror}; name another folder with --db") from error


def migrate(connection: sqlite3.Connection, found: str | None) -> str | None:
    """Bring a file of an earlier format up to this one, all or nothing; returns the format that it then has.

    The caller holds the write lock.
    """
    if found != "1":
        return found
    connection.execute("PRAGMA foreign_keys = OFF")  # else dropping the old table would take the sentences along
    try:
        connection.executescript(_FROM_1)
    finally:
        if connection.in_transaction:
            connection.rollback()
        connection.execute("PRAGMA foreign_keys = ON")
    return FORMAT


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(not one.name.startswith(FILE) for one in folder.iterdir())):
        raise ArchiveError(f"{folder} is not an archive and not an empty folder; name another with --db")
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / f"{FILE}.new"  # what an interrupted start left is overwritten
    work.unlink(missing_ok=True)
    connection = sqlite3.connect(work)
    tables = _PARTS + _ARTICLES.format("articles") + _INDEXES
    meta = f"INSERT INTO meta VALUES ('format', '{FORMAT}'), ('archive', '{uuid4().hex}');"
    connection.executescript(f"PRAGMA journal_mode = WAL; {tables} {meta}")
    connection.close()
    work.rename(folder / FILE)

"""The tables of an archive's SQLite file, and making it."""

import sqlite3
from pathlib import Path

from index.errors import ArchiveError

FORMAT = "1"
FILE = "archive.sqlite"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE articles (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT, text TEXT NOT NULL, publisher TEXT, folded_publisher TEXT,
  published TEXT, language TEXT, url TEXT, extra TEXT NOT NULL, indexed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX articles_pending ON articles (indexed) WHERE indexed = 0;
CREATE INDEX articles_filters ON articles (language, folded_publisher, published);
CREATE TABLE sentences (
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, start INTEGER NOT NULL, end INTEGER NOT NULL,
  PRIMARY KEY (article_id, start)) WITHOUT ROWID;
CREATE TABLE chunks (
  id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX chunks_article ON chunks (article_id);
CREATE INDEX chunks_digest ON chunks (digest);
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


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(not one.name.startswith(FILE) for one in folder.iterdir())):
        raise ArchiveError(f"{folder} is not an archive and not an empty folder; name another with --db")
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / f"{FILE}.new"  # what an interrupted start left is overwritten
    work.unlink(missing_ok=True)
    connection = sqlite3.connect(work)
    connection.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA} INSERT INTO meta VALUES ('format', '{FORMAT}');")
    connection.close()
    work.rename(folder / FILE)

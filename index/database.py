"""One SQLite file: opening it, its write lock, transactions, and statements from any thread."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from filelock import FileLock, Timeout

from index.errors import ArchiveBusy, ArchiveError, ArchiveMismatch, ArchiveMissing
from index.schema import FILE, FORMAT, make_file, migrate

_STEP = 500  # values a statement; some builds of SQLite take 999 at the most


class Database:
    """The file of one archive's folder. Safe to share between threads; one process at a time may write."""

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
            if found == "1":
                with self.writing():
                    found = migrate(self._connection, self.meta("format"))
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
        with self._lock, self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def meta(self, key: str) -> str | None:
        """A value stored by `set_meta`, or None."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", [key])
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Store a value under a name of the caller's."""
        self.rows("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    def check(self) -> list[str]:
        """SQLite's own findings about the file; empty when it is sound."""
        return [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]

    def copy_to(self, file: Path) -> None:
        """Copy the whole file as it stands at this moment, whoever is writing to it."""
        copy_file(self.folder / FILE, file)

    def among(
        self, query: str, keys: Iterable[str | int], values: Sequence[str | int | None] = (), end: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Run a statement that goes on with a list of keys, in parts where they are many; each key counts once."""
        held = list(dict.fromkeys(keys))
        for at in range(0, len(held), _STEP):
            batch = held[at : at + _STEP]
            yield from self.rows(f"{query} ({', '.join('?' * len(batch))}) {end}", [*values, *batch])

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; also for index/lexical.py, which keeps its tables in the same file."""
        with self._lock, self._told():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the system's refusals into errors for the user."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "disk" not in str(error):
                raise
            raise ArchiveError(
                f"{self.folder} cannot be written: {error}; free some space and run the same command again, "
                "all that was stored is kept"
            ) from error


def copy_file(file: Path, target: Path) -> None:
    """Copy a file of SQLite's that may be in use; raises OSError where the target cannot be written."""
    source, copy = sqlite3.connect(file), sqlite3.connect(target)
    try:
        source.backup(copy)
    except sqlite3.Error as error:
        raise OSError(0, str(error)) from error
    finally:
        source.close()
        copy.close()


def _unusable(file: Path, error: sqlite3.Error) -> ArchiveError:
    if "readonly" in str(error):
        return ArchiveError(f"{file.parent} cannot be written to; make it writable, or copy it and name the copy")
    return ArchiveError(f"{file} cannot be read: {error}; restore it from a copy, or add the articles anew")

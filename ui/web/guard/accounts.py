"""The file of users: a line for each password and token, name:hash; read again when it changes."""

import hmac
import logging
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock, Semaphore

from index.errors import InputError, SettingsError
from ui.web.guard.passwords import fits, hash_password, hash_token, is_stored

_NAME = re.compile(r"[^\s:#][^\s:]{0,63}")
_AT_ONCE = 2  # hashes, of 16 MiB and a quarter of a second each

_log = logging.getLogger(__name__)

Lines = Mapping[str, Sequence[str]]


class Accounts:
    """Who may sign in. Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        """Read the file.

        Raises:
            SettingsError: it cannot be read, or a line of it is not name:hash.
        """
        self._file = file
        self._lock = Lock()
        self._slots = Semaphore(_AT_ONCE)
        self._nobody = hash_password(secrets.token_hex())
        self._mark, self._lines = _mark(file), read_users(file)
        if os.name == "posix" and file.stat().st_mode & 0o077:
            _log.warning("%s can be read by others on this machine: chmod 600 %s", file, file)

    def check(self, name: str, password: str) -> bool:
        """Whether this is a user's password; takes as long for a user that is not there."""
        stored = [one for one in self._now().get(name, ()) if one.startswith("scrypt$")] or [self._nobody]
        with self._slots:
            return any([fits(password, one) for one in stored]) and stored[0] is not self._nobody

    def of_token(self, token: str) -> str | None:
        """Whose token this is."""
        wanted = hash_token(token)
        found = None
        for name, lines in self._now().items():
            if any([hmac.compare_digest(one, wanted) for one in lines]):
                found = name
        return found

    def stamp(self, name: str) -> int | None:
        """What changes when a user's lines do, None where there is no such user."""
        lines = self._now().get(name)
        return None if lines is None else hash(tuple(lines))

    def _now(self) -> Lines:
        with self._lock:
            mark = _mark(self._file)
            if mark != self._mark:
                self._mark = mark
                try:
                    self._lines = read_users(self._file)
                except SettingsError as error:
                    _log.error("the users stay as they were: %s", error)
            return self._lines


def read_users(file: Path) -> dict[str, list[str]]:
    """What is stored for each user.

    Raises:
        SettingsError: the file cannot be read, or a line of it is not name:hash.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the users cannot be read: {error}; make them: dateline users add NAME --file {file}"
        ) from None
    found: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, stored = line.strip().partition(":")
        if not _NAME.fullmatch(name) or not is_stored(stored):
            raise SettingsError(f"{file}, line {number}: not name:hash, as dateline users add writes it")
        found.setdefault(name, []).append(stored)
    return found


def write_users(file: Path, users: Lines) -> None:
    """Replace the file as a whole, readable for its owner alone."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"{name}:{stored}\n" for name, lines in users.items() for stored in lines)
    new.replace(file)


def check_name(name: str) -> str:
    """The name, where a user can have it.

    Raises:
        InputError: it is empty or too long, or has a colon or white space in it.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name[:80]!r} is no name for a user; give up to 64 characters without a colon or a space")
    return name


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

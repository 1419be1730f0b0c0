"""Who is signed in, and who has tried too often."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_IDLE, _WHOLE = 12 * 3600.0, 7 * 86_400.0  # seconds
_MOST = 10_000  # sessions, and keys that have failed
_FREE, _LONGEST, _FORGET = 5, 900.0, 3600.0  # tries, seconds, seconds

Clock = Callable[[], float]


@dataclass(slots=True)
class _Session:
    user: str
    stamp: int | None
    begun: float
    seen: float


class Sessions:
    """Sessions of one server; they end with it. Safe to share between threads."""

    def __init__(self, stamp: Callable[[str], int | None], clock: Clock = time.monotonic) -> None:
        """`stamp` changes when a user's password does, which ends the sessions; None where there is no such user."""
        self._stamp = stamp
        self._clock = clock
        self._lock = Lock()
        self._held: OrderedDict[str, _Session] = OrderedDict()

    def open(self, user: str) -> str:
        """Begin one; returns the secret that a cookie carries, of which only a digest is kept."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._held[_digest(secret)] = _Session(user, self._stamp(user), now, now)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return secret

    def user(self, secret: str) -> str | None:
        """Whose session it is, or None where it is none or over."""
        key, now = _digest(secret), self._clock()
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            over = now - held.seen > _IDLE or now - held.begun > _WHOLE
            if over or held.stamp is None or self._stamp(held.user) != held.stamp:
                del self._held[key]
                return None
            held.seen = now
            self._held.move_to_end(key)
            return held.user

    def close(self, secret: str) -> None:
        """End it."""
        with self._lock:
            self._held.pop(_digest(secret), None)


class Tries:
    """Failures by key, and how long each has to wait: after the first few twice as long every time."""

    def __init__(self, clock: Clock = time.monotonic, free: int = _FREE, longest: float = _LONGEST) -> None:
        self._clock = clock
        self._free = free
        self._longest = longest
        self._lock = Lock()
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def begin(self, key: str) -> float:
        """Count a try as failed until `forgive`; seconds to wait where it may not be made, 0 where it may."""
        with self._lock:
            now = self._clock()
            count, last = self._failed.pop(key, (0, now))
            if now - last > _FORGET:
                count = 0
            pause = min(2.0 ** (count - self._free), self._longest) if count >= self._free else 0.0
            wait = max(0.0, last + pause - now)
            self._failed[key] = (count, last) if wait else (count + 1, now)
            while len(self._failed) > _MOST:
                self._failed.popitem(last=False)
            return wait

    def back(self, key: str) -> None:
        """The try that `begin` counted was not made."""
        with self._lock:
            count, last = self._failed.get(key, (1, 0.0))
            self._failed[key] = (count - 1, last)

    def forgive(self, key: str) -> None:
        """The try was none that failed."""
        with self._lock:
            self._failed.pop(key, None)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

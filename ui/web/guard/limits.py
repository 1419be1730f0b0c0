"""Limits: how much work one user or address may start in a minute, and how much a request may bring."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.guard.gate import UPLOAD, WORK
from ui.web.guard.wire import address_of, network_of, refusal, user_of

_BODY = 2_000_000  # bytes of a request without files
_KEPT = 10_000  # users and addresses


class Allowance:
    """So many a minute for each key, and as many at once; what was not used comes back over the minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take one; seconds to wait where there is none, 0 where there was."""
        if not self._most:
            return 0.0
        with self._lock:
            now = self._clock()
            left, since = self._left.pop(key, (float(self._most), now))
            left = min(float(self._most), left + (now - since) * self._most / 60)
            taken = left >= 1
            self._left[key] = (left - taken, now)
            while len(self._left) > _KEPT:
                self._left.popitem(last=False)
            return 0.0 if taken else (1 - left) * 60 / self._most


class Limits:
    """Refuses what is too much: 429 with Retry-After, or 413."""

    def __init__(self, app: ASGIApp, per_minute: int, upload: int) -> None:
        self._app = app
        self._upload = upload
        self._allowance = Allowance(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        most = self._upload if UPLOAD.fullmatch(scope["path"]) else _BODY
        if _length(Headers(scope=scope)) > most:
            await refusal(413, f"the request is too large; at most {most:,} bytes")(scope, receive, send)
        elif WORK.fullmatch(scope["path"]) and (seconds := self._allowance.wait(_key(scope))):
            again = math.ceil(seconds)
            message = f"too many requests; try again in {again} s"
            await refusal(429, message, retry_after=str(again))(scope, receive, send)
        else:
            await self._app(scope, _measured(receive, most), send)


def _measured(receive: Receive, most: int) -> Receive:
    """The body as it comes, and as if the client had gone where it is too long."""
    read = 0

    async def receive_some() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return message if read <= most else {"type": "http.disconnect"}

    return receive_some


def _length(headers: Headers) -> float:
    value = headers.get("content-length", "0")
    return int(value) if value.isdecimal() else math.inf


def _key(scope: Scope) -> str:
    """Who is counted: the user, or the address by its network."""
    if user := user_of(scope):
        return f"user {user}"
    return network_of(address_of(scope))

"""Who asks: the session of a cookie, a bearer token, or a name and password with every request."""

import base64
import hashlib
import math
import secrets
from time import monotonic
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.web.guard.accounts import Accounts
from ui.web.guard.sessions import Sessions, Tries
from ui.web.guard.wire import USER, address_of, is_navigation, network_of, refusal

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_OPEN = (SIGN_IN, SIGN_OUT, "/healthz", "/robots.txt", "/csp-reports")
_REMEMBERED = 300.0  # seconds that a password sent with a request need not be hashed again
_MOST = 1_000


class Identity:
    """Signs people and programs in. Safe to share between threads."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.sessions = Sessions(accounts.stamp)
        self._by_address = Tries()
        self._by_user = Tries(free=20, longest=60.0)  # shorter, as anybody can fail in another's name
        self._secret = secrets.token_bytes(32)
        self._seen: dict[bytes, tuple[float, int | None]] = {}

    async def check(self, address: str, name: str, password: str) -> float | None:
        """None where this is a user's password; else the seconds to wait before the next try, 0 for none."""
        place, name_key = network_of(address), name[:64]
        if wait := self._by_address.begin(place):
            return wait  # and nothing is counted against the user, whom this address does not reach
        if wait := self._by_user.begin(name_key):
            self._by_address.back(place)
            return wait
        if not await run_sync(self._accounts.check, name, password):
            return 0.0
        self._by_address.forgive(place)
        self._by_user.forgive(name_key)
        return None

    async def of(self, scope: Scope) -> str | Response | None:
        """The user of a request, None where it names none, a refusal where what it names is wrong."""
        headers = Headers(scope=scope)
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return await self._of_token(address_of(scope), rest.strip())
        if kind.lower() == "basic":
            return await self._of_password(address_of(scope), rest.strip())
        return self.sessions.user(secret) if (secret := read_cookie(headers, scope["scheme"])) else None

    async def _of_token(self, address: str, token: str) -> str | Response:
        if user := self._accounts.of_token(token):
            return user
        wait = self._by_address.begin(network_of(address))
        return too_many(wait) if wait else _unknown("this token is not known")

    async def _of_password(self, address: str, value: str) -> str | Response:
        key = hashlib.blake2b(value.encode(), key=self._secret).digest()
        try:
            name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            name, colon, password = "", "", ""
        held = self._seen.get(key)
        if held and monotonic() - held[0] < _REMEMBERED and held[1] == self._accounts.stamp(name):
            return name
        wait = await self.check(address, name, password) if colon else 0.0
        if wait is not None:
            return too_many(wait) if wait else _unknown("this name or password is not known")
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[key] = monotonic(), self._accounts.stamp(name)
        return name


class Entrance:
    """Lets in who is signed in, sends a browser to the page where that is done, and refuses the others."""

    def __init__(self, app: ASGIApp, identity: Identity) -> None:
        self._app = app
        self._identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        found = await self._identity.of(scope)
        if isinstance(found, str):
            scope[USER] = found
            await self._app(scope, receive, send)
        else:
            await (found or _stranger(scope))(scope, receive, send)


def cookie_name(scheme: str) -> str:
    """The name of the session's cookie; over https one that no other site under the domain can set."""
    return "__Host-dateline" if scheme == "https" else "dateline"


def read_cookie(headers: Headers, scheme: str) -> str | None:
    """The secret that the session's cookie carries; cookies of others beside it may have any form."""
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(scheme))


def too_many(wait: float) -> Response:
    """The refusal of a try that comes too early."""
    again = math.ceil(wait)
    return refusal(429, f"too many tries; wait {again} s", retry_after=str(again))


def _stranger(scope: Scope) -> Response:
    if scope["method"] in ("GET", "HEAD") and is_navigation(Headers(scope=scope)):
        path = quote(scope["path"])
        return RedirectResponse(SIGN_IN if path == "/" else f"{SIGN_IN}?next={path}", 303)
    return _unknown(
        "sign in: name and password (Basic) or a token (Bearer)", browser="sec-fetch-mode" in Headers(scope=scope)
    )


def _unknown(message: str, *, browser: bool = False) -> Response:
    """401; a browser is not told of Basic, as it would ask for a password in a window of its own."""
    return refusal(401, message, www_authenticate="Bearer" if browser else 'Basic realm="Dateline", Bearer')

"""The headers of every response: what a browser may run and load, and from where; its reports of what it did not."""

import json
import logging
import secrets
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.guard.wire import NONCE

REPORTS = "/csp-reports"
_MOST = 20_000  # bytes of a report
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'unsafe-inline'",  # gradio's components carry styles in their elements
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "report-uri": REPORTS,
}
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
_HSTS = "max-age=31536000"

_log = logging.getLogger(__name__)


class Policy:
    """Gives every response its headers, and every request a nonce for the scripts of its document."""

    def __init__(self, app: ASGIApp, seen: Callable[[int], None]) -> None:
        """`seen` is told the status of every response."""
        self._app = app
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = scope[NONCE] = secrets.token_urlsafe(16)

        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seen(message["status"])
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                _add(headers, nonce, https=scope["scheme"] == "https", file="/file=" in scope["path"])
            await send(message)

        await self._app(scope, receive, send_more)


def _add(headers: MutableHeaders, nonce: str, *, https: bool, file: bool) -> None:
    policy = "; ".join(f"{name} {value.format(nonce=nonce)}" for name, value in _POLICY.items())
    headers["content-security-policy"] = f"{policy}; sandbox" if file else policy
    for name, value in _HEADERS.items():
        headers[name] = value
    if https:
        headers["strict-transport-security"] = _HSTS
    if file:
        kind = headers.get("content-disposition", "").partition(";")
        headers["content-disposition"] = f"attachment{kind[1]}{kind[2]}"
    del headers["server"]


async def take_report(request: Request, count: Callable[[], None]) -> Response:
    """Log what a browser was kept from doing."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            return Response(status_code=413)
    count()
    try:
        report = json.loads(body)["csp-report"]
        said = {name: str(report.get(name, ""))[:200] for name in ("violated-directive", "blocked-uri", "source-file")}
    except (ValueError, KeyError, TypeError, AttributeError):
        said = {"unreadable": str(len(body))}
    _log.warning("a browser was kept from something: %s", json.dumps(said))
    return Response(status_code=204)

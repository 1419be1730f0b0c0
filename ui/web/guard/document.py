"""The document in which gradio sends a page: its scripts get the nonce, its head says what ours is to say."""

import re
from collections.abc import Callable

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.guard.wire import NONCE

_META = re.compile(r'\s*<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>|\s*<link rel="manifest"[^>]*>')
_SCRIPT = re.compile(r"<script(?=[\s>])")
_HTML = re.compile(r'<html\s+lang="en"')
_ENOUGH = 1_000  # bytes that are worth to be packed

Rewrite = Callable[[str, str], str]


class Documents:
    """Rewrites what goes out as text/html, packed anew; everything else passes as it is."""

    def __init__(self, app: ASGIApp, rewrite: Rewrite) -> None:
        """`rewrite` gets a document and its path."""
        self._app = app
        self._rewrite = rewrite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        accepted = Headers(scope=scope).get("accept-encoding", "") if scope["type"] == "http" else ""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or "." in scope["path"].rpartition("/")[2]:
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Rewriter(scope, send, self._rewrite, "br" in accepted).take)


class _Rewriter:
    """Holds one document back until it is whole."""

    def __init__(self, scope: Scope, send: Send, rewrite: Rewrite, packs: bool) -> None:
        self._scope, self._send, self._rewrite, self._packs = scope, send, rewrite, packs
        self._start: Message | None = None
        self._body = b""

    async def take(self, message: Message) -> None:
        """One message of the response."""
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"])
            if kind.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        body = self._body
        if headers.get("content-encoding") == "br":
            body = brotli.decompress(body)
            del headers["content-encoding"]
        if body:
            text = add_nonce(self._rewrite(body.decode(), self._scope["path"]), self._scope[NONCE])
            body = text.encode()
            if self._packs and len(body) > _ENOUGH:
                body = brotli.compress(body, quality=4)
                headers["content-encoding"] = "br"
            headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def add_nonce(document: str, nonce: str) -> str:
    """The document with its scripts allowed."""
    return _SCRIPT.sub(f'<script nonce="{nonce}"', document)


def dress(document: str, *, language: str, direction: str, head: str) -> str:
    """Gradio's document in our language, with our head before all scripts, and without its own advertisement."""
    document = _META.sub("", document)
    document = _HTML.sub(f'<html lang="{language}" dir="{direction}"', document, count=1)
    return document.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{head}', 1)

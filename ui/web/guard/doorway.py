"""The doorway: under which name and from which page a request comes, and through which proxy."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.web.guard.rules import Rules
from ui.web.guard.wire import ADDRESS, plain_address, refusal, split_host

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
              "x-forwarded-prefix", "x-real-ip", "x-gradio-server")  # fmt: skip

_log = logging.getLogger(__name__)


class Doorway:
    """Lets in what is addressed to this server and does not come from another site's page.

    What a proxy of ours says of the client is believed, and taken from everybody else: gradio believes all.
    """

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = MutableHeaders(raw=list(scope["headers"]))
            self._forwarded(scope, headers)
            response = self._refused(scope["method"], headers)
            del headers["origin"]  # it is ours: gradio would allow more than that
            scope["headers"] = headers.raw
            await (response or self._app)(scope, receive, send)

    def _forwarded(self, scope: Scope, headers: MutableHeaders) -> None:
        peer = plain_address(str((scope.get("client") or ["?"])[0]))
        scope[ADDRESS] = peer
        if self._rules.trusts(peer):
            told = ",".join(headers.getlist("x-forwarded-for"))  # a proxy may add a line of its own
            hops = [plain_address(one.strip()) for one in told.split(",") if one.strip()]
            strangers = [one for one in hops if not self._rules.trusts(one)]
            scope[ADDRESS] = (strangers or [peer])[-1][:60]
            if headers.get("x-forwarded-proto", "").rpartition(",")[2].strip() in ("https", "http"):
                scope["scheme"] = headers["x-forwarded-proto"].rpartition(",")[2].strip()
            if host := headers.get("x-forwarded-host", "").rpartition(",")[2].strip():
                headers["host"] = host
        for name in _FORWARDED:
            del headers[name]

    def _refused(self, method: str, headers: MutableHeaders) -> Response | None:
        host = headers.get("host", "")
        name = split_host(host)
        if not self._rules.knows(name):
            self._tell(name)
            return refusal(400, f"this server is not called {name[:80]!r}; its owner can say so: --allowed-host NAME")
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        strange = origin is not None and origin.partition("://")[2].lower() != host.lower()
        if strange or (site in ("cross-site", "same-site") and not self._visit(method, headers)):
            return refusal(403, "requests from pages of other sites are not taken")
        return None

    def _visit(self, method: str, headers: MutableHeaders) -> bool:
        """Whether somebody follows a link."""
        return method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"

    def _tell(self, name: str) -> None:
        if name not in self._told and len(self._told) < 20:
            self._told.add(name)
            _log.warning("refused a request for host %r; if that is this server: --allowed-host %s", name, name)

"""The gate: of all that gradio serves, the paths that the page and its API need."""

import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.web.guard.wire import refusal

_NAME = r"[\w.-]{1,100}"
_READ = (
    "config", "theme.css", r"assets/[\w./@-]+", r"static/[\w./@-]+",
    "gradio_api/info", "gradio_api/openapi.json", "gradio_api/queue/data", "gradio_api/upload_progress",
    f"gradio_api/heartbeat/{_NAME}", "gradio_api/app_id", "gradio_api/startup-events", "gradio_api/file=/.+",
)  # fmt: skip
_WRITE = (
    "gradio_api/queue/join", "gradio_api/cancel", "gradio_api/reset", "gradio_api/upload",
    "gradio_api/component_server",
)  # fmt: skip
WORK = re.compile(r".*/gradio_api/(?:queue/join|call/(?:v2/)?[\w.-]+|upload|component_server)/?|/mcp/?")
UPLOAD = re.compile(r".*/gradio_api/upload/?")


class Gate:
    """Lets through what is listed, for the pages at `mounts`, and finds nothing under any other path."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        mounts: tuple[str, ...],
        pages: tuple[str, ...],
        api: tuple[str, ...],
        own: tuple[str, ...],
    ) -> None:
        """`mounts` are paths such as '/' and '/ar', `pages` those below each, `api` endpoints, `own` the server's."""
        self._app = app
        start = _either(one.rstrip("/") for one in mounts)
        shown, mine, called = _either(one.strip("/") for one in pages), _either(own), _either(api)
        read = f"(?:{'|'.join(_READ)}|gradio_api/call/{called}/{_NAME})/?|{shown}"
        write = f"(?:{'|'.join(_WRITE)}|gradio_api/call/(?:v2/)?{called})/?"
        self._read = re.compile(rf"{start}(?:/(?:{read}))?|{mine}")
        self._write = re.compile(rf"{start}/(?:{write})|{mine}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http" or self._lets(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
        else:
            await refusal(404, "not found")(scope, receive, send)

    def _lets(self, method: str, path: str) -> bool:
        if method in ("GET", "HEAD"):
            return self._read.fullmatch(path) is not None
        return method in ("POST", "DELETE") and self._write.fullmatch(path) is not None


def _either(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, texts))})"

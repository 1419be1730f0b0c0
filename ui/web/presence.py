"""Which pages are open, each of which holds a stream for as long as it is, and what is kept of those that are not."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import gradio as gr
from gradio.state_holder import SessionState
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.web.meters import Meters

_STREAM = "/gradio_api/heartbeat/"
_EVERY = 10.0  # seconds between two looks at what is kept
_PAGE, _CALL = 3600.0, 60.0  # seconds that the session of a page that was closed is kept, and that of a program's call


class Presence:
    """Counts the streams of open pages, and forgets sessions that are not used any more.

    Gradio keeps a session of some 300 kB for every call of a program, ten thousand of them, and in a session it keeps
    each component that was made anew for an update, under a number that no page knows.
    """

    def __init__(self, app: ASGIApp, meters: Meters, pages: Iterable[gr.Blocks]) -> None:
        self._app = app
        self._meters = meters
        self._pages = tuple(pages)
        self._open: Counter[str] = Counter()
        self._known: set[str] = set()  # sessions that had a stream
        self._next = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self.forget()
        if scope["type"] != "http" or _STREAM not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session = scope["path"].rpartition("/")[2]
        self._known.add(session)
        self._open[session] += 1
        self._meters.change("dateline_sessions_open", 1)
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[session] -= 1
            self._meters.change("dateline_sessions_open", -1)

    def forget(self, page: float = _PAGE, call: float = _CALL) -> None:
        """Drop sessions without a stream that were last used so many seconds ago."""
        self._open += Counter()  # what is at zero goes
        now, kept = datetime.now(), set(self._open)
        for blocks in self._pages:
            holder = blocks.state_holder
            for session, used in list(holder.time_last_used.items()):
                most = page if session in self._known else call
                if session in self._open or (now - used).total_seconds() <= most:
                    kept.add(session)
                    if (state := holder.session_data.get(session)) is not None:
                        _tidy(state, blocks)
                    continue
                holder.session_data.pop(session, None)
                holder.time_last_used.pop(session, None)
        self._known &= kept


def _tidy(state: SessionState, blocks: gr.Blocks) -> None:
    """Forget the components of a session that are not those of its page."""
    for held in (state.blocks_config.blocks, state.config_values):
        for key in held.keys() - blocks.default_config.blocks.keys():
            del held[key]

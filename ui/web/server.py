"""The server behind the page: a site over uvicorn, started and stopped from a thread."""

import asyncio
import ctypes
import errno
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import uvicorn

from index.archive import Archive
from index.errors import SettingsError
from qa.app import build_answerer
from qa.settings import Settings
from ui.web.counted import CountedAnswerer
from ui.web.guard.rules import Rules
from ui.web.means import make_means
from ui.web.meters import Meters
from ui.web.site import Site, make_site

_FINISH = 10.0  # seconds that running answers have after a stop
_CLOSE = 3  # seconds that connections have to close after that
_ARENAS = (-8, 2)  # M_ARENA_MAX of glibc's malloc.h: a heap of its own for each of many threads is mostly free memory
_LOCAL = {"0.0.0.0": "localhost", "::": "localhost"}


@dataclass(frozen=True, slots=True)
class Served:
    """A site that is being served at `address`."""

    address: str
    site: Site
    _server: uvicorn.Server
    _thread: Thread
    _loop: asyncio.AbstractEventLoop

    def stop(self, finish: float = _FINISH) -> None:
        """Let running answers finish within so many seconds, take no new connection, and end."""
        if not self._thread.is_alive():
            return
        self.site.answerer.closing = True
        until = time.monotonic() + finish
        while self.site.busy() and time.monotonic() < until:
            time.sleep(0.05)
        asyncio.run_coroutine_threadsafe(self.site.part(), self._loop).result(_CLOSE)
        self._server.should_exit = True
        self._thread.join(2 * _CLOSE)


def serve_page(settings: Settings, rules: Rules, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page until SIGINT or SIGTERM; `announce` gets its address when it is ready.

    Raises:
        DatelineError: the archive or the model cannot be used, or the address cannot be listened on.
    """
    _share_heaps()
    with reserve(rules.host, port) as place:
        answerer = CountedAnswerer.of(build_answerer(settings), Meters())
        archive = Archive(settings.db)
        means = make_means(settings, archive, answerer, changes=rules.may_change)
        site = make_site(answerer, archive, rules, means)
        site.suggestions.check()  # this loads the model too, before the first visitor asks
        served = start(site, place)
        announce(served.address)
        _until_told()
        served.stop()


def _share_heaps() -> None:
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):  # musl has none
        libc.mallopt(*_ARENAS)


def start(site: Site, place: socket.socket) -> Served:
    """Serve a site from a thread of this process, on a socket of `reserve`; returns when it takes questions."""
    config = uvicorn.Config(
        site.app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_CLOSE,
    )
    server, loops = uvicorn.Server(config), []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve(sockets=[place])

    thread = Thread(target=lambda: asyncio.run(serve()), name="dateline-server", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise SettingsError("the server did not start; its log says why")
        time.sleep(0.01)
    host, port = place.getsockname()[:2]
    host = _LOCAL.get(host, f"[{host}]" if ":" in host else host)
    return Served(f"http://{host}:{port}/", site, server, thread, loops[0])


@contextmanager
def reserve(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that holds the address before anything is loaded; port 0 takes a free one.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    with place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind((host, port))
        except OSError as error:
            raise _unusable(host, port, error) from None
        yield place


def _until_told() -> None:
    """Wait for the first SIGINT or SIGTERM; the next one ends the process as it always does."""
    told, before = Event(), {}
    for one in (signal.SIGINT, signal.SIGTERM):
        before[one] = signal.signal(one, lambda *_: told.set())
    told.wait()
    for one, handler in before.items():
        signal.signal(one, handler)


def _unusable(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno in (errno.EADDRINUSE, None):
        return SettingsError(f"port {port} on {host} is in use; name another with --port")
    return SettingsError(f"cannot listen on {host}, port {port}: {error.strerror}; name another with --host and --port")

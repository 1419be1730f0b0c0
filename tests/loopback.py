"""A real web server on this machine, and a network on which public addresses lead to it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore

PUBLIC = "93.184.216.34"
Headers = Mapping[str, str]
Page = tuple[int, Headers, bytes | Iterable[bytes]]


@dataclass
class Site:
    """A server: `pages` are answers by path, or functions of the request's headers; `asked` are what was asked for."""

    port: int = 0
    pages: dict[str, Page | Callable[[Headers], Page]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes | str | Iterable[bytes] = b"", kind: str = "text/html", **more: str) -> str:
        """Answer 200 at a path; returns its address. `more` are headers, _ for -."""
        headers = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in more.items()}
        self.pages[path] = (200, headers, body.encode() if isinstance(body, str) else body)
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        self.pages[path] = (status, {"Location": target}, b"")
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving() -> Iterator[Site]:
    """A site that answers until the context ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            page = site.pages.get(self.path, (404, {}, b"nothing here"))
            status, answer, body = page(headers) if callable(page) else page
            self.send_response(status)
            for name, value in answer.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass  # the client has heard enough

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Rerouted(httpcore.SyncBackend):
    """A network on which every public address is the site; `reached` are the addresses that were connected to."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.reached: list[str] = []

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        self.reached.append(host)
        return super().connect_tcp("127.0.0.1", self._site.port, *args, **kwargs)


class Clock:
    """Time that passes only while something sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

"""A server on this machine that speaks OpenAI's chat completions, and writes whatever a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Exchange"], None]
DONE = b"data: [DONE]\n\n"


@dataclass
class ChatServer:
    """`replies` are given one after the other, the last again and again; `asked` has the bodies of the requests."""

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def said(self) -> list[str]:
        """What the last request said, by message."""
        return [one["content"] for one in self.asked[-1]["messages"]]


class Exchange:
    """One request, `body`, and what goes back."""

    def __init__(self, server: ChatServer, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.server, self.handler, self.body = server, handler, body

    def head(self, status: int = 200, kind: str = "text/event-stream") -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.send_header("Connection", "close")  # or the next request may go out on what is being closed
        self.handler.end_headers()

    def send(self, data: bytes) -> None:
        """A piece of the body; an empty one ends it."""
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.handler.wfile.flush()

    def pause(self, seconds: float) -> None:
        """Nothing, for so long or until the test is over."""
        self.server.closing.wait(seconds)


def chunk(text: str | None, **more: object) -> bytes:
    """An event of the stream with a piece of text."""
    delta: dict[str, object] = {"role": "assistant", "content": text} if text is not None else {}
    choice = {"index": 0, "delta": delta | more, "finish_reason": None}
    event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def says(*pieces: str, pause: float = 0.0) -> Reply:
    """Text, piece by piece."""

    def reply(to: Exchange) -> None:
        to.head()
        for piece in pieces:
            to.send(chunk(piece))
            to.pause(pause) if pause else None
        to.send(DONE)
        to.send(b"")

    return reply


def cites(text: str) -> Reply:
    """Text in which {0}, {1} stand for the ids that the request has."""

    def reply(to: Exchange) -> None:
        ids = [part.split('"')[0] for part in to.body["messages"][-1]["content"].split('<evidence id="')[1:]]
        says(text.format(*ids))(to)

    return reply


def sends(*parts: bytes, status: int = 200, kind: str = "text/event-stream") -> Reply:
    """These bytes."""

    def reply(to: Exchange) -> None:
        to.head(status, kind)
        for part in parts:
            to.send(part)
        to.send(b"")

    return reply


def fails(status: int, message: str = "no") -> Reply:
    """An error as OpenAI's interface has it; `{key}` stands for the key that came with the request."""

    def reply(to: Exchange) -> None:
        key = to.server.keys[-1].removeprefix("Bearer ")
        error = {"message": message.replace("{key}", key), "type": "t", "param": None, "code": None}
        sends(json.dumps({"error": error}).encode(), status=status, kind="application/json")(to)

    return reply


def breaks_off(*pieces: str) -> Reply:
    """Text, and in the middle of it the end of the connection."""

    def reply(to: Exchange) -> None:
        to.head()
        for piece in pieces:
            to.send(chunk(piece))

    return reply


def hangs(to: Exchange) -> None:
    """Not a byte."""
    to.pause(30)


def endless(part: bytes, pause: float = 0.001) -> Reply:
    """The same again and again until nobody listens."""

    def reply(to: Exchange) -> None:
        to.head()
        until = time.monotonic() + 30
        while time.monotonic() < until and not to.server.closing.is_set():
            to.send(part)
            to.pause(pause)

    return reply


@contextmanager
def chatting(*replies: Reply) -> Iterator[ChatServer]:
    """A server that answers until the context ends."""
    chat = ChatServer(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.asked.append(body)
            chat.keys.append(self.headers.get("Authorization", ""))
            reply = chat.replies[min(len(chat.asked), len(chat.replies)) - 1]
            try:
                reply(Exchange(chat, self, body))
            except OSError:
                chat.left.set()
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield chat
    finally:
        chat.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def pieces(text: str, size: int = 7) -> Iterable[str]:
    """A text in pieces."""
    return (text[at : at + size] for at in range(0, len(text), size))

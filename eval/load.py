"""`python -m eval.load`: many sessions at once over a real server, and whether one ever sees what is another's.

Exit codes: 0 nothing crossed and nothing failed, 1 something did, 2 could not run.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from eval.load_sessions import Asked, Session, make_articles, make_sessions
from index.archive import Archive
from index.errors import DatelineError
from qa.app import build_indexer
from qa.settings import load_settings

app = typer.Typer(help="Ask a real server from many sessions at once.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_START = 120  # seconds that the server has to be ready
_ALONE = 20  # questions of a user alone, of either kind
_CORES = 2
_LOOKS = 10  # at the memory, spread over the time
_SERVE = (
    "from importlib.metadata import entry_points as e; next(iter(e(group='console_scripts', name='dateline'))).load()()"
)


@app.command()
def load(
    sessions: Annotated[int, typer.Option(min=1, help="Sessions at once; every other one is the page's.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, help="How long they ask.")] = 300.0,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between an answer and the next question.")] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask from many sessions at once, each for what only it may get, over an archive made for it in a moment."""
    try:
        with TemporaryDirectory(prefix="dateline-load-") as work:
            report = _measure(Path(work) / "archive", sessions, seconds, pause)
    except (DatelineError, OSError, httpx.HTTPError) as error:
        _err.print(f"dateline load: {error}")
        sys.exit(2)
    _out.print_json(data=report) if as_json else _show(report)
    sys.exit(1 if report["crossed"] or report["failed"] else 0)


def _measure(folder: Path, count: int, seconds: float, pause: float) -> dict[str, Any]:
    settings = load_settings(db=folder)
    archive = Archive(folder, create=True)
    build_indexer(settings, archive).add(make_articles(count))
    archive.close()
    with serving(folder) as address, httpx.Client(base_url=address, timeout=30) as client:
        config = client.get("/config").json()
        users = [[one] for one in make_sessions(2, config)]  # one of the endpoint, then one of the page
        alone = [asked for user in users for asked in asyncio.run(_ask(address, user, limit=_ALONE))]
        before = _memory(client)
        _err.print(f"dateline load: {count} sessions for {seconds:.0f} s")
        begun = time.monotonic()
        asking = _ask(address, make_sessions(count, config), until=begun + seconds, pause=pause)
        together, held = asyncio.run(_watched(asking, lambda: _memory(client), seconds / _LOOKS))
        took = time.monotonic() - begun
    one, many = _quantiles(alone), _quantiles(together)
    return {
        "sessions": count,
        "seconds": round(took, 1),
        "questions": len(together),
        "a second": round(len(together) / took, 2),
        "alone": one,
        "together": many,
        "p95 of p50 alone x sessions / cores": round(many["p95"] / (one["p50"] * max(1, count / _CORES)), 2),
        "crossed": [asked.wrong for asked in together if asked.wrong][:20],
        "failed": [asked.failed for asked in (*alone, *together) if asked.failed][:20],
        "megabytes": {"before": before, "meanwhile": held},
    }


async def _watched(
    asking: Coroutine[Any, Any, list[Asked]], look: Callable[[], float], every: float
) -> tuple[list[Asked], list[float]]:
    """What comes of the questions, and what is seen every so many seconds until they are done."""
    task, seen = asyncio.create_task(asking), []
    while not task.done():
        await asyncio.wait([task], timeout=every)
        seen.append(await asyncio.to_thread(look))
    return task.result(), seen


async def _ask(
    address: str, sessions: list[Session], limit: int = sys.maxsize, until: float = 1e18, pause: float = 0.0
) -> list[Asked]:
    """What came of all questions, each session asking one after the other."""

    async def run(session: Session) -> list[Asked]:
        found: list[Asked] = []
        limits = httpx.Limits(max_connections=4)
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits, trust_env=False) as client:
            while len(found) < limit and time.monotonic() < until:
                found.append(await session.ask(client))
                await asyncio.sleep(pause)
        return found

    return [one for part in await asyncio.gather(*map(run, sessions)) for one in part]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`dateline serve` in a process of its own, as users start it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-c", _SERVE, "serve", "--db", str(folder), "--port", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        if server.wait(60):
            _err.print(f"dateline load: the server ended with {server.returncode}")


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", timeout=10, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise OSError(f"the server at {address} was not ready within {_START} s")


def _memory(client: httpx.Client) -> float:
    """Resident memory of the server in megabytes."""
    lines = client.get("/metrics").text.splitlines()
    return round(next(float(one.split()[1]) for one in lines if one.startswith("process_resident_memory")) / 1e6, 1)


def _quantiles(asked: list[Asked]) -> dict[str, float]:
    """Seconds by quantile."""
    times = sorted(one.seconds for one in asked if not one.failed) or [0.0]
    return {
        name: round(times[min(len(times) - 1, int(len(times) * at))], 3) for name, at in (("p50", 0.5), ("p95", 0.95))
    }


def _show(report: dict[str, Any]) -> None:
    for name, value in report.items():
        _out.print(f"{name:<36}{json.dumps(value) if isinstance(value, dict | list) else value}")


if __name__ == "__main__":
    app()

"""The site: the pages in their languages, the endpoints, the server's own paths, and the guard around them all."""

import asyncio
import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import gradio as gr
from fastapi import FastAPI
from gradio import processing_utils
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from index.archive import Archive
from qa.answerer import Answerer
from qa.suggest import Suggestions
from ui.web.app import create_page
from ui.web.counted import CountedAnswerer
from ui.web.direction import safe
from ui.web.endpoints import NAMES, add_endpoints
from ui.web.functions import make_script
from ui.web.guard.accounts import Accounts
from ui.web.guard.document import Documents, dress
from ui.web.guard.doorway import Doorway
from ui.web.guard.gate import Gate
from ui.web.guard.identity import Entrance, Identity
from ui.web.guard.limits import Limits
from ui.web.guard.policy import Policy
from ui.web.guard.rules import Rules
from ui.web.guard.wire import refusal, user_of
from ui.web.health import Health
from ui.web.means import Means
from ui.web.meters import Meters
from ui.web.presence import Presence
from ui.web.routes import OWN, add_routes, add_sign_in
from ui.web.theme import HEAD, make_theme, read_asset
from ui.web.tools import make_tools
from ui.web.words import LANGUAGES, read_words

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

T = TypeVar("T")
MCP = "/mcp"
_EXAMPLES = {  # for the sample archive
    "meridian-20200928-csto": "Did Armenia request CSTO help?",
    "alufuq-20200928-csto": "من ينتمي إلى منظمة معاهدة الأمن الجماعي؟",
    "meridian-20220813-flood": "How many people died in the Noorgarh flood?",
    "severlenta-20221118-most": "Сколько стоит проезд по мосту через Тарну?",
}
_AT_ONCE, _WAITING = 4, 200  # events of a kind
_FILE = "20mb"
_SWEEP, _KEPT = 600, 3600  # seconds: how often uploads are looked through, and how old they grow


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served, `app`, and in it the pages by path, the answerer that they all ask, and its counters."""

    app: ASGIApp
    pages: Mapping[str, gr.Blocks]
    answerer: CountedAnswerer
    suggestions: Suggestions
    meters: Meters

    def busy(self) -> int:
        """Questions that are being answered, and events that are worked on or wait for it."""
        queues = [page._queue for page in self.pages.values()]
        return self.meters.running + sum(len(one) + sum(map(bool, one.active_jobs)) for one in queues)

    async def part(self) -> None:
        """End the streams that every open page holds; to be run in the server's loop."""
        for page in self.pages.values():
            page._queue.stopped = True
            page.is_running = False
            page.app.stop_event.set()


def make_site(answerer: Answerer, archive: Archive, rules: Rules | None = None, means: Means | None = None) -> Site:
    """The site over an archive, with the `means` that its pages have beside asking.

    Raises:
        SettingsError: the file of users cannot be read, or MCP is wanted and not installed.
    """
    rules = rules or Rules()
    identity = Identity(Accounts(rules.auth)) if rules.auth else None
    counted = answerer if isinstance(answerer, CountedAnswerer) else CountedAnswerer.of(answerer, Meters())
    meters = counted.meters
    tools = make_tools(counted) if rules.mcp else None
    _keep_files_apart()
    processing_utils.async_ssrf_protected_download = processing_utils.save_url_to_cache = _fetch_nothing
    suggestions = Suggestions(answerer, archive, _EXAMPLES, LANGUAGES)
    pages = _in_a_loop(_make_pages(counted, archive, suggestions, means or Means()))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=partial(_lifespan, tools))
    script = make_script(pages.values())
    add_routes(app, Health(counted, archive), meters, script, tuple(pages))
    if identity:
        add_sign_in(app, identity)
    if tools:
        app.router.routes.extend(_mcp_routes(tools))
    _in_a_loop(_mount(app, pages, identity))
    own = (*OWN, script[1], *([MCP] if tools else []))
    guarded = _guarded(app, pages, own, rules, identity, meters, _rewrite(script[1]))
    return Site(app=guarded, pages=pages, answerer=counted, suggestions=suggestions, meters=meters)


def _guarded(
    app: ASGIApp,
    pages: Mapping[str, gr.Blocks],
    own: tuple[str, ...],
    rules: Rules,
    identity: Identity | None,
    meters: Meters,
    rewrite: Any,  # noqa: ANN401
) -> ASGIApp:
    """What a request goes through, from the last to the first."""
    paths = tuple(dict.fromkeys(path for page in pages.values() for path, *_ in page.pages))
    app = Presence(Documents(app, rewrite), meters, pages.values())
    app = Limits(app, rules.rate, rules.upload)
    if identity:
        app = Entrance(app, identity)
    app = Gate(app, mounts=tuple(pages), pages=paths, api=NAMES, own=own)
    app = Doorway(app, rules)
    return Policy(app, lambda status: meters.count("dateline_responses_total", status=str(status)))


def _rewrite(script: str) -> Any:  # noqa: ANN401
    def rewrite(document: str, path: str) -> str:
        first = path.strip("/").partition("/")[0]
        words = read_words(first if first in LANGUAGES else LANGUAGES[0])
        head = f'<title>{safe(words("page.name"))}</title>{HEAD}<script src="{script}"></script>'
        return dress(document, language=words.language, direction=words.direction, head=head)

    return rewrite


def _in_a_loop(made: Coroutine[Any, Any, T]) -> T:
    """Gradio leaks a loop of its own for every lock that it makes where none is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, made).result()


async def _make_pages(
    answerer: Answerer, archive: Archive, suggestions: Suggestions, means: Means
) -> dict[str, gr.Blocks]:
    spoken = [read_words(one) for one in reversed(LANGUAGES)]  # "/" last: it takes every path
    pages = {one.path or "/": create_page(answerer, archive, suggestions, one, means) for one in spoken}
    add_endpoints(pages["/"], answerer)
    for page in pages.values():
        page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING)
        page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # else pandas sums up all events after each; we count ours
    return pages


async def _mount(app: FastAPI, pages: Mapping[str, gr.Blocks], identity: Identity | None) -> None:
    for path, page in pages.items():
        page.delete_cache = (_SWEEP, _KEPT)
        with warnings.catch_warnings(action="ignore"):  # says that SSR, which is off, is off
            gr.mount_gradio_app(
                app, page, path, footer_links=["api"] if path == "/" else [], run_history=False, show_error=False,
                ssr_mode=False, enable_monitoring=False, pwa=False, mcp_server=False, theme=make_theme(),
                css=read_asset("page.css"), max_file_size=_FILE,
                auth_dependency=(lambda request: user_of(request.scope)) if identity else None,
            )  # fmt: skip
        page.app = app.router.routes[-1].app  # type: ignore[attr-defined]  # mounting makes another one
        page.app.startup_events_triggered = True  # they are, by the mount; a browser would set them off again
        page._queue.set_server_app(page.app)
        page.app.exception_handlers[TypeError] = _wrong_call


def _wrong_call(request: Request, error: Exception) -> Response:
    """What a call with a parameter that is not there gets, of which gradio would make an error of the server."""
    if "/gradio_api/call/v2/" not in request.url.path:
        raise error
    return refusal(422, str(error))


def _mcp_routes(tools: "MCPServer[Any]") -> list[Any]:
    from mcp.server.transport_security import TransportSecuritySettings

    open_door = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # the doorway has looked already
    return tools.streamable_http_app(
        streamable_http_path=MCP, stateless_http=True, json_response=True, transport_security=open_door
    ).routes


@contextlib.asynccontextmanager
async def _lifespan(tools: "MCPServer[Any] | None", app: FastAPI) -> AsyncIterator[None]:
    async with tools.session_manager.run() if tools else contextlib.nullcontext():
        yield


def _keep_files_apart() -> None:
    """Uploads lie in a folder of this process, readable for its user alone, that goes with it."""
    if "GRADIO_TEMP_DIR" not in os.environ:
        os.environ["GRADIO_TEMP_DIR"] = folder = tempfile.mkdtemp(prefix="dateline-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _fetch_nothing(*_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - whatever gradio hands over
    """Gradio would fetch what stands as an address in the place of a file, of any size; `index.fetch` has bounds."""
    raise gr.Error("an address is not taken in the place of a file", print_exception=False)

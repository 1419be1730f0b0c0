"""A browser for tests of the page, which notes what it does beside showing it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
SECONDS = 40_000  # milliseconds: two slow cores answer within this, whatever else they do
expect.set_options(timeout=SECONDS)
AFTER_UPLOADS = "Method not implemented."  # what gradio's own client warns of when an upload is through
WHEN_LEFT = (  # what it says of a stream that was open as the page went
    "AbortError: signal is aborted without reason",
    "Unexpected error Connection errored out.",
)
LAPTOP, PHONE = (1280, 800), (360, 740)

MARKS = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: make browser"),
]

for _name in dir(
    anyio
):  # it loads its parts when first used, which pytest's import hook cannot do in a server's thread
    getattr(anyio, _name)


@dataclass
class Seen:
    """A page and what the browser did beside showing it."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        expected = message.text == AFTER_UPLOADS or message.text.startswith(WHEN_LEFT)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.requests.append(request.url)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser; to be opened after the server, as a site cannot be made beside the loop that playwright runs."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def visit(opened: Browser | BrowserContext, address: str, size: tuple[int, int], path: str = "") -> Iterator[Seen]:
    """A page in a browser of its own; afterwards it complained of nothing, asked no other host and fits its width.

    In a context it is one page of several, which share what the browser keeps, and opens sooner.
    """
    width, height = size
    context = opened.new_context(reduced_motion="reduce") if isinstance(opened, Browser) else opened
    found = Seen(context.new_page(), address)
    found.page.set_viewport_size({"width": width, "height": height})
    found.watch()
    found.page.route(lambda url: not url.startswith(address), lambda route: route.abort())
    arrive(found.page, address + path)
    yield found
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate("window.hacked") is None
    assert (found.requests, found.complaints) == ([], []), found.complaints
    found.page.close()
    if isinstance(opened, Browser):
        context.close()


def arrive(page: Page, address: str) -> None:
    """Open a page of ours, and wait until it acts on clicks, as it does once it has asked the server for something."""
    with page.expect_response(lambda response: "/queue/join" in response.url, timeout=SECONDS):
        page.goto(address)


def ask(page: Page, question: str) -> Locator:
    """The last turn, once the question is answered."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    turn = page.locator(".turn").nth(before)
    expect(turn.locator(".actions")).to_be_visible()
    return turn


def choose(page: Page, name: str, option: str) -> None:
    """Pick from one of the menus that narrow the search."""
    page.locator(f"#{name} input").click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)

"""The page in a real browser, over a real server: the sample archive, an Arabic article and one that attacks."""

import asyncio
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from gradio import Blocks

from index.archive import Archive
from index.articles import make_article
from qa.answerer import Answerer
from qa.app import build_answerer, build_indexer
from qa.settings import load_settings

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    Route,
    expect,
    sync_playwright,
)

from ui.web.app import create_page, launch_page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
SECONDS = 60_000  # milliseconds: two slow cores answer within this
QUESTION = "Did Armenia request CSTO help?"
SENTENCE = "قال السفير فاردان توغانيان إن أرمينيا لم تطلب مساعدة منظمة معاهدة الأمن الجماعي (CSTO)."
AGENCY = "وكالة الاختبار"
ATTACK = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
ARTICLES = [
    make_article(f"موسكو، 28 سبتمبر. {SENTENCE}\n\nولم يذكر السفير موعدا آخر.", id="test-ar", title="أرمينيا والمنظمة",
                 publisher=AGENCY, published="2020-09-28", language="ar", url="https://agency.example/csto"),
    make_article(f"The zeppelin {ATTACK} landed in Zubrovka on Tuesday.", id="test-xss", title=f"Zeppelin {ATTACK}",
                 publisher=f"Outlet {ATTACK}", language="en", url="javascript:window.hacked=1"),
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: make browser"),
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),  # gradio's use of pandas 3
]


for _name in dir(
    anyio
):  # it loads its parts when first used, which pytest's import hook cannot do in a server's thread
    getattr(anyio, _name)


@dataclass
class Seen:
    """What the browser did beside showing the page."""

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
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.requests.append(request.url)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


async def start(answerer: Answerer, archive: Archive) -> tuple[Blocks, str]:
    """The page, served on a free port; inside a running loop, as gradio leaks one of its own for every lock else."""
    page = create_page(answerer, archive)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return page, launch_page(page, "127.0.0.1", port)


@pytest.fixture(scope="module")
def address(sample_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, with a low threshold: that of the settings is measured elsewhere."""
    folder = tmp_path_factory.mktemp("page") / "archive"
    shutil.copytree(sample_db, folder)
    settings = load_settings(db=folder, threshold=0.05)
    archive = Archive(folder)
    assert build_indexer(settings, archive).add(ARTICLES).failed == []
    answerer = build_answerer(settings)
    page, place = asyncio.run(start(answerer, archive))
    yield place
    page.close(verbose=False)
    answerer.close()
    archive.close()


@pytest.fixture(scope="module")
def pages(address: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, 800), (360, 740)], ids=["laptop", "phone"])
def seen(pages: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """A page just opened; afterwards the browser has complained of nothing and asked no other host."""
    width, height = request.param
    context = pages.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    found = Seen(context.new_page(), address)
    found.watch()
    context.route(lambda url: not url.startswith(address), _refuse)
    found.page.goto(address)
    expect(found.page.locator(".welcome")).to_be_visible(timeout=SECONDS)
    yield found
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate("window.hacked") is None
    assert (found.requests, found.complaints) == ([], [])
    context.close()


def _refuse(route: Route) -> None:
    route.abort()


def ask(page: Page, question: str) -> Locator:
    """The last turn, once the question is answered."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    turn = page.locator(".turn").nth(before)
    expect(turn.locator(".cite").first).to_be_visible(timeout=SECONDS)
    return turn


def choose(page: Page, name: str, option: str) -> None:
    page.locator(f"#{name} input").click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")


def test_a_question_in_english_leads_to_the_arabic_sentence(seen: Seen) -> None:
    page = seen.page
    page.locator("#filters > button").click()
    choose(page, "language", "Arabic")
    choose(page, "publisher", AGENCY)
    turn = ask(page, QUESTION)
    expect(turn.locator(".scope")).to_contain_text("Arabic")
    cited = turn.locator(".statement", has_text=SENTENCE)
    expect(cited).to_have_attribute("dir", "rtl")
    expect(cited).to_have_attribute("lang", "ar")
    button = cited.locator("button.cite")
    expect(button).to_have_attribute("aria-label", f"Source {button.inner_text()}: {AGENCY}, 28 September 2020, "
                                     "Arabic. Show the sentence in its article.")  # fmt: skip
    button.focus()
    page.keyboard.press("Enter")
    mark = page.locator("#source mark")
    expect(mark).to_have_text(SENTENCE)
    expect(mark).to_have_attribute("dir", "rtl")
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    expect(page.locator("#source h2")).to_have_text("أرمينيا والمنظمة")
    expect(page.locator("#source a")).to_have_attribute("href", "https://agency.example/csto")


def test_an_article_that_attacks_is_shown_as_text(seen: Seen) -> None:
    turn = ask(seen.page, f"Where did the zeppelin land? {ATTACK}")
    expect(turn.locator(".question")).to_contain_text(ATTACK)
    turn.locator(".statement", has_text="landed in Zubrovka").locator(".cite").click()
    expect(seen.page.locator("#source mark")).to_contain_text(ATTACK)
    expect(seen.page.locator("#source h2")).to_have_text(f"Zeppelin {ATTACK}")
    expect(seen.page.locator("#source a")).to_have_count(0)
    expect(seen.page.locator("#source img, #source script, #conversation img")).to_have_count(0)


def test_earlier_answers_stay_and_a_new_chat_is_empty(seen: Seen) -> None:
    page = seen.page
    page.locator(".example").first.click()
    expect(page.locator(".turn .cite").first).to_be_visible(timeout=SECONDS)
    ask(page, "What did Putin and Pashinyan talk about?")
    first = page.locator(".turn").first.locator(".statement").first
    first.locator(".cite").click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    assert page.locator("#source mark").inner_text() in first.inner_text()
    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#source mark")).to_have_count(0)


def test_sessions_do_not_see_each_other(seen: Seen, pages: Browser) -> None:
    ask(seen.page, QUESTION)
    other = pages.new_page()
    other.goto(seen.address)
    expect(other.locator(".welcome")).to_be_visible(timeout=SECONDS)
    expect(other.locator(".turn")).to_have_count(0)
    other.close()

"""Every page, in both languages and themes, on a laptop and a phone, as axe-core judges it (WCAG 2.2 A and AA)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from eval.page_sets import PageSets
from index.archive import Archive
from qa.app import build_answerer
from qa.settings import load_settings
from tests.browsing import LAPTOP, MARKS, PHONE, arrive, ask, browser
from tests.test_eval_run import reported
from tests.toy_site import make_means, serving, users

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed: pip install -e '.[dev]'")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from ui.web.guard.rules import Rules
from ui.web.masthead import PAGES
from ui.web.server import reserve, start
from ui.web.site import make_site
from ui.web.words import LANGUAGES, read_words

pytestmark = MARKS

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
GRAVE = ("serious", "critical")
EACH = [(language, theme) for language in LANGUAGES for theme in THEMES]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
BROKEN = '<img src="data:,"><a href="#"></a><p style="color:#bbb;background:#fff">pale</p>'


@pytest.fixture(scope="module")
def address(sample_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample archive; what files and addresses would add goes to an archive beside it."""
    settings = load_settings(db=sample_db, threshold=0.05, verdicts="always")
    archive, answerer = Archive(settings.db), build_answerer(settings)
    beside = Archive(tmp_path_factory.mktemp("beside") / "archive", create=True)
    means = make_means(tmp_path_factory.mktemp("means"), beside)
    site = make_site(answerer, archive, means=replace(means, sets=PageSets(settings, archive, answerer)))
    with reserve("127.0.0.1", 0) as place:
        served = start(site, place)
        yield served.address.rstrip("/")
        served.stop()
    answerer.close()
    archive.close()
    beside.close()


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site for users only."""
    folder = tmp_path_factory.mktemp("closed")
    with serving(folder, Rules(auth=users(folder))) as made:
        yield made.served.address


@pytest.fixture(scope="module")
def opened(address: str, closed: str) -> Iterator[Browser]:
    with browser() as found:
        yield found


def visit(opened: Browser, address: str, theme: Theme, size: tuple[int, int] = LAPTOP) -> Page:
    context = opened.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", color_scheme=theme
    )
    page = context.new_page()
    arrive(page, address)
    page.wait_for_timeout(800)  # what a page asks for once it is open is there
    return page


def grave(page: Page) -> list[tuple[Any, ...]]:
    """What axe finds serious or critical: the rule, what it says, and where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        (one["id"], one["help"], [(node["html"][:200], node["failureSummary"]) for node in one["nodes"][:4]])
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_as_it_opens(opened: Browser, address: str, name: str, language: str, theme: Theme) -> None:
    page = visit(opened, address + read_words(language).path + PAGES[name], theme)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")
    assert grave(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "theme"), EACH)
def test_an_answer_its_source_and_the_conversations(opened: Browser, address: str, language: str, theme: Theme) -> None:
    page = visit(opened, address + read_words(language).path + "/", theme)
    page.locator("#filters > button").click()
    turn = ask(page, "Did Armenia request CSTO help?")
    turn.locator(".cite").first.click()
    expect(page.locator("#source mark")).to_be_visible()
    assert grave(page) == []
    page.locator("#conversations").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert grave(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "theme"), EACH)
def test_an_article_and_what_could_not_be_added(opened: Browser, address: str, language: str, theme: Theme) -> None:
    page = visit(opened, address + read_words(language).path + PAGES["archive"], theme)
    page.locator(".bar").first.click()
    expect(page.locator("#charts .lift").first).to_be_visible()
    page.locator(".entries .open").first.click()
    expect(page.locator("#source h2")).to_be_visible()
    page.locator("#add > button").click()
    page.locator("#files input[type=file]").set_input_files(
        [FilePayload(name="empty.txt", mimeType="text/plain", buffer=b"")]
    )
    expect(page.locator("#files .file-preview tr, #files .file")).to_have_count(1)
    page.locator("#add-files").click()
    expect(page.locator("#told .problem")).to_be_visible()
    assert grave(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "theme"), EACH)
def test_answers_beside_their_gold(opened: Browser, address: str, language: str, theme: Theme) -> None:
    cases = (Path(__file__).parent.parent / "examples/cases.jsonl").read_bytes().splitlines()
    page = visit(opened, address + read_words(language).path + PAGES["questions"], theme)
    page.locator("#set input[type=file]").set_input_files(
        [FilePayload(name="cases.jsonl", mimeType="text/plain", buffer=b"\n".join(cases[:3]))]
    )
    expect(page.locator("#set .file-preview tr, #set .file")).to_have_count(1)
    page.locator("#ask-all").click()
    expect(page.locator(".cases > li")).to_have_count(3)
    expect(page.locator("#report")).to_be_visible()
    for one in page.locator(".cases summary").all():
        one.click()
    page.locator(".cases .open").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    assert grave(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "theme"), EACH)
def test_a_case_being_drafted(opened: Browser, address: str, language: str, theme: Theme) -> None:
    page = visit(opened, address + read_words(language).path + PAGES["drafts"], theme)
    page.locator("#begin").click()
    expect(page.locator("#draft-question textarea")).to_be_focused()  # the form has been filled in
    page.locator("#draft-question textarea").fill("Is it so?")
    page.locator("#draft-answer").locator("textarea, input").fill("nothing of the kind")
    page.locator("#keep-case").click()
    expect(page.locator("#told .problem")).to_be_visible()
    assert grave(page) == []
    page.locator("#draft-answer").locator("textarea, input").fill(page.locator("#draft mark").inner_text())
    page.locator("#keep-case").click()
    expect(page.locator("#listed .entries li")).to_have_count(1)
    assert grave(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "theme"), EACH)
def test_signing_in(opened: Browser, closed: str, language: str, theme: Theme) -> None:
    context = opened.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto(closed.rstrip("/") + read_words(language).path + "/")
    page.locator("#name").fill("nobody")
    page.locator("#password").fill("nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == language
    assert grave(page) == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_report_of_an_evaluation(opened: Browser, tmp_path: Path, theme: Theme) -> None:
    reported(tmp_path)
    context = opened.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.locator("#cases > details summary").first.click()
    assert grave(page) == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_phone(opened: Browser, address: str, name: str) -> None:
    page = visit(opened, address + PAGES[name], "light", PHONE)
    assert grave(page) == []
    page.context.close()


def test_axe_sees_what_is_wrong(opened: Browser, address: str) -> None:
    page = visit(opened, address, "light")
    page.evaluate("html => document.querySelector('#masthead').insertAdjacentHTML('beforeend', html)", BROKEN)
    assert {rule for rule, *_ in grave(page)} >= {"image-alt", "link-name", "color-contrast"}
    page.context.close()

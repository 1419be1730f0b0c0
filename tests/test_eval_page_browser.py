"""report.html in Chromium, from a file: filters, marks, directions, and articles that try to run something."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_eval_run import ARTICLES, CASES, reported

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: make browser")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    out: Path = tmp_path_factory.mktemp("page")
    reported(out)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda one: said.append(one.url) if not one.url.startswith("file:") else None)
        page.goto((out / "report.html").as_uri())
        yield page
        browser.close()
        assert said == []


def open_case(page: Page, name: str) -> None:
    page.reload()
    opened = page.locator("#cases > details", has_text=name)
    opened.locator("summary").first.click()
    opened.locator(".article").first.wait_for()  # drawn once the case is open, which the click does not wait for


def test_filters_show_the_cases_with_a_problem(page: Page) -> None:
    page.reload()
    assert page.inner_text("#count") == f"{len(CASES)} of {len(CASES)} cases, {len(CASES)} shown"
    page.check("input[value='wrongly answered']")
    assert page.inner_text("#count").startswith("1 of 8")
    page.check("input[value=uncited]")
    assert page.inner_text("#count").startswith("2 of 8")
    page.fill("input[type=search]", "العمدة")
    assert page.locator("#cases > details").count() == 1


def test_gold_and_citations_are_marked_right_to_left(page: Page) -> None:
    open_case(page, "beside")
    article = page.locator(".article")
    marks = {one.get_attribute("class"): one.inner_text() for one in article.locator("mark").all()}
    assert marks == {"cited": "افتتح العمدة الجسر يوم الاثنين.", "gold": "جاء اثنا عشر قاربا."}
    assert article.evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_an_article_cannot_run_anything(page: Page) -> None:
    open_case(page, "made up")
    assert "<img src=x onerror=alert(1)>" in page.inner_text(".article")
    assert page.locator("img").count() == 0
    assert page.inner_text(".article").replace("\ufffd", "\u202e") == ARTICLES["bad"].text

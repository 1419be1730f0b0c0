"""Drafting cases in a real browser, over a real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from eval.check import check_cases
from index.articles import make_article
from tests.attacks import ATTACKS
from tests.browsing import LAPTOP, MARKS, PHONE, Seen, browser, visit
from tests.toy_site import Toy, serving

pytestmark = MARKS

SENTENCE = "The ferry Oriole carried 412 passengers on its first day, the harbour office said."
ARTICLES = (
    make_article(f"It was a Sunday. {SENTENCE} Nobody fell into the water.", id="ferry", title="Ferry",
                 publisher="Post", language="en", published="2021-05-01"),
    make_article("أعلنت البلدية صباح الاثنين أن الجسر القديم على نهر تارنا سيبقى مغلقا حتى الربيع.", id="jisr",
                 title="الجسر", publisher="وكالة النهر", language="ar", published="2020-09-28"),
    make_article(f"The mayor spoke of {ATTACKS[0]} and {ATTACKS[5]} for an hour on Tuesday.", id="attack",
                 title=ATTACKS[1], publisher=ATTACKS[2], language="fr"),
)  # fmt: skip


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with serving(tmp_path_factory.mktemp("drafts"), articles=ARTICLES) as made:
        yield made


@pytest.fixture(scope="module")
def pages(toy: Toy) -> Iterator[BrowserContext]:
    with browser() as opened:
        yield opened.new_context(reduced_motion="reduce")


@pytest.fixture(params=[("", LAPTOP), ("", PHONE), ("ar/", LAPTOP)], ids=["laptop", "phone", "arabic"])
def each(pages: BrowserContext, toy: Toy, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """In English on a laptop and a phone, in Arabic on a laptop."""
    path, size = request.param
    with visit(pages, toy.served.address, size, f"{path}drafts") as found:
        expect(found.page.locator("#begin")).to_be_visible()
        yield found


@pytest.fixture
def seen(pages: BrowserContext, toy: Toy) -> Iterator[Seen]:
    with visit(pages, toy.served.address, LAPTOP, "drafts") as found:
        expect(found.page.locator("#begin")).to_be_visible()
        yield found


def begin(page: Page) -> None:
    page.locator("#begin").click()
    expect(page.locator("#draft blockquote")).to_be_visible()
    expect(page.locator("#draft-question textarea")).to_be_focused()  # the step has ended


def skip_to(page: Page, text: str) -> None:
    """Pass sentences over until one has this text."""
    for number in range(2, 4):
        if text in page.locator("#draft mark").inner_text():
            return
        page.locator("#skip").click()
        expect(page.locator("#draft .where").first).to_have_text(re.compile(rf"^\D+{number}\D"))
        expect(page.locator("#draft-question textarea")).to_be_focused()
    assert text in page.locator("#draft mark").inner_text()


def test_a_case_is_written_downloaded_and_sound(each: Seen, tmp_path: Path) -> None:
    page = each.page
    expect(page.locator("#case")).to_be_hidden()
    begin(page)
    skip_to(page, "412")
    expect(page.locator("#draft-answer textarea, #draft-answer input")).to_have_value("412")
    expect(page.locator("#draft-question textarea")).to_be_focused()
    page.locator("#draft-question textarea").fill("How many passengers did the ferry Oriole carry?")
    page.locator("#keep-case").click()
    expect(page.locator("#listed .entries li")).to_have_count(1)
    with page.expect_download() as found:
        page.locator("#download").click()
    assert found.value.suggested_filename == "cases.jsonl"
    found.value.save_as(tmp_path / "cases.jsonl")
    findings = check_cases(tmp_path / "cases.jsonl", {one.id: one for one in ARTICLES})
    assert [one for one in findings if one.line] == []


def test_a_yes_no_question_asks_for_its_verdict(seen: Seen) -> None:
    page = seen.page
    begin(page)
    expect(page.locator("#draft-verdict")).to_be_hidden()
    page.get_by_label("Yes or no").click()
    expect(page.locator("#draft-verdict")).to_be_visible()
    expect(page.locator("#draft-answer")).to_be_hidden()
    page.locator("#draft-question textarea").fill("Is it so?")
    page.locator("#keep-case").click()
    expect(page.locator("#told .problem")).to_contain_text("the verdict '' is none of yes")
    expect(page.locator("#draft-question textarea")).to_have_value("Is it so?")
    page.locator("#draft-verdict").get_by_label("Disputed").click()
    page.locator("#keep-case").click()
    expect(page.locator("#listed .entries li")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Take out: Is it so")).click()
    expect(page.locator("#listed .entries li")).to_have_count(0)
    expect(page.locator("#download")).to_be_hidden()


def test_an_answer_that_is_not_in_the_sentence_is_refused(seen: Seen) -> None:
    page = seen.page
    begin(page)
    page.locator("#draft-question textarea").fill("Who?")
    page.locator("#draft-answer textarea, #draft-answer input").fill(ATTACKS[7])
    page.locator("#keep-case").click()
    expect(page.locator("#told .problem")).to_contain_text("is not in the sentence")


def test_the_sentence_opens_in_its_article_and_the_end_says_so(seen: Seen) -> None:
    page = seen.page
    begin(page)
    skip_to(page, "الجسر")
    expect(page.locator("#draft blockquote")).to_have_attribute("dir", "rtl")
    page.locator("#draft .open").click()
    expect(page.locator("#source mark")).to_contain_text("الجسر القديم")
    while page.locator("#skip").is_visible():
        before = page.locator("#draft .where").first.inner_text()
        page.locator("#skip").click()
        expect(page.locator("#draft")).not_to_contain_text(before)
    expect(page.locator("#draft .hint")).to_contain_text("That was all, with 0 cases kept")
    expect(page.locator("#begin")).to_have_text("Show me others")


def test_texts_and_questions_that_attack_are_text(seen: Seen) -> None:
    page = seen.page
    begin(page)
    skip_to(page, "Tuesday")
    for at, attack in enumerate(ATTACKS[::20]):
        page.locator("#draft-question textarea").fill(f"Who {attack}")
        page.locator("#keep-case").click()
        expect(page.locator("#listed .entries li")).to_have_count(at + 1)
        page.locator("#begin").click()
        expect(page.locator("#draft .where").first).to_have_text(re.compile(r"^\D+1\D"))
        expect(page.locator("#draft-question textarea")).to_be_focused()
    assert page.locator("#draft img, #listed img, #listed script, #source img").count() == 0

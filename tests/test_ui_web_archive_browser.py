"""The archive page in a real browser, over a real server and an archive whose answers can be computed by hand."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from index.articles import Article, make_article
from tests.attacks import ATTACKS
from tests.browsing import LAPTOP, MARKS, PHONE, Seen, ask, browser, visit
from tests.loopback import serving as web_serving
from tests.toy_site import Toy, serving
from ui.web.guard.rules import Rules

pytestmark = MARKS

BOX = "#question :is(input, textarea)"
STORY = "The old bridge over the river Tarna is closed for repairs until the spring, the town said on Monday {}."
ARABIC = make_article("أغلق جسر تارنا القديم حتى الربيع.", id="jisr", title="جسر تارنا", publisher="وكالة النهر",
                      language="ar", published="2020-09-28")  # fmt: skip


def make_articles() -> Iterator[Article]:
    for at in range(30):
        day = f"2021-{1 + at // 10:02}-{1 + at % 10:02}"
        yield make_article(f"Ferry number {at} sails at noon. Tickets for it are sold on the quay.", id=f"f{at:02}",
                           title=f"Ferry {at}", publisher="Harbour", language="en", published=day)  # fmt: skip
    for name, outlet, date in (("bridge", "Wire", 28), ("copy", "Post", 29)):
        yield make_article(STORY.format("morning"), id=name, title=f"Bridge in the {outlet}", publisher=outlet,
                           language="en", published=f"2020-09-{date}", url=f"https://{outlet}.example/")  # fmt: skip
    yield ARABIC


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """The archive above, and a web with one page."""
    with web_serving() as web:
        body = "".join(f"<p>The lock gate number {at} was opened by hand on Tuesday evening.</p>" for at in range(9))
        web.put("/news", f"<html><body><article><h1>Lock gate</h1>{body}</article></body></html>")
        with serving(tmp_path_factory.mktemp("archive"), articles=tuple(make_articles()), web=web) as made:
            yield made


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """A server that other machines can reach, as far as its rules go."""
    with serving(tmp_path_factory.mktemp("shut"), Rules(host="0.0.0.0", hosts=("127.0.0.1",))) as made:
        yield made


@pytest.fixture(scope="module")
def pages(toy: Toy, shut: Toy) -> Iterator[BrowserContext]:
    with browser() as opened:
        yield opened.new_context(reduced_motion="reduce")


@pytest.fixture
def seen(pages: BrowserContext, toy: Toy) -> Iterator[Seen]:
    with visit(pages, toy.served.address, LAPTOP, "archive") as found:
        expect(found.page.locator(".entries li").first).to_be_visible()
        yield found


@pytest.fixture(params=[("", PHONE), ("ar/", LAPTOP)], ids=["phone", "arabic"])
def each(pages: BrowserContext, toy: Toy, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """In English on a phone and in Arabic on a laptop."""
    path, size = request.param
    with visit(pages, toy.served.address, size, f"{path}archive") as found:
        expect(found.page.locator(".entries li").first).to_be_visible()
        yield found


def found(page: Page) -> str:
    return page.locator(".found").inner_text()


def upload(page: Page, *files: FilePayload) -> None:
    if not page.locator("#files").is_visible():
        page.locator("#add > button").click()
    page.locator("#files input[type=file]").set_input_files(list(files))
    expect(page.locator("#files .file-preview tr, #files .file")).to_have_count(len(files))
    page.locator("#add-files").click()
    expect(page.locator("#told .done, #told .problem").first).to_be_visible()


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def test_what_is_in_it_is_counted_and_listed(each: Seen) -> None:
    page = each.page
    rtl = page.evaluate("document.documentElement.dir") == "rtl"
    expect(page.locator(".bars").first.locator("li")).to_have_count(2)
    expect(page.locator(".tick")).to_have_count(32)
    expect(page.locator(".entries li")).to_have_count(25)
    expect(page.locator("#masthead [aria-current]")).to_have_text("الأرشيف" if rtl else "Archive")
    expect(page.locator(".entries .open").first).to_contain_text("Ferry 29")
    page.locator(".paging .act").last.click()
    expect(page.locator(".entries li")).to_have_count(8)
    expect(page.locator(".found")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_click_on_a_column_or_bar_narrows_and_the_next_widens(each: Seen) -> None:
    page = each.page
    page.locator('.tick[data-value="2020-09-28"]').click()
    expect(page.locator(".entries li")).to_have_count(2)
    arabic = page.locator('.bar[data-value="ar"]')
    arabic.click()
    expect(page.locator(".entries .open")).to_have_text([ARABIC.title or ""])
    expect(page.locator(".entries .open")).to_have_attribute("lang", "ar")
    expect(page.locator("#charts .lift:not(.all)")).to_have_count(2)
    page.locator('.bar[aria-pressed="true"]').click()
    expect(page.locator(".entries li")).to_have_count(2)
    page.locator("#charts .lift").click()
    expect(page.locator(".entries li")).to_have_count(25)


def test_the_keyboard_narrows_too(seen: Seen) -> None:
    page = seen.page
    page.locator('.bar[data-value="Wire"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_be_focused()
    expect(page.locator(".found")).to_have_text("1 article")
    expect(page.locator(".entries .open")).to_have_text(["Bridge in the Wire"])
    page.keyboard.press("Tab")
    expect(page.locator(".entries .open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#source h2")).to_have_text("Bridge in the Wire")


def test_a_search_finds_titles_and_texts_and_says_when_nothing_is_found(seen: Seen) -> None:
    page = seen.page
    box = page.locator(BOX)
    box.fill("repairs")
    box.press("Enter")
    expect(page.locator(".entries li")).to_have_count(2)
    box.fill("Ferry 17")
    page.locator("#question button").click()
    expect(page.locator(".entries .open").first).to_have_text("Ferry 17")
    box.fill("zeppelin")
    box.press("Enter")
    expect(page.locator("#listed .hint")).to_contain_text("Take a filter away")
    page.locator("#charts .lift").click()
    expect(page.locator(".entries li")).to_have_count(25)
    expect(box).to_have_value("")


def test_an_article_opens_beside_the_list(each: Seen) -> None:
    page = each.page
    page.locator('.bar[data-value="ar"]').click()
    expect(page.locator(".entries .open")).to_have_count(1)
    page.locator(".entries .open").click()
    expect(page.locator("#source h2")).to_have_text(ARABIC.title or "")
    expect(page.locator("#source")).to_contain_text(ARABIC.text)
    expect(page.locator("#source h2")).to_be_in_viewport()


def test_copies_of_a_story_are_shown_together(seen: Seen) -> None:
    page = seen.page
    page.locator("#copies").click()
    expect(page.locator(".copies > li > .open")).to_contain_text("Bridge in the Wire")
    page.locator(".copies ul .open").click()
    expect(page.locator("#source h2")).to_have_text("Bridge in the Post")


def test_the_doctor_says_that_the_archive_is_sound(seen: Seen) -> None:
    seen.page.locator("#doctor").click()
    expect(seen.page.locator("#looked")).to_contain_text("the archive is sound")


def test_files_are_added_the_rest_is_named_and_questions_find_them(seen: Seen) -> None:
    page = seen.page
    upload(page, text_file("crane.txt", "A yellow crane lifted the anchor."), text_file("broken.json", "{"))
    expect(page.locator("#told .done")).to_contain_text("1 article added")
    expect(page.locator("#told .problem")).to_contain_text("1 could not be added:")
    expect(page.locator("#told .problem li")).to_contain_text("broken.json")
    expect(page.locator("#masthead .holdings")).to_contain_text("34 articles")
    expect(page.locator(".found")).to_have_text("34 articles")
    upload(page, text_file("crane.txt", "A yellow crane lifted the anchor."))
    expect(page.locator("#told .done")).to_contain_text("1 there already")
    page.wait_for_timeout(500)  # for what follows on it: gradio complains of a page that is left on its way
    page.locator("#masthead nav a").first.click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(ask(page, "A yellow crane lifted").locator(".statement")).to_contain_text("lifted the anchor")


def test_an_address_is_fetched_and_a_private_one_refused(seen: Seen) -> None:
    page = seen.page
    page.locator("#add > button").click()
    page.locator("#urls textarea").fill("http://news.example/news\nhttp://news.example/missing")
    page.locator("#add-urls").click()
    expect(page.locator("#told .done")).to_contain_text("1 article added")
    expect(page.locator("#told .problem")).to_contain_text("missing")
    page.locator("#urls textarea").fill("passwd")
    page.locator("#add-urls").click()
    expect(page.locator("#told .problem")).to_contain_text("is no address of the web")


def test_removing_asks_first(seen: Seen) -> None:
    page = seen.page
    before = found(page)
    button = page.locator(".remove").first
    expect(button).to_have_attribute("aria-label", re.compile("^Remove: "))
    button.click()
    expect(button).to_have_text("Really remove?")
    expect(button).to_have_attribute("aria-label", re.compile("^Really remove\\? Remove: "))
    page.keyboard.press("Escape")
    expect(button).to_have_text("Remove")
    expect(button).to_have_attribute("aria-label", re.compile("^Remove: "))
    button.click()
    page.keyboard.press("Tab")
    expect(button).to_have_text("Remove")
    button.click()
    page.locator("#charts h3").first.click()
    expect(page.locator(".remove.sure")).to_have_count(0)  # a click elsewhere takes it back
    button.click()
    button.click()
    expect(page.locator("#told .done")).to_contain_text("is removed")
    expect(page.locator(".found")).not_to_have_text(before)
    expect(page.locator("#masthead .holdings")).to_contain_text(found(page))


def test_an_event_that_begins_as_another_ends_is_not_lost(seen: Seen) -> None:
    """Gradio's own client loses a quarter of these."""
    page = seen.page
    for at in range(12):
        click = "([bar, wait]) => { const click = one => document.querySelector(one).click(); click('#copies'); "
        click += "setTimeout(() => click(bar), wait); }"
        page.evaluate(click, ['.bar[data-value="ar"]', 7 * at])
        expect(page.locator('.bar[aria-pressed="true"]')).to_have_count(1)
        page.locator("#charts .lift").click()
        expect(page.locator('.bar[aria-pressed="true"]')).to_have_count(0)


def test_two_visitors_narrow_apart(seen: Seen, pages: BrowserContext) -> None:
    seen.page.locator('.bar[data-value="ar"]').click()
    expect(seen.page.locator(".entries li")).to_have_count(1)
    with visit(pages, seen.address, LAPTOP, "archive") as other:
        expect(other.page.locator(".entries li")).to_have_count(25)
        expect(other.page.locator("#charts .lift")).to_have_count(0)


def test_names_of_files_and_texts_that_attack_are_text(seen: Seen) -> None:
    page = seen.page
    names = [re.sub(r"[/\\\x00-\x1f]", "_", one)[:80] for one in ATTACKS[::7]]
    good = [text_file(f"{name}.txt", f"Number {at} {ATTACKS[at]}") for at, name in enumerate(names)]
    upload(page, *good, *(text_file(f"{name}.json", f"{{{ATTACKS[at]}") for at, name in enumerate(names)))
    expect(page.locator("#told .problem li")).to_have_count(len(names))
    for at in range(3):
        page.locator(".entries .open").nth(at).click()
        expect(page.locator("#source h2")).to_be_visible()
    page.locator("#copies").click()
    expect(page.locator(".copies")).to_be_visible()
    for attack in ATTACKS[::12]:
        page.locator(BOX).fill(attack)
        page.locator(BOX).press("Enter")
        expect(page.locator("#charts .lift").first).to_be_visible()
        page.locator("#urls textarea").fill(f"http://x.example/{attack}".replace(" ", "%20").replace("\n", ""))
    page.locator("#add-urls").click()
    expect(page.locator("#told .problem")).to_be_visible()
    assert page.locator("#told img, #listed img, #charts img, #source img, #told script").count() == 0


def test_where_others_reach_it_nothing_can_be_changed(shut: Toy, pages: BrowserContext) -> None:
    with visit(pages, shut.served.address, LAPTOP, "archive") as other:
        expect(other.page.locator(".entries li").first).to_be_visible()
        expect(other.page.locator("#add, #doctor, .remove")).to_have_count(0)
        expect(other.page.locator("#copies")).to_be_visible()


def test_dark_has_the_same_page(seen: Seen) -> None:
    page = seen.page
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.locator(".entries li").first).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.querySelector('.open')).color")
    assert min(map(int, re.findall(r"\d+", colour)[:3])) > 150

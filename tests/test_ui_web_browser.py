"""The chat and its sources in a real browser, over a real server: the sample archive, and articles that test it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from qa.app import build_answerer, build_indexer
from qa.settings import load_settings
from tests.browsing import LAPTOP, MARKS, PHONE, Seen, ask, browser, choose, visit
from ui.web.server import reserve, start
from ui.web.site import Site, make_site

QUESTION = "Did Armenia request CSTO help?"
SENTENCE = "قال السفير فاردان توغانيان إن أرمينيا لم تطلب مساعدة منظمة معاهدة الأمن الجماعي (CSTO)."
AGENCY = "وكالة الاختبار"
ATTACK = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
FERRY = (
    "The ferry Oriole carried {count} passengers from Kestrel to Port Lumen on its first day, the harbour office said."
)
FILLER = (
    " The crossing takes forty minutes, and tickets are sold on the quay from six in the morning. The harbour office "
    "expects more passengers when the school holidays begin, and has asked for a second boat."
)
ARTICLES = [
    make_article(f"موسكو، 28 سبتمبر. {SENTENCE}\n\nولم يذكر السفير موعدا آخر.", id="test-ar", title="أرمينيا والمنظمة",
                 publisher=AGENCY, published="2020-09-28", language="ar", url="https://agency.example/csto"),
    make_article(f"The zeppelin {ATTACK} landed in Zubrovka on Tuesday.", id="test-xss", title=f"Zeppelin {ATTACK}",
                 publisher=f"Outlet {ATTACK}", language="en", url="javascript:window.hacked=1"),
    make_article(FERRY.format(count=300) + FILLER, id="test-ferry", title="Ferry sails", publisher="Harbour Post",
                 published="2021-05-01", language="en"),
    make_article(FERRY.format(count=412) + FILLER, id="test-ferry", title="Ferry sails", publisher="Harbour Post",
                 published="2021-05-02", language="en"),
    make_article(FERRY.format(count=412) + FILLER, id="test-copy", title="Ferry", publisher="Second Wire",
                 published="2021-05-03", language="en"),
    make_article("The glasshouse of Quillon was sold for nine marks.", id="test-gone", title="Glasshouse",
                 publisher="Harbour Post", published="2021-06-01", language="en"),
]  # fmt: skip
FERRY_QUESTION = "How many passengers did the ferry Oriole carry on its first day?"

pytestmark = MARKS


class Served(NamedTuple):
    """The page, and the archive behind it."""

    address: str
    indexer: Indexer
    folder: Path
    site: Site


@pytest.fixture(scope="module")
def served(sample_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page over the sample and the articles above, with verdicts, and a low threshold: others measure that."""
    folder = tmp_path_factory.mktemp("page") / "archive"
    shutil.copytree(sample_db, folder)
    settings = load_settings(db=folder, threshold=0.05, verdicts="always")
    archive = Archive(folder)
    indexer = build_indexer(settings, archive)
    assert indexer.add(ARTICLES).failed == []
    answerer = build_answerer(settings)
    site = make_site(answerer, archive)
    site.suggestions.check()
    with reserve("127.0.0.1", 0) as place:
        server = start(site, place)
        yield Served(server.address, indexer, folder, site)
        server.stop()
    answerer.close()
    archive.close()


@pytest.fixture(scope="module")
def pages(served: Served) -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def seen(pages: Browser, served: Served) -> Iterator[Seen]:
    """The chat on a laptop."""
    with visit(pages, served.address, LAPTOP) as found:
        expect(found.page.locator(".welcome")).to_be_visible()
        yield found


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def either(pages: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """The chat on a laptop, and on a phone."""
    with visit(pages, served.address, request.param) as found:
        expect(found.page.locator(".welcome")).to_be_visible()
        yield found


@pytest.fixture
def mirrored(pages: Browser, served: Served) -> Iterator[Seen]:
    """The chat in Arabic."""
    with visit(pages, served.address, LAPTOP, "ar") as found:
        expect(found.page.locator(".welcome")).to_be_visible()
        yield found


def open_history(page: Page) -> None:
    page.locator("#conversations").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_question_in_english_leads_to_the_arabic_sentence(either: Seen) -> None:
    page = either.page
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


def test_an_article_that_attacks_is_shown_as_text(either: Seen) -> None:
    turn = ask(either.page, f"Where did the zeppelin land? {ATTACK}")
    expect(turn.locator(".question")).to_contain_text(ATTACK)
    turn.locator(".statement", has_text="landed in Zubrovka").locator(".cite").click()
    expect(either.page.locator("#source mark")).to_contain_text(ATTACK)
    expect(either.page.locator("#source h2")).to_have_text(f"Zeppelin {ATTACK}")
    expect(either.page.locator("#source a")).to_have_count(0)
    expect(either.page.locator("#source img, #source script, #conversation img")).to_have_count(0)


def test_earlier_answers_stay_and_a_new_chat_is_empty(seen: Seen) -> None:
    page = seen.page
    page.locator(".example").first.click()
    expect(page.locator(".turn .cite").first).to_be_visible()
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
    with visit(pages, seen.address, LAPTOP) as other:
        expect(other.page.locator(".welcome")).to_be_visible()
        expect(other.page.locator(".turn")).to_have_count(0)
        open_history(other.page)
        expect(other.page.locator("#history .kept")).to_contain_text("Nothing is kept yet")


def test_every_suggestion_is_answered(seen: Seen) -> None:
    page = seen.page
    expect(page.locator(".example")).to_have_count(4)
    for question in page.locator(".example").all_inner_texts():
        page.locator(".example", has_text=question).click()
        expect(page.locator(".turn .cite").first).to_be_visible()
        expect(page.locator(".turn .refusal")).to_have_count(0)
        page.locator("#new").click()
        expect(page.locator(".example")).to_have_count(4)


def test_a_verdict_is_a_badge_with_its_confidence(seen: Seen) -> None:
    turn = ask(seen.page, "Is the Kestrel footbridge shut?")
    assert turn.locator(".badge").inner_text() in ("Yes", "No", "Disputed")
    expect(turn.locator(".confidence")).to_contain_text("confidence")


def test_what_the_archive_does_not_say_is_said_so(seen: Seen) -> None:
    page = seen.page
    page.locator("#filters > button").click()
    choose(page, "publisher", "Outlet <img")
    page.locator("#before input").fill("2001-01-01")
    turn = ask(page, QUESTION)
    expect(turn.locator(".badge")).to_have_text("Nothing to search")
    expect(turn.locator(".refusal")).to_contain_text("Widen them")


def test_filters_are_chips_that_go_one_by_one(either: Seen) -> None:
    page = either.page
    page.locator("#filters > button").click()
    choose(page, "language", "Arabic")
    choose(page, "publisher", AGENCY)
    choose(page, "excluded", "Meridian Wire")
    for name, day in (("after", "2020-09-01"), ("before", "2020-10-01"), ("as-of", "2020-10-02")):
        page.locator(f"#{name} input").fill(day)
    names = ["Arabic", AGENCY, "not Meridian Wire", "from 1 September 2020", "up to 1 October 2020"]
    names.append("as of 2 October 2020")
    chips = page.locator("#chips .lift:not(.all)")
    expect(chips).to_have_text(names)
    for name in ("not Meridian Wire", "as of 2 October 2020", "Arabic"):
        page.get_by_role("button", name=f"Remove the filter: {name}").click()
        names.remove(name)
        expect(chips).to_have_text(names)
    assert page.locator("#as-of input").input_value() == ""
    turn = ask(page, QUESTION)
    expect(turn.locator(".scope .chip")).to_have_text(names)
    page.get_by_role("button", name="Remove all").click()
    expect(chips).to_have_count(0)


def test_days_are_picked_from_a_calendar(seen: Seen) -> None:
    page = seen.page
    page.locator("#filters > button").click()
    for name in ("after", "before", "as-of"):
        expect(page.locator(f"#{name} input")).to_have_attribute("type", "date")
    page.locator("#as-of input").fill("2021-05-01")
    turn = ask(page, FERRY_QUESTION)
    expect(turn.locator(".statement").first).to_contain_text("300 passengers")


def test_a_question_can_be_stopped_and_asked_again(seen: Seen) -> None:
    page = seen.page
    page.evaluate(
        "new MutationObserver((_, seen) => { const stop = document.querySelector('.stop');"
        " if (stop) { seen.disconnect(); stop.click(); } }).observe(document.body, { childList: true, subtree: true })"
    )
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .stopped")).to_be_visible()
    expect(page.locator(".turn .cite")).to_have_count(0)
    page.locator(".turn .retry").click()
    expect(page.locator(".turn .cite").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_an_answer_is_copied_with_its_footnotes(seen: Seen) -> None:
    page = seen.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, FERRY_QUESTION)
    page.locator(".copy").click()
    expect(page.locator(".copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"**{FERRY_QUESTION}**\n")
    assert "412 passengers from Kestrel to Port Lumen on its first day, the harbour office said.[^1]" in copied
    assert "\n[^1]: “The ferry Oriole carried 412" in copied
    assert "Harbour Post · 2 May 2021" in copied


def test_an_opinion_is_kept_with_the_archive(seen: Seen, served: Served) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    page.get_by_role("button", name="This answer does not help").click()
    expect(page.locator(".judge.no")).to_have_attribute("aria-pressed", "true")
    page.locator(".note textarea").fill("Which day? <b>")
    page.locator(".note button").click()
    expect(page.locator(".thanks")).to_be_visible()
    line = json.loads((served.folder / "opinions.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (line["question"], line["helpful"], line["note"]) == (FERRY_QUESTION, False, "Which day? <b>")


def test_a_conversation_is_opened_again_with_its_sources(either: Seen) -> None:
    page = either.page
    ask(page, FERRY_QUESTION)
    ask(page, QUESTION)
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()
    open_history(page)
    page.locator("#history .kept .open").click()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator(".turn .cite").first.click()
    expect(page.locator("#source mark")).to_contain_text("412 passengers")
    ask(page, "Who said so?")
    kept = page.evaluate("JSON.parse(localStorage.getItem('dateline-conversations'))")
    assert [len(one["turns"]) for one in kept] == [3]


def test_what_is_kept_outlives_a_server_that_forgot_the_page(seen: Seen, served: Served) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    ask(page, QUESTION)
    served.site.pages["/"].state_holder.session_data.clear()
    page.locator("#question textarea").fill("Who said so?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn .actions")).to_be_visible()
    kept = page.evaluate("JSON.parse(localStorage.getItem('dateline-conversations'))")
    assert [len(one["turns"]) for one in kept][-1] == 2


def test_a_conversation_is_named_found_and_deleted(seen: Seen) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, QUESTION)
    open_history(page)
    names = page.locator("#history .kept .open")
    expect(names).to_have_text([QUESTION, FERRY_QUESTION])
    page.get_by_role("button", name=f"Rename: {QUESTION}").click()
    page.locator("#history .naming input").fill("Alliance & <b>help</b>")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Alliance & <b>help</b>", FERRY_QUESTION])
    page.locator("#history .search").fill("oriole")
    expect(names).to_have_text([FERRY_QUESTION])
    page.locator("#history .search").fill("nothing has this")
    expect(page.locator("#history .kept")).to_contain_text("No conversation has these words")
    page.locator("#history .search").fill("")
    remove = page.get_by_role("button", name=f"Delete: {FERRY_QUESTION}")
    remove.click()
    page.get_by_role("button", name="Really delete?").click()
    expect(names).to_have_count(1)
    page.locator("#history .delete_all").click()
    page.locator("#history .delete_all").click()
    expect(names).to_have_count(0)
    assert page.evaluate("localStorage.getItem('dateline-conversations')") is None
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_conversations_are_downloaded(seen: Seen) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    ask(page, QUESTION)
    open_history(page)
    with page.expect_download() as held:
        page.get_by_role("button", name=f"Download as Markdown: {FERRY_QUESTION}").click()
    text = Path(held.value.path()).read_text(encoding="utf-8")
    assert held.value.suggested_filename.startswith("dateline How many passengers")
    assert text.startswith(f"# {FERRY_QUESTION}\n\n**{FERRY_QUESTION}**")
    assert "[^1.1]: “The ferry Oriole" in text
    assert "[^2.1]: " in text
    with page.expect_download() as held:
        page.locator("#history .export_json").click()
    kept = json.loads(Path(held.value.path()).read_text(encoding="utf-8"))
    assert [turn["answer"]["question"] for turn in kept[0]["turns"]] == [FERRY_QUESTION, QUESTION]


def test_nothing_is_kept_where_the_reader_says_so(seen: Seen) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    open_history(page)
    page.get_by_label("Keep nothing in this browser").check()
    expect(page.locator("#history .kept")).to_contain_text("Nothing is kept.")
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, QUESTION)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('dateline'))") == [
        "dateline-keep-nothing"
    ]


@pytest.mark.parametrize(
    "damage", ['{"not": "a list"}', "[1, null, {}]", '[{"id": "x", "title": "<b>", "turns": [1]}]']
)
def test_damaged_storage_does_no_harm(seen: Seen, damage: str) -> None:
    page = seen.page
    page.evaluate("text => localStorage.setItem('dateline-conversations', text)", damage)
    open_history(page)
    if "title" in damage:
        page.locator("#history .kept .open").click()
        expect(page.locator("#conversation")).to_contain_text("cannot be opened")
    else:
        expect(page.locator("#history .kept")).to_contain_text("Nothing is kept yet")
        page.keyboard.press("Escape")
    ask(page, FERRY_QUESTION)
    assert len(page.evaluate("JSON.parse(localStorage.getItem('dateline-conversations'))")) >= 1


def test_what_was_searched_for_can_be_edited(seen: Seen) -> None:
    page = seen.page
    ask(page, QUESTION)
    turn = ask(page, "And what did Russia say?")
    expect(turn.locator(".searched")).to_contain_text("Searched for")
    turn.locator(".edit").click()
    box = page.locator("#question textarea")
    expect(box).to_be_focused()
    assert "Russia" in box.input_value()
    assert "CSTO" in box.input_value()


def test_versions_show_what_changed(either: Seen) -> None:
    page = either.page
    turn = ask(page, FERRY_QUESTION)
    turn.locator(".cite").first.click()
    expect(page.locator("#source .beside").first).to_contain_text("2 versions of this article")
    page.get_by_role("button", name="What changed from version 1 to version 2").click()
    expect(page.locator("#source del")).to_have_text("300")
    expect(page.locator("#source ins")).to_have_text("412")
    page.locator("#source .open", has_text="Version 1").click()
    expect(page.locator("#source article")).to_contain_text("300 passengers")


def test_who_else_carries_the_words_is_a_click_away(seen: Seen) -> None:
    page = seen.page
    turn = ask(page, FERRY_QUESTION)
    expect(turn).to_contain_text("Also carried by 1: Second Wire")
    turn.locator(".cite").first.click()
    page.locator("#source .open", has_text="Second Wire").click()
    expect(page.locator("#source .publisher")).to_have_text("Second Wire")
    expect(page.locator("#source mark")).to_contain_text("412 passengers")
    expect(page.locator("#source mark")).to_be_focused()


def test_an_article_that_is_removed_leaves_its_sentence(seen: Seen, served: Served) -> None:
    page = seen.page
    turn = ask(page, "What was the glasshouse of Quillon sold for?")
    served.indexer.remove("test-gone")
    turn.locator(".statement", has_text="nine marks").locator(".cite").click()
    expect(page.locator("#source .problem")).to_contain_text("has been removed")
    expect(page.locator("#source .statement")).to_contain_text("nine marks")


def test_the_arabic_interface_is_mirrored(mirrored: Seen) -> None:
    page = mirrored.page
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    chat, source = page.locator("#chat").bounding_box(), page.locator("#source").bounding_box()
    assert chat is not None
    assert source is not None
    assert source["x"] < chat["x"]
    expect(page.locator(".example").first).to_have_attribute("dir", "rtl")
    turn = ask(page, "Did Armenia request CSTO help?")
    expect(turn.locator(".confidence")).to_contain_text("ثقة")
    turn.locator(".cite").first.click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    page.locator("#filters > button").click()
    choose(page, "language", "العربية")
    expect(page.locator("#chips .lift")).to_have_text("العربية")
    open_history(page)
    expect(page.get_by_role("dialog")).to_contain_text("المحادثات المحفوظة")


def test_the_other_language_is_a_link_away_and_shares_what_is_kept(seen: Seen) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION)
    page.get_by_role("link", name="العربية").click()
    expect(page.locator(".welcome h2")).to_have_text("ماذا يقول الأرشيف؟")
    open_history(page)
    expect(page.locator("#history .kept .open")).to_have_text(FERRY_QUESTION)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".welcome h2")).to_have_text("What does the archive say?")


def test_everything_is_done_with_the_keyboard(seen: Seen) -> None:
    page = seen.page
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(FERRY_QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .actions")).to_be_visible()
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "(() => { const one = document.activeElement;"
            " const style = getComputedStyle(one.closest('.input-container') ?? one);"
            " return [one.className + ' ' + one.id, style.outlineStyle + ' ' + style.boxShadow]; })()"
        )
        reached |= set(name.split())
        assert name == " " or "solid" in outline or "inset" in outline, name
    assert {"cite", "copy", "retry", "judge", "new", "conversations"} <= reached
    page.locator(".cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark")).to_be_focused()


def test_a_source_takes_the_focus_but_not_from_who_types(seen: Seen) -> None:
    page = seen.page
    ask(page, FERRY_QUESTION).locator(".cite").first.click()
    expect(page.locator("#source mark")).to_be_focused()
    page.locator("#question textarea").focus()
    page.evaluate("window.dispatchEvent(new Event('dateline-cited'))")
    page.wait_for_timeout(200)  # the panel acts a moment after the event
    expect(page.locator("#question textarea")).to_be_focused()


def test_a_new_answer_is_told_to_screen_readers(seen: Seen) -> None:
    ask(seen.page, FERRY_QUESTION)
    live = seen.page.locator("#live")
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).to_contain_text("412 passengers")


def test_nothing_moves_where_the_system_asks_for_that(seen: Seen) -> None:
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    page = seen.page
    page.locator("#question textarea").fill(FERRY_QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    assert page.evaluate(moving) == 0
    expect(page.locator(".turn .actions")).to_be_visible()
    page.locator(".turn .cite").first.click()
    page.locator("#filters > button").click()
    assert page.evaluate(moving) == 0
    expect(page.locator("#source mark")).to_be_visible()
    assert page.evaluate(moving) == 0


def test_a_filter_in_words_is_shown_as_a_chip(seen: Seen) -> None:
    turn = ask(seen.page, "How many passengers did the ferry Oriole carry, only Harbour Post?")
    expect(turn.locator(".scope .chip")).to_have_text(["Harbour Post"])

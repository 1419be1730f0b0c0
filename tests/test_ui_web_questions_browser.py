"""Asking many questions at once in a real browser, over a real server whose answers can be computed by hand."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.attacks import ATTACKS
from tests.browsing import LAPTOP, MARKS, PHONE, Seen, browser, visit
from tests.toy_site import ARTICLES, Toy, serving

pytestmark = MARKS

BRIDGE, FERRY = ARTICLES


def case(number: int, question: str, gold: str | None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    text = {one.id: one.text for one in ARTICLES}.get(gold or "", "")
    span = [[{"article": gold, "start": 0, "end": len(text)}]] if gold else []
    kind = "wh" if gold else "unanswerable"
    return {"id": f"q{number}", "question": question, "kind": kind, "verdict": None, "answers": [], "gold": span} | more


CASES = [
    case(1, "The bridge is closed", "bridge", answers=["closed"], language="en"),
    case(2, "Who painted the zeppelin", None),
    case(3, "The ferry runs at noon", "bridge"),
    case(4, "How high is the lighthouse", "ferry"),
]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with serving(tmp_path_factory.mktemp("questions")) as made:
        yield made


@pytest.fixture(scope="module")
def pages(toy: Toy) -> Iterator[BrowserContext]:
    with browser() as opened:
        yield opened.new_context(reduced_motion="reduce")


@pytest.fixture
def seen(pages: BrowserContext, toy: Toy) -> Iterator[Seen]:
    with visit(pages, toy.served.address, LAPTOP, "questions") as found:
        expect(found.page.locator("#ask-all")).to_be_visible()
        yield found


@pytest.fixture(params=[("", PHONE), ("ar/", LAPTOP)], ids=["phone", "arabic"])
def each(pages: BrowserContext, toy: Toy, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """In English on a phone and in Arabic on a laptop."""
    path, size = request.param
    with visit(pages, toy.served.address, size, f"{path}questions") as found:
        expect(found.page.locator("#ask-all")).to_be_visible()
        yield found


def lines(cases: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in cases).encode()


def ask_file(page: Page, name: str, content: bytes) -> None:
    page.locator("#set input[type=file]").set_input_files(
        FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    )
    expect(page.locator("#set .file-preview tr, #set .file")).to_have_count(1)
    page.locator("#ask-all").click()


def test_each_answer_stands_beside_its_gold(each: Seen) -> None:
    page = each.page
    ask_file(page, "cases.jsonl", lines(CASES))
    expect(page.locator("#told .done")).to_be_visible()
    expect(page.locator(".cases > li")).to_have_count(4)
    expect(page.locator("#told .done")).to_contain_text("2")
    first = page.locator(".cases details").first
    first.locator("summary").click()
    expect(first.locator("section").nth(0)).to_contain_text(BRIDGE.text)
    expect(first.locator("section").nth(1)).to_contain_text(BRIDGE.text)
    expect(first.locator(".badge.yes")).to_have_count(1)
    first.locator("section").nth(0).locator(".open").click()
    expect(page.locator("#source mark")).to_have_text(BRIDGE.text)


def test_answers_are_narrowed_to_what_is_wrong_with_them(seen: Seen) -> None:
    page = seen.page
    ask_file(page, "cases.jsonl", lines(CASES))
    expect(page.locator("#told .done")).to_contain_text("2 of 4 right")
    expect(page.locator(".marks button")).to_have_text(["All 4", "Right 2", "Gold not cited 1", "Wrongly refused 1"])
    page.get_by_role("button", name="Wrongly refused").click()
    expect(page.locator(".found")).to_be_focused()
    expect(page.locator(".cases .asked")).to_have_text(["How high is the lighthouse"])
    page.locator(".cases summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cases details")).to_contain_text(FERRY.text)


def test_the_report_is_downloaded_and_stands_alone(seen: Seen) -> None:
    page = seen.page
    ask_file(page, "cases.jsonl", lines(CASES))
    expect(page.locator("#report")).to_be_visible()
    with page.expect_download() as found:
        page.locator("#report").click()
    assert found.value.suggested_filename == "report.html"
    report = found.value.path().read_text(encoding="utf-8")
    assert "Evaluation of 4 cases" in report
    assert "The bridge is closed" in report


def test_a_set_is_counted_and_ends_as_the_server_stops(seen: Seen, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = re.compile(r"^dateline_questions_total\{.*\} (\d+)", re.MULTILINE)
    before = sum(map(int, answered.findall(toy.client.get("/metrics").text)))
    ask_file(seen.page, "cases.jsonl", lines(CASES))
    expect(seen.page.locator("#told .done")).to_contain_text("2 of 4 right")
    assert sum(map(int, answered.findall(toy.client.get("/metrics").text))) == before + 4
    monkeypatch.setattr(toy.served.site.answerer, "closing", True)
    seen.page.locator("#ask-all").click()
    expect(seen.page.locator("#told .done")).to_contain_text("0 of 4 right")


def test_a_run_is_stopped_and_shows_what_it_has(seen: Seen, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    answerer, page = toy.served.site.answerer, seen.page
    read = answerer._reader.read

    def slowly(*given: Any) -> Any:  # noqa: ANN401
        time.sleep(0.4)
        return read(*given)

    monkeypatch.setattr(answerer._reader, "read", slowly)
    ask_file(page, "many.jsonl", lines([case(at, f"The ferry number {at} runs", None) for at in range(60)]))
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.locator("#stop-all").click()
    expect(page.locator("#told .done")).to_contain_text("Stopped:")
    assert 0 < page.locator(".cases > li").count() < 25
    expect(page.locator("#report")).to_be_hidden()


def test_other_formats_are_read_and_what_the_archive_lacks_can_be_added(seen: Seen) -> None:
    page = seen.page
    table = f"question,text,answer\nWhen does it run?,{FERRY.text},noon\nWho sang?,The choir of Kestrel sang.,choir\n"
    ask_file(page, "table.csv", table.encode())
    expect(page.locator("#told .problem")).to_contain_text("2 of its articles are not in this archive")
    with page.expect_download() as found:
        page.locator("#articles").click()
    assert "The choir of Kestrel sang." in found.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.jsonl", b'{"id": 1', "broken.jsonl:1: not a case"),
        ("empty.jsonl", b"", "no case in the file"),
        ("other.json", b'{"data": 5}', "'data' is missing or no list"),
        ("lacks.jsonl", lines([case(1, "Who", "bridge")]).replace(b'"bridge"', b'"gone"'), "lacks its gold article"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(seen: Seen, name: str, content: bytes, said: str) -> None:
    ask_file(seen.page, name, content)
    expect(seen.page.locator("#told .problem")).to_contain_text(said)
    assert "/gradio/" not in seen.page.locator("#told").inner_text()


def test_asking_without_a_file_says_so(seen: Seen) -> None:
    seen.page.locator("#ask-all").click()
    expect(seen.page.locator("#told .problem")).to_have_text("Choose a file first.")


def test_sets_that_attack_are_text(seen: Seen) -> None:
    page = seen.page
    cases = [
        case(at, f"The bridge {attack}", "bridge", answers=[attack], kind="wh", language="en")
        for at, attack in enumerate(ATTACKS[::3])
    ]
    ask_file(page, "<img src=x onerror=hacked>.jsonl", lines(cases))
    expect(page.locator("#told .done")).to_be_visible()
    for one in page.locator(".cases summary").all()[:25:5]:
        one.click()
    assert page.locator("#told img, #listed img, #listed script, #listed iframe").count() == 0
    ask_file_again(page, "bad.jsonl", "\n".join(ATTACKS[::7]).encode())
    expect(page.locator("#told .problem")).to_be_visible()


def ask_file_again(page: Page, name: str, content: bytes) -> None:
    """Another file in the place of the one before."""
    page.locator("#set button[aria-label*=lear], #set button[aria-label*=emove]").first.click()
    ask_file(page, name, content)


def test_two_visitors_ask_apart(seen: Seen, pages: BrowserContext) -> None:
    ask_file(seen.page, "cases.jsonl", lines(CASES))
    expect(seen.page.locator(".cases > li")).to_have_count(4)
    with visit(pages, seen.address, LAPTOP, "questions") as other:
        expect(other.page.locator("#ask-all")).to_be_visible()
        expect(other.page.locator(".cases > li")).to_have_count(0)

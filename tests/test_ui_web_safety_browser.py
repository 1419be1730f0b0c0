"""What attackers may put into articles, questions, files, chat models and browsers does not run, in a real browser."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from index.articles import make_article
from qa.verify import Checker
from qa.writer import Writer
from tests.attacks import ATTACKS, LINKS
from tests.toy_site import PASSWORD, QUESTION, TOKEN, USER, Toy, serving, users
from tests.toys import script
from ui.web.guard.rules import Rules

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.browsing import CHROMIUM, FLAGS, arrive

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: make browser")

GROUP = 8  # articles that one question cites
ARTICLES = tuple(
    make_article(
        f"Where did group g{number // GROUP} land {attack} on Tuesday\n\nAnd {attack} after that.",
        id=f"attack-{number}", title=f"Title {attack} of {number}", publisher=f"Outlet {attack} {number}",
        language="en", published="2024-01-02",
        url=LINKS[number % len(LINKS)].replace("\t", "").replace("\x01", ""),
    )
    for number, attack in enumerate(ATTACKS)
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with serving(tmp_path_factory.mktemp("attacks"), articles=ARTICLES) as made:
        answerer = made.served.site.answerer
        answerer._statements, answerer._k, answerer._threshold = GROUP, 200, 0.8
        yield made


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """Only for users, eight requests a minute."""
    folder = tmp_path_factory.mktemp("closed")
    with serving(folder, Rules(auth=users(folder), per_minute=8)) as made:
        yield made


@pytest.fixture
def page(browser: Browser, toy: Toy) -> Iterator[Page]:
    """A page just opened; afterwards nothing has run, and the browser has reported nothing that wanted to."""
    before = reports(toy)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    arrive(opened, toy.served.address)
    expect(opened.locator(".welcome")).to_be_visible()
    yield opened
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.hacked") is None
    assert opened.evaluate("document.querySelectorAll('[onerror],[onload],[onfocus],[onclick]').length") == 0
    refused = [one for one in said if re.search("hacked|Policy|Refused|Error: ", one) and "AbortError" not in one]
    assert (refused, reports(toy) - before) == ([], 0)
    context.close()


def reports(toy: Toy) -> float:
    found = re.findall(r"^dateline_policy_reports_total (\S+)$", toy.client.get("/metrics").text, re.MULTILINE)
    return float(found[0]) if found else 0.0


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the end of the answer; again where the page was still busy with the one before."""
    before = page.locator(".turn").count()
    for _ in range(5):
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        try:
            expect(page.locator(".turn")).to_have_count(before + 1, timeout=3_000)
            break
        except AssertionError:
            continue
    expect(page.locator(".turn").nth(before).locator(".verdict, .problem").first).to_be_visible()


def start_again(page: Page) -> None:
    for _ in range(3):
        page.locator("#new").click()
        try:
            expect(page.locator(".welcome")).to_be_visible(timeout=5_000)
            return
        except AssertionError:
            continue
    raise AssertionError("a new chat does not begin")


def test_there_are_enough_attacks() -> None:
    assert len(set(ATTACKS)) >= 60


def test_an_attack_would_be_seen_and_the_policy_would_stop_it(toy: Toy, browser: Browser) -> None:
    page, before = browser.new_page(), reports(toy)
    page.goto(toy.served.address)
    expect(page.locator(".welcome")).to_be_visible()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked=1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hacked=1'}))")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('a'), {href: 'javascript:window.hacked=1'}))"
    )
    page.evaluate("document.body.lastChild.click()")
    later = "() => new Promise(end => setTimeout(() => {{ try {{ {}; end('ran') }} catch (no) {{ end(no.name) }} }}))"
    for code in (
        "eval('window.hacked=1')",
        "new Function('window.hacked=1')()",
        "Function('window.hacked=1')()",
        "(async () => {}).constructor('window.hacked=1')()",
        "(function*(){}).constructor('window.hacked=1')()",
    ):
        assert page.evaluate(later.format(code)) == "EvalError", code
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert reports(toy) - before >= 5
    page.close()


def test_articles_that_attack_are_text(page: Page) -> None:
    shown = ""
    for group in range(-(-len(ATTACKS) // GROUP)):
        ask(page, f"Where did group g{group} land")
        turn = page.locator(".turn").last
        for at in range(turn.locator(".cite").count()):
            turn.locator(".cite").nth(at).click()
            expect(turn.locator(".cite").nth(at)).to_have_attribute("aria-current", "true")
            expect(page.locator("#source mark").first).to_be_visible()
            page.wait_for_timeout(150)  # gradio's client loses an event that begins as its stream ends
        shown += turn.inner_html()
        start_again(page)
    assert len(set(re.findall(r"Outlet .*? (\d+)</bdi>", shown))) >= 60
    for link in page.locator("a[href]").all():
        assert re.match(r"https?://|/|#|blob:", link.get_attribute("href") or "")


def test_questions_that_attack_are_text(page: Page) -> None:
    for number, attack in enumerate(ATTACKS):
        ask(page, f"x {attack}")
        if number % GROUP == 0:
            start_again(page)


def test_conversations_that_attack_from_the_browsers_storage_are_text(page: Page) -> None:
    ask(page, "Where did group g0 land")
    page.wait_for_timeout(300)
    kept = json.loads(page.evaluate("localStorage.getItem('dateline-conversations')"))
    (turn,) = kept[0]["turns"]

    def attacked(value: object, attack: str, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: attacked(one, attack, key) for key, one in value.items()}
        if isinstance(value, list):
            return [attacked(one, attack, name) for one in value]
        kinds = {"decision", "verdict", "refusal", "stance", "published", "languages"}
        return f"{attack} {value}" if isinstance(value, str) and name not in kinds else value

    turns = [{**attacked(turn, attack), "at": at} for at, attack in enumerate(ATTACKS)]  # type: ignore[dict-item]
    stored = [{**kept[0], "title": attack, "id": f"{at}", "turns": turns[:1]} for at, attack in enumerate(ATTACKS)]
    stored[0]["turns"] = turns
    page.evaluate("kept => localStorage.setItem('dateline-conversations', kept)", json.dumps(stored))
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()
    page.locator("#conversations").click()
    expect(page.locator(".kept li")).to_have_count(len(ATTACKS))
    page.locator(".kept .rename").nth(1).click()
    page.locator(".kept .open").first.click()
    expect(page.locator(".turn")).to_have_count(len(ATTACKS))
    page.locator(".turn .cite").first.click()
    expect(page.locator("#source .problem, #source mark").first).to_be_visible()
    for text in ("not json", "[1]", '[{"id": "a", "title": "b", "turns": [5]}]', '{"a": 1}'):
        page.evaluate("kept => localStorage.setItem('dateline-conversations', kept)", text)
        page.reload()
        expect(page.locator(".welcome")).to_be_visible()


def test_a_chat_model_that_attacks_is_text(page: Page, toy: Toy) -> None:
    parts = [ATTACKS[at : at + 6] for at in range(0, len(ATTACKS), 6)]
    lines = [" ".join(f"Group g0 did land {attack} on Tuesday [$0]." for attack in part) for part in parts]
    believing = Checker(lambda text, groups: [1.0 for _ in groups], threshold=0.1)
    answerer = toy.served.site.answerer
    answerer._writer = Writer(script(*lines), believing, most=6, budget=2000)
    try:
        for _ in lines:
            ask(page, "Where did group g0 land")
            start_again(page)
    finally:
        answerer._writer = None


def test_names_of_files_and_addresses_that_attack(page: Page, toy: Toy) -> None:
    for attack in ATTACKS:
        name = re.sub(r"[/\x00-\x1f]", "_", attack)[:80]
        files = {"files": (f"{name}.html", f"<script>{attack}</script>".encode())}
        (path,) = toy.client.post("/gradio_api/upload", files=files).json()
        found = toy.client.get(f"/gradio_api/file={quote(path)}")
        assert found.headers["content-type"] == "application/octet-stream"
        assert found.headers["content-disposition"].startswith("attachment")
    with pytest.raises(Error, match="Download is starting"):
        page.goto(f"{toy.served.address}gradio_api/file={quote(path)}")
    for attack in ATTACKS[::12]:
        page.goto(f"{toy.served.address}?q={quote(attack)}&__theme={quote(attack)}#{quote(attack)}")
        expect(page.locator(".welcome")).to_be_visible()


def test_the_page_of_the_api_works_under_the_policy(toy: Toy, browser: Browser) -> None:
    page, before = browser.new_page(), reports(toy)
    page.goto(toy.served.address)
    page.locator("a.programs").click()
    shown = page.locator(".api-docs, .api-docs-wrap").first
    for name in ("/ask", "/search", "/article"):
        expect(page.get_by_text(f"API name: {name}").first).to_be_visible()
    assert shown.inner_text().count("API name:") == 3
    assert reports(toy) == before
    page.close()


def test_signing_in_with_the_keyboard(closed: Toy, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{closed.served.address}ar")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/ar/?$"))
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(closed.served.address)
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(USER)
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This name and password do not belong together.")
    expect(page.locator("#name")).to_have_value(USER)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".welcome")).to_be_visible()
    cookie = next(one for one in context.cookies() if one["name"] == "dateline")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    assert "dateline=" not in page.evaluate("document.cookie")
    other = browser.new_context().new_page()
    other.goto(closed.served.address)
    expect(other).to_have_url(re.compile("/sign-in$"))
    other.context.close()
    page.goto(f"{closed.served.address}sign-out")
    expect(page.get_by_text(f"You are signed in as {USER}.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(closed.served.address)
    expect(page).to_have_url(re.compile("/sign-in$"))
    context.close()


def test_who_asks_too_often_is_told(closed: Toy, browser: Browser) -> None:
    context = browser.new_context(extra_http_headers={"Authorization": f"Bearer {TOKEN}"})
    page = context.new_page()
    page.goto(closed.served.address)
    expect(page.locator("#question textarea")).to_be_visible()
    for _ in range(9):
        page.locator("#question textarea").fill(QUESTION)
        page.locator("#question textarea").press("Enter")
        page.wait_for_timeout(150)
    expect(page.get_by_text("too many requests; try again in").first).to_be_visible()
    context.close()


def test_no_other_page_can_frame_it_or_ask_through_it(toy: Toy, browser: Browser) -> None:
    context = browser.new_context()
    context.route("https://evil.example/", lambda route: route.fulfill(
        content_type="text/html", body=f'<iframe src="{toy.served.address}"></iframe>'))  # fmt: skip
    page = context.new_page()
    page.goto("https://evil.example/")
    page.wait_for_timeout(500)
    assert all("#question" not in one.content() for one in page.frames[1:])
    code = (
        "url => fetch(url, {method: 'POST', mode: 'no-cors', body: '{}'}).then(found => found.type, error => 'refused')"
    )
    assert page.evaluate(code, f"{toy.served.address}gradio_api/queue/join") in ("opaque", "refused")
    assert (
        page.evaluate("url => fetch(url).then(() => 'read', () => 'refused')", f"{toy.served.address}config")
        == "refused"
    )
    context.close()

"""What the server answers and what it does not, over HTTP on loopback."""

import asyncio
import base64
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from eval.load_sessions import make_sessions
from qa.evidence import Passage
from qa.reader.protocol import Reading
from tests.toy_site import ARTICLES, PASSWORD, QUESTION, TOKEN, USER, Toy, serving, users
from tests.toys import ShareReader
from ui.web.guard.rules import Rules
from ui.web.meters import Meters
from ui.web.presence import Presence


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """Open to everybody on this machine, with tools."""
    with serving(tmp_path_factory.mktemp("open"), Rules(mcp=True)) as made:
        yield made


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """Only for users, behind a proxy that says https, ten requests a minute."""
    folder = tmp_path_factory.mktemp("closed")
    rules = Rules(auth=users(folder), proxies=("127.0.0.1",), hosts=("news.example",), per_minute=10, mcp=True)
    with serving(folder, rules) as made:
        yield made


def basic(name: str = USER, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def done(stream: str) -> Any:  # noqa: ANN401 - JSON
    """The result at the end of a stream."""
    assert "event: complete" in stream, stream
    return json.loads(stream.rpartition("data: ")[2])[0]


def test_the_endpoints_give_what_the_answerer_gives(toy: Toy) -> None:
    found = done(toy.call("ask", {"question": QUESTION}))
    expected = toy.served.site.answerer.ask(QUESTION).to_dict()
    assert {**found, "timings": {}} == {**expected, "timings": {}}
    assert found["citations"][0]["quote"] == "The bridge is closed."
    found = done(toy.call("ask", {"question": QUESTION, "languages": ["en"], "publishers": ["Harbour"], "k": 3}))
    assert (found["decision"], found["filters"]["publishers"]) == ("refused", ["Harbour"])
    hit = done(toy.call("search", {"query": "ferry at noon"}))["found"][0]
    assert (hit["rank"], hit["quote"], hit["article"]["publisher"]) == (1, "The ferry runs at noon.", "Harbour")
    article = done(toy.call("article", {"article_id": "ferry"}))
    assert article["text"][hit["start"] : hit["end"]] == hit["quote"]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [("ask", {"question": QUESTION, "languages": "xx1"}, "xx1"), ("ask", {"question": "?!"}, "has no word in it"),
     ("ask", {"question": 7}, "give a text"), ("ask", {"question": QUESTION, "after": "soon"}, "not a date"),
     ("article", {"article_id": "gone"}, "there is no article 'gone'"),
     ("search", {"query": QUESTION, "k": 5000}, "a number from 1 to 200"),
     ("ask", {"question": QUESTION, "publishers": [{"a": 1}]}, "give a list of texts"),
     ("ask", {"question": QUESTION, "history": "no"}, "give a list of texts"),
     ("ask", {"question": QUESTION, "as_of": 3}, "give a date as YYYY-MM-DD")],
)  # fmt: skip
def test_what_a_program_got_wrong_is_said(toy: Toy, name: str, values: dict[str, Any], message: str) -> None:
    said = toy.call(name, values)
    assert "event: error" in said
    assert message in json.loads(said.rpartition("data: ")[2])["error"]
    assert toy.post(f"/gradio_api/call/v2/{name}", {"nothing": 1}).status_code == 422


def test_only_three_endpoints_are_there(toy: Toy) -> None:
    info = toy.client.get("/gradio_api/info").json()
    assert (info["named_endpoints"].keys(), info["unnamed_endpoints"]) == ({"/ask", "/search", "/article"}, {})
    described = info["named_endpoints"]["/ask"]
    assert described["description"].startswith("Answer a question with the sentences that say so")
    assert [one["parameter_name"] for one in described["parameters"]][:2] == ["question", "languages"]
    assert toy.post("/gradio_api/call/event-0", {"data": []}).status_code == 404
    assert toy.client.get("/ar/gradio_api/info").json()["named_endpoints"] == {}


def test_pages_and_what_is_closed_of_gradio(toy: Toy) -> None:
    for path, direction in (("/", 'lang="en" dir="ltr"'), ("/ar/", 'lang="ar" dir="rtl"')):
        shown = toy.client.get(path)
        assert (shown.status_code, f"<html {direction}" in shown.text) == (200, True)
        assert not re.search(
            r'="og:|="twitter:|rel="manifest|raw\.githubusercontent', shown.text.partition("</head>")[0]
        )
        nonce = re.findall(r"'nonce-([^']+)'", shown.headers["content-security-policy"])[0]
        scripts = re.findall(r"<script[^>]*>", shown.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in one for one in scripts)
    assert toy.client.get("/ar").headers["location"] == "/ar/"
    for path in (
        "gradio_api/file=https://example.com", "gradio_api/proxy=https://x.hf.space", "monitoring",
        "monitoring/summary", "gradio_api/vibe-code", "gradio_api/dev/reload", "gradio_api/deep_link?session_hash=a",
        "manifest.json", "gradio_api/custom_component/a/client/b/c.js", "gradio_api/user", "gradio_api/token", "logout",
        "svelte/a.js", "gradio_api/stream/a/1/2/playlist.m3u8", "gradio_api/runs", "docs",
        "openapi.json", "gradio_api/profiling/traces",
    ):  # fmt: skip
        for mount in ("/", "/ar/"):
            assert toy.client.get(mount + path).status_code in (403, 404), path
    for path in ("login", "gradio_api/run/ask", "gradio_api/api/ask", "gradio_api/process_recording"):
        assert toy.client.post(f"/{path}").status_code == 404, path
    assert toy.client.get("/gradio_api/file=/etc/passwd").status_code == 403
    assert toy.client.put("/config").status_code == 404


def test_every_response_has_its_headers(toy: Toy) -> None:
    for path in ("/", "/healthz", "/nothing", "/config", "/assets/none.js"):
        headers = toy.client.get(path).headers
        policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
        assert "unsafe" not in policy["script-src"]
        assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'", "'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers
        assert "server" not in headers
    first, second = (toy.client.get("/").headers["content-security-policy"] for _ in range(2))
    assert first != second


def test_other_names_and_other_sites_are_refused(toy: Toy) -> None:
    get = toy.client.get
    port = toy.client.base_url.port
    for host in ("evil.example", "evil.example:7860", "", "localhost.evil.example", "192.0.2.7", "a b", "[::1"):
        assert get("/config", headers={"Host": host}).status_code == 400, host
    for host in ("localhost", f"127.0.0.1:{port}", "[::1]:80", "LOCALHOST."):
        assert get("/healthz", headers={"Host": host}).status_code == 200, host
    own = f"http://127.0.0.1:{port}"
    for origin, status in (("https://evil.example", 403), ("null", 403), ("http://127.0.0.1:1", 403), (own, 200)):
        found = toy.post("/gradio_api/call/v2/ask", {"question": QUESTION}, Origin=origin)
        assert (found.status_code, "access-control-allow-origin" in found.headers) == (status, False), origin
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert get("/config", headers=cross).status_code == 403
    assert get("/", headers={**cross, "Sec-Fetch-Mode": "navigate"}).status_code == 200
    found = get("/config", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in found.text


def test_health_says_why_not(tmp_path: Path) -> None:
    with serving(tmp_path) as toy:
        assert toy.client.get("/healthz").json() == {"status": "ok"}
        (tmp_path / "archive").rename(tmp_path / "elsewhere")
        found = toy.client.get("/healthz")
        assert (found.status_code, found.json()["reason"]) == (503, "the archive is not there")
        (tmp_path / "elsewhere").rename(tmp_path / "archive")
        assert toy.client.get("/healthz").status_code == 200
        toy.served.site.answerer.closing = True
        assert toy.client.get("/healthz").json()["reason"] == "the server is stopping"


SAMPLE = re.compile(
    r'([a-z_]+)((?:\{[a-z]+="(?:[^"\\\n]|\\[\\n"])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\n"])*")*\})?) ([-+.e\d]+)'
)


def scraped(text: str) -> dict[str, float]:
    """The samples, after the rules of the format: a family's help and type come before its samples, each but once."""
    assert text.endswith("\n")
    found: dict[str, float] = {}
    types: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            assert name not in types
            types[name] = kind
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            family = re.sub(r"_(bucket|sum|count)$", "", sample[1]) if sample[1] not in types else sample[1]
            assert family == list(types)[-1], line
            assert (types[family] == "histogram") == (family != sample[1])
            assert sample[1] + sample[2] not in found
            found[sample[1] + sample[2]] = float(sample[3])
    return found


def test_metrics_are_prometheus(toy: Toy) -> None:
    before = toy.client.get("/metrics")
    assert before.headers["content-type"].startswith("text/plain; version=0.0.4")
    done(toy.call("ask", {"question": QUESTION}))
    done(toy.call("ask", {"question": "Who sang?"}))
    toy.call("ask", {"question": "?!"})
    first, then = scraped(before.text), scraped(toy.client.get("/metrics").text)
    grown = {name: then[name] - first.get(name, 0) for name in then if name.startswith("dateline")}
    answered = 'dateline_questions_total{decision="answered",verdict="none",refusal="none"}'
    assert grown[answered] == grown['dateline_errors_total{kind="input"}'] == 1
    assert grown['dateline_questions_total{decision="refused",verdict="none",refusal="not_stated"}'] == 1
    assert grown["dateline_question_seconds_count"] == 3
    assert then['dateline_question_seconds_bucket{le="+Inf"}'] == then["dateline_question_seconds_count"]
    assert then["process_resident_memory_bytes"] > 10_000_000
    assert then["dateline_questions_running"] == 0
    with toy.client.stream("GET", "/gradio_api/heartbeat/abc") as beat:
        parts = beat.iter_text()
        assert "ALIVE" in next(parts)
        assert scraped(toy.client.get("/metrics").text)["dateline_sessions_open"] == 1


def test_calls_are_forgotten_and_open_pages_are_not(toy: Toy) -> None:
    page = toy.served.site.pages["/"]
    held = page.state_holder

    async def visit() -> None:
        left = asyncio.Event()

        async def stay(*_: Any) -> None:  # noqa: ANN401
            await left.wait()

        presence: Any = Presence(stay, Meters(), [page])
        for session in ("a-page", "a-call"):
            assert held[session]
        stream = asyncio.create_task(presence({"type": "http", "path": "/gradio_api/heartbeat/a-page"}, None, None))
        await asyncio.sleep(0)
        presence.forget(page=0, call=0)
        assert ("a-page" in held, "a-call" in held) == (True, False)
        left.set()
        await stream
        presence.forget(call=0)
        assert "a-page" in held
        presence.forget(page=0, call=0)
        assert "a-page" not in held

    asyncio.run(visit())


def test_nothing_is_fetched_in_the_place_of_a_file(toy: Toy) -> None:
    assert toy.served.site.pages
    for one in (gr.File(), gr.Textbox()):
        with pytest.raises(gr.Error, match="an address is not taken"):
            asyncio.run(one.async_move_resource_to_block_cache("http://127.0.0.1:9/big"))
        with pytest.raises(gr.Error, match="an address is not taken"):
            one.move_resource_to_block_cache("https://news.example/big")


def test_a_long_conversation_keeps_its_turns_and_no_components(toy: Toy) -> None:
    asked = make_sessions(2, toy.client.get("/config").json())[1].page
    assert asked is not None

    async def ask() -> list[str]:
        async with httpx.AsyncClient(base_url=toy.served.address, timeout=30) as client:
            return await asked.call(client, "a-long-one", QUESTION, ARTICLES[0].publisher or "")

    for _ in range(3):
        told = asyncio.run(ask())
    page = toy.served.site.pages["/"]
    state, fresh = page.state_holder["a-long-one"], page.default_config.blocks.keys()
    assert state.blocks_config.blocks.keys() - fresh  # what gradio leaves
    Presence(toy.served.site.app, Meters(), [page]).forget()
    assert state.blocks_config.blocks.keys() == fresh
    assert asyncio.run(ask())[-1].count('class=\\"turn\\"') == told[-1].count('class=\\"turn\\"') + 1 == 4


def test_who_is_not_signed_in_sees_nothing(closed: Toy) -> None:
    get = closed.client.get
    for path in ("/config", "/gradio_api/info", "/metrics", "/assets/a.js", "/theme.css", "/mcp"):
        found = get(path)
        assert (found.status_code, found.headers["www-authenticate"]) == (401, 'Basic realm="Dateline", Bearer'), path
    assert get("/config", headers={"Sec-Fetch-Mode": "cors"}).headers["www-authenticate"] == "Bearer"
    assert closed.post("/gradio_api/call/v2/ask", {"question": QUESTION}).status_code == 401
    assert closed.post("/mcp", {}).status_code == 401
    found = get("/ar/", headers={"Accept": "text/html"})
    assert (found.status_code, found.headers["location"]) == (303, "/sign-in?next=/ar/")
    assert get("/healthz").status_code == 200
    page = get("/sign-in?next=/ar/")
    assert 'dir="rtl"' in page.text
    assert "<script" not in page.text


def test_signing_in_and_out(closed: Toy) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example", "X-Forwarded-For": "192.0.2.1"}
    form = {"name": USER, "password": PASSWORD, "next": "//evil.example/"}
    with httpx.Client(base_url=closed.served.address, headers=forwarded, trust_env=False) as client:
        found = client.post("/sign-in", data=form, headers={"Origin": "https://news.example"})
        assert (found.status_code, found.headers["location"]) == (303, "/")
        cookie = found.headers["set-cookie"].lower()
        assert cookie.startswith("__host-dateline=")
        assert all(one in cookie for one in ("httponly", "secure", "samesite=lax", "path=/"))
        assert found.headers["strict-transport-security"] == "max-age=31536000"
        kept = {"Cookie": found.headers["set-cookie"].partition(";")[0]}
        shown = client.get("/", headers=kept)
        assert shown.status_code == 200
        assert f'"username":"{USER}"' in shown.text
        assert '"root":"https://news.example"' in shown.text
        assert USER in client.get("/sign-out", headers=kept).text
        assert client.post("/sign-out", headers={**kept, "Origin": "https://evil.example"}).status_code == 403
        assert client.get("/config", headers=kept).status_code == 200
        assert client.post("/sign-out", headers=kept).status_code == 303
        assert client.get("/config", headers=kept).status_code == 401


def test_programs_sign_in_with_every_request(closed: Toy) -> None:
    asked = {"question": QUESTION}
    for value, status in ((basic(), 200), (f"Bearer {TOKEN}", 200), ("Bearer dl_no", 401), (basic(password="no"), 401),
                          (basic("nobody"), 401), ("Basic ***", 401)):  # fmt: skip
        headers = {"Authorization": value, "X-Forwarded-For": "192.0.2.2"}
        assert closed.post("/gradio_api/call/v2/ask", asked, **headers).status_code == status, value
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.2"}
    assert done(closed.call("ask", {"question": QUESTION}, **headers))["decision"] == "answered"


def test_too_many_tries_have_to_wait(closed: Toy) -> None:
    def try_it(address: str, password: str = "wrong wrong") -> httpx.Response:
        form = {"name": f"someone-{address}", "password": password}
        return closed.client.post("/sign-in", data=form, headers={"X-Forwarded-For": address})

    assert [try_it("192.0.2.3").status_code for _ in range(5)] == [403] * 5
    waits = next(found for found in iter(lambda: try_it("192.0.2.3"), None) if found.status_code == 429)
    assert 1 <= int(waits.headers["retry-after"]) <= 3
    assert "Too many tries" in waits.text
    assert try_it("192.0.2.4").status_code == 403


def test_a_user_asks_so_often_a_minute(closed: Toy) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    found = [closed.post("/gradio_api/call/v2/ask", {"question": QUESTION}, **headers) for _ in range(12)]
    late = next(one for one in found if one.status_code == 429)
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert "too many requests" in late.json()["detail"]
    assert closed.client.get("/gradio_api/info", headers=headers).status_code == 200


def test_large_requests_are_refused(toy: Toy) -> None:
    assert toy.client.post("/gradio_api/queue/join", content=b"x" * 2_100_000).status_code == 413
    files = {"files": ("a.txt", b"x" * 51_000_000)}
    assert toy.client.post("/gradio_api/upload", files=files).status_code == 413
    files = {"files": ("a.txt", b"x" * 21_000_000)}
    assert toy.client.post("/gradio_api/upload", files=files).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    with pytest.raises((AssertionError, httpx.HTTPError)):
        assert toy.client.post("/gradio_api/queue/join", content=endless()).status_code < 400


def test_an_upload_comes_back_as_a_file_and_nothing_else(toy: Toy) -> None:
    page = b"<script>window.hacked = 1</script>"
    (path,) = toy.client.post("/gradio_api/upload", files={"files": ("<img src=x>.html", page)}).json()
    found = toy.client.get(f"/gradio_api/file={path}")
    assert found.headers["content-disposition"].startswith("attachment")
    assert found.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in found.headers["content-security-policy"]
    assert Path(path).parents[1].stat().st_mode & 0o077 == 0
    (path,) = toy.client.post("/gradio_api/upload", files={"files": ("a.svg", page)}).json()
    assert toy.client.get(f"/gradio_api/file={path}").headers["content-disposition"].startswith("attachment")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_tools_for_language_models(toy: Toy) -> None:
    mcp = pytest.importorskip("mcp", reason="mcp is not installed: pip install -e '.[dev]'")

    async def use() -> None:
        async with mcp.Client(f"{toy.served.address}mcp") as client:
            listed = {one.name: one for one in (await client.list_tools()).tools}
            assert listed.keys() == {"ask", "search", "get_article"}
            assert {"decision", "verdict", "citations"} <= listed["ask"].output_schema["properties"].keys()
            found = (await client.call_tool("ask", {"question": QUESTION})).structured_content
            expected = toy.served.site.answerer.ask(QUESTION).to_dict()
            assert {**found, "timings": {}} == {**expected, "timings": {}}
            found = (await client.call_tool("search", {"query": "ferry", "k": 1})).structured_content["found"][0]
            got = await client.call_tool("get_article", {"article_id": found["article"]["id"]})
            assert got.structured_content["text"][found["start"] : found["end"]] == found["quote"]
            wrong = await client.call_tool("get_article", {"article_id": "gone"})
            assert wrong.is_error
            assert "there is no article 'gone'" in wrong.content[0].text

    asyncio.run(use())


class Slow(ShareReader):
    """Takes a second."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        time.sleep(1)
        return super().read(question, passages)


def test_a_running_answer_is_finished_before_the_server_ends(tmp_path: Path) -> None:
    with serving(tmp_path) as toy:
        toy.served.site.answerer._reader = Slow()
        said: list[str] = []
        asking = threading.Thread(target=lambda: said.append(toy.call("ask", {"question": QUESTION})))
        asking.start()
        while not toy.served.site.meters.running:
            time.sleep(0.01)
        begun = time.monotonic()
        toy.served.stop()
        assert 0.5 < time.monotonic() - begun < 8
        asking.join()
        assert done(said[0])["decision"] == "answered"
        with pytest.raises(httpx.HTTPError):
            toy.client.get("/healthz")

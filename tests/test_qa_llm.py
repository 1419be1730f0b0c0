"""A chat model behind a real server on this machine: what it sends in good order, late, broken, or not at all."""

import gc
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import ChatError, SettingsError
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.answers import Answer, Decision
from qa.llm import ChatModel, connect, read_json
from qa.prompts import SCHEMA
from qa.verify import Checker
from qa.writer import Writer
from tests.chat_server import (
    DONE,
    ChatServer,
    Reply,
    breaks_off,
    chatting,
    chunk,
    cites,
    endless,
    fails,
    hangs,
    says,
    sends,
)
from tests.toys import ShareReader, WordEmbedder, word_support

pytest.importorskip("langchain_openai", reason="langchain-openai is not installed: pip install -e '.[openai]'")

KEY = "sk-proj-doNotTellAnyone-0123456789"
OTHER = "hunter2-the-other-secret"
STRUCTURED = "gpt-4o"  # its profile says that it can be held to a schema
SLACK = 10.0  # seconds beyond the limit that a busy machine may take; a server that hangs does so for 30


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """The packages behind the model, which take seconds to import at the first question."""
    with chatting(says("{}")) as server:
        for name in ("some-model", STRUCTURED):
            list(connect(f"openai:{name}", server.url, timeout=60).stream("a", "b", SCHEMA))


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Keys in the environment, of which nothing may be logged, by whomever."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OTHER_PASSWORD", OTHER)
    caplog.set_level(logging.DEBUG)
    yield
    law_no_secret(caplog.text)
    gc.collect()  # what is left unclosed says so here


def law_no_secret(text: str) -> None:
    for secret in (KEY, OTHER, KEY[:12], KEY[-8:]):
        assert secret not in text


def ready(server: ChatServer, timeout: float = 20.0, name: str = "some-model") -> ChatModel:
    return connect(f"openai:{name}", server.url, timeout=timeout)


def heard(model: ChatModel, schema: dict[str, Any] | None = None) -> list[Any]:
    return [part for part in model.stream("the system", "the user", schema) if part]


def test_text_comes_in_the_pieces_in_which_it_is_sent() -> None:
    with chatting(says("Armenia ", "has no ", "such plan.")) as server:
        assert heard(ready(server)) == ["Armenia ", "has no ", "such plan."]
    (asked,) = server.asked
    assert server.said() == ["the system", "the user"]
    assert [one["role"] for one in asked["messages"]] == ["system", "user"]
    assert (asked["model"], asked["stream"], asked["temperature"]) == ("some-model", True, 0)
    assert "response_format" not in asked
    assert server.keys == [f"Bearer {KEY}"]


def test_a_server_of_one_s_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with chatting(says("Yes.")) as server:
        assert heard(connect("some-model", server.url, timeout=20)) == ["Yes."]
    assert server.keys == ["Bearer none"]


def test_a_model_that_can_is_held_to_the_schema() -> None:
    with chatting(says('{"sentences": [{"text": "No', ' plan.", "ids": ["ka12"]}]}')) as server:
        model = ready(server, name=STRUCTURED)
        assert model.structured
        parts = heard(model, SCHEMA)
    assert parts[-1] == {"sentences": [{"text": "No plan.", "ids": ["ka12"]}]}
    assert {"sentences": [{"text": "No"}]} in parts
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == {
        key: value for key, value in SCHEMA.items() if key not in ("title", "description")
    }


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (fails(401, "Incorrect API key provided: {key}."), r"gave no answer: it refused the key \(HTTP 401\)$"),
        (fails(403), r"it refused the key \(HTTP 403\)$"),
        (fails(404), r"it knows no such model or address \(HTTP 404\)$"),
        (fails(400, "Is {key} yours? \u202eOr hunter2-the-other-secret?\x1b[31m"), r"HTTP 400: .*Is \*\*\* yours\?"),
        (fails(400, "see https://user:pass@host.example/x"), r"https://\*\*\*@host"),
        (fails(422, "x" * 9_000), r"HTTP 422: .{1,200}$"),
        (sends(b"data: {nonsense\n\n"), "what it sent cannot be read"),
        (sends(b"\xff\xfe\x00", b"data: 12\n\n", DONE), "what it sent cannot be read"),
        (sends(b"data: [1]\n\n", DONE), "what it sent cannot be read"),
        (sends(b"<html>Hello</html>", kind="text/html"), "what it sent cannot be read"),
        (sends(), "what it sent cannot be read"),
        (sends(DONE), "what it sent cannot be read"),
        (sends(chunk("a"), b'data: {"error": {"message": "overloaded, says {key}"}}\n\n', DONE), "overloaded"),
        (breaks_off("Armenia has "), "Connection error"),
    ],
)
def test_what_no_second_try_mends_is_said_at_once(reply: Reply, message: str) -> None:
    with chatting(reply) as server, pytest.raises(ChatError, match=message) as caught:
        heard(ready(server))
    assert len(server.asked) == 1
    assert str(caught.value).startswith("openai:some-model gave no answer: ")
    assert str(caught.value).isprintable()
    law_no_secret(str(caught.value))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 529])
def test_what_may_pass_is_tried_again(status: int) -> None:
    waited: list[float] = []
    with chatting(fails(status), fails(status), says("Yes.")) as server:
        found = connect("openai:some-model", server.url, timeout=60)
        model = ChatModel(name="m", model=found.model, structured=False, timeout=60, wait=waited.append)
        assert heard(model) == ["Yes."]
    assert (waited, len(server.asked)) == ([0.5, 1.0], 3)


def test_three_tries_are_enough() -> None:
    waited: list[float] = []
    with chatting(fails(429, "slow down, {key}")) as server:
        found = connect("openai:some-model", server.url, timeout=60)
        model = ChatModel(name="m", model=found.model, structured=False, timeout=60, wait=waited.append)
        with pytest.raises(ChatError, match=r"^m gave no answer: too many requests \(HTTP 429\)$") as caught:
            heard(model)
    assert (len(server.asked), caught.value.status) == (3, 429)


def test_nobody_at_the_address_is_tried_again_and_said() -> None:
    with chatting(says("x")) as server:
        pass
    waited: list[float] = []
    found = connect("openai:some-model", server.url, timeout=60)
    model = ChatModel(name="m", model=found.model, structured=False, timeout=60, wait=waited.append)
    with pytest.raises(ChatError, match=r"^m gave no answer: Connection error\.$"):
        heard(model)
    assert len(waited) == 2


@pytest.mark.parametrize(
    "reply",
    [
        *(hangs, endless(b": still here\n\n"), endless(chunk("word "), pause=0.0), endless(chunk(""), pause=0.05)),
        *(endless(b"data: "), endless(b"x")),
    ],
    ids=["silent", "comments", "words", "nothing", "no line end", "no event"],
)
def test_the_time_limit_holds_whatever_the_server_does(reply: Reply) -> None:
    with chatting(reply) as server:
        model, begun = ready(server, timeout=1), time.monotonic()
        with pytest.raises(ChatError, match=r"did not finish within 1 s; raise llm_timeout|it took too long"):
            heard(model)
        assert time.monotonic() - begun < 1 + SLACK


def test_the_time_limit_holds_over_all_tries() -> None:
    with chatting(fails(429)) as server:
        with pytest.raises(ChatError, match="too many requests"):
            heard(ready(server, timeout=1))
    assert len(server.asked) <= 2  # half a second's pause fits in, another second's does not


def test_who_stops_listening_is_not_written_to() -> None:
    with chatting(endless(chunk("word "))) as server:
        parts = ready(server, timeout=30).stream("a", "b")
        assert next(parts) == "word "
        parts.close()  # type: ignore[attr-defined]
        assert server.left.wait(5), "the server still writes"
    assert not [one for one in threading.enumerate() if "_pump" in one.name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nonsense:model", "llm = 'nonsense:model' cannot be used: Unable to infer model provider"),
        ("some-model", "llm = 'some-model' cannot be used: Unable to infer"),
        ("", "llm = '' cannot be used"),
    ],
)
def test_a_model_that_cannot_be_is_a_wrong_setting(name: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        connect(name, timeout=1)
    assert "\n" not in str(caught.value)


def test_a_missing_key_and_a_missing_package_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        connect("openai:some-model", timeout=1)
    monkeypatch.setitem(__import__("sys").modules, "langchain_anthropic", None)
    with pytest.raises(SettingsError, match="needs the package langchain-anthropic; install it: pip install langchain"):
        connect("anthropic:some-model", timeout=1)


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda one: st.lists(one, max_size=3)
                    | st.dictionaries(st.text(max_size=5), one, max_size=3), max_leaves=6), st.data())  # fmt: skip
def test_json_is_read_as_far_as_it_goes(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    assert read_json(text + data.draw(st.sampled_from(["", " and so", "}", "\n```"]))) == value
    read_json(text[: data.draw(st.integers(0, len(text)))])


@settings(deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\ntrue0 \n\u202e\ud800'), max_size=60))
def test_what_is_no_json_is_none_and_no_error(text: str) -> None:
    read_json(text)


# The whole way: archive, server, check, answer.

ARTICLES = [
    make_article("The bridge at Harnal is closed. Repairs will cost 1.2 million marks.", id="one", language="en",
                 title="Bridge", publisher="The Wire", published="2020-09-28", url="https://a.example/1"),
    make_article("A ferry at Harnal carries 400 people a day.", id="two", publisher="Der Bote", language="en"),
]  # fmt: skip
QUESTION = "Is the bridge at Harnal closed?"
CLOSED = "The bridge at Harnal is closed."
MANY = " ".join(f"[zz{at % 100:02d}]" for at in range(10_000))
HALF = '{{"sentences": [{{"text": "' + CLOSED + '", "ids": ["{0}", "'
IN_JSON = '{{"sentences": [{{"text": "' + CLOSED + '", "ids": ["{0}", "{1}"]}}]}}'


@pytest.fixture
def archived(archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer) -> Answerer:
    indexer.add(ARTICLES)
    return Answerer(archive, DenseRetriever(archive, vectors, words), ShareReader(), k=10, threshold=0.5, statements=2)


def answer_of(answerer: Answerer, server: ChatServer, name: str = "some-model", limit: float = 20) -> Answer:
    writer = Writer(ready(server, limit, name), Checker(word_support, threshold=0.9), most=3, budget=2000)
    begun = time.monotonic()
    answer = answerer.written_by(writer).ask(QUESTION)
    assert time.monotonic() - begun < limit + SLACK
    law_no_secret(json.dumps(answer.to_dict()))
    for statement in answer.statements:
        assert answer.text[statement.start : statement.end] == statement.text
        assert set(statement.labels) <= {one.label for one in answer.citations}
    return answer


COMMENTS = endless(b": x\n\n")
SLOW = (hangs, COMMENTS)


@pytest.mark.parametrize(
    ("replies", "warning"),
    [
        ([hangs], "no written answer: openai:some-model"),
        ([endless(chunk("Lies and lies. "))], "the sources' own sentences are shown"),
        ([COMMENTS], "no written answer: openai:some-model did not finish within 1 s"),
        ([fails(401, "{key}")], "no written answer: openai:some-model gave no answer: it refused the key"),
        ([fails(429)], "too many requests"),
        ([fails(500, "{key}")], "HTTP 500"),
        ([sends(b"data: {nonsense\n\n")], "cannot be read"),
        ([sends()], "cannot be read"),
        ([breaks_off("The bridge at Harnal")], "Connection error"),
        ([says("")], "nothing that it wrote passed the check"),
        ([says("?!")], "nothing that it wrote passed the check"),
        ([says("NOT STATED")], "some-model was asked, and it found no answer in the evidence"),
        ([says("Nicht so. Die Brücke bei Harnal ist geschlossen.")], "nothing that it wrote passed the check"),
        ([says("Мост в Харнале закрыт.")], "sentence 1 was left out: it was in another language than asked for"),
        ([says('{"sentences": [')], "nothing that it wrote passed the check"),
        ([says('{"answer": "no"}')], "nothing that it wrote passed the check"),
        ([says("<think>The bridge at Harnal is closed.")], "nothing that it wrote passed the check"),
    ],
)
def test_whatever_goes_wrong_the_sources_answer(archived: Answerer, replies: list[Reply], warning: str) -> None:
    plain = archived.ask(QUESTION)
    with chatting(*replies) as server:
        answer = answer_of(archived, server, limit=1 if replies[0] in SLOW else 20)
    assert any(warning in one for one in answer.warnings), answer.warnings
    assert (answer.text, answer.statements, answer.engine) == (plain.text, plain.statements, plain.engine)
    assert answer.decision is Decision.ANSWERED


@pytest.mark.parametrize(
    ("name", "replies", "requests"),
    [
        ("some-model", [cites(CLOSED + " [{0}]")], 1),
        ("some-model", [fails(429), cites(CLOSED + " [{0}]")], 2),
        ("some-model", [cites(f"<think>{'Hm. ' * 3000}</think>{CLOSED} [{{0}}]")], 1),
        ("some-model", [cites(CLOSED + " [{0}] " + MANY)], 1),
        ("some-model", [cites(CLOSED)], 1),
        ("some-model", [cites("```json\n" + IN_JSON + "\n```")], 1),
        ("some-model", [cites("Here it is: " + IN_JSON + " I hope that helps.")], 1),
        ("some-model", [cites(HALF)], 1),
        (STRUCTURED, [cites(IN_JSON)], 1),
        (STRUCTURED, [fails(400, "response_format is not supported"), cites(CLOSED + " [{0}]")], 2),
        (STRUCTURED, [cites(HALF)], 1),
    ],
)
def test_what_is_written_and_true_is_shown(archived: Answerer, name: str, replies: list[Reply], requests: int) -> None:
    with chatting(*replies) as server:
        answer = answer_of(archived, server, name)
    assert [one.text for one in answer.statements] == [CLOSED], answer.warnings
    assert answer.citations[0].quote == CLOSED
    assert answer.engine == f"openai:{name}/prompt-1 over extractive/share"
    assert len(server.asked) == requests
    assert answer.timings["write"] > 0


def test_a_second_call_that_fails_costs_only_its_sentence(archived: Answerer) -> None:
    first = cites(CLOSED + " [{0}]. Rebels burnt the ferry [{1}]. Rebels took the mayor [{1}].")
    with chatting(first, hangs) as server:
        answer = answer_of(archived, server, limit=4)
    assert [one.text for one in answer.statements] == [CLOSED]
    assert [one.partition(":")[0] for one in answer.warnings] == ["sentence 2 was left out", "sentence 3 was left out"]
    assert len(server.asked) == 2

import json
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import ArchiveMissing, InputError, SettingsError
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.answers import Event
from qa.evidence import Passage
from qa.reader.protocol import Reading
from qa.settings import load_settings
from qa.suggest import Suggestions
from tests.toys import WordEmbedder
from ui.web.guard.rules import Rules
from ui.web.handlers import Handlers, Turns, advance
from ui.web.server import serve_page
from ui.web.shelf import Shelf
from ui.web.turns import Run, Turn
from ui.web.words import read_words

Filtering = tuple[Sequence[str], Sequence[str], Sequence[str], str | None, str | None, str | None]
ENGLISH = read_words("en")
NO_FILTERS: Filtering = ((), (), (), None, None, None)


class Certain:
    """Supports every sentence but one that says 'broken', which it cannot read."""

    name = "certain"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if "broken" in question:
            raise RuntimeError("a bug")
        return [
            Reading(answerable=1.0, start=one.sentence.start, end=one.sentence.end, probabilities={})
            for one in passages
        ]


@pytest.fixture
def handlers(archive: Archive, vectors: ChromaVectors, words: WordEmbedder) -> Handlers:
    retriever = DenseRetriever(archive, vectors, words)
    answerer = Answerer(archive, retriever, Certain(), k=5, threshold=0.5, statements=2)
    return Handlers(answerer, archive, Suggestions(answerer, archive, later=lambda check: check()), ENGLISH)


@pytest.fixture
def shelf(archive: Archive) -> Shelf:
    return Shelf(archive, ENGLISH)


@pytest.fixture
def filled(handlers: Handlers, indexer: Indexer) -> Handlers:
    bridge = make_article(
        "The bridge is closed.", id="a", title="Bridge", publisher="Wire", language="en", published="2020-09-28"
    )
    indexer.add([bridge, make_article("أغلق الجسر.", id="b", language="ar", title="جسر")])
    return handlers


def asked(
    handlers: Handlers, question: str, filters: Filtering = NO_FILTERS, turns: Turns = ()
) -> list[tuple[Turns, str]]:
    return list(handlers.ask(question, *filters, turns))


def test_a_question_shows_its_steps_and_then_its_answer(filled: Handlers) -> None:
    steps = asked(filled, "Is the bridge closed?")
    assert ENGLISH("chat.searching") in steps[0][1]
    assert "Reading 2 passages" in steps[1][1]
    turns, html = steps[-1]
    assert len(turns) == 1
    assert turns[0].answer is not None
    assert html.count('class="cite"') == 2
    turns, html = asked(filled, "And the ferry?", turns=turns)[-1]
    assert (len(turns), html.count('"cite" data-turn="0"'), html.count('"cite" data-turn="1"')) == (2, 2, 2)


def test_filters_reach_the_search(filled: Handlers) -> None:
    turns, _ = asked(filled, "Is the bridge closed?", (["en"], ["wire"], ["Other"], "2020-09-28", " ", "2020-09-30"))[
        -1
    ]
    assert turns[0].answer is not None
    assert [one.article_id for one in turns[0].answer.citations] == ["a"]
    assert (
        "No article in the archive passes these filters" in asked(filled, "Is it?", (["fr"], [], [], "", "", ""))[-1][1]
    )


def test_what_a_user_can_mend_is_said_in_the_conversation(filled: Handlers) -> None:
    assert "“soon” is not a day" in asked(filled, "Is it?", ([], [], [], "soon", None, None))[-1][1]
    assert "There is no word in the question" in asked(filled, "?!")[-1][1]
    assert "has 2,001 characters, and at most 2,000 are read" in asked(filled, "a" * 2001)[-1][1]
    assert asked(filled, "  ")[-1][0] == ()


def test_what_can_be_mended_is_said_in_the_language_of_the_page() -> None:
    arabic = read_words("ar")
    for error, said in (
        (InputError("'after' is not a date", kind="no_day", day="soon"), "«soon» ليس تاريخا"),
        (InputError("too long", kind="too_long", length=9000, most=4000), "يُقرأ منها أكثر من 4,000"),
        (InputError("the note is long"), "the note is long"),
    ):
        assert said in arabic.problem(error)


def test_an_answer_is_not_judged_while_another_is_awaited(filled: Handlers) -> None:
    turns = asked(filled, "Is the bridge closed?")[-1][0]
    *steps, (_, last) = asked(filled, "And the ferry?", turns=turns)
    assert {one.count('class="act judge') - one.count(" disabled>") for _, one in steps} == {0}
    assert (last.count('class="act judge'), last.count(" disabled>")) == (4, 0)


def test_a_bug_is_logged_and_the_page_recovers(filled: Handlers, caplog: pytest.LogCaptureFixture) -> None:
    steps = list(filled.guarded(Run(), filled.ask("Is this broken?", *NO_FILTERS, ())))
    assert steps[0] is not None
    assert steps[-1] is not None
    turns, html = steps[-1]
    assert steps[0][0][-1].pending
    assert not turns[-1].pending
    assert ENGLISH("page.failed") in html
    assert "a bug" in caplog.text


def test_a_click_opens_the_article(filled: Handlers, shelf: Shelf, indexer: Indexer) -> None:
    turns, _ = asked(filled, "Is the bridge closed?", (["en"], [], [], None, None, None))[-1]
    assert "The bridge is closed.</mark>" in shelf.cite(turns, {"turn": 0, "label": 1})
    for wrong in ({}, {"turn": 1, "label": 1}, {"turn": 0, "label": "1"}, {"turn": None, "label": [1]}):
        assert ENGLISH("source.unknown") in shelf.cite(turns, wrong)
    indexer.remove("a")
    assert "has been removed" in shelf.cite(turns, {"turn": 0, "label": 1})


def test_versions_can_be_compared(filled: Handlers, shelf: Shelf, indexer: Indexer) -> None:
    indexer.add([make_article("The bridge is open.", id="a", title="Bridge", publisher="Wire", language="en")])
    assert "The bridge is open.</mark>" in shelf.open({"article": "a@v2", "quote": "The bridge is open."})
    changes = shelf.compare({"old": "a", "article": "a@v2", "quote": ""})
    assert "The bridge is <del>closed</del><ins>open</ins>." in changes
    for wrong in ({}, {"old": "b", "article": "a"}, {"old": "a", "article": 1}, {"old": "a", "article": "z"}):
        assert ENGLISH("source.gone") in shelf.compare(wrong)
    assert ENGLISH("source.gone") in shelf.open({"article": ["a"]})


def test_a_question_can_be_stopped_and_asked_again(filled: Handlers) -> None:
    filters: Filtering = (["en"], [], [], None, None, None)
    running = filled.ask("Is the bridge closed?", *filters, ())
    next(running)
    turns, html = filled.stop(next(running)[0])
    assert ENGLISH("chat.stopped") in html
    assert not turns[0].pending
    assert filled.record(turns) is None
    turns, html = list(filled.retry(turns))[-1]
    assert len(turns) == 1
    assert turns[0].answer is not None
    assert turns[0].answer.filters.languages == ("en",)
    assert next(filled.retry(()))[0] == ()


def test_a_conversation_comes_back_from_what_the_browser_kept(filled: Handlers, shelf: Shelf) -> None:
    turns = asked(filled, "Is the bridge closed?")[-1][0]
    turns = asked(filled, "Is it open?", turns=turns)[-1][0]
    records = [filled.record(turns[:1]), filled.record(turns)]
    kept = json.loads(json.dumps(records))
    assert [one["at"] for one in kept] == [0, 1]
    restored, html = filled.restore(kept)
    assert [one.question for one in restored] == ["Is the bridge closed?", "Is it open?"]
    assert 'class="cite"' in html
    assert "judge" not in html
    assert "</mark>" in shelf.cite(restored, {"turn": 0, "label": 1})
    assert filled.record(restored) is None
    assert len(asked(filled, "And the ferry?", turns=restored)[-1][0]) == 3


@pytest.mark.parametrize(
    "records",
    [
        *(None, 5, "text", {"a": 1}, [None], [{}], [{"answer": None}], [{"answer": {}}], [[]], [{"answer": []}] * 201),
        *([{"answer": {"question": 5}}], [{"answer": {"decision": "answered", "verdict": "maybe"}}]),
    ],
)
def test_what_no_page_kept_is_refused(filled: Handlers, records: object) -> None:
    assert filled.restore(records) == ((), filled.restore(None)[1])
    assert ENGLISH("history.unreadable") in filled.restore(records)[1]


def test_values_of_the_wrong_kind_are_refused(filled: Handlers) -> None:
    record = filled.record(asked(filled, "Is the bridge closed?")[-1][0])
    assert record is not None
    for name in record["answer"]:
        for value in (5, "x", [5], {"a": 5}, None):
            turns, _ = filled.restore([record | {"answer": record["answer"] | {name: value}}])
            assert len(turns) <= 1, name


def test_opinions_are_kept_with_the_archive(filled: Handlers, archive: Archive) -> None:
    turns = asked(filled, "Is the bridge closed?")[-1][0]
    turns, html = filled.judge(turns, {"turn": 0, "helpful": "no"})
    assert "<textarea" in html
    turns, html = filled.judge(turns, {"turn": 0, "note": "It is <b>open</b>."})
    assert ENGLISH("opinion.thanks") in html
    lines = [json.loads(line) for line in (archive.folder / "opinions.jsonl").read_text().splitlines()]
    assert [(one["helpful"], one["note"]) for one in lines] == [(False, ""), (False, "It is <b>open</b>.")]
    assert lines[0]["key"] == lines[1]["key"]
    assert lines[0]["citations"][0].keys() == {"article_id", "start", "end"}
    assert lines[0].keys() == {
        *("key", "day", "helpful", "note", "question", "searched", "filters", "decision", "verdict", "refusal"),
        *("premise", "text", "engine", "citations"),
    }
    for wrong in ({}, {"turn": 7, "helpful": "yes"}, {"turn": "0"}):
        assert filled.judge(turns, wrong)[0] == turns
    with pytest.raises(InputError, match="the note has 2,001 characters, at most 2,000 are kept; shorten it"):
        filled.judge(turns, {"turn": 0, "note": "x" * 2_001})


def test_only_what_is_answered_is_suggested(filled: Handlers, indexer: Indexer) -> None:
    indexer.add([make_article("Nothing.", id="c", title="Is this broken", language="en", published="2021-01-01")])
    with pytest.raises(RuntimeError, match="a bug"):
        filled.show(())
    indexer.remove("c")
    assert "Bridge" in filled.show(())
    indexer.remove("a")
    assert "Bridge" not in filled.show(())


def test_the_page_begins_with_what_the_archive_holds(handlers: Handlers, filled: Handlers) -> None:
    assert filled.choices("language") == [("Arabic (1)", "ar"), ("English (1)", "en")]
    assert filled.choices("publisher") == [("Wire (1)", "Wire")]
    assert filled.holdings() == "2 articles, 2 languages, 28 September 2020 to 28 September 2020"
    assert ENGLISH("chat.examples") in filled.show(())


def test_an_empty_archive_says_how_to_fill_it(handlers: Handlers) -> None:
    assert ENGLISH("chat.nothing_yet") in handlers.show(())
    assert handlers.holdings() == "0 articles, 0 languages"
    assert "The archive is empty" in asked(handlers, "Is it?")[-1][1]


def test_a_question_that_is_stopped_or_overtaken_says_no_more(filled: Handlers) -> None:
    for key, said in (("", ENGLISH("chat.stopped")), ("another", None)):
        run = Run()
        running = filled.guarded(run, filled.ask("Is the bridge closed?", *NO_FILTERS, ()))
        assert next(running) is not None
        assert run.key
        run.key = key
        last = next(running)
        assert last is None if said is None else last is not None and said in last[1]
        assert list(running) == []
    kept = Run("running")
    list(filled.guarded(kept, filled.ask(" ", *NO_FILTERS, ())))
    assert kept.key == "running"


def test_an_event_that_says_nothing_new_changes_nothing() -> None:
    turn = Turn(question="a")
    assert advance(ENGLISH, turn, Event(kind="other")) == turn


def test_the_server_does_not_start_without_an_archive_or_a_port(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} on 127.0.0.1 is in use; name another with --port"):
            serve_page(load_settings(db=tmp_path), Rules(host="127.0.0.1"), port, announce=said.append)
    with pytest.raises(SettingsError, match="name another with --host and --port"):
        serve_page(load_settings(db=tmp_path), Rules(host="192.0.2.1"), 1, announce=said.append)
    with pytest.raises(ArchiveMissing, match="there is no archive"):
        serve_page(load_settings(db=tmp_path), Rules(host="127.0.0.1"), port, announce=said.append)
    assert said == []

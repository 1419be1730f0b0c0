import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import ArchiveMissing, SettingsError
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.answers import Event
from qa.evidence import Passage
from qa.reader.protocol import Reading
from qa.settings import load_settings
from tests.toys import WordEmbedder
from ui.web import english
from ui.web.app import serve_page
from ui.web.handlers import Handlers, Turns, advance
from ui.web.turns import Turn

Filtering = tuple[Sequence[str], Sequence[str], Sequence[str], str | None, str | None, str | None]
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
    return Handlers(Answerer(archive, retriever, Certain(), k=5, threshold=0.5, statements=2), archive)


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
    assert english.SEARCHING in steps[0][1]
    assert "Reading 2 passages" in steps[1][1]
    turns, html = steps[-1]
    assert len(turns) == 1
    assert turns[0].answer is not None
    assert html.count('class="cite"') == 2
    turns, html = asked(filled, "And the ferry?", turns=turns)[-1]
    assert (len(turns), html.count('data-turn="0"'), html.count('data-turn="1"')) == (2, 2, 2)


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
    assert "is not a date: &#x27;soon&#x27;" in asked(filled, "Is it?", ([], [], [], "soon", None, None))[-1][1]
    assert "has no word in it" in asked(filled, "?!")[-1][1]
    assert asked(filled, "  ")[-1][0] == ()


def test_a_bug_is_raised_and_the_page_recovers(filled: Handlers) -> None:
    running = filled.ask("Is this broken?", *NO_FILTERS, ())
    turns, _ = next(running)
    assert turns[-1].pending
    with pytest.raises(RuntimeError, match="a bug"):
        list(running)
    turns, html = filled.fail(turns)
    assert not turns[-1].pending
    assert english.FAILED in html


def test_a_click_opens_the_article(filled: Handlers, indexer: Indexer) -> None:
    turns, _ = asked(filled, "Is the bridge closed?", (["en"], [], [], None, None, None))[-1]
    assert "The bridge is closed.</mark>" in filled.cite(turns, {"turn": 0, "label": 1})
    for wrong in ({}, {"turn": 1, "label": 1}, {"turn": 0, "label": "1"}, {"turn": None, "label": [1]}):
        assert english.SOURCE_UNKNOWN in filled.cite(turns, wrong)
    indexer.remove("a")
    assert "has been removed" in filled.cite(turns, {"turn": 0, "label": 1})


def test_the_page_begins_with_what_the_archive_holds(handlers: Handlers, filled: Handlers) -> None:
    assert filled.choices("language") == [("Arabic (1)", "ar"), ("English (1)", "en")]
    assert filled.choices("publisher") == [("Wire (1)", "Wire")]
    assert filled.holdings() == "2 articles, 2 languages, 28 September 2020 to 28 September 2020"
    assert english.NEWEST_HEAD in filled.show(())


def test_an_empty_archive_says_how_to_fill_it(handlers: Handlers) -> None:
    assert english.NOTHING_YET in handlers.show(())
    assert handlers.holdings() == "0 articles, 0 languages"
    assert "The archive is empty" in asked(handlers, "Is it?")[-1][1]


def test_an_event_that_says_nothing_new_changes_nothing() -> None:
    turn = Turn(question="a")
    assert advance(turn, Event(kind="other")) == turn


def test_the_server_does_not_start_without_an_archive_or_a_port(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} on 127.0.0.1 is in use; name another with --port"):
            serve_page(load_settings(db=tmp_path), "127.0.0.1", port, announce=said.append)
    with pytest.raises(SettingsError, match="name another with --host and --port"):
        serve_page(load_settings(db=tmp_path), "192.0.2.1", 1, announce=said.append)
    with pytest.raises(ArchiveMissing, match="there is no archive"):
        serve_page(load_settings(db=tmp_path), "127.0.0.1", port, announce=said.append)
    assert said == []

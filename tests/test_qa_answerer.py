import json
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import InputError
from index.filters import Filters
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.adapters import AnswererRunnable, ArchiveRetriever
from qa.answerer import Answerer
from qa.answers import Answer, Decision, Refusal
from tests.toys import ShareReader, WordEmbedder

ARTICLES = [
    make_article("The bridge is closed. Nobody was hurt when it fell on Sunday,\nthe mayor said.", id="one",
                 title="Bridge", publisher="The Wire", published="2020-09-28", language="en", url="https://a.example/1"),
    make_article("The bridge is closed. A ferry runs.", id="two", publisher="Der Bote", language="de"),
    make_article("أغلق الجسر. لم يصب أحد.", id="three", language="ar", published="2020-09-29"),
]  # fmt: skip


@pytest.fixture
def answerer(archive: Archive, vectors: ChromaVectors, words: WordEmbedder) -> Answerer:
    retriever = DenseRetriever(archive, vectors, words)
    return Answerer(archive, retriever, ShareReader(), k=10, threshold=0.6, statements=2, clock=lambda: 1.0)


@pytest.fixture
def filled(answerer: Answerer, indexer: Indexer) -> Answerer:
    indexer.add(ARTICLES)
    return answerer


def law_citations_are_exact(answer: Answer, archive: Archive) -> None:
    """Every statement is cited, and every citation is a span of the article and of the answer."""
    assert answer.statements
    labels = {one.label for one in answer.citations}
    for statement in answer.statements:
        assert answer.text[statement.start : statement.end] == statement.text
        assert statement.labels
        assert set(statement.labels) <= labels
    for citation in answer.citations:
        article = archive.get([citation.article_id])[citation.article_id]
        assert article.text[citation.start : citation.end] == citation.quote
        assert (citation.title, citation.publisher, citation.url) == (article.title, article.publisher, article.url)
        said = answer.text[citation.answer_start : citation.answer_end]
        assert said == " ".join(citation.quote.split())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list a process's open files")
def test_an_answerer_that_is_closed_holds_no_file(tmp_path: Path, words: WordEmbedder) -> None:
    def opened() -> list[str]:
        links = [one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
        return [str(one) for one in links if one.is_relative_to(tmp_path)]

    def make() -> Answerer:
        archive, vectors = Archive(tmp_path / "archive", create=True), ChromaVectors(tmp_path / "chroma", "chunks-1")
        Indexer(archive, vectors, words, chunk_tokens=64).add(ARTICLES)
        retriever = DenseRetriever(archive, vectors, words)
        return Answerer(archive, retriever, ShareReader(), k=10, threshold=0.6, statements=2)

    first, second = make(), make()
    first.close()
    assert second.ask("Nobody was hurt, mayor?").decision is Decision.ANSWERED
    assert opened()
    second.close()
    assert opened() == []


def test_an_answer_is_its_cited_sentences(filled: Answerer, archive: Archive) -> None:
    answer = filled.ask("Nobody was hurt, mayor?")
    assert answer.decision is Decision.ANSWERED
    assert answer.text == "Nobody was hurt when it fell on Sunday, the mayor said. [1]"
    assert (answer.language, answer.verdict, answer.engine) == ("en", None, "extractive/share")
    law_citations_are_exact(answer, archive)
    assert [one.label for one in answer.evidence] == list(range(1, len(answer.evidence) + 1))


def test_the_same_words_are_cited_once_and_line_breaks_do_not_move_offsets(filled: Answerer, archive: Archive) -> None:
    answer = filled.ask("bridge is closed the")
    assert answer.text == "The bridge is closed. [1]"
    answer = filled.ask("Nobody was hurt, mayor")
    assert [one.quote for one in answer.citations] == ["Nobody was hurt when it fell on Sunday,\nthe mayor said."]
    law_citations_are_exact(answer, archive)


def test_a_refusal_has_a_reason_and_cites_nothing(filled: Answerer) -> None:
    answer = filled.ask("Who won the cup final?")
    assert (answer.decision, answer.refusal) == (Decision.REFUSED, Refusal.NOT_STATED)
    assert not answer.citations
    assert not answer.statements
    assert answer.evidence
    assert answer.text == "The archive does not say."


def test_reasons_are_kept_apart(answerer: Answerer, indexer: Indexer) -> None:
    assert answerer.ask("Anything?").refusal is Refusal.NOTHING_INDEXED
    assert answerer.ask("Anything?", filters=Filters(languages=("ar",))).refusal is Refusal.NOTHING_INDEXED
    indexer.add(ARTICLES)
    assert answerer.ask("Anything?", filters=Filters(publishers=("No one",))).refusal is Refusal.NOTHING_PASSES_FILTERS
    early = answerer.ask("Anything?", filters=Filters(as_of="1999-12-31"))
    assert (early.refusal, early.as_of) == (Refusal.NOTHING_PASSES_FILTERS, "1999-12-31")


def test_filters_hold_for_all_that_is_shown(filled: Answerer) -> None:
    answer = filled.ask("bridge is closed the", filters=Filters(publishers=("der bote",)))
    assert {one.article.id for one in answer.evidence} == {"two"}
    assert filled.ask("bridge is closed", filters=Filters(after="2020-09-29")).decision is Decision.REFUSED


def test_to_dict_round_trips_through_json(filled: Answerer) -> None:
    for question in ("bridge is closed the", "Who won?"):
        answer = filled.ask(question)
        plain = json.loads(json.dumps(answer.to_dict()))
        assert plain == answer.to_dict()
        assert Answer.from_dict(plain) == answer


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "has no word in it"),
        (" \n?!", "has no word in it"),
        ("x" * 50_000, "50,000 characters, at most 2,000"),
        ("Who \udcff?", "is not valid text"),
    ],
)
def test_a_question_that_is_none(filled: Answerer, question: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        filled.ask(question)


def test_stream_ends_with_what_ask_returns(filled: Answerer) -> None:
    events = list(filled.stream("bridge is closed the"))
    assert [event.kind for event in events] == ["searched", "read", "statement", "answer"]
    assert events[-1].answer == filled.ask("bridge is closed the")
    assert next(iter(filled.ask_many(["bridge is closed the", "Who?"]))) == events[-1].answer


def test_langchain_sees_a_retriever_and_a_runnable(filled: Answerer) -> None:
    documents = ArchiveRetriever(answerer=filled, k=2).invoke("bridge is closed")
    assert len(documents) == 2
    for document in documents:
        article = filled.article(document.metadata["id"])
        assert article is not None
        assert article.text[document.metadata["start"] : document.metadata["end"]] == document.page_content
    piped = AnswererRunnable(filled) | (lambda answer: answer.text)
    assert piped.invoke("bridge is closed the") == "The bridge is closed. [1]"
    assert piped.batch(["bridge is closed the", "Who won?"])[1] == "The archive does not say."

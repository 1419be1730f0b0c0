from collections import Counter
from itertools import product
from math import log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.filters import Filters
from index.lexical import FIELDS, LexicalHit, LexicalIndex
from index.retrieve import HybridRetriever
from index.sentences import Sentence, split_sentences
from index.terms import read_terms
from index.vectors import ChromaVectors
from tests.toys import WordEmbedder

WORDS = ["Toganyan", "troops", "troop", "ceasefire", "1,250", "warned", "Baku", "the", "停火协议", "Тоганян"]
LINES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=12)
BRIEF = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NEWS = [
    ("a1", "en", "Wire", "2020-09-28", "Toganyan denied the request. The council met on Monday. Nobody was hurt."),
    ("a2", "ru", "Бюро", "2020-09-29", "Тоганян отверг слухи. Армянские солдаты отступили. Погибли 832 человека."),
    ("a3", "ar", "وكالة", None, "نفى توغانيان ذلك. وأعلنت الحكومة الأرمينية الهدنة. قُتل ٨٣٢ شخصا."),
    (
        "a4",
        "en",
        "WIRE",
        "2020-10-02",
        "The request for 1,250 soldiers was refused. It rained. The council said nothing.",
    ),
]
ARTICLES = [
    make_article(text, id=key, language=language, publisher=publisher, published=day)
    for key, language, publisher, day, text in NEWS
]


@pytest.fixture
def lexical(archive: Archive) -> LexicalIndex:
    index = LexicalIndex(archive)
    index.make()
    return index


def store(archive: Archive, index: LexicalIndex, articles: list[Article]) -> None:
    for article in articles:
        sentences = split_sentences(article)
        with archive.transaction():
            archive.put(article)
            archive.put_parts(article.id, sentences, {})
            index.put(article, sentences)


def text(archive: Archive, hit: LexicalHit) -> str:
    article = archive.get([hit.sentence.article_id])[hit.sentence.article_id]
    return article.text[hit.sentence.start : hit.sentence.end]


def bm25(question: str, lines: list[str]) -> dict[int, float]:
    """SQLite's formula over the fields; a term's count is weighed so that once counts FIELDS[field]."""
    rows = [read_terms(line, "en") for line in lines]
    lengths = [len(row.stems) + len(row.names) for row in rows]
    mean = sum(lengths) / len(lengths)
    scores: dict[int, float] = {}
    for field, weight in FIELDS.items():
        counts = [Counter(getattr(row, field)) for row in rows]
        for term in dict.fromkeys(getattr(read_terms(question, "en"), field)):
            n = sum(term in count for count in counts)
            idf = max(log((len(rows) - n + 0.5) / (n + 0.5)), 1e-6)
            for at, count in enumerate(counts):
                if tf := count[term] * weight * 1.2 / (2.2 - weight):
                    part = tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[at] / mean))
                    scores[at] = scores.get(at, 0.0) + idf * part
    return scores


@given(lines=LINES, question=st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
@BRIEF
def test_the_ranking_is_that_of_brute_force(
    archive: Archive, lexical: LexicalIndex, lines: list[str], question: str
) -> None:
    for key in archive.ids():
        archive.remove(key)
    article = make_article("\n".join(lines), id="a", language="en")
    starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]
    sentences = [Sentence(article_id="a", start=at, end=at + len(line)) for at, line in zip(starts, lines, strict=True)]
    with archive.transaction():
        archive.put(article)
        archive.put_parts("a", sentences, {})
        lexical.put(article, sentences)
    expected = bm25(question, lines)  # to 1e-5: the weight of what most sentences hold is raised to 1e-6
    hits = lexical.search(question, "en", 100)
    assert {starts.index(hit.sentence.start): hit.score for hit in hits} == pytest.approx(
        expected, abs=1e-5
    )  # SQLite raises what most sentences hold to 1e-6
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.share <= 1 for hit in hits)
    assert [hit.score for hit in lexical.search(question, "en", 2)] == pytest.approx([hit.score for hit in hits[:2]])


@pytest.mark.parametrize(
    ("question", "language", "first"),
    [
        ("soldier", "en", "The request for 1,250 soldiers was refused."),
        ("1250", None, "The request for 1,250 soldiers was refused."),
        ("солдат", "ru", "Армянские солдаты отступили."),
        ("الهدنه الارمينيه", "ar", "وأعلنت الحكومة الأرمينية الهدنة."),
        ("rained", "en", "It rained."),
    ],
)
def test_forms_and_spellings_meet(
    archive: Archive, lexical: LexicalIndex, question: str, language: str | None, first: str
) -> None:
    store(archive, lexical, ARTICLES)
    assert text(archive, lexical.search(question, language, 1)[0]) == first


def test_names_and_numbers_cross_scripts(archive: Archive, lexical: LexicalIndex) -> None:
    store(archive, lexical, ARTICLES)
    for name in ("Toganyan", "Тоганян", "توغانيان", "Τογανιάν"):
        assert {hit.sentence.article_id for hit in lexical.search(name, None, 5)} == {"a1", "a2", "a3"}
    assert {hit.sentence.article_id for hit in lexical.search("832", "en", 5)} == {"a2", "a3"}


def test_the_share_tells_how_much_of_the_question_is_there(archive: Archive, lexical: LexicalIndex) -> None:
    store(archive, lexical, ARTICLES)
    whole = lexical.search("Toganyan denied the request", "en", 1)[0].share
    part = lexical.search("Toganyan inaugurated seventeen aqueducts", "en", 1)[0].share
    assert whole > 0.9 > 0.4 > part


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?!",
        "\u064b",
        '"',
        'a" OR stems : "the',
        "* NEAR(a b) - ^ {stems} : x",
        "'; DROP TABLE articles; --",
        "\0",
        "_",
    ],
)
def test_no_question_breaks_the_query(archive: Archive, lexical: LexicalIndex, question: str) -> None:
    store(archive, lexical, ARTICLES)
    assert all(hit.score > 0 for hit in lexical.search(question, "en", 5))
    assert archive.counts()["articles"] == 4


def test_a_question_of_ten_thousand_words_is_answered(archive: Archive, lexical: LexicalIndex) -> None:
    store(archive, lexical, ARTICLES)
    question = " ".join(f"{a}{b}{c}{d}" for a, b, c, d in product("qxzvjkwygp", repeat=4))
    assert lexical.search(question, "en", 5) == []
    assert lexical.search("Toganyan " + question, "en", 5)[0].sentence.article_id == "a1"
    assert lexical.search("x" * 100_000, "en", 5) == []


def test_frequent_terms_are_left_out(archive: Archive, lexical: LexicalIndex) -> None:
    lines = [f"the number {n} stands." for n in range(300)]
    store(archive, lexical, [make_article("\n".join(lines), id="a", language="en")])
    assert [text(archive, hit) for hit in lexical.search("the number 17 stands", "en", 5)] == [lines[17]]
    assert lexical.search("the number", "en", 5) == []


@given(
    filters=st.builds(
        Filters,
        languages=st.sets(st.sampled_from(["ar", "en", "ru", "tr"]), max_size=2).map(tuple),
        publishers=st.sets(st.sampled_from(["wire", "бюро", "Nobody"]), max_size=2).map(tuple),
        after=st.sampled_from([None, "2020-09-29"]),
        before=st.sampled_from([None, "2020-09-29"]),
    )
)
@BRIEF
def test_filters_let_through_what_passes_and_nothing_else(
    archive: Archive, lexical: LexicalIndex, filters: Filters
) -> None:
    if not archive.ids():
        store(archive, lexical, ARTICLES)
    question = "Toganyan Тоганян council 832 request"
    passing = set(archive.ids(filters))
    expected = [hit for hit in lexical.search(question, None, 50) if hit.sentence.article_id in passing]
    assert lexical.search(question, None, 50, filters) == expected


def test_what_is_removed_or_replaced_is_not_found(archive: Archive, lexical: LexicalIndex) -> None:
    store(archive, lexical, ARTICLES)
    archive.remove("a1")
    assert {hit.sentence.article_id for hit in lexical.search("Toganyan council", "en", 5)} == {"a2", "a3", "a4"}
    lexical.put(ARTICLES[3], [])
    assert lexical.search("council", "en", 5) == []
    lexical.make(anew=True)
    assert [hit.sentence.article_id for hit in lexical.search("council", "en", 5)] == ["a4"]
    assert lexical.check() == []


def test_a_change_undone_leaves_no_trace(archive: Archive, lexical: LexicalIndex) -> None:
    store(archive, lexical, ARTICLES[1:])

    def stop() -> None:
        with archive.transaction():
            archive.put(ARTICLES[0])
            lexical.put(ARTICLES[0], split_sentences(ARTICLES[0]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert lexical.search("denied", "en", 5) == []
    assert lexical.check() == []


def test_an_archive_without_the_index_gets_it_when_it_is_searched(
    archive: Archive, vectors: ChromaVectors, indexer: Indexer
) -> None:
    indexer.add(ARTICLES)
    before = LexicalIndex(archive).search("Toganyan council", "en", 9)
    for table in ("lexical_terms", "lexical", "lexical_sentences"):
        archive.rows(f"DROP TABLE {table}")
    archive.rows("DELETE FROM meta WHERE key = 'lexical'")
    assert LexicalIndex(archive).search("Toganyan council", "en", 9) == before
    archive.set_meta("lexical", "terms 0")
    indexer.add([])
    assert LexicalIndex(archive).current
    indexer.rebuild()
    assert LexicalIndex(archive).search("Toganyan council", "en", 9) == before
    assert examine_archive(archive, vectors).findings == []


def test_the_doctor_sees_an_index_that_does_not_fit(archive: Archive, vectors: ChromaVectors, indexer: Indexer) -> None:
    indexer.add(ARTICLES)
    LexicalIndex(archive).put(ARTICLES[0], [])
    assert examine_archive(archive, vectors).findings == [
        "3 sentences differ from the lexical index; run: dateline doctor --repair"
    ]
    archive.rows("UPDATE lexical_sentences SET stems = 'x' WHERE article_id = 'a2'")
    assert "the lexical index is damaged" in examine_archive(archive, vectors).findings[0]


def test_hybrid_hits_are_ranked_unique_and_pass(
    archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer
) -> None:
    indexer.add(ARTICLES)
    hybrid = HybridRetriever(archive, vectors, words)
    for filters in (None, Filters(languages=("en",)), Filters(publishers=("Nobody",))):
        hits = hybrid.retrieve("What did Toganyan request?", 3, filters)
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert len({hit.chunk.id for hit in hits}) == len(hits) == min(3, len(archive.ids(filters)))
        assert {hit.chunk.article_id for hit in hits} <= set(archive.ids(filters))


def test_what_stands_there_word_for_word_is_first(
    archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer
) -> None:
    indexer.add(ARTICLES)
    found = {hit.chunk.article_id for hit in HybridRetriever(archive, vectors, words).retrieve("Тоганян", 3)}
    assert found == {"a1", "a2", "a3"}
    assert HybridRetriever(archive, vectors, words).retrieve("1,250", 1)[0].chunk.article_id == "a4"

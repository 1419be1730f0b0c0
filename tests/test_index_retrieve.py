import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.errors import InputError
from index.filters import Filters
from index.retrieve import DenseRetriever, HybridRetriever
from index.vectors import ChromaVectors
from tests.toys import WordEmbedder


def _article(n: int) -> Article:
    return make_article(
        f"Troops of side {n % 5} moved. The town {n} was quiet.",
        id=f"a{n:02}",
        language=("ar", "en", "ru")[n % 3],
        publisher=("The Wire", "Der Bote", None)[n % 3],
        published=f"2020-09-{10 + n % 15}" if n % 7 else None,
    )


ARTICLES = [_article(n) for n in range(45)]
FILTERS = st.builds(
    Filters,
    languages=st.sets(st.sampled_from(["ar", "en", "ru", "tr"]), max_size=2).map(tuple),
    publishers=st.sets(st.sampled_from(["the wire", "DER BOTE", "Nobody"]), max_size=2).map(tuple),
    after=st.sampled_from([None, "2020-09-12", "2020-09-20"]),
    before=st.sampled_from([None, "2020-09-15", "2020-09-24"]),
    exclude_publishers=st.sampled_from([(), ("THE WIRE",), ("Nobody", "der bote")]),
    as_of=st.sampled_from([None, None, "2020-09-18"]),
)


@pytest.fixture
def retriever(archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer) -> DenseRetriever:
    indexer.add(ARTICLES)
    return DenseRetriever(archive, vectors, words)


@pytest.fixture
def hybrid(archive: Archive, vectors: ChromaVectors, words: WordEmbedder, retriever: DenseRetriever) -> HybridRetriever:
    return HybridRetriever(archive, vectors, words)


def passes(article: Article, filters: Filters) -> bool:
    """The law of filters, written out."""
    publishers = {one.casefold() for one in filters.publishers}
    return (
        (not filters.languages or article.language in filters.languages)
        and (not publishers or (article.publisher or "").casefold() in publishers)
        and (not filters.after or (article.day is not None and article.day >= filters.after))
        and (not filters.before or (article.day is not None and article.day <= filters.before))
        and (not filters.as_of or (article.day is not None and article.day <= filters.as_of))
        and (article.publisher or "").casefold() not in {one.casefold() for one in filters.exclude_publishers}
    )


@given(filters=FILTERS, k=st.integers(1, 60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hits_are_ranked_unique_and_exactly_those_that_pass(
    retriever: DenseRetriever, archive: Archive, filters: Filters, k: int
) -> None:
    hits = retriever.retrieve("Was the town 7 quiet?", k, filters)
    expected = [article.id for article in ARTICLES if passes(article, filters)]
    assert sorted(archive.ids(filters)) == expected
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    found = [hit.chunk.article_id for hit in hits]
    assert len(set(found)) == len(found) == min(k, len(expected))
    assert set(found) <= set(expected)


@given(filters=FILTERS, k=st.integers(1, 60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("near", [1000, 3])
def test_hybrid_hits_are_ranked_unique_and_pass(
    retriever: DenseRetriever,
    hybrid: HybridRetriever,
    monkeypatch: pytest.MonkeyPatch,
    near: int,
    filters: Filters,
    k: int,
) -> None:
    monkeypatch.setattr("index.retrieve._NEAR", near)  # 3: the way for filters that few pass
    hits = hybrid.retrieve("Was the town 7 quiet?", k, filters)
    passing = {article.id for article in ARTICLES if passes(article, filters)}
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.chunk.id for hit in hits}) == len(hits) == min(k, len(passing))
    assert {key for hit in hits for key in (hit.chunk.article_id, *hit.copies)} <= passing


def test_exact_names_and_numbers_come_first(hybrid: HybridRetriever) -> None:
    assert [hybrid.retrieve(f"town {n} quiet", 1)[0].chunk.article_id for n in (3, 17, 41)] == ["a03", "a17", "a41"]


def test_copies_become_one_of_the_first_outlet_and_changed_figures_do_not(
    indexer: Indexer, archive: Archive, hybrid: HybridRetriever
) -> None:
    told = "The flood at Lindhagen killed {} people, the mayor said on Sunday evening after the rain."
    add = {"late": ("2020-09-29", told.format(5)), "first": ("2020-09-27", told.format(5).upper()),
           "other": ("2020-09-28", told.format(7)), "undated": (None, told.format(5))}  # fmt: skip
    indexer.add(make_article(text, id=key, published=day, language="en") for key, (day, text) in add.items())
    hits = {hit.chunk.article_id: hit for hit in hybrid.retrieve("How many people did the flood at Lindhagen kill?", 5)}
    assert sorted(hits["first"].copies) == ["late", "undated"]
    assert hits["other"].copies == ()
    assert not {"late", "undated"} & hits.keys()


def test_no_article_takes_all_places_while_another_waits(indexer: Indexer, hybrid: HybridRetriever) -> None:
    long = " ".join(
        f"The strike at the port of Veldhaven entered day number {n} without any talks at all." for n in range(9)
    )
    short = "A strike stops the port of Veldhaven, the union says, and other ports may follow it soon."
    indexer.add([make_article(long, id="long", language="en"), make_article(short, id="short", language="en")])
    hits = hybrid.retrieve("What about the strike at the port of Veldhaven?", 5)
    assert "short" in {hit.chunk.article_id for hit in hits[:4]}
    assert sum(hit.chunk.article_id == "long" for hit in hits) == 3


def test_recency_is_a_preference_and_not_a_filter(
    archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer
) -> None:
    text = "The port of Veldhaven is closed since {}."
    days = {"old": "2020-01-05", "new": "2020-09-28"}
    indexer.add(make_article(text.format(key), id=key, published=day, language="en") for key, day in days.items())
    for recency, question, first in (
        (0.0, "old port of Veldhaven closed", "old"),
        (0.9, "port of Veldhaven closed", "new"),
    ):
        retriever = HybridRetriever(archive, vectors, words, recency=recency)
        hits = retriever.retrieve(question, 2)
        assert hits[0].chunk.article_id == first
        assert len(hits) == 2


def test_the_nearest_is_first(retriever: DenseRetriever) -> None:
    assert retriever.retrieve("town 7", 1)[0].chunk.article_id == "a07"


def test_a_filter_of_a_wrong_form_is_named() -> None:
    with pytest.raises(InputError, match="'after' is not a date: 'May'"):
        Filters(after="May")
    with pytest.raises(InputError, match="not a language code: 'Arabic language'"):
        Filters(languages=("Arabic language",))


def test_filters_are_cleaned_as_stored_values_are() -> None:
    assert Filters(publishers="The  Wire").publishers == ("The Wire",)  # type: ignore[arg-type]
    assert Filters(publishers=("Cafe\u0301",)).publishers == ("Caf\u00e9",)
    with pytest.raises(InputError, match=r"publisher .* is not valid text"):
        Filters(exclude_publishers=("\udcff",))


@pytest.mark.parametrize("kind", [DenseRetriever, HybridRetriever])
def test_no_hit_is_no_k(
    kind: type[DenseRetriever | HybridRetriever], archive: Archive, vectors: ChromaVectors, words: WordEmbedder
) -> None:
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        kind(archive, vectors, words).retrieve("x", 0)

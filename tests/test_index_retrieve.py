import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.errors import InputError
from index.filters import Filters
from index.retrieve import DenseRetriever
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
)


@pytest.fixture
def retriever(archive: Archive, vectors: ChromaVectors, words: WordEmbedder, indexer: Indexer) -> DenseRetriever:
    indexer.add(ARTICLES)
    return DenseRetriever(archive, vectors, words)


def passes(article: Article, filters: Filters) -> bool:
    """The law of filters, written out."""
    publishers = {one.casefold() for one in filters.publishers}
    return (
        (not filters.languages or article.language in filters.languages)
        and (not publishers or (article.publisher or "").casefold() in publishers)
        and (not filters.after or (article.day is not None and article.day >= filters.after))
        and (not filters.before or (article.day is not None and article.day <= filters.before))
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


def test_the_nearest_is_first(retriever: DenseRetriever) -> None:
    assert retriever.retrieve("town 7", 1)[0].chunk.article_id == "a07"


def test_a_filter_of_a_wrong_form_is_named() -> None:
    with pytest.raises(InputError, match="'after' is not a date: 'May'"):
        Filters(after="May")
    with pytest.raises(InputError, match="not a language code: 'Arabic language'"):
        Filters(languages=("Arabic language",))


def test_no_hit_is_no_k() -> None:
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        DenseRetriever(None, None, None).retrieve("x", 0)  # type: ignore[arg-type]

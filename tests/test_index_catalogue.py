import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.catalogue import Catalogue
from index.filters import Filters


@pytest.fixture
def catalogue(archive: Archive, indexer: Indexer) -> Catalogue:
    """Seventy days' articles by two outlets in two languages, the last with an older version, and one without a day."""
    days = [f"2020-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 25)][:70]
    articles = [
        make_article(f"The bridge number {at} is closed.", id=f"a{at:02}", title=f"Bridge {at}", published=day,
                     publisher="Wire" if at % 2 else "Harbour", language="fr" if at % 7 == 0 else "en")
        for at, day in enumerate(days)
    ]  # fmt: skip
    articles.append(make_article("A zeppelin landed.", id="z", title="100%_sure", language="en"))
    assert indexer.add(articles).failed == []
    changed = make_article("The bridge is open again.", id="a69", title="Bridge 69", published=days[69], language="en")
    assert indexer.add([changed]).changed == 1
    made = Catalogue(archive)
    made.prepare()
    made.prepare()
    return made


def test_pages_are_the_newest_first_and_hold_everything_once(catalogue: Catalogue) -> None:
    pages = [catalogue.listed(Filters(), "", start, 25) for start in (0, 25, 50, 75)]
    assert [len(one.entries) for one in pages] == [25, 25, 21, 0]
    assert {one.total for one in pages} == {71}
    ids = [entry.id for one in pages for entry in one.entries]
    assert (ids[0], ids[1], ids[-2:]) == ("a69@v2", "a68", ["a00", "z"])
    assert len(set(ids)) == 71


def test_counts_follow_the_filters(catalogue: Catalogue) -> None:
    french = Filters(languages=("fr",))
    assert catalogue.counts("language", Filters(), 5) == [("en", 61), ("fr", 10)]
    assert catalogue.counts("publisher", french, 5) == [("Harbour", 5), ("Wire", 5)]
    assert catalogue.counts("publisher", Filters(), 1) == [("Harbour", 35)]
    assert (catalogue.undated(Filters()), catalogue.undated(french)) == (1, 0)
    with pytest.raises(ValueError, match="can count by language or publisher"):
        catalogue.counts("title", Filters(), 5)


def test_columns_are_days_until_they_are_too_many(catalogue: Catalogue) -> None:
    assert [(one.name, one.count) for one in catalogue.columns(Filters())] == [
        *[("2020-01", 24), ("2020-02", 24), ("2020-03", 22)]
    ]
    days = catalogue.columns(Filters(after="2020-02-01", before="2020-02-29"))
    assert (len(days), days[0].name) == (24, "2020-02-01")
    assert catalogue.columns(Filters(languages=("ar",))) == []


def test_a_search_finds_titles_and_then_texts(catalogue: Catalogue) -> None:
    assert next(one.id for one in catalogue.listed(Filters(), "bridge 7", 0, 5).entries) == "a07"
    assert [one.id for one in catalogue.listed(Filters(), "zeppelin", 0, 5).entries] == ["z"]
    assert next(one.id for one in catalogue.listed(Filters(), "0%_S", 0, 5).entries) == "z"
    assert catalogue.listed(Filters(), "submarine", 0, 5).total == 0
    assert catalogue.listed(Filters(languages=("fr",)), "zeppelin", 0, 5).total == 0


def test_counting_reads_the_index_alone(catalogue: Catalogue, archive: Archive) -> None:
    """Else a count would go through every text."""
    condition, values = Filters(languages=("en",), after="2020-01-01").sql()
    for query in ("SELECT count(*)", "SELECT substr(published, 1, 7), count(*)"):
        plan = archive.rows(f"EXPLAIN QUERY PLAN {query} FROM articles WHERE {condition}", values)
        assert "COVERING INDEX articles_listed" in str(plan)

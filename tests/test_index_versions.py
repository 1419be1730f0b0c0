"""The same article again, changed, corrected late, and as of a day."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.filters import Filters
from index.retrieve import HybridRetriever
from index.vectors import ChromaVectors
from index.versions import versions
from tests.toys import WordEmbedder

FIRST = "The dam holds. Nobody was hurt, the mayor said on Monday."
SECOND = "The dam holds. Two workers were hurt, the mayor said on Tuesday."


@pytest.fixture
def vectors(archive: Archive) -> ChromaVectors:
    return ChromaVectors(archive.folder / "chroma", "chunks-1")


@pytest.fixture
def indexer(archive: Archive, vectors: ChromaVectors) -> Indexer:
    return Indexer(archive, vectors, WordEmbedder(), chunk_tokens=1, today=lambda: "2024-06-10")


def dam(text: str = FIRST, **changes: str | None) -> Article:
    fields: dict[str, Any] = {"id": "dam", "title": "The dam", "published": "2024-06-03", "language": "en"}
    return make_article(text, **fields | changes)


def found(archive: Archive, vectors: ChromaVectors, question: str, as_of: str | None = None) -> list[str]:
    retriever = HybridRetriever(archive, vectors, WordEmbedder())
    hits = retriever.retrieve(question, 5, Filters(as_of=as_of))
    articles = archive.get(hit.chunk.article_id for hit in hits)
    return [articles[hit.chunk.article_id].text[hit.chunk.start : hit.chunk.end] for hit in hits]


def test_the_same_again_changes_nothing(indexer: Indexer, archive: Archive) -> None:
    indexer.add([dam()])
    report = indexer.add([dam()])
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert archive.counts()["articles"] == 1


def test_other_words_are_a_new_version_and_the_old_one_stays(
    indexer: Indexer, archive: Archive, vectors: ChromaVectors
) -> None:
    indexer.add([dam()])
    report = indexer.add([dam(SECOND, modified="2024-06-04T09:00:00+02:00")])
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    assert archive.counts()["articles"] == 1
    assert {key: one.text for key, one in archive.get(["dam", "dam@v2"]).items()} == {"dam": FIRST, "dam@v2": SECOND}
    assert found(archive, vectors, "who was hurt")[0].startswith("Two workers")
    assert not any("Nobody" in one for one in found(archive, vectors, "who was hurt"))
    assert found(archive, vectors, "who was hurt", "2024-06-03")[0].startswith("Nobody")
    assert found(archive, vectors, "who was hurt", "2024-06-04")[0].startswith("Two workers")
    assert found(archive, vectors, "who was hurt", "2024-06-02") == []
    assert examine_archive(archive, vectors).findings == []


@pytest.mark.parametrize(
    ("fields", "since"),
    [
        ({}, "2024-06-10"),
        ({"modified": "2024-06-05"}, "2024-06-05"),
        ({"published": "2024-06-06"}, "2024-06-06"),
        ({"published": "2024-05-01"}, "2024-06-10"),
    ],
)
def test_a_version_counts_from_its_own_day_or_from_the_day_it_came(
    indexer: Indexer, archive: Archive, fields: dict[str, str | None], since: str
) -> None:
    indexer.add([dam(), dam(SECOND, **fields)])
    old, new = versions(archive, "dam@v2")
    assert (old.since, old.until, new.since, new.until) == ("2024-06-03", since, since, None)


def test_an_older_version_that_comes_late_does_not_become_the_newest(indexer: Indexer, archive: Archive) -> None:
    indexer.add([dam(SECOND, modified="2024-06-08"), dam(FIRST + " So far.", modified="2024-06-01")])
    assert [one.id for one in versions(archive, "dam")] == ["dam@v2", "dam"]
    assert archive.ids(Filters()) == ["dam"]


def test_a_third_version_and_a_return_to_the_first(indexer: Indexer, archive: Archive) -> None:
    texts = [FIRST, SECOND, SECOND + " A third is missing.", FIRST]
    report = indexer.add([dam(text) for text in texts])
    assert (report.added, report.changed, report.unchanged) == (1, 2, 1)
    assert [one.number for one in versions(archive, "dam")] == [1, 2, 3]


def test_other_metadata_alone_replace_the_old(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add([dam(), dam(publisher="The Lake", published="2024-06-02")])
    assert archive.counts()["articles"] == 1
    assert archive.get(["dam"])["dam"].publisher == "The Lake"
    assert [(one.id, one.since) for one in versions(archive, "dam")] == [("dam", "2024-06-02")]
    assert examine_archive(archive, vectors).findings == []


def test_an_address_is_an_identity_but_a_sites_first_page_is_none(indexer: Indexer, archive: Archive) -> None:
    page = "https://Lake.example/2024/dam?id=7&utm_source=feed#top"
    same = "http://lake.example/2024/dam?id=7"
    report = indexer.add([dam(id=None, url=page), dam(SECOND, id=None, url=same)])
    assert (report.added, report.changed) == (1, 1)
    report = indexer.add([dam(text, id=None, url="https://lake.example/") for text in (FIRST, SECOND)])
    assert (report.added, report.changed) == (2, 0)


def test_an_id_that_is_a_versions_is_refused(indexer: Indexer) -> None:
    indexer.add([dam(), dam(SECOND)])
    report = indexer.add([dam("Something else happened.", id="dam@v2")])
    assert report.failed == ["input: the id 'dam@v2' is a version's; give the article another"]


def test_removing_takes_all_versions(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add([dam(), dam(SECOND)])
    assert indexer.remove("dam@v2")
    assert (archive.ids(), vectors.count()) == ([], 0)


def test_an_archive_of_the_first_format_is_brought_up_to_date(
    indexer: Indexer, archive: Archive, vectors: ChromaVectors
) -> None:
    indexer.add([dam(), dam("Grain is dear this year, say the millers of Orvania.", id="grain", published=None)])
    before = {key: (replace(one), archive.sentences(key)) for key, one in archive.get(archive.ids()).items()}
    archive.close()
    _to_format_1(archive.folder / "archive.sqlite")
    again = Archive(archive.folder)
    assert {key: (one, again.sentences(key)) for key, one in again.get(again.ids()).items()} == before
    report = Indexer(again, vectors, WordEmbedder(), chunk_tokens=1).add([dam(), dam(SECOND)])
    assert (report.changed, report.unchanged, report.finished) == (1, 1, 0)
    assert examine_archive(again, vectors).findings == []
    again.close()


def _to_format_1(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(
        """
        PRAGMA foreign_keys = OFF;
        CREATE TABLE old (
          id TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT, text TEXT NOT NULL, publisher TEXT,
          folded_publisher TEXT, published TEXT, language TEXT, url TEXT, extra TEXT NOT NULL,
          indexed INTEGER NOT NULL DEFAULT 0);
        INSERT INTO old SELECT id, digest, title, text, publisher, folded_publisher, published, language, url, extra,
          indexed FROM articles;
        DROP TABLE articles; DROP TABLE sketches; ALTER TABLE old RENAME TO articles;
        CREATE INDEX articles_pending ON articles (indexed) WHERE indexed = 0;
        CREATE INDEX articles_filters ON articles (language, folded_publisher, published);
        UPDATE meta SET value = '1' WHERE key = 'format';
        DELETE FROM meta WHERE key IN ('copies', 'archive');
        """
    )
    connection.close()

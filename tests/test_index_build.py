import multiprocessing
import multiprocessing.synchronize
import threading
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.embed import Vectors
from index.errors import ArchiveBusy, ArchiveError, ArchiveMismatch, ArchiveMissing, InputError
from index.sentences import Sentence
from index.vectors import ChromaVectors
from tests.toys import WordEmbedder


def articles(number: int) -> list[Article]:
    return [
        make_article(f"Number {n} stands here. It was said twice.", id=f"a{n}", language="en") for n in range(number)
    ]


def test_what_is_added_is_there_and_adding_again_changes_nothing(
    indexer: Indexer, archive: Archive, vectors: ChromaVectors, words: WordEmbedder
) -> None:
    first = indexer.add(articles(40))
    before = (archive.counts(), vectors.ids(), words.embedded)
    again = indexer.add(articles(40))
    assert (first.added, first.unchanged, again.added, again.unchanged) == (40, 0, 0, 40)
    assert (archive.counts(), vectors.ids(), words.embedded) == before
    assert archive.counts() == {"articles": 40, "sentences": 80, "chunks": 40, "pending": 0}
    assert archive.get(["a7"])["a7"] == articles(40)[7]
    assert examine_archive(archive, vectors).findings == []


def test_a_failure_in_the_batch_is_reported_and_the_rest_goes_on(indexer: Indexer) -> None:
    report = indexer.add([articles(1)[0], InputError("x.txt: bad"), *articles(3)])
    assert (report.added, report.unchanged, report.failed) == (3, 1, ["x.txt: bad"])


def test_nothing_is_embedded_twice(
    indexer: Indexer, archive: Archive, vectors: ChromaVectors, words: WordEmbedder
) -> None:
    copies = [make_article("The bridge is closed.", id=f"c{n}", language="en") for n in range(5)]
    indexer.add(copies[:3])
    assert words.embedded == 1
    indexer.add([*copies, make_article("The bridge is closed.", id="de", language="de")])
    assert words.embedded == 2
    assert vectors.count() == 6
    rows = list(vectors.get(sorted(vectors.ids())).values())
    assert all(abs(float(row @ rows[0]) - 1) < 1e-6 for row in rows)
    indexer.rebuild()
    assert words.embedded == 4
    assert examine_archive(archive, vectors).findings == []


class StoppingEmbedder(WordEmbedder):
    """Stops the run at its n-th batch."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().embed_documents(texts, languages)


@pytest.mark.parametrize(("batches", "pending"), [(0, 32), (1, 32), (2, 16)])
def test_a_stopped_run_is_finished_by_the_next(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch, batches: int, pending: int
) -> None:
    monkeypatch.setattr("index.build._GROUP", 16)
    with pytest.raises(KeyboardInterrupt):
        Indexer(archive, vectors, StoppingEmbedder(batches), chunk_tokens=64).add(articles(48))
    assert archive.counts()["pending"] == pending  # what was being embedded, and what was cut meanwhile
    remedy = "articles have no vectors yet; the next dateline add makes them"
    assert examine_archive(archive, vectors).findings == [f"{pending} {remedy}"]
    assert_finished(archive, vectors)


def assert_finished(archive: Archive, vectors: ChromaVectors) -> None:
    """No thread of a failed run is left, and the next run makes what it owes."""
    assert "embedding" not in " ".join(thread.name for thread in threading.enumerate())
    Indexer(archive, vectors, WordEmbedder(), chunk_tokens=64).add(articles(48))
    assert archive.counts() == {"articles": 48, "sentences": 96, "chunks": 48, "pending": 0}
    assert examine_archive(archive, vectors).findings == []


class FailingEmbedder(WordEmbedder):
    """Fails where a text holds a word."""

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        if any("Number 20 " in text for text in texts):
            raise RuntimeError("the model failed")
        return super().embed_documents(texts, languages)


def test_a_failing_embedder_ends_the_run_with_its_own_error(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build._GROUP", 16)
    with pytest.raises(RuntimeError, match="the model failed"):
        Indexer(archive, vectors, FailingEmbedder(), chunk_tokens=64).add(articles(48))
    assert (vectors.count(), archive.counts()["pending"]) == (16, 32)
    assert_finished(archive, vectors)


@pytest.mark.parametrize("call", [0, 1, 2])
@pytest.mark.parametrize(("owner", "name"), [(ChromaVectors, "add"), (Archive, "mark"), (Archive, "put_parts")])
def test_a_failing_store_ends_the_run_and_the_next_finishes_it(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, call: int
) -> None:
    original, calls = getattr(owner, name), count()

    def fail(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if next(calls) == call:
            raise OSError("the disk is full")
        original(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr("index.build._GROUP", 16)
        patched.setattr(owner, name, fail)
        with pytest.raises(OSError, match="the disk is full"):
            Indexer(archive, vectors, WordEmbedder(), chunk_tokens=64).add(articles(48))
    assert_finished(archive, vectors)


def test_a_stop_while_reading_articles_keeps_what_was_read(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping() -> Iterator[Article]:
        yield from articles(40)
        raise KeyboardInterrupt

    monkeypatch.setattr("index.build._GROUP", 16)
    with pytest.raises(KeyboardInterrupt):
        Indexer(archive, vectors, WordEmbedder(), chunk_tokens=64).add(stopping())
    assert archive.counts()["articles"] == 40
    assert_finished(archive, vectors)


def test_the_next_group_is_read_while_one_is_embedded_and_no_more(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    ahead = threading.Event()
    seen: list[int] = []

    class WaitingEmbedder(WordEmbedder):
        def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
            assert ahead.wait(30)
            seen.append(len(read))
            return super().embed_documents(texts, languages)

    def reading() -> Iterator[Article]:
        for article in articles(48):
            read.append(article.id)
            if len(read) == 32:
                ahead.set()
            yield article

    monkeypatch.setattr("index.build._GROUP", 16)
    done: list[int] = []
    Indexer(archive, vectors, WaitingEmbedder(), chunk_tokens=64).add(reading(), lambda more, _: done.append(more))
    assert seen[0] == 32
    assert done == [16, 16, 16]
    assert_finished(archive, vectors)


def test_long_articles_are_embedded_in_parts(
    archive: Archive, vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    class CountingEmbedder(WordEmbedder):
        def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
            sizes.append(len(texts))
            return super().embed_documents(texts, languages)

    monkeypatch.setattr("index.build._TEXT", 1_000)
    long = make_article(" ".join(f"Number {n} stands in a long article." for n in range(200)), id="l", language="en")
    Indexer(archive, vectors, CountingEmbedder(), chunk_tokens=8).add([long, *articles(3)])
    assert max(sizes) <= 60
    assert vectors.count() == archive.counts()["chunks"] == 206
    assert examine_archive(archive, vectors).findings == []


def test_removing_takes_everything_with_it(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add(articles(3))
    assert indexer.remove("a1")
    assert not indexer.remove("a1")
    assert archive.ids() == ["a0", "a2"]
    assert vectors.count() == archive.counts()["chunks"] == 2
    assert examine_archive(archive, vectors).findings == []


def test_chunks_are_read_with_their_sentences_however_many(archive: Archive, vectors: ChromaVectors) -> None:
    Indexer(archive, vectors, WordEmbedder(), chunk_tokens=9).add(articles(600))
    cut = {key: archive.chunks_of(key) for key in archive.ids()}
    chunks = {chunk.id: chunk for found in cut.values() for chunk in found}
    assert all(len(found) == 2 for found in cut.values())
    assert archive.chunks([*chunks, "no such id"]) == chunks
    sentences = {one: chunk.id for chunk in chunks.values() for one in chunk.sentences}
    outside = Sentence(article_id="a0", start=5, end=40)
    assert archive.chunks_with([*sentences, outside]) == sentences
    assert sorted(sentences, key=lambda one: (one.article_id, one.start)) == [
        one for key in sorted(cut) for one in archive.sentences(key)
    ]


def test_an_index_of_another_model_is_refused_until_it_is_rebuilt(
    indexer: Indexer, archive: Archive, vectors: ChromaVectors
) -> None:
    indexer.add(articles(5))
    other = Indexer(archive, vectors, WordEmbedder(dimension=64), chunk_tokens=20)
    with pytest.raises(ArchiveMismatch, match=r"made with \[words/512; .*\], the settings say \[words/64; .*rebuild"):
        other.add(articles(6))
    assert archive.counts()["articles"] == 5
    assert other.rebuild() == 5
    other.add(articles(6))
    assert archive.counts()["articles"] == 6
    assert examine_archive(archive, vectors).findings == []
    with pytest.raises(ArchiveMismatch, match="rebuild"):
        indexer.check()


def test_a_stopped_rebuild_is_noticed(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add(articles(5))
    with pytest.raises(KeyboardInterrupt):
        Indexer(archive, vectors, StoppingEmbedder(0), chunk_tokens=64).rebuild()
    with pytest.raises(ArchiveMismatch, match="an unfinished rebuild"):
        indexer.check()
    indexer.rebuild()
    indexer.check()
    assert examine_archive(archive, vectors).findings == []


def test_lost_vectors_are_made_anew_by_the_next_add(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add(articles(4))
    vectors.delete(sorted(vectors.ids()))
    assert indexer.add([]).added == 0
    assert examine_archive(archive, vectors).findings == []


def test_doctor_sees_lost_and_surplus_vectors(indexer: Indexer, archive: Archive, vectors: ChromaVectors) -> None:
    indexer.add(articles(4))
    lost = sorted(vectors.ids())[0]
    vectors.delete([lost])
    vectors.add(["stray"], WordEmbedder().embed_documents(["x"], [None]))
    findings = examine_archive(archive, vectors).findings
    assert "1 chunks have no vector; run: dateline doctor --repair" in findings
    assert "1 vectors belong to no chunk; run: dateline doctor --repair" in findings


def _hold(folder: Path, ready: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event") -> None:
    with Archive(folder).writing():
        ready.set()
        done.wait(30)


def test_a_second_writer_is_told_at_once_and_readers_go_on(indexer: Indexer, archive: Archive) -> None:
    indexer.add(articles(2))
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(archive.folder, ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(ArchiveBusy, match="another process is writing to"):
            indexer.add(articles(3))
        assert archive.counts()["articles"] == 2
    finally:
        done.set()
        other.join()
    assert indexer.add(articles(3)).added == 1


def test_a_folder_that_is_no_archive_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(ArchiveMissing, match="make one with: dateline add"):
        Archive(tmp_path)
    with pytest.raises(ArchiveError, match="is not an archive and not an empty folder"):
        Archive(tmp_path, create=True)
    with pytest.raises(ArchiveError, match="is not an archive and not an empty folder"):
        Archive(tmp_path / "mine.txt", create=True)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_a_damaged_file_and_another_format_are_named(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(ArchiveError, match="cannot be read: file is not a database"):
        Archive(tmp_path)
    made = Archive(tmp_path / "new", create=True)
    made.set_meta("format", "99")
    made.close()
    with pytest.raises(ArchiveMismatch, match="has format 99, this version reads"):
        Archive(tmp_path / "new")

"""Nothing is lost: kills, a full disk, lost vectors, copies while writing, and the way out and in again."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from time import sleep

import pytest

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.errors import ArchiveError
from index.export import back_up, export_articles
from index.readers.files import read_paths
from index.vectors import ChromaVectors
from index.versions import versions
from tests import adding
from tests.toys import WordEmbedder

ROOT = Path(__file__).parents[1]


def start(folder: Path, turn: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.adding", str(folder), str(turn)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def open_parts(folder: Path) -> tuple[Archive, ChromaVectors, Indexer]:
    archive = Archive(folder, create=True)
    vectors = adding.open_vectors(archive)
    return archive, vectors, Indexer(archive, vectors, WordEmbedder(64), chunk_tokens=1)


def kill_while_adding(folder: Path, kills: int, rng: Random) -> None:
    """Kill so many runs at random moments, each before it was done."""
    killed, turn = 0, 0
    while killed < kills:
        with start(folder, turn) as process:
            line = process.stdout.readline() if process.stdout else ""
            assert json.loads(line)["findings"] == []
            sleep(rng.random() * 0.6)
            process.kill()
        killed += process.returncode != 0
        turn += process.returncode == 0  # all were there: the next run changes some


def test_kills_while_adding_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("KILLS", "20"))
    kill_while_adding(tmp_path / "archive", kills, Random(5))
    with start(tmp_path / "archive", 99) as process:
        assert json.loads(process.stdout.readline() if process.stdout else "")["findings"] == []
    assert process.returncode == 0
    archive, vectors, _ = open_parts(tmp_path / "archive")
    assert examine_archive(archive, vectors).findings == []
    assert archive.counts()["articles"] == adding.COUNT
    newest = {key: versions(archive, key)[-1].id for key in (f"a{n}" for n in range(adding.COUNT))}
    held = archive.get(newest.values())
    assert all(held[newest[f"a{n}"]].text == adding.article(n, 99).text for n in range(adding.COUNT))
    assert all(versions(archive, f"a{n}")[0].digest == adding.article(n, 0).digest for n in range(adding.COUNT))
    archive.close()


def test_a_lost_or_older_folder_of_vectors_is_made_anew(tmp_path: Path) -> None:
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    indexer.add(adding.article(n, 0) for n in range(5))
    older = shutil.copytree(tmp_path / "archive" / "chroma", tmp_path / "older")
    indexer.add(adding.article(n, 0) for n in range(12))
    archive.close()
    for name, left in (("first", None), ("second", older)):
        copy = tmp_path / name
        shutil.copytree(tmp_path / "archive", copy, ignore=shutil.ignore_patterns("chroma"))
        if left:
            shutil.copytree(left, copy / "chroma")
        archive, vectors, indexer = open_parts(copy)
        assert examine_archive(archive, vectors).findings == [
            f"{36 - vectors.count()} chunks have no vector; run: dateline doctor --repair"
        ]
        assert indexer.repair() == (7 if left else 12)
        assert examine_archive(archive, vectors).findings == []
        archive.close()


def test_repair_mends_what_the_doctor_finds_and_leaves_the_rest(tmp_path: Path) -> None:
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    indexer.add(adding.article(n, 0) for n in range(9))
    archive.rows("DELETE FROM sentences WHERE article_id = 'a3' AND start > 0")
    archive.rows("DELETE FROM lexical_sentences WHERE article_id = 'a4'")
    vectors.delete([archive.chunks_of("a5")[0].id])
    vectors.add(["stray"], WordEmbedder(64).embed_documents(["stray"], [None]))
    assert len(examine_archive(archive, vectors).findings) == 4
    assert indexer.repair() == 2
    assert examine_archive(archive, vectors).findings == []
    assert indexer.repair() == 0
    archive.close()


def test_vectors_that_a_damaged_file_gives_are_seen_and_made_anew(tmp_path: Path) -> None:
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    indexer.add(adding.article(n, 0) for n in range(400))  # enough that Chroma writes its files
    archive.close()
    vectors.close()
    (file,) = (tmp_path / "archive" / "chroma").glob("*/data_level0.bin")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2].ljust(len(data), b"\0"))  # as a file looks whose blocks were not written
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    findings = examine_archive(archive, vectors).findings
    assert findings[0].endswith("vectors are damaged; run: dateline doctor --repair")
    assert indexer.repair() == 400
    assert examine_archive(archive, vectors).findings == []
    vectors.close()
    archive.close()


def test_vectors_that_cannot_be_opened_are_set_aside(tmp_path: Path) -> None:
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    indexer.add(adding.article(n, 0) for n in range(400))
    archive.close()
    vectors.close()
    (file,) = (tmp_path / "archive" / "chroma").glob("*/index_metadata.pickle")
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(ArchiveError, match=r"cannot be opened: .*; run: dateline rebuild"):
        ChromaVectors(tmp_path / "archive" / "chroma", "chunks-1")
    archive, vectors, indexer = open_parts(tmp_path / "archive")
    assert indexer.add(()).finished == 400
    assert examine_archive(archive, vectors).findings == []
    archive.close()


def test_a_full_disk_ends_in_a_message_and_is_made_good_later(tmp_path: Path) -> None:
    """A file-size limit stands in for the full disk: the system refuses to write on, as it then does."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from index.errors import ArchiveError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from tests.adding import main\n"
        "main(Path(sys.argv[1]), 0) if sys.argv[2] == '0' else None\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "try:\n    main(Path(sys.argv[1]), 0)\n"
        "except ArchiveError as error:\n    sys.exit(f'told: {error}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "archive"), "1"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert "told: " in done.stderr
    assert "free some space" in done.stderr
    with start(tmp_path / "archive", 0) as process:
        assert json.loads(process.stdout.readline() if process.stdout else "")["findings"] == []
    archive, vectors, _ = open_parts(tmp_path / "archive")
    assert archive.counts()["articles"] == adding.COUNT
    assert examine_archive(archive, vectors).findings == []
    archive.close()


def lines(archive: Archive) -> list[dict[str, object]]:
    return list(export_articles(archive))


def test_what_is_exported_comes_back_without_loss(tmp_path: Path) -> None:
    archive, _, indexer = open_parts(tmp_path / "one")
    odd = make_article(
        "Línea uno.\u2028Dos “más”.\r\n\n\tقال: لا.\x0b",
        id="odd/…",
        title="T",
        extra={"desk": [1, {"a": None}]},
        language="es",
    )
    found = [*(adding.article(n, turn) for turn in (0, 1) for n in range(6)), odd]
    found.append(
        make_article("Said by nobody. At no time.", publisher="Ä", language="en", url="https://x.example/a?b=1")
    )
    assert indexer.add(found).failed == []
    indexer.add([make_article(odd.text + " Y tres.", id="odd/…", modified="2024-06-01T10:00:00+02:00", language="es")])
    out = tmp_path / "all.jsonl"
    out.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines(archive)), encoding="utf-8")
    again, vectors, other = open_parts(tmp_path / "two")
    report = other.add(read_paths([out]))
    assert (report.added, report.changed, report.failed) == (8, 3, [])
    assert lines(again) == lines(archive)
    dated = {key: replace(one, modified=None) for key, one in again.get(again.ids()).items()}
    assert dated == {key: replace(one, modified=None) for key, one in archive.get(archive.ids()).items()}
    assert archive.get(["odd/…@v2"]) == again.get(["odd/…@v2"])
    report = indexer.add(read_paths([out]))
    assert (report.added, report.changed, report.unchanged) == (0, 0, 11)
    assert [versions(again, key) for key in again.ids()] == [versions(archive, key) for key in again.ids()]
    assert examine_archive(again, vectors).findings == []
    archive.close()
    again.close()


def test_a_copy_is_ready_to_use_and_leaves_no_copy_behind(tmp_path: Path) -> None:
    archive, _, indexer = open_parts(tmp_path / "one")
    indexer.add(adding.article(n, 0) for n in range(8))
    (tmp_path / "one" / "feeds.json").write_text('{"feeds": []}')
    assert back_up(archive, tmp_path / "two" / "deep")
    assert (tmp_path / "two" / "deep" / "feeds.json").read_text() == '{"feeds": []}'
    with pytest.raises(ArchiveError, match="is there already; name a new folder"):
        back_up(archive, tmp_path / "two" / "deep")
    indexer.remove("a3")
    archive.close()
    copy, vectors, _ = open_parts(tmp_path / "two" / "deep")
    assert copy.counts()["articles"] == 8
    assert examine_archive(copy, vectors).findings == []
    copy.close()


def test_a_copy_made_while_another_process_adds_can_be_finished(tmp_path: Path) -> None:
    with start(tmp_path / "archive", 0) as process:
        assert process.stdout
        process.stdout.readline()
        sleep(0.3)
        archive = Archive(tmp_path / "archive")
        whole = back_up(archive, tmp_path / "copy")
        archive.close()
        process.wait()
    copy, vectors, indexer = open_parts(tmp_path / "copy")
    stored = copy.counts()["articles"]
    assert not whole
    assert 0 < stored <= adding.COUNT
    assert indexer.add(()).finished == stored
    assert examine_archive(copy, vectors).findings == []
    copy.close()


def test_readers_read_on_while_another_process_writes(tmp_path: Path) -> None:
    first = adding.article(0, 0)
    archive, _, indexer = open_parts(tmp_path / "archive")
    indexer.add([first])
    archive.close()
    archive, vectors, _ = open_parts(tmp_path / "archive")
    question = WordEmbedder(64).embed_query("Number 0 stands first")
    with start(tmp_path / "archive", 0) as process:
        seen = set[int]()
        while process.poll() is None:
            found: dict[str, Article] = archive.get(["a0"])
            assert found["a0"].text == first.text
            assert vectors.query(question, 1)[0][1] > 0.8
            seen.add(archive.counts()["articles"])
    assert process.returncode == 0
    assert len(seen) > 1
    archive.close()

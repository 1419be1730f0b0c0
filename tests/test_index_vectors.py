"""One contract, kept by the Chroma store and by a brute-force one."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from socket import create_connection, socket
from time import sleep

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from index.archive import Archive
from index.embed import Vectors
from index.errors import ArchiveError
from index.export import back_up
from index.readers.files import read_paths
from index.vectors import ChromaVectors, Server
from qa.app import build_answerer, build_indexer, examine
from qa.settings import Settings
from tests.toys import BruteForceVectors

Store = ChromaVectors | BruteForceVectors
ARTICLES = Path(__file__).parents[1] / "examples" / "articles"
_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Chroma server on loopback."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL) as process:
        for _ in range(200):
            try:
                create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(params=["chroma", "brute force", "server"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    place: Path | Server = tmp_path / "chroma"
    if request.param == "server":
        place = Server(url=request.getfixturevalue("server"), archive=f"a{next(_numbers)}")
    with ExitStack() as made:
        if request.param == "brute force":
            yield BruteForceVectors
        else:
            yield lambda: made.enter_context(closing(ChromaVectors(place, f"test-{next(_numbers)}")))


def rows(seed: int, count: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


@given(count=st.integers(1, 60), share=st.floats(0, 1), k=st.integers(1, 80), seed=st.integers(0, 5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("compared", [0, 1000])
def test_query_agrees_with_comparing_everything(
    make_store: Callable[[], Store],
    monkeypatch: pytest.MonkeyPatch,
    compared: int,
    count: int,
    share: float,
    k: int,
    seed: int,
) -> None:
    monkeypatch.setattr("index.vectors._COMPARED", compared)  # Chroma's own search among ids, and ours
    store, expected, all_rows, query = make_store(), BruteForceVectors(), rows(seed, count), rows(99, 1)[0]
    ids = [f"id{n:02}" for n in range(count)]
    store.add(ids, all_rows)
    expected.add(ids, all_rows)
    for among in (None, ids[: int(share * count)] or ids[:1]):
        found, best = store.query(query, k, among), expected.query(query, k, among)
        assert [key for key, _ in found] == [key for key, _ in best]
        assert [score for _, score in found] == pytest.approx([score for _, score in best], abs=1e-5)


def test_adding_again_replaces_and_deleting_forgets(make_store: Callable[[], Store]) -> None:
    store, vectors = make_store(), rows(1, 3)
    store.add(["a", "b"], vectors[:2])
    store.add(["b", "c"], vectors[1:])
    assert store.ids() == {"a", "b", "c"}
    store.delete(["b", "no such id"])
    assert store.ids() == {"a", "c"}
    assert store.count() == 2
    assert list(store.get(["a", "b"])) == ["a"]
    assert store.get(["c"])["c"] == pytest.approx(vectors[2])
    assert store.get([]) == {}
    assert [key for key, _ in store.query(vectors[1], 5)] != []


def test_an_empty_store_finds_nothing(make_store: Callable[[], Store]) -> None:
    assert make_store().query(rows(1, 1)[0], 3) == []


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    ChromaVectors(tmp_path / "chroma", "kept").add(["a"], rows(1, 1))
    assert ChromaVectors(tmp_path / "chroma", "kept").ids() == {"a"}


def test_a_folder_that_cannot_be_opened_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("not a folder")
    with pytest.raises(ArchiveError, match="cannot be opened"):
        ChromaVectors(tmp_path / "chroma", "any")


def test_two_archives_on_one_server_are_apart(server: str) -> None:
    one, other = (ChromaVectors(Server(url=server, archive=key), "chunks-1") for key in ("one", "other"))
    with closing(one), closing(other):
        one.add(["a"], rows(1, 1))
        assert (one.count(), other.count()) == (1, 0)
        one.replace("chunks-2")
        one.drop("chunks-1")
        assert one.count() == 0


def test_closing_ends_the_connections_to_the_server(server: str) -> None:
    def connected() -> int:
        return sum(type(one) is socket and one.fileno() >= 0 for one in gc.get_objects())

    before, store = connected(), ChromaVectors(Server(url=server, archive="closed"), "chunks-1")
    assert connected() > before
    store.close()
    assert connected() == before


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:8000", "ftp://localhost"])
def test_a_server_that_does_not_answer_is_named(url: str) -> None:
    with pytest.raises(ArchiveError, match=rf"on the server {url} cannot be opened: .*; start it, or mend DATELINE_CH"):
        ChromaVectors(Server(url=url, archive="a"), "chunks-1")


def test_an_archive_asks_and_answers_over_a_server(server: str, tmp_path: Path) -> None:
    own = Settings(db=tmp_path / "archive", chroma_url=server, chroma_token=SecretStr("a-token"))
    archive = Archive(own.db, create=True)
    indexer = build_indexer(own, archive)
    assert indexer.add(read_paths([ARTICLES / "zeytin-hasadi.txt"])).added == 1
    indexer.vectors.close()
    assert not (own.db / "chroma").exists()
    answerer = build_answerer(own)
    assert answerer.search("olives", k=1)[0].score > 0
    answerer.close()
    assert examine(own) == []
    assert not back_up(archive, tmp_path / "copy")
    copied = own.model_copy(update={"db": tmp_path / "copy"})
    assert examine(copied) == ["1 articles have no vectors yet; the next dateline add makes them"]
    indexer = build_indexer(copied, Archive(copied.db))
    assert indexer.repair() == 1
    indexer.vectors.close()
    assert examine(copied) == examine(own) == []
    archive.close()

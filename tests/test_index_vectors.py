"""One contract, kept by the Chroma store and by a brute-force one."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embed import Vectors
from index.errors import ArchiveError
from index.vectors import ChromaVectors
from tests.toys import BruteForceVectors

Store = ChromaVectors | BruteForceVectors
_numbers = count(1)


@pytest.fixture(params=["chroma", "brute force"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "brute force":
        return BruteForceVectors
    return lambda: ChromaVectors(tmp_path / "chroma", f"test-{next(_numbers)}")


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

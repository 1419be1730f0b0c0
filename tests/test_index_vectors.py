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
from index.filters import Filters
from index.vectors import ChromaVectors, describe
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


ABOUT = st.tuples(
    st.sampled_from(["ar", "en", None]),
    st.sampled_from(["The Wire", None]),
    st.sampled_from(["2020-09-27", "2020-09-28", None]),
)
FILTERS = st.builds(
    Filters,
    languages=st.sampled_from([(), ("ar",), ("ar", "en"), ("ru",)]),
    publishers=st.sampled_from([(), ("THE WIRE",)]),
    after=st.sampled_from([None, "2020-09-28"]),
    before=st.sampled_from([None, "2020-09-27"]),
)


@given(st.lists(ABOUT, min_size=1, max_size=30), FILTERS, st.integers(1, 40), st.integers(0, 5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_query_agrees_with_comparing_everything(
    make_store: Callable[[], Store],
    about: list[tuple[str | None, str | None, str | None]],
    filters: Filters,
    k: int,
    seed: int,
) -> None:
    store, vectors, query = make_store(), rows(seed, len(about)), rows(99, 1)[0]
    store.add([f"id{n}" for n in range(len(about))], vectors, [dict(describe(*one)) for one in about])
    found = store.query(query, k, filters)
    expected = BruteForceVectors()
    expected.add([f"id{n}" for n in range(len(about))], vectors, [dict(describe(*one)) for one in about])
    best = expected.query(query, k, filters)
    assert [key for key, _ in found] == [key for key, _ in best]
    assert [score for _, score in found] == pytest.approx([score for _, score in best], abs=1e-5)


def test_adding_again_replaces_and_deleting_forgets(make_store: Callable[[], Store]) -> None:
    store, vectors = make_store(), rows(1, 3)
    store.add(["a", "b"], vectors[:2], [{"day": 0}, {"day": 0}])
    store.add(["b", "c"], vectors[1:], [{"day": 0}, {"day": 0}])
    assert store.ids() == {"a", "b", "c"}
    store.delete(["b", "no such id"])
    assert store.ids() == {"a", "c"}
    assert store.count() == 2
    assert [key for key, _ in store.query(vectors[1], 5)] != []


def test_an_empty_store_finds_nothing(make_store: Callable[[], Store]) -> None:
    assert make_store().query(rows(1, 1)[0], 3) == []


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    ChromaVectors(tmp_path / "chroma", "kept").add(["a"], rows(1, 1), [{"day": 0}])
    assert ChromaVectors(tmp_path / "chroma", "kept").ids() == {"a"}


def test_a_folder_that_cannot_be_opened_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("not a folder")
    with pytest.raises(ArchiveError, match="cannot be opened"):
        ChromaVectors(tmp_path / "chroma", "any")

"""Damaged files bring articles or messages, and nothing else."""

import pytest

from index.readers.source import Source
from tests import fuzz_readers
from tests.fuzz_readers import make_case, problem_of, problems


def test_500_damaged_files_bring_no_traceback_no_hang_and_no_end_of_memory() -> None:
    assert problems(500, seed=20) == []


def test_cases_are_made_again_by_their_seed() -> None:
    assert make_case(1, 7) == make_case(1, 7)
    assert make_case(1, 7) != make_case(2, 7)


def test_what_is_looked_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: Source) -> None:
        raise MemoryError if source.name == "big" else KeyError(source.name)

    monkeypatch.setattr(fuzz_readers, "read_source", broken)
    assert "KeyError: 'a.txt'" in (problem_of("a.txt", b"") or "")
    assert problem_of("big", b"") == "memory"

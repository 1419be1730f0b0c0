"""Stored runs: a folder that `dateline eval run` wrote, or its report.json alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.reports.figures import figures_of
from eval.runner import STATE, read_answers
from index.errors import InputError
from qa.answers import Answer

_KEYS = ("all", "whole", "times", "each", "hashes", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A report under a name, with the answers by case where they are beside it."""

    name: str
    report: Mapping[str, Any]
    answers: Mapping[str, Answer]

    @property
    def figures(self) -> dict[str, float | None]:
        """Every figure by name."""
        return figures_of(self.report)

    def differing(self, other: "Run", *names: str) -> list[str]:
        """Which of the named inputs (cases, archive, model) another run had differently."""
        return [name for name in names if self.report["hashes"].get(name) != other.report["hashes"].get(name)]


def load_run(path: Path, *, answers: bool = False) -> Run:
    """A stored run, by its folder or its report.json.

    Raises:
        InputError: it is missing, unfinished or no report.
    """
    file = path / "report.json" if path.is_dir() else path
    if path.is_dir() and _unfinished(path):
        raise InputError(f"{path}: the run was interrupted; give the same command again, and it goes on")
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}; make it with: dateline eval run") from None
    except ValueError as error:
        raise InputError(f"{file}: not a report: {error}; make it with: dateline eval run") from None
    missing = [name for name in _KEYS if not isinstance(report, dict) or name not in report]
    if missing:
        raise InputError(f"{file}: not a report of this version: {', '.join(missing)} missing; run it again")
    if not report["cases"]:
        raise InputError(f"{file}: the run has no case; run it again with cases")
    return Run(name=str(path), report=report, answers=_answers(path) if answers and path.is_dir() else {})


def check_same_cases(one: Run, two: Run) -> None:
    """See that two runs are of the same cases.

    Raises:
        InputError: they are not.
    """
    if one.differing(two, "cases"):
        raise InputError(f"{one.name} and {two.name} are runs of different case sets; run the same cases for both")


def slim(run: Run) -> dict[str, Any]:
    """A run's figures and inputs without its cases, small enough to be stored as a baseline."""
    if not run.report["each"]:
        raise InputError(f"{run.name} holds figures only; give the run's folder or its report.json")
    groups = {name: run.report["by"][name] for name in ("kind", "split")}
    kept = {name: value for name, value in run.report.items() if name != "risk coverage"}
    return {**kept, "by": groups, "each": {}, "not asked": len(run.report["not asked"])}


def _unfinished(folder: Path) -> bool:
    try:
        return not json.loads((folder / STATE).read_text(encoding="utf-8"))["finished"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _answers(folder: Path) -> dict[str, Answer]:
    return {line["id"]: Answer.from_dict(line["answer"]) for line in read_answers(folder) if "answer" in line}

"""Two runs of the same cases: what differs by more than chance, and which cases came out otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eval.metrics.randomisation import Difference, paired_difference
from eval.runs import Run, check_same_cases
from index.errors import InputError

_TELLING = ("decision", "verdict", "problems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Differences by measure, the figures of the whole runs, and the ids of the cases that changed.

    A case is won where the second run's answer is right and the first's was not, lost the other way round; a case in
    neither changed its decision, verdict or problems. `notes` name inputs that the runs do not share.
    """

    first: Run
    second: Run
    measures: Mapping[str, Difference]
    whole: Mapping[str, tuple[float | None, float | None]]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]


def compare_runs(first: Run, second: Run, *, seed: int) -> Comparison:
    """Compare two runs case by case.

    Raises:
        InputError: they are runs of different cases.
    """
    check_same_cases(first, second)
    ours, theirs = second.report["each"], first.report["each"]
    if not ours or not theirs:
        raise InputError(f"{(second if not ours else first).name}: holds figures only; compare the runs themselves")
    if ours.keys() != theirs.keys():
        odd = sorted(ours.keys() ^ theirs.keys())[0]
        raise InputError(f"case {odd!r} is in one of {first.name} and {second.name} only; run both again")
    gains = {one: _right(ours[one]) - _right(theirs[one]) for one in ours}
    whole = {name: (first.figures.get(name), second.figures.get(name)) for name in second.report["whole"]}
    return Comparison(
        first=first,
        second=second,
        measures=_measures(theirs, ours, seed),
        whole=whole,
        won=tuple(one for one, gain in gains.items() if gain > 0),
        lost=tuple(one for one, gain in gains.items() if gain < 0),
        changed=tuple(one for one, gain in gains.items() if gain or _telling(ours[one]) != _telling(theirs[one])),
        notes=tuple(f"the {name} differs between the runs" for name in first.differing(second, "archive", "model")),
    )


def terminal_lines(found: Comparison) -> list[str]:
    """The comparison for a terminal."""
    lines = [f"first: {found.first.name}", f"second: {found.second.name}", *found.notes, ""]
    lines.append(f"{'measure':<26}{'first':>8}{'second':>8}{'change':>8}{'higher':>8}{'lower':>7}{'cases':>7}{'p':>8}")
    for name, row in found.measures.items():
        change = row.second - row.first
        lines.append(
            f"{name:<26}{row.first:>8.3f}{row.second:>8.3f}{change:>+8.3f}{row.higher:>8}{row.lower:>7}"
            f"{row.paired:>7}{row.p:>8.4f}"
        )
    for name, (one, two) in found.whole.items():
        lines.append(f"{name:<26}{_figure(one):>8}{_figure(two):>8}")
    lines += ["", f"{len(found.won)} cases won, {len(found.lost)} lost, {len(found.changed)} changed in all"]
    lines += [f"won   {one}  {_question(found, one)}" for one in found.won]
    lines += [f"lost  {one}  {_question(found, one)}" for one in found.lost]
    return lines


def _measures(first: Mapping[str, Any], second: Mapping[str, Any], seed: int) -> dict[str, Difference]:
    names = list(dict.fromkeys(name for row in second.values() for name in row["scores"]))
    found = {}
    for name in names:
        rows = [(first[one]["scores"].get(name), second[one]["scores"].get(name)) for one in second]
        pairs = [(one, two) for one, two in rows if one is not None and two is not None]
        if (difference := paired_difference(pairs, seed=seed)) is not None:
            found[name] = difference
    return found


def _right(row: Mapping[str, Any]) -> float:
    return float(row["scores"]["answer"] or 0.0)


def _telling(row: Mapping[str, Any]) -> list[Any]:
    return [row[name] for name in _TELLING]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _question(found: Comparison, case: str) -> str:
    return str(found.second.report["each"][case]["question"])

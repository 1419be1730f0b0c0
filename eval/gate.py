"""The gate: figures of a run against limits and against a baseline."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.reports.figures import LOWER_IS_BETTER
from eval.runs import Run, check_same_cases
from index.errors import InputError, SettingsError

_KEYS = ("minimum", "maximum", "largest_drop", "noise")
_EVEN = 1e-9  # what sums in another order may differ by


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked of one figure: limits, and how much worse than the baseline it may be.

    A change for the worse of at most `noise` is never a drop, whatever `largest_drop` says.
    """

    name: str
    minimum: float | None = None
    maximum: float | None = None
    largest_drop: float | None = None
    noise: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A rule with the figure now and in the baseline; `failure` says why it failed, empty where it passed."""

    rule: Rule
    value: float | None
    baseline: float | None
    failure: str


def load_rules(path: Path, known: Sequence[str]) -> list[Rule]:
    """The rules of a TOML file with one table a figure: `[metrics."citation recall"]`.

    Raises:
        SettingsError: it cannot be read, asks nothing, or a name or a value in it is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}; docs/evaluation.md shows one") from None
    if set(data) - {"metrics"}:
        raise SettingsError(f"{path}: unknown table {sorted(set(data) - {'metrics'})[0]!r}; only [metrics] is read")
    metrics = data.get("metrics")
    if not isinstance(metrics, dict) or not metrics:
        raise SettingsError(f"{path}: no figure is named; write [metrics.NAME] with a minimum or a largest_drop")
    return [_rule(path, name, values, known) for name, values in metrics.items()]


def run_gate(run: Run, baseline: Run, rules: Sequence[Rule]) -> list[Outcome]:
    """Every rule's outcome, in order.

    Raises:
        InputError: the two are runs of different cases, or the baseline lacks a figure that a drop is counted from.
    """
    check_same_cases(run, baseline)
    return [_outcome(rule, run.figures.get(rule.name), baseline) for rule in rules]


def gate_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The outcomes for a terminal, one a line."""
    lines = [f"{'figure':<26}{'now':>9}{'baseline':>10}  result"]
    for one in outcomes:
        now, before = ("-" if value is None else f"{value:.4f}" for value in (one.value, one.baseline))
        lines.append(f"{one.rule.name:<26}{now:>9}{before:>10}  {one.failure or 'passed'}")
    return lines


def _outcome(rule: Rule, value: float | None, baseline: Run) -> Outcome:
    before = baseline.figures.get(rule.name)
    if rule.largest_drop is not None and before is None:
        raise InputError(f"{baseline.name}: the baseline has no {rule.name!r}; make it anew")
    return Outcome(rule=rule, value=value, baseline=before, failure=_failure(rule, value, before))


def _failure(rule: Rule, value: float | None, before: float | None) -> str:
    if value is None:
        return "cannot be scored any more"
    if rule.minimum is not None and value < rule.minimum - _EVEN:
        return f"below the minimum of {rule.minimum:g}"
    if rule.maximum is not None and value > rule.maximum + _EVEN:
        return f"above the maximum of {rule.maximum:g}"
    if rule.largest_drop is None or before is None:
        return ""
    worse = value - before if rule.name in LOWER_IS_BETTER else before - value
    allowed = max(rule.largest_drop, rule.noise)
    return f"worse by {worse:.4f}, at most {allowed:g} is allowed" if worse > allowed + _EVEN else ""


def _rule(path: Path, name: str, values: Any, known: Sequence[str]) -> Rule:  # noqa: ANN401 - what TOML holds
    if name not in known:
        raise SettingsError(f"{path}: no figure is called {name!r}; there are {', '.join(known)}")
    if not isinstance(values, Mapping) or not set(values) & set(_KEYS[:3]):
        raise SettingsError(f"{path}: {name!r} asks nothing; give minimum, maximum or largest_drop")
    for key, value in values.items():
        if key not in _KEYS:
            raise SettingsError(f"{path}: {name!r} has an unknown key {key!r}; known are {', '.join(_KEYS)}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value < float("inf"):
            raise SettingsError(f"{path}: {key} of {name!r} is {value!r}; give a number of 0 or more")
    return Rule(name=name, **{key: float(value) for key, value in values.items()})

"""Scores to report.json and report.md."""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.metrics import mean
from eval.runner import Scored
from qa.answers import Decision, Refusal

_PACKAGES = ("chromadb", "dateline", "sentence-transformers", "torch", "transformers")


def make_report(scored: Sequence[Scored], failed: Sequence[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Means over all cases, by kind, by question language and by split; the refusals; settings and versions."""
    groups: dict[str, Callable[[Scored], str]] = {
        "kind": lambda one: one.case.kind,
        "language": lambda one: one.case.language or one.answer.language or "unknown",
        "split": lambda one: one.case.split or "none",
    }
    return {
        "cases": len(scored),
        "not asked": list(failed),
        "all": _means(scored),
        "by": {name: _grouped(scored, key) for name, key in groups.items()},
        "refusals": _refusals(scored),
        "settings": dict(settings),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def write_report(report: Mapping[str, Any], scored: Sequence[Scored], out: Path) -> None:
    """Write `out`/report.json and `out`/report.md."""
    each = {one.case.id: {"kind": one.case.kind, "decision": one.answer.decision} | one.scores for one in scored}
    text = json.dumps({**report, "each": each}, ensure_ascii=False, indent=1)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.md").write_text(_markdown(report), encoding="utf-8")


def _means(scored: Sequence[Scored]) -> dict[str, dict[str, float | int | None]]:
    means = {name: mean(one.scores[name] for one in scored) for name in (scored[0].scores if scored else ())}
    return {name: {"mean": value, "scored": count} for name, (value, count) in means.items()}


def _grouped(scored: Sequence[Scored], key: Callable[[Scored], str]) -> dict[str, Any]:
    names = sorted({key(one) for one in scored})
    return {name: _means([one for one in scored if key(one) == name]) for name in names}


def _refusals(scored: Sequence[Scored]) -> dict[str, Any]:
    """Precision and recall of refusing, over the cases that should and should not be."""
    refused = [one for one in scored if one.answer.decision is Decision.REFUSED]
    right = [one for one in refused if not one.case.answerable]
    due = [one for one in scored if not one.case.answerable]
    return {
        "precision": len(right) / len(refused) if refused else None,
        "recall": len(right) / len(due) if due else None,
        "by reason": {reason: sum(one.answer.refusal is reason for one in refused) for reason in Refusal},
    }


def _markdown(report: Mapping[str, Any]) -> str:
    names = list(report["all"])
    lines = [f"# Evaluation of {report['cases']} cases", "", "Means; in brackets how many cases could be scored.", ""]
    rows = {"all": report["all"]}
    for group, parts in report["by"].items():
        rows |= {f"{group} {name}": means for name, means in parts.items()}
    lines += [f"| | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    lines += [f"| {name} | {' | '.join(_cell(means[one]) for one in names)} |" for name, means in rows.items()]
    lines += [f"- not asked: {message}" for message in report["not asked"]]
    refusals = report["refusals"]
    lines += ["", f"Refusing: precision {_figure(refusals['precision'])}, recall {_figure(refusals['recall'])}.", ""]
    lines += ["| setting | value |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in (report["settings"] | report["versions"]).items()]
    return "\n".join(lines) + "\n"


def _cell(value: Mapping[str, float | int | None]) -> str:
    return f"{_figure(value['mean'])} ({value['scored']})"


def _figure(value: float | int | None) -> str:
    return "-" if value is None else f"{value:.3f}"

"""Scores to the figures of report.json: means with intervals, in all and by group, and what only a whole run has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval.metrics import decisions, refusals
from eval.metrics.bootstrap import interval, mean
from eval.metrics.calibration import calibration_bins, calibration_error
from eval.metrics.latency import latency
from eval.scores import PROBLEMS, Scored
from qa.answers import Answer, Decision, Refusal

LOWER_IS_BETTER = ("AURC", "ECE", "latency mean", "latency p50", "latency p95", "tokens")
_POINTS = 200  # of the risk-coverage curve, at the most

GROUPS: Mapping[str, Callable[[Scored], Sequence[str]]] = {
    "kind": lambda one: [one.case.kind],
    "language": lambda one: [_language(one)],
    "article language": lambda one: one.languages,
    "pair": lambda one: [f"{_language(one)}-{language}" for language in one.languages],
    "split": lambda one: [one.case.split or "none"],
}


def make_report(scored: Sequence[Scored], stamp: Mapping[str, Any], *, judge: str | None = None) -> dict[str, Any]:
    """The report of a run; all but `times` is the same for the same inputs. `judge` is the name of ALCE's judge."""
    seed = int(stamp["seed"])
    seconds = [one.answer.timings["total"] for one in scored if one.answer and "total" in one.answer.timings]
    return {
        "cases": len(scored),
        "not asked": [f"case {one.case.id}: {one.problem}" for one in scored if one.problem],
        "all": _means(scored, seed),
        "by": {name: _grouped(scored, key, seed) for name, key in GROUPS.items()},
        **_whole(scored),
        "problems": {name: sum(name in one.problems for one in scored) for name in PROBLEMS},
        "judge": judge,
        **stamp,
        "times": latency(seconds),
        "each": {one.case.id: _each(one) for one in scored},
    }


def figures_of(report: Mapping[str, Any]) -> dict[str, float | None]:
    """Every figure of a report by name, for the gate and for comparing."""
    means = {name: row["mean"] for name, row in report["all"].items()}
    return means | dict(report["whole"]) | dict(report["times"])


def verdict_pairs(scored: Sequence[Scored]) -> list[tuple[str, str]]:
    """(gold, said) for the cases with a verdict."""
    rows = [(one.case.verdict, one.answer.verdict if one.answer else None) for one in scored]
    return [(str(gold), str(said or decisions.MISSING)) for gold, said in rows if gold]


def _whole(scored: Sequence[Scored]) -> dict[str, Any]:
    pairs = verdict_pairs(scored)
    asked = [(one.case.answerable, one.answer is not None and _refused(one.answer)) for one in scored]
    sure = [(one.answer, float(one.scores["answer"] or 0)) for one in scored if one.answer]
    curve = refusals.risk_coverage([(a.confidence, right) for a, right in sure if not _refused(a)], len(scored))
    bins = calibration_bins([(answer.confidence, right) for answer, right in sure])
    reasons = [one.answer.refusal for one in scored if one.answer and _refused(one.answer)]
    return {
        "whole": {
            "balanced accuracy": decisions.balanced_accuracy(pairs),
            "refusal precision": refusals.refusal_precision(asked),
            "refusal recall": refusals.refusal_recall(asked),
            "AURC": refusals.area_under(curve),
            "ECE": calibration_error(bins),
        },
        "confusion": decisions.confusion(pairs),
        "risk coverage": [list(point) for point in curve[:: max(1, -(-len(curve) // _POINTS))]],
        "calibration": [[one.confidence, one.right, one.count] for one in bins],
        "refusals": {reason: reasons.count(reason) for reason in Refusal},
    }


def _refused(answer: Answer) -> bool:
    return answer.decision is Decision.REFUSED


def _language(one: Scored) -> str:
    return one.case.language or (one.answer and one.answer.language) or "unknown"


def _means(scored: Sequence[Scored], seed: int) -> dict[str, dict[str, float | int | None]]:
    return {name: _mean([one.scores[name] for one in scored], seed) for name in (scored[0].scores if scored else ())}


def _mean(values: Sequence[float | None], seed: int) -> dict[str, float | int | None]:
    value, count = mean(values)
    low, high = interval(values, seed=seed) or (None, None)
    return {"mean": value, "low": low, "high": high, "scored": count, "not scorable": len(values) - count}


def _grouped(scored: Sequence[Scored], key: Callable[[Scored], Sequence[str]], seed: int) -> dict[str, Any]:
    members: dict[str, list[Scored]] = {}
    for one in scored:
        for name in key(one):
            members.setdefault(name, []).append(one)
    return {name: {"cases": len(members[name])} | _means(members[name], seed) for name in sorted(members)}


def _each(one: Scored) -> dict[str, Any]:
    answer = one.answer
    return {
        "kind": one.case.kind,
        "question": one.case.question,
        "gold verdict": one.case.verdict,
        "decision": answer.decision if answer else None,
        "verdict": answer.verdict if answer else None,
        "problems": list(one.problems),
        "scores": one.scores,
    }

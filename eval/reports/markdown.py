"""The report as Markdown."""

from collections.abc import Mapping
from typing import Any

from eval.judge_chat import judged_lines
from index.errors import InputError


def to_markdown(report: Mapping[str, Any]) -> str:
    """The figures with their intervals, then by group, then what the run was made with."""
    lines = [f"# Evaluation of {report['cases']} cases", ""]
    lines += ["| measure | mean | 95 % interval | scored | not scorable |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [f"| {name} | {' | '.join(_row(row))} |" for name, row in report["all"].items()]
    lines += ["", "| of the whole run | |", "| --- | ---: |"]
    lines += [f"| {name} | {figure(value)} |" for name, value in (report["whole"] | report["times"]).items()]
    if report["judge"]:
        lines += ["", f"ALCE's scores are judged by {report['judge']}."]
    if report["not asked"]:
        lines += ["", "Not asked, and counted as wrong:", ""]
        lines += [f"- {_cell(message)}" for message in report["not asked"]]
    if judged := report.get("judged"):
        lines += ["", "## Opinion of a chat model", "", *(f"- {_cell(line)}" for line in judged_lines(judged))]
    lines += ["", "## By group", "", "Means; in brackets how many cases could be scored.", *_groups(report)]
    lines += ["## Made with", "", "| | |", "| --- | --- |"]
    rows = {"seed": report["seed"]} | report["settings"] | report["versions"]
    rows |= {f"SHA-256 of the {name}": value for name, value in report["hashes"].items()}
    lines += [f"| {name} | {_cell(value)} |" for name, value in rows.items()]
    return "\n".join(lines) + "\n"


def to_results(report: Mapping[str, Any]) -> str:
    """docs/results.md: the figures of a stored run, in all, by split and by kind."""
    versions = ", ".join(f"{name} {value}" for name, value in report["versions"].items())
    hashes = ", ".join(f"{name} `{value[:12]}`" for name, value in report["hashes"].items())
    names = [name for name, row in report["all"].items() if row["scored"]]
    columns = {f"{group} {part}": row for group in ("split", "kind") for part, row in report["by"][group].items()}
    lines = ["# Results", "", "Written by `dateline eval keep` from a stored run; do not edit it by hand.", ""]
    lines += [f"Sample set, {report['cases']} cases, defaults. {versions}; SHA-256: {hashes}.", ""]
    lines += [f"| | all | 95 % interval | {' | '.join(columns)} |", f"| --- | ---: | ---: |{' ---: |' * len(columns)}"]
    lines.append(f"| cases | {report['cases']} | | {' | '.join(str(row['cases']) for row in columns.values())} |")
    for name in names:
        mean, spread, *_ = _row(report["all"][name])
        cells = " | ".join(figure(row[name]["mean"]) for row in columns.values())
        lines.append(f"| {name} | {mean} | {spread} | {cells} |")
    lines += ["", "| of the whole run | |", "| --- | ---: |"]
    lines += [f"| {name} | {figure(value)} |" for name, value in report["whole"].items()]
    return "\n".join(lines) + "\n"


def side_by_side(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """A table of the means of several runs by name.

    Raises:
        InputError: they are runs of different cases.
    """
    if len({report["hashes"]["cases"] for report in reports.values()}) > 1:
        raise InputError(f"{', '.join(reports)} are runs of different case sets; run the same cases for all")
    lines = [f"| | {' | '.join(reports)} |", f"| --- |{' ---: |' * len(reports)}"]
    for name in next(iter(reports.values()))["all"]:
        cells = (report["all"].get(name, {}).get("mean") for report in reports.values())
        lines.append(f"| {name} | {' | '.join(map(figure, cells))} |")
    for name in ("AURC", "ECE"):
        lines.append(f"| {name} | {' | '.join(figure(report['whole'][name]) for report in reports.values())} |")
    return "\n".join(lines) + "\n"


def summary(report: Mapping[str, Any]) -> list[str]:
    """The figures as lines for a terminal."""
    lines = []
    for name, row in report["all"].items():
        spread = "" if row["low"] is None else f"  [{figure(row['low'])}, {figure(row['high'])}]"
        lines.append(f"{name:<26}{figure(row['mean']):>8}  of {row['scored']} cases{spread}")
    whole = report["whole"] | report["times"]
    return lines + [f"{name:<26}{figure(value):>8}" for name, value in whole.items()]


def figure(value: float | int | None) -> str:
    """Three places, or a dash for what cannot be scored.

    >>> figure(0.25), figure(None)
    ('0.250', '-')
    """
    return "-" if value is None else f"{value:.3f}"


def _groups(report: Mapping[str, Any]) -> list[str]:
    names = list(report["all"])
    lines = ["", f"| | cases | {' | '.join(names)} |", f"| --- | ---: |{' ---: |' * len(names)}"]
    for group, parts in report["by"].items():
        for part, row in parts.items():
            cells = " | ".join(f"{figure(row[name]['mean'])} ({row[name]['scored']})" for name in names)
            lines.append(f"| {group} {_cell(part)} | {row['cases']} | {cells} |")
    return [*lines, ""]


def _row(row: Mapping[str, Any]) -> list[str]:
    spread = "-" if row["low"] is None else f"{figure(row['low'])} to {figure(row['high'])}"
    return [figure(row["mean"]), spread, str(row["scored"]), str(row["not scorable"])]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")

"""report.html: the figures, the charts, and every case with its citations in their articles."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from eval.judge_chat import judged_lines
from eval.reports import charts
from eval.reports.embed import page, safe
from eval.reports.markdown import figure
from eval.reports.page_data import page_data
from eval.scores import PROBLEMS, Scored
from index.articles import Article


def to_page(report: Mapping[str, Any], scored: Sequence[Scored], articles: Mapping[str, Article]) -> str:
    """The whole page; it works without a network, and what articles hold is shown as text."""
    body = (
        f"<header><h1>Evaluation of {report['cases']} cases</h1><p>{_made(report)}</p></header><main>"
        f"<section><h2>Figures</h2>{_table(report)}{_whole(report)}</section>{_judged(report)}"
        f"<section><h2>Charts</h2>{_charts(report, scored)}</section>"
        f"<section><h2>By group</h2>{_groups(report)}</section>"
        f"<section><h2>Cases</h2>{_controls(report)}"
        '<p id="count" role="status"></p><div id="cases"></div>'
        '<button id="more" type="button" hidden>Show more</button>'
        "<noscript><p>The cases are shown by a script inside this file; allow it to run.</p></noscript></section>"
        f"<section><h2>Made with</h2>{_settings(report)}</section></main>"
    )
    return page(f"Evaluation of {report['cases']} cases", body, page_data(scored, articles))


def _made(report: Mapping[str, Any]) -> str:
    hashes = ", ".join(f"{safe(name)} <code>{safe(value[:12])}</code>" for name, value in report["hashes"].items())
    judge = f"; ALCE's scores judged by {safe(report['judge'])}" if report["judge"] else ""
    return f"dateline {safe(report['versions']['dateline'])}, seed {report['seed']}; {hashes}{judge}"


def _table(report: Mapping[str, Any]) -> str:
    head = "<tr><th>measure<th class=n>mean<th>95 % interval<th class=n>scored<th class=n>not scorable</tr>"
    rows = "".join(
        f"<tr><th>{safe(name)}<td class=n>{figure(row['mean'])}<td>{_interval(row)}<td class=n>{row['scored']}"
        f"<td class=n>{row['not scorable']}</tr>"
        for name, row in report["all"].items()
    )
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _interval(row: Mapping[str, Any]) -> str:
    """The interval in figures and drawn on a line from 0 to 1."""
    if row["low"] is None:
        return "-"
    text = f"{figure(row['low'])} to {figure(row['high'])}"
    if row["high"] > 1:
        return text
    low, high, middle = (100 * row[name] for name in ("low", "high", "mean"))
    return (
        f'<svg class="span" viewBox="0 0 100 10" width="100" height="10" aria-hidden="true">'
        f'<rect class="well" x="0" y="4" width="100" height="2"/><rect class="reach" x="{low:.1f}" y="3" '
        f'width="{max(high - low, 0.5):.1f}" height="4"/>'
        f'<rect class="at" x="{middle - 1:.1f}" y="0" width="2" height="10"/></svg> {text}'
    )


def _whole(report: Mapping[str, Any]) -> str:
    rows = [*report["whole"].items(), *((f"{name} (s)", value) for name, value in report["times"].items())]
    tiles = "".join(f"<div><dt>{safe(name)}</dt><dd>{figure(value)}</dd></div>" for name, value in rows)
    missed = "".join(f"<li><bdi>{safe(one)}</bdi></li>" for one in report["not asked"])
    return f'<dl class="tiles">{tiles}</dl>' + (
        f"<h3>Not asked, counted as wrong</h3><ul>{missed}</ul>" if missed else ""
    )


def _judged(report: Mapping[str, Any]) -> str:
    lines = judged_lines(report["judged"]) if "judged" in report else []
    shown = "".join(f"<p><bdi>{safe(line)}</bdi></p>" for line in lines)
    return f"<section><h2>Opinion of a chat model</h2>{shown}</section>" if shown else ""


def _charts(report: Mapping[str, Any], scored: Sequence[Scored]) -> str:
    seconds = [one.answer.timings["total"] for one in scored if one.answer and "total" in one.answer.timings]
    drawn = {
        "Risk and coverage": charts.curve(report["risk coverage"]),
        "Calibration": charts.reliability(report["calibration"]),
        "Verdicts": charts.grid(_confused(report["confusion"]), "gold", "said"),
        "Begins with gold, by language": charts.grid(_languages(report["by"]["pair"]), "question", "article"),
        "Seconds": charts.histogram(seconds),
    }
    figures = (f"<figure><figcaption>{escape(name)}</figcaption>{svg}</figure>" for name, svg in drawn.items() if svg)
    return f'<div class="charts">{"".join(figures)}</div>'


def _confused(matrix: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], tuple[float, str]]:
    return {
        (gold, said): (count / max(1, sum(row.values())), str(count))
        for gold, row in matrix.items()
        for said, count in row.items()
    }


def _languages(pairs: Mapping[str, Any]) -> dict[tuple[str, str], tuple[float, str]]:
    """Question and article language to the share of right answers; a case counts at each of its gold's languages."""
    cells = {}
    for name, row in pairs.items():
        asked, _, held = name.partition("-")
        value = row["answer"]["mean"]
        cells[asked, held] = (value or 0.0, "-" if value is None else f"{value:.2f}")
    return cells


def _groups(report: Mapping[str, Any]) -> str:
    return "".join(_group(name, parts, list(report["all"])) for name, parts in report["by"].items() if parts)


def _group(name: str, parts: Mapping[str, Any], measures: Sequence[str]) -> str:
    head = f"<tr><th>{safe(name)}<th class=n>cases{''.join(f'<th class=n>{safe(one)}' for one in measures)}</tr>"
    rows = "".join(
        f"<tr><th><bdi>{safe(part)}</bdi><td class=n>{row['cases']}"
        + "".join(f"<td class=n title='{row[one]['scored']} scored'>{figure(row[one]['mean'])}" for one in measures)
        for part, row in parts.items()
    )
    return f'<details><summary>{safe(name)}</summary><div class="wide"><table>{head}{rows}</table></div></details>'


def _controls(report: Mapping[str, Any]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="problem" value="{name}"> {name} ({report["problems"][name]})</label>'
        for name in PROBLEMS
    )
    chosen = "".join(
        f'<label>{label} <select name="{field}"><option value="">all</option>'
        + "".join(f'<option value="{safe(one)}">{safe(one)}</option>' for one in report["by"][group])
        + "</select></label>"
        for field, label, group in (("kind", "kind", "kind"), ("language", "language", "language"))
    )
    search = '<label>text <input type="search" name="text" dir="auto"></label>'
    marks = "".join(
        f'<mark class="{kind}">{name}</mark> '
        for kind, name in (("cited", "cited"), ("gold", "gold"), ("gold cited", "cited and gold"))
    )
    return f'<form id="filters">{boxes}{chosen}{search}</form><p class="legend">{marks}</p>'


def _settings(report: Mapping[str, Any]) -> str:
    rows = {"seed": report["seed"]} | report["settings"] | report["versions"]
    rows |= {f"SHA-256 of the {name}": value for name, value in report["hashes"].items()}
    cells = "".join(f"<tr><th>{safe(name)}<td><bdi>{safe(value)}</bdi></tr>" for name, value in rows.items())
    return f'<div class="wide"><table>{cells}</table></div>'

"""The comparison as one self-contained page: figures, and the cases that changed side by side."""

from typing import Any

from eval.compare import Comparison
from eval.reports.embed import clean, page, safe
from eval.reports.markdown import figure
from eval.runs import Run


def to_compare_page(found: Comparison) -> str:
    """The page; it works without a network, and what answers hold is shown as text."""
    names = f"<bdi>{safe(found.first.name)}</bdi> (first) and <bdi>{safe(found.second.name)}</bdi> (second)"
    notes = "".join(f"<p class=bad>{safe(note)}</p>" for note in found.notes)
    boxes = "".join(
        f'<label><input type="checkbox" name="problem" value="{name}"> {name} ({len(cases)})</label>'
        for name, cases in (("won", found.won), ("lost", found.lost))
    )
    search = '<label>text <input type="search" name="text" dir="auto"></label>'
    body = (
        f"<header><h1>Two runs compared</h1><p>{names}</p>{notes}</header><main>"
        f"<section><h2>Figures</h2>{_table(found)}</section>"
        f'<section><h2>Cases that changed</h2><form id="filters">{boxes}{search}</form>'
        '<p id="count" role="status"></p><div id="cases"></div>'
        '<button id="more" type="button" hidden>Show more</button></section></main>'
    )
    return page("Two runs compared", body, {"articles": {}, "cases": [_case(found, one) for one in found.changed]})


def _table(found: Comparison) -> str:
    head = "".join(f"<th class=n>{name}" for name in ("first", "second", "change", "higher", "lower", "cases", "p"))
    rows = [
        f"<tr><th>{safe(name)}<td class=n>{figure(row.first)}<td class=n>{figure(row.second)}"
        f"<td class=n>{row.second - row.first:+.3f}<td class=n>{row.higher}<td class=n>{row.lower}"
        f"<td class=n>{row.paired}<td class=n>{row.p:.4f}</tr>"
        for name, row in found.measures.items()
    ]
    rows += [
        f"<tr><th>{safe(name)}<td class=n>{figure(one)}<td class=n>{figure(two)}<td colspan=5></tr>"
        for name, (one, two) in found.whole.items()
    ]
    note = "<p class=soft>p: paired randomisation test over the cases scored in both runs, one measure at a time.</p>"
    return f'<div class="wide"><table><tr><th>measure{head}</tr>{"".join(rows)}</table></div>{note}'


def _case(found: Comparison, case: str) -> dict[str, Any]:
    row = found.second.report["each"][case]
    result = "won" if case in found.won else "lost" if case in found.lost else None
    sides = [_side("first", found.first, case), _side("second", found.second, case)]
    return {
        "id": clean(case),
        "kind": row["kind"],
        "language": "",
        "question": clean(row["question"]),
        "text": clean(" ".join(side["text"] for side in sides)),
        "problems": [result] if result else [],
        "right": result == "won",
        "sides": sides,
    }


def _side(title: str, run: Run, case: str) -> dict[str, Any]:
    row, answer = run.report["each"][case], run.answers.get(case)
    said = [row["decision"] or "not asked", f"verdict {row['verdict']}" if row["verdict"] else ""]
    cites = answer.citations if answer else ()
    return {
        "title": f"{title}: {', '.join(one for one in said if one)}",
        "text": clean(answer.text) if answer else "",
        "right": row["scores"]["answer"] == 1.0,
        "problems": row["problems"],
        "quotes": [[clean(one.title or one.article_id), clean(one.quote)] for one in cites],
    }

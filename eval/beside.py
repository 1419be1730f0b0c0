"""`dateline eval baseline`: the same cases through other ways of answering, and what Dateline adds to them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.cases import load_cases
from eval.console import OUT, refusing
from eval.peers import PEERS
from eval.reports.figures import figures_of
from eval.reports.markdown import side_by_side
from eval.run import RunOptions, choose_split, evaluate_peer
from eval.runs import load_run
from index.errors import InputError
from qa.settings import load_settings

BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
_OURS = "dateline"
_TITLES = {"dateline": "Dateline", "bm25": "BM25", "langchain": "LangChain recipe", "txtai": "txtai"}
_ROWS = {
    "article success@1": "the first hit is of an article that answers",
    "citation recall": "of the sentences that answer, shown",
    "citation precision": "of what is shown, sentences that answer",
    "citation overlap": "of the text shown around an answer, the answer",
    "answer": "begins with an answer, or refuses where none is",
    "refused when not stated": "refuses where none is",
    "AURC": "wrong among answers, surest first (AURC, lower is better)",
    "tokens": "tokens shown",
}


def baseline(
    cases: Annotated[Path, typer.Argument(help="JSONL, one case a line (docs/evaluation.md).")],
    out: Annotated[Path, typer.Option(help="Folder for one run a peer, as `run` writes it.")],
    peer: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(PEERS)} (repeatable).")] = None,
    beside: Annotated[Path | None, typer.Option(help="A run of Dateline's to show beside them.")] = None,
    db: Annotated[Path | None, typer.Option("--db", help="Folder of the archive.")] = None,
    split: Annotated[str | None, typer.Option(help="Only the cases of this split.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Also keep the figures in this JSON file.")] = None,
    readme: Annotated[Path | None, typer.Option(help=f"Also put a short table between {BEGIN} and {END}.")] = None,
) -> None:
    """Run the same cases through other ways of answering: BM25 alone, the plain LangChain recipe, txtai."""
    with refusing():
        settings = load_settings(db=db)
        chosen = choose_split(load_cases(cases), split, cases)
        columns = {_OURS: load_run(beside).report} if beside else {}
        for name in peer or list(PEERS):
            columns[name] = evaluate_peer(name, settings, chosen, RunOptions(out=out / name, at_once=1), lambda _: None)
        table = side_by_side(columns)
        (out / "peers.md").write_text(table, encoding="utf-8")
        kept = kept_figures(columns)
        if keep:
            keep.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        if readme:
            readme.write_text(with_table(readme.read_text(encoding="utf-8"), kept), encoding="utf-8")
    OUT.print(table + f"written to {out}/peers.md and one folder a peer")


def kept_figures(reports: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What is stored of the runs: how many cases of which set, and every figure but the times by column."""
    first = next(iter(reports.values()))
    figures = {name: figures_of({**report, "times": {}}) for name, report in reports.items()}
    return {"cases": first["cases"], "hash": first["hashes"]["cases"], "figures": figures}


def with_table(text: str, kept: Mapping[str, Any]) -> str:
    """The text with the short table between its two marks.

    Raises:
        InputError: a mark is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"the text has no {BEGIN} followed by {END}; put both where the table is to stand")
    return f"{before}{BEGIN}\n{_table(kept)}{END}{after}"


def _table(kept: Mapping[str, Any]) -> str:
    columns = kept["figures"]
    lines = [f"| {kept['cases']} cases | {' | '.join(_TITLES.get(name, name) for name in columns)} |"]
    lines.append(f"| --- |{' ---: |' * len(columns)}")
    for name, words in _ROWS.items():
        cells = " | ".join(_cell(name, row.get(name)) for row in columns.values())
        lines.append(f"| {words} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(name: str, value: float | None) -> str:
    """Two places, whole tokens, a dash for what cannot be scored.

    >>> _cell("answer", 0.4829), _cell("tokens", 1209.4), _cell("answer", None)
    ('.48', '1,209', '-')
    """
    if value is None:
        return "-"
    return f"{value:,.0f}" if name == "tokens" else f"{value:.2f}".removeprefix("0")

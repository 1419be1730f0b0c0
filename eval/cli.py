"""`dateline eval`. Exit codes: 0 done, 2 could not run."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from eval.cases import Case, check_gold, load_cases
from eval.report import make_report, write_report
from eval.runner import Scored, run_cases
from index.archive import Archive
from index.errors import DatelineError, InputError
from qa.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, help="Measure answers on question sets.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


@app.callback()
def evaluate() -> None:
    """Measure answers on question sets."""


@app.command()
def run(
    cases: Annotated[Path, typer.Argument(help="JSONL, one case a line (docs/evaluation.md).")],
    out: Annotated[Path, typer.Option(help="Folder for answers.jsonl, report.json and report.md.")],
    db: Annotated[Path | None, typer.Option("--db", help="Folder of the archive.")] = None,
    split: Annotated[str | None, typer.Option(help="Only the cases of this split, e.g. dev.")] = None,
) -> None:
    """Ask every case and write what came of it."""
    try:
        settings = load_settings(db=db)
        chosen = _choose(load_cases(cases), split, cases)
        out.mkdir(parents=True, exist_ok=True)
        scored = _run(settings, chosen, out)
        report = make_report(scored, settings.model_dump(mode="json") | {"cases file": str(cases), "split": split})
        write_report(report, scored, out)
    except (DatelineError, OSError) as error:
        _err.print(f"dateline eval: {error}")
        sys.exit(2)
    for name, value in report["all"].items():
        figure = "-" if value["mean"] is None else f"{value['mean']:.3f}"
        _out.print(f"{name:<24}{figure:>7}  of {value['scored']} cases")
    _out.print(f"written to {out}/report.md, report.json and answers.jsonl")


def _choose(cases: list[Case], split: str | None, path: Path) -> list[Case]:
    chosen = [case for case in cases if split in (None, case.split)]
    if not chosen:
        known = ", ".join(sorted({case.split or "none" for case in cases}))
        raise InputError(f"{path}: no case has the split {split!r}; there are: {known}")
    return chosen


def _run(settings: Settings, cases: list[Case], out: Path) -> list[Scored]:
    from qa.app import build_answerer

    needed = {span.article for case in cases for group in case.gold for span in group}
    check_gold(cases, Archive(settings.db).get(needed))
    answerer = build_answerer(settings)
    with Progress(console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("Asking", total=len(cases))
        return run_cases(answerer, cases, out, lambda done: bar.advance(task, done))

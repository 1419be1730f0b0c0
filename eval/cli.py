"""`dateline eval`. Exit codes: 0 done, 2 could not run."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from eval.benchmarks.embedders import make_embedders
from eval.benchmarks.pool import Options
from eval.benchmarks.result import Result, write_result
from eval.benchmarks.run import BENCHMARKS, run_benchmark
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
        scored, failed = _run(settings, chosen, out)
        report = make_report(
            scored, failed, settings.model_dump(mode="json") | {"cases file": str(cases), "split": split}
        )
        write_report(report, scored, out)
        for message in failed:
            _err.print(f"not asked: {message}")
    except (DatelineError, OSError) as error:
        _err.print(f"dateline eval: {error}")
        sys.exit(2)
    for name, value in report["all"].items():
        figure = "-" if value["mean"] is None else f"{value['mean']:.3f}"
        _out.print(f"{name:<24}{figure:>7}  of {value['scored']} cases")
    _out.print(f"written to {out}/report.md, report.json and answers.jsonl")


@app.command()
def benchmark(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHMARKS)} (docs/benchmarks.md).")],
    data: Annotated[Path, typer.Option(help="Folder that holds xquad-r/, ntrex/ and tydiqa/.")],
    out: Annotated[Path, typer.Option(help="Folder for NAME.json and NAME.md.")] = Path("dateline-benchmarks"),
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many paragraphs a language, or articles.")] = None,
    languages: Annotated[str | None, typer.Option(help="The data set's own codes, e.g. en,ar or eng,arb.")] = None,
    questions: Annotated[Path | None, typer.Option(help="For ntrex: JSONL of questions with their lines.")] = None,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to record.", show_default="today")
    ] = None,
) -> None:
    """Measure retrieval on a public data set, beside the published figures."""
    chosen = tuple(one.strip() for one in (languages or "").split(",") if one.strip())
    try:
        options = Options(languages=chosen, limit=limit, questions=questions)
        result = _benchmark(name, data, options, date or datetime.now())
        write_result(result, out)
    except (DatelineError, OSError) as error:
        _err.print(f"dateline eval: {error}")
        sys.exit(2)
    _out.print(result.table())
    _out.print(f"written to {out}/{result.name}.md and {result.name}.json")


def _benchmark(name: str, data: Path, options: Options, day: datetime) -> Result:
    columns = (TextColumn("Embedding"), MofNCompleteColumn(), TextColumn("texts"))
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("Embedding", total=None)
        embedders = make_embedders(load_settings(), lambda done: bar.advance(task, done))
        return run_benchmark(name, data, embedders, options, day.date())


def _choose(cases: list[Case], split: str | None, path: Path) -> list[Case]:
    chosen = [case for case in cases if split in (None, case.split)]
    if not chosen:
        known = ", ".join(sorted({case.split or "none" for case in cases}))
        raise InputError(f"{path}: no case has the split {split!r}; there are: {known}")
    return chosen


def _run(settings: Settings, cases: list[Case], out: Path) -> tuple[list[Scored], list[str]]:
    from qa.app import build_answerer

    needed = {span.article for case in cases for group in case.gold for span in group}
    check_gold(cases, Archive(settings.db).get(needed))
    answerer = build_answerer(settings)
    with Progress(console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("Asking", total=len(cases))
        return run_cases(answerer, cases, out, lambda done: bar.advance(task, done))

"""`dateline eval`. Exit codes: 0 done, 1 failed or findings, 2 could not run, 3 bad configuration."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from eval.benchmarks.catalogue import listing, load_stored
from eval.benchmarks.catalogue import results as benchmark_results
from eval.benchmarks.embedders import make_embedders
from eval.benchmarks.keep import commit_of, keep_result
from eval.benchmarks.pool import Options
from eval.benchmarks.result import Result, write_result
from eval.benchmarks.run import BENCHMARKS, run_benchmark
from eval.beside import baseline
from eval.cases import load_cases
from eval.check import check_cases, read_articles, stored_articles
from eval.compare import compare_runs, terminal_lines
from eval.console import ERR, OUT, refusing
from eval.convert.formats import FORMATS, parse_columns
from eval.convert.formats import Options as FormatOptions
from eval.convert.formats import convert as convert_format
from eval.convert.record import write_converted
from eval.draft import add_cases, choose_sentences
from eval.gate import gate_lines, load_rules, run_gate
from eval.judge_chat import judged_lines
from eval.reports.compare_page import to_compare_page
from eval.reports.markdown import summary, to_results
from eval.reports.write import FILES
from eval.run import RunOptions, choose_split, evaluate_archive
from eval.runs import load_run, slim
from eval.sets import attacks, conversations, rewrites
from index.archive import Archive
from qa.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Measure answers on question sets.")


for _command in (baseline, rewrites, conversations, attacks):
    app.command()(_command)


@app.callback()
def evaluate() -> None:
    """Measure answers on question sets."""


@app.command()
def run(
    cases: Annotated[Path, typer.Argument(help="JSONL, one case a line (docs/evaluation.md).")],
    out: Annotated[Path, typer.Option(help="Folder for answers.jsonl and the reports.")],
    db: Annotated[Path | None, typer.Option("--db", help="Folder of the archive.")] = None,
    split: Annotated[str | None, typer.Option(help="Only the cases of this split, e.g. dev.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals.")] = 7,
    entailment: Annotated[bool, typer.Option(help="Also ALCE's scores, judged by the bundled reader (slow).")] = False,
    judge: Annotated[bool, typer.Option(help="Also the opinion of the chat model of the setting llm.")] = False,
    fresh: Annotated[bool, typer.Option(help="Do not go on with an interrupted run.")] = False,
    at_once: Annotated[int | None, typer.Option(min=1, help="Cases asked at a time; without it one a core.")] = None,
) -> None:
    """Ask every case and write what came of it; a run that was interrupted goes on where it stopped."""
    with refusing():
        settings = load_settings(db=db)
        chosen = choose_split(load_cases(cases), split, cases)
        with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
            task = bar.add_task("Asking", total=len(chosen))
            options = RunOptions(out=out, seed=seed, entailment=entailment, fresh=fresh, judge=judge, at_once=at_once)
            report = evaluate_archive(settings, chosen, options, lambda done: bar.advance(task, done))
        for message in report["not asked"]:
            ERR.print(f"not asked: {message}")
        for line in summary(report) + (judged_lines(report["judged"]) if judge else []):
            OUT.print(line)
        OUT.print(f"written to {out}/{', '.join(FILES)} and answers.jsonl")


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a run, or its report.json.")],
    second: Annotated[Path, typer.Argument(help="Another run of the same cases.")],
    html: Annotated[Path | None, typer.Option(help="Also write a page, changed cases side by side.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the randomisation test.")] = 7,
) -> None:
    """Compare two runs: what differs by more than chance, and which cases changed."""
    with refusing():
        found = compare_runs(load_run(first, answers=True), load_run(second, answers=True), seed=seed)
        if html:
            html.write_text(to_compare_page(found), encoding="utf-8", errors="replace")
        for line in terminal_lines(found) + ([f"written to {html}"] if html else []):
            OUT.print(line)


@app.command()
def gate(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or its report.json.")],
    against: Annotated[Path, typer.Option(help="The run that it must not fall behind.")],
    config: Annotated[Path, typer.Option(help="TOML with what is asked of each figure.")],
) -> None:
    """Fail when a run falls behind: exit code 0 passed, 1 failed, 2 could not run, 3 bad configuration."""
    with refusing():
        now, before = load_run(run), load_run(against)
        outcomes = run_gate(now, before, load_rules(config, tuple(now.figures)))
        for line in gate_lines(outcomes):
            OUT.print(line)
        for name in now.differing(before, "archive", "model"):
            OUT.print(f"note: the {name} differs from the baseline's")
    failed = sum(bool(one.failure) for one in outcomes)
    OUT.print(f"failed: {failed} of {len(outcomes)} figures" if failed else "passed")
    sys.exit(1 if failed else 0)


@app.command()
def keep(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    file: Annotated[Path, typer.Argument(help="JSON file to write, to be stored with the project.")],
    results: Annotated[
        Path | None, typer.Option(help="Also write the figures as Markdown, e.g. docs/results.md.")
    ] = None,
) -> None:
    """Keep a run's figures, without its cases, as the baseline of later gates."""
    with refusing():
        kept = slim(load_run(run))
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if results:
            results.write_text(to_results(kept) + benchmark_results(load_stored()), encoding="utf-8")
    OUT.print(f"written to {file}{f' and {results}' if results else ''}")


@app.command()
def check(
    cases: Annotated[Path, typer.Argument(help="JSONL, one case a line (docs/evaluation.md).")],
    articles: Annotated[
        list[Path] | None, typer.Option(help="Files or folders of the articles, in place of an archive (repeatable).")
    ] = None,
    db: Annotated[Path | None, typer.Option("--db", help="Folder of the archive.")] = None,
) -> None:
    """Find broken gold, duplicates, answers not in their gold and unbalanced kinds; exit code 1 when there are any."""
    with refusing():
        held = read_articles(articles) if articles else stored_articles(load_settings(db=db).db, cases)
        findings = check_cases(cases, held)
    for one in findings:
        OUT.print(f"{cases}:{one.line}: {one.what}" if one.line else f"{cases}: {one.what}")
    OUT.print(f"{len(findings)} findings" if findings else "sound")
    sys.exit(1 if findings else 0)


@app.command()
def new(
    out: Annotated[Path, typer.Option(help="JSONL file that the cases are added to.")],
    db: Annotated[Path | None, typer.Option("--db", help="Folder of the archive.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Sentences to show, at the most.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Another seed shows other sentences.")] = 7,
) -> None:
    """Write cases: shows sentences of the archive and asks for a question to each; an empty line passes one over."""
    with refusing():
        archive = Archive(load_settings(db=db).db)
        added = add_cases(choose_sentences(archive, count, seed=seed), out, _prompt, OUT.print)
    OUT.print(f"{added} cases added to {out}; next: dateline eval check {out}")


@app.command()
def convert(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    path: Annotated[Path, typer.Argument(help="The file, for beir the folder.")],
    out: Annotated[Path, typer.Option(help="Folder for cases.jsonl and articles.jsonl.")],
    language: Annotated[str | None, typer.Option(help="ISO 639 code of questions and texts.")] = None,
    split: Annotated[str | None, typer.Option(help="For beir: the qrels to take, e.g. test.")] = None,
    columns: Annotated[str | None, typer.Option(help="For csv: question=NAME,text=NAME,answer=NAME.")] = None,
) -> None:
    """Turn another question set into cases and articles."""
    with refusing():
        options = FormatOptions(language=language, split=split, columns=parse_columns(columns))
        found = convert_format(form, path, options)
        write_converted(found, out)
    for message in found.left_out:
        ERR.print(f"left out: {message}")
    OUT.print(f"{len(found.cases)} cases and {len(found.articles)} articles written to {out}; next: "
               f"dateline add {out}/articles.jsonl, dateline eval check {out}/cases.jsonl")  # fmt: skip


@app.command()
def benchmark(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHMARKS)} (docs/benchmarks.md).")] = "",
    data: Annotated[Path, typer.Option(help="Folder that holds xquad-r/, ntrex/ and tydiqa/.")] = Path(),
    show: Annotated[bool, typer.Option("--list", help="Show every benchmark, its data and its figures.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Also keep the figures in this file, with the commit.")] = None,
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
    with refusing():
        if show:
            OUT.print(listing(load_stored()))
            return
        options = Options(languages=chosen, limit=limit, questions=questions)
        result = _benchmark(name, data, options, date or datetime.now())
        write_result(result, out)
        if keep:
            keep_result(result, keep, commit_of(Path(__file__).parent))
    OUT.print(result.table())
    OUT.print(f"written to {out}/{result.name}.md and {result.name}.json")


def _benchmark(name: str, data: Path, options: Options, day: datetime) -> Result:
    columns = (TextColumn("Embedding"), MofNCompleteColumn(), TextColumn("texts"))
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("Embedding", total=None)
        embedders = make_embedders(load_settings(), lambda done: bar.advance(task, done))
        return run_benchmark(name, data, embedders, options, day.date())


def _prompt(text: str, default: str | None) -> str:
    return str(typer.prompt(text, default=default, show_default=bool(default))).strip()

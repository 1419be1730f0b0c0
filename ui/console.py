"""Where the commands print: results to standard output, the rest to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from qa.answers import Answer, Event
from ui.terminal import plain, step_line

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """A bar of articles, sentences a second and the time left; nothing where standard error is no terminal.

    Called with how many more articles are done, and how many sentences they have.
    """
    speed = TextColumn("{task.fields[speed]} sentences/s")
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn("articles"), speed)
    begun, sentences = perf_counter(), 0
    with Progress(*columns, TimeRemainingColumn(), console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task(title, total=total, speed="-")

        def advance(articles: int, more: int) -> None:
            nonlocal sentences
            sentences += more
            bar.update(task, advance=articles, speed=f"{sentences / (perf_counter() - begun):.0f}")

        yield advance


def follow_steps(events: Iterable[Event]) -> Answer:
    """The answer at the end of the events; until then a terminal shows how far it is."""
    answer = None
    with ERR.status(Text("searching")) as status:
        for event in events:
            answer = event.answer or answer
            status.update(Text(step_line(event)))
    assert answer is not None
    return answer


def print_json(value: object) -> None:
    """Print a value as JSON, in the letters of its language."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_lines(lines: Iterable[Text]) -> None:
    """Print lines as they are, unwrapped."""
    for line in lines:
        OUT.print(line)


def complain(message: str) -> None:
    """Print a message about what went wrong."""
    ERR.print(Text(f"dateline: {plain(message)}"))


def fail(message: str, code: int = 2) -> NoReturn:
    """Print what is wrong and end the command."""
    complain(message)
    raise typer.Exit(code)

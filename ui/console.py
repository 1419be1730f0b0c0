"""Where the commands print: results to standard output, the rest to standard error."""

import json
import sys
from collections.abc import Iterable
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ui.terminal import plain

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def progress(title: str) -> Progress:
    """A bar that counts articles and the time left; nothing where standard error is no terminal."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn("articles"), TimeRemainingColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)


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

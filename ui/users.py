"""The `dateline users` commands: who may sign in to a page that is served with --auth."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from index.errors import InputError
from ui.console import OUT, fail
from ui.terminal import plain
from ui.web.guard.accounts import check_name, read_users, write_users
from ui.web.guard.passwords import hash_password, hash_token, make_token

app = typer.Typer(no_args_is_help=True, help="Who may sign in to a page served with --auth.")
File = Annotated[Path, typer.Option("--file", help="The file of users.")]
_FILE = Path("dateline-users")


@app.command()
def add(
    name: str,
    file: File = _FILE,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Add a user, or change a user's password, which ends what they have open."""
    check_name(name)
    password = sys.stdin.readline().rstrip("\r\n") if stdin else _asked(name)
    users = _held(file)
    tokens = [one for one in users.get(name, []) if one.startswith("token$")]
    write_users(file, users | {name: [hash_password(password), *tokens]})
    OUT.print(f"{plain(name)} can sign in: dateline serve --auth {file}")


@app.command()
def token(name: str, file: File = _FILE) -> None:
    """Make a token by which a program asks in a user's name; it is shown this once."""
    check_name(name)
    users, made = _held(file), make_token()
    write_users(file, users | {name: [*users.get(name, []), hash_token(made)]})
    OUT.print(made)


@app.command()
def remove(name: str, file: File = _FILE) -> None:
    """Remove a user with their password and tokens, which ends what they have open."""
    users = read_users(file)
    if users.pop(name, None) is None:
        fail(f"there is no user {name!r} in {file}; dateline users list shows them")
    write_users(file, users)
    OUT.print("1 removed")


@app.command(name="list")
def list_(file: File = _FILE) -> None:
    """List the users."""
    for name, lines in read_users(file).items():
        tokens = sum(one.startswith("token$") for one in lines)
        OUT.print(f"{plain(name)}  {len(lines) - tokens} password, {tokens} tokens")


def _held(file: Path) -> dict[str, list[str]]:
    return read_users(file) if file.exists() else {}


def _asked(name: str) -> str:
    """A password, typed twice and not shown."""
    first = str(typer.prompt(f"Password for {name}", hide_input=True))
    if first != typer.prompt("Again", hide_input=True):
        raise InputError("the two are not the same; nothing was changed")
    return first

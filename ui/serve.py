"""The commands `dateline serve` and `dateline mcp`: the page for people, and the tools for programs."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from qa.settings import load_settings
from ui.console import ERR, OUT, complain
from ui.options import Db

_PER_MINUTE = "120; 0 on loopback without --auth, --proxy and --allowed-host"


Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens the page to the network.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Auth = Annotated[Path | None, typer.Option(help="Only for the users in this file, which dateline users add makes.")]
AllowedHost = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A name under which the page is called (repeatable).")
]
Proxy = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="A proxy or network of proxies in front, to be believed (repeatable)."),
]
PerMinute = Annotated[
    int | None,
    typer.Option(min=0, help="Requests a minute of one user or address; 0: any number.", show_default=_PER_MINUTE),
]
Mcp = Annotated[bool, typer.Option("--mcp", help="Offer the tools for language models, at /mcp.")]
AllowChanges = Annotated[
    bool | None,
    typer.Option(
        "--allow-changes/--no-changes", help="Articles may be added and removed on the page.",
        show_default="only on loopback without --proxy and --allowed-host",
    ),
]  # fmt: skip


def serve(
    host: Host = "127.0.0.1",
    port: Port = 7860,
    auth: Auth = None,
    allowed_host: AllowedHost = None,
    proxy: Proxy = None,
    per_minute: PerMinute = None,
    mcp: Mcp = False,
    allow_changes: AllowChanges = None,
    db: Db = None,
) -> None:
    """Open the page in the browser; docs/serving.md says how to serve others."""
    from ui.web.guard.rules import Rules
    from ui.web.server import serve_page

    rules = Rules(
        host=host,
        auth=auth,
        hosts=tuple(allowed_host or ()),
        proxies=tuple(proxy or ()),
        per_minute=per_minute,
        mcp=mcp,
        changes=allow_changes,
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", force=True)
    if auth is None and not rules.local:
        complain("everybody who can reach this address can ask; --auth FILE asks for a password")
    serve_page(
        load_settings(db=db), rules, port, announce=lambda url: OUT.print(f"Dateline is at {url}  (Ctrl+C stops it)")
    )


def mcp(db: Db = None) -> None:
    """Offer the tools ask, search and get_article to a program that starts this command (MCP over standard input)."""
    from qa.app import build_answerer
    from ui.web.tools import make_tools

    server = make_tools(build_answerer(load_settings(db=db)))
    ERR.print("dateline: waiting for a program on standard input (MCP)")
    server.run("stdio")

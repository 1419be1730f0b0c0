"""`python -m eval.ready --db ARCHIVE`: how soon each page can be used, in a browser that has nothing of it yet.

Needs Chromium and the extra `dev`. Exit codes: 0 measured, 2 could not run.
"""

import shutil
import sys
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import httpx
import typer
from rich.console import Console

from eval.load import serving

app = typer.Typer(help="Measure how soon each page can be used.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_PAGES = {  # what is there once a page can be used
    "": "#question textarea:not([disabled])",
    "ar/": "#question textarea:not([disabled])",
    "archive": ".entries",
    "questions": "#ask-all",
    "drafts": "#begin",
}
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_LATEST = 30_000  # milliseconds


@app.command()
def ready(
    db: Annotated[Path, typer.Option(help="Folder of an archive; a server is started over it.")],
    times: Annotated[int, typer.Option(min=1, help="How often each page is opened.")] = 7,
) -> None:
    """Open each page so many times, each in a browser with an empty cache; median, least and most seconds."""
    try:
        with serving(db) as address:
            for path, mark in _PAGES.items():
                found = sorted(_open(address + "/" + path, mark, times))
                _out.print(f"/{path:<12} {median(found):.2f} s ({found[0]:.2f} to {found[-1]:.2f})")
    except (OSError, ImportError, httpx.HTTPError) as error:
        _err.print(f"dateline ready: {error}")
        sys.exit(2)


def _open(address: str, mark: str, times: int) -> list[float]:
    """Seconds from asking for the page until it can be used."""
    from playwright.sync_api import sync_playwright

    chromium, found = shutil.which("chromium"), list[float]()
    if chromium is None:
        raise OSError("there is no chromium on the PATH: make browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        for _ in range(times):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page, begun = context.new_page(), time.perf_counter()
            page.goto(address, wait_until="commit")
            page.wait_for_selector(mark, timeout=_LATEST)
            found.append(time.perf_counter() - begun)
            context.close()
        browser.close()
    return found


if __name__ == "__main__":
    app()

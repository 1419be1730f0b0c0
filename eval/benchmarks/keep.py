"""Keep a run's figures with the project, with the day and the commit that they were taken at."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

from eval.benchmarks.catalogue import Stored, load_stored
from eval.benchmarks.result import Result


def keep_result(result: Result, path: Path, commit: str) -> int:
    """Put the figures of `ours` in the place of those stored of the same pools, all where none is; how many.

    Raises:
        InputError: `path` holds something else.
    """
    stored = load_stored(path) if path.exists() else []
    shown = {(one.pool, one.measure) for one in stored if one.benchmark == result.name}
    counts = ", ".join(f"{count} {name}" for name, count in result.counts.items())
    of = f"{'a part' if result.partial else 'all of it'}: {counts}, {result.settings.get('languages', 'all languages')}"
    taken = [
        Stored(
            benchmark=result.name, pool=pool, measure=measure, value=round(value, 3),
            date=result.settings["date"], commit=commit, of=of,
        )
        for pool, row in next(iter(result.figures.values())).items()
        for measure, value in row.items()
        if not shown or (pool, measure) in shown
    ]  # fmt: skip
    new = {(one.benchmark, one.pool, one.measure) for one in taken}
    lines = [one for one in stored if (one.benchmark, one.pool, one.measure) not in new] + taken
    rows = ",\n".join(" " + json.dumps(asdict(one), ensure_ascii=False) for one in lines)
    path.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
    return len(taken)


def commit_of(folder: Path) -> str:
    """The commit that is checked out in a folder, with a plus where files were changed since; `unknown` without git."""
    try:
        shown = subprocess.run(
            ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
            cwd=folder, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return shown.stdout.strip()

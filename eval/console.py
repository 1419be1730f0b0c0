"""Where the commands of `eval` print, and how they end when something is wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from index.errors import DatelineError, SettingsError

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the user can mend into a message and an exit code: 3 for a configuration, 2 for all else."""
    try:
        yield
    except (DatelineError, OSError) as error:
        ERR.print(f"dateline eval: {error}")
        sys.exit(3 if isinstance(error, SettingsError) else 2)

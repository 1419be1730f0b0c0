"""Whether the server can answer: the archive is there, and a search in it comes back."""

import logging
import time
from collections.abc import Callable
from threading import Lock

from index.archive import Archive
from index.errors import DatelineError
from index.filters import Filters
from index.schema import FILE
from ui.web.counted import CountedAnswerer

_AGAIN = 20.0  # seconds after which a search is tried anew

_log = logging.getLogger(__name__)


class Health:
    """The state of one server. Safe to share between threads."""

    def __init__(
        self, answerer: CountedAnswerer, archive: Archive, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._answerer = answerer
        self._archive = archive
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[float, str | None] | None = None

    def problem(self) -> str | None:
        """Why questions cannot be answered now, for a stranger to read, or None where they can."""
        if self._answerer.closing:
            return "the server is stopping"
        if not (self._archive.folder / FILE).exists():
            return "the archive is not there"
        with self._lock:
            if self._found is None or self._clock() - self._found[0] > _AGAIN:
                self._found = self._clock(), self._search()
            return self._found[1]

    def _search(self) -> str | None:
        try:
            if self._archive.any(Filters()):
                self._answerer.search("is anybody there", k=1)
        except DatelineError as error:
            _log.error("the archive cannot be searched: %s", error)
        except Exception:
            _log.exception("the archive cannot be searched")
        else:
            return None
        return "the archive cannot be searched; the server's log says why"

"""What the server counts: questions, how long they take, errors, sessions, memory; in Prometheus' text format."""

import os
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from threading import Lock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]

_COUNTED = {
    "dateline_questions_total": "Questions that were answered or refused.",
    "dateline_errors_total": "Questions that ended in an error, by its kind.",
    "dateline_responses_total": "Responses by status; 429 are those that were too many.",
    "dateline_policy_reports_total": "Reports of browsers that something was kept from running.",
}


class Meters:
    """The counters of one server. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun = time.time()
        self._counts: dict[str, Counter[tuple[tuple[str, str], ...]]] = {name: Counter() for name in _COUNTED}
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self._now = {"dateline_questions_running": 0, "dateline_sessions_open": 0}

    @property
    def running(self) -> int:
        """Questions that are being answered."""
        return self._now["dateline_questions_running"]

    def count(self, name: str, **labels: str) -> None:
        """One more of a counter, under these labels."""
        with self._lock:
            self._counts[name][tuple(labels.items())] += 1

    def change(self, name: str, by: int) -> None:
        """More or fewer of what is going on now."""
        with self._lock:
            self._now[name] += by

    def took(self, seconds: float) -> None:
        """A question is over, after so many seconds."""
        with self._lock:
            self._buckets[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self) -> str:
        """Everything, in Prometheus' text format."""
        with self._lock:
            return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for name, about in _COUNTED.items():
            yield from _family(name, "counter", about, ((name, dict(key), n) for key, n in self._counts[name].items()))
        name = "dateline_question_seconds"
        yield from _family(name, "histogram", "Seconds from a question to its answer.", self._histogram(name))
        for name, about in (
            ("dateline_questions_running", "Questions that are being answered."),
            ("dateline_sessions_open", "Pages that are open in a browser."),
        ):
            yield from _family(name, "gauge", about, [(name, {}, self._now[name])])
        for name, about, value in (
            ("process_resident_memory_bytes", "Resident memory.", _memory()),
            ("process_start_time_seconds", "Start of the server, seconds since 1970.", self._begun),
            ("process_cpu_seconds_total", "Processor time.", time.process_time()),
        ):
            yield from _family(name, "counter" if name.endswith("total") else "gauge", about, [(name, {}, value)])

    def _histogram(self, name: str) -> Iterator[Sample]:
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), accumulate(self._buckets), strict=True):
            yield f"{name}_bucket", {"le": bound}, count
        yield f"{name}_sum", {}, self._seconds
        yield f"{name}_count", {}, sum(self._buckets)


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} {kind}\n"
    for sample, labels, value in samples:
        pairs = ",".join(f'{key}="{text.translate(_ESCAPES)}"' for key, text in labels.items())
        yield f"{sample}{{{pairs}}} {value}\n" if pairs else f"{sample} {value}\n"


def _memory() -> int:
    """Resident memory in bytes; where the system does not say it, the most there ever was."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024

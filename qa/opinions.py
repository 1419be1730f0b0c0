"""What readers think of answers: a line of JSON each, at the end of a file in the archive's folder."""

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from index.errors import InputError
from qa.answers import Answer
from qa.visible import visible

FILE = "opinions.jsonl"
MAX_NOTE = 2_000  # characters
_MOST = 64 * 2**20  # bytes of the file
_lock = Lock()


def keep_opinion(folder: Path, answer: Answer, *, key: str, helpful: bool, note: str = "") -> None:
    """Add an opinion to `opinions.jsonl`; the last line with the same `key` is the one that counts.

    A line has the day, the question, what was searched for and in which filters, what the answer was and what it
    cites, and nothing of who asked.

    Raises:
        InputError: the note is too long, or the file is full.
        OSError: the file cannot be written.
    """
    note = visible(note).strip()
    if len(note) > MAX_NOTE:
        raise InputError(f"the note has {len(note):,} characters, at most {MAX_NOTE:,} are kept; shorten it")
    told = answer.to_dict()
    names = ("question", "searched", "filters", "decision", "verdict", "premise", "refusal", "text", "engine")
    cited = [{name: one[name] for name in ("article_id", "start", "end")} for one in told["citations"]]
    line = {"key": key, "day": datetime.now(UTC).date().isoformat(), "helpful": helpful, "note": note}
    line |= {name: told[name] for name in names} | {"citations": cited}
    file = folder / FILE
    with _lock:
        if file.exists() and file.stat().st_size > _MOST:
            raise InputError(f"{file} is full; move it away to collect more opinions")
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")

"""Damaged copies of the sample files for the readers: python -m tests.fuzz_readers --count 10000 --seed 1.

Each case is read in a worker process that has 10 seconds for it and 1 GiB of data (RLIMIT_DATA, which counts what is
allocated and not the libraries that are mapped). Whatever is not an article or an error that names the file counts
as a problem: a traceback, a warning, a hang, an end for lack of memory.
"""

import argparse
import random
import resource
import selectors
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from index.readers.files import read_source
from index.readers.source import source_of_bytes

ROOT = Path(__file__).parents[1]
SECONDS = 10
MEMORY = 1 << 30
_ENCODINGS = (
    "utf-16",
    "utf-16-be",
    "utf-32",
    "windows-1256",
    "windows-1251",
    "gb18030",
    "shift_jis",
    "koi8-r",
    "utf-7",
)


@dataclass(frozen=True)
class Problem:
    """A case that went wrong; `case` and the seed make it again."""

    case: int
    file: str
    what: str


def samples() -> list[Path]:
    """The sample files in the order of their names."""
    return sorted(
        path for path in (ROOT / "tests" / "data").rglob("*.*") if path.is_file() and path.name != "gold.jsonl"
    )


def make_case(seed: int, case: int) -> tuple[str, bytes]:
    """The name and the bytes of one damaged file, the same each time."""
    chance = random.Random(f"{seed}/{case}")
    path = chance.choice(samples())
    data = path.read_bytes()
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(_CHANGES)(data, chance)
    suffix = path.suffix if chance.random() < 0.9 else chance.choice(samples()).suffix
    return f"case{case}{suffix}", data


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 100)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice((data[:first], data[first:], data[:first] + data[last:], data[first:last]))


def _repeated(data: bytes, chance: random.Random) -> bytes:
    first = chance.randrange(len(data) + 1)
    last = first + chance.choice((1, 10, 200, 3000))
    return data[:last] + data[first:last] * chance.choice((1, 5, 50, 500)) + data[last:]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(samples()).read_bytes()
    first, at = chance.randrange(len(other) + 1), chance.randrange(len(data) + 1)
    return data[:at] + other[first : first + chance.choice((20, 400, 5000))] + data[at:]


def _reencoded(data: bytes, chance: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _salted(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    salt = (b"\0", b"<", b"&#0;", b'"', b"{[", b"]]>", b"\xff\xfe", b"\xed\xa0\x80", b"&#xD800;", b"\\ud800", b"-" * 99)
    return data[:at] + chance.choice(salt) * chance.choice((1, 1, 40, 2000)) + data[at:]


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _flipped, _cut, _repeated, _spliced, _reencoded, _salted,
)  # fmt: skip


def problem_of(name: str, data: bytes) -> str | None:
    """What is wrong in how a file is read, or None."""
    try:
        for one in read_source(source_of_bytes(data, name)):
            if isinstance(one, InputError) and "MemoryError" in str(one):
                return "memory"
            if isinstance(one, InputError) and name not in str(one):
                return f"a message that does not name the file: {one}"
    except MemoryError:
        return "memory"
    except BaseException:  # whatever it is, it is what is looked for
        return traceback.format_exc(limit=-6)
    return None


def fuzz(count: int, seed: int, first: int = 0) -> Iterator[tuple[int, str | None]]:
    """Each case's number and what is wrong with it, read in workers that are ended when they hang."""
    at = first
    while at < first + count:
        worker = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.fuzz_readers", "--worker", "--seed", str(seed), "--first",
             str(at), "--count", str(first + count - at)], cwd=ROOT, stdout=subprocess.PIPE, bufsize=0)  # fmt: skip
        assert worker.stdout is not None
        with worker, selectors.DefaultSelector() as waiting:  # select.select knows the first 1,024 descriptors only
            waiting.register(worker.stdout, selectors.EVENT_READ)
            patience = 60  # for its start
            while at < first + count:
                if not waiting.select(patience):
                    worker.kill()
                    yield at, f"no end in {SECONDS} seconds"
                    at += 1
                    break
                line = worker.stdout.readline().decode()  # unbuffered, or the selector would not see it
                patience = SECONDS
                if not line:
                    yield at, f"the worker ended with {worker.wait()}"
                    at += 1
                    break
                yield at, None if line == "fine\n" else line.strip().replace("\\n", "\n")
                at += 1


def _work(count: int, seed: int, first: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for case in range(first, first + count):
        found = problem_of(*make_case(seed, case))
        print("fine" if found is None else found.replace("\n", "\\n"), flush=True)


def problems(count: int, seed: int) -> list[Problem]:
    """The problems of `count` cases."""
    return [Problem(case, make_case(seed, case)[0], what) for case, what in fuzz(count, seed) if what]


def main() -> int:
    """Run from the command line; the exit code is 1 when there was a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        _work(given.count, given.seed, given.first)
        return 0
    kinds: Counter[str] = Counter()
    for case, what in fuzz(given.count, given.seed, given.first):
        if what:
            kinds[what.strip().splitlines()[-1][:100]] += 1
            print(f"case {case} {make_case(given.seed, case)[0]}: {what}")
    print(f"{given.count} files, {sum(kinds.values())} problems", *kinds.items(), sep="\n")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())

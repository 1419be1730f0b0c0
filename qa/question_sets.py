"""What the page asks of whoever evaluates answers: sets that are read and asked, and cases that a person drafts.

It stands here as `ui` and `eval` do not know each other; `eval.page_sets` does the work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from qa.answers import Answer, Source, Verdict

REPORT, ARTICLES = "report.html", "articles.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence of an article."""

    article: Source
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A question with its gold and the answer that it got, None where it could not be asked and `problem` says why.

    `gold` lists alternatives, none where the archive does not say it; `problems` are names such as "wrong verdict", and
    `right` is what has none and begins with its gold, or refuses where there is none.
    """

    question: str
    kind: str
    language: str | None
    verdict: Verdict | None
    answers: tuple[str, ...]
    gold: tuple[tuple[Quote, ...], ...]
    answer: Answer | None
    problem: str | None
    problems: tuple[str, ...]
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A set that was read: `cases` are for whoever read it, `lacking` counts articles that are not in the archive.

    `left_out` says what of the file could not be taken, and why.
    """

    name: str
    cases: Sequence[Any]
    kinds: Mapping[str, int]
    lacking: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sentence to ask about, `start` to `end` of its article, with the text on both sides."""

    article: Source
    start: int
    end: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person wrote about a draft."""

    question: str
    kind: str
    verdict: str = ""
    answer: str = ""


class QuestionSets(Protocol):
    """Reads, asks and drafts; all raise InputError, which says what to do."""

    @property
    def kinds(self) -> Sequence[str]:
        """What a question can be."""

    def read(self, file: Path, out: Path) -> QuestionSet:
        """A set in any of the formats; of one that brings its articles these are written to `out`/`ARTICLES`."""

    def ask(self, asked: QuestionSet, out: Path) -> Iterator[Compared]:
        """One answer after the other; after the last one `out`/`REPORT` is there."""

    def drafts(self, count: int, seed: int) -> Sequence[Draft]:
        """Sentences of the archive that are worth a question, other ones with another seed."""

    def case(self, draft: Draft, written: Written) -> str:
        """The line of the case that a person wrote."""

"""The Reader protocol: a question and passages in, one reading a passage out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.answers import Verdict
from qa.evidence import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found in one passage.

    `answerable` in [0, 1] estimates that the passage answers the question. `verdict` is None where the passage, or a
    reader of this kind, says neither yes nor no, or not surely enough; `probabilities` then may be empty. `start` and
    `end` are offsets into the article's text of the words that answer.
    """

    answerable: float
    start: int
    end: int
    verdict: Verdict | None = None
    probabilities: Mapping[str, float]


class Reader(Protocol):
    """Reads; `name` stands in `Answer.engine`."""

    @property
    def name(self) -> str:
        """Kind and version."""
        ...

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order; no passage changes another's reading."""
        ...

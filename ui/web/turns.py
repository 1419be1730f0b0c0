"""Turn: a question in a conversation and what has come of it so far."""

from dataclasses import dataclass, field
from uuid import uuid4

from index.filters import Filters
from qa.answers import Answer, Evidence, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question; `answer` or `problem` when it is done or was `stopped`; else `progress`, `statements`, `draft`.

    `asked_in` are the filters of the menus, `filters` with those that were spoken; `searched` is what is searched for
    where the question leans on earlier ones; `draft` is not checked yet; `restored` turns come from the browser;
    `helpful` is what the reader thought of the answer, `noted` once a note was sent too.
    """

    question: str
    filters: Filters | None = None
    asked_in: Filters | None = None
    searched: str = ""
    progress: str = ""
    draft: str = ""
    statements: tuple[Statement, ...] = ()
    answer: Answer | None = None
    problem: str | None = None
    stopped: bool = False
    restored: bool = False
    helpful: bool | None = None
    noted: bool = False
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def pending(self) -> bool:
        """Whether the answer is still to come."""
        return self.answer is None and self.problem is None and not self.stopped


@dataclass(slots=True)
class Run:
    """Which turn of a session is being answered, by its key; another one takes its place, "" stops it."""

    key: str = ""


def find_evidence(turns: tuple[Turn, ...], turn: int, label: int) -> Evidence | None:
    """What label `label` of turn number `turn` stands for, or None where there is no such thing."""
    if not 0 <= turn < len(turns) or (answer := turns[turn].answer) is None:
        return None
    return next((one for one in answer.evidence if one.label == label), None)

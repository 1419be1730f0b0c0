"""Turn: a question in a conversation and what has come of it so far."""

from dataclasses import dataclass

from index.filters import Filters
from qa.answers import Answer, Evidence, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question; `answer` or `problem` when it is done, `progress`, `statements` and `draft` until then.

    `searched` is what is searched for where the question leans on earlier ones; `draft` is not checked yet.
    """

    question: str
    filters: Filters | None = None
    searched: str = ""
    progress: str = ""
    draft: str = ""
    statements: tuple[Statement, ...] = ()
    answer: Answer | None = None
    problem: str | None = None

    @property
    def pending(self) -> bool:
        """Whether the answer is still to come."""
        return self.answer is None and self.problem is None


def find_evidence(turns: tuple[Turn, ...], turn: int, label: int) -> Evidence | None:
    """What label `label` of turn number `turn` stands for, or None where there is no such thing."""
    if not 0 <= turn < len(turns) or (answer := turns[turn].answer) is None:
        return None
    return next((one for one in answer.evidence if one.label == label), None)

"""What a session has asked of a question set, and which part of it is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa.question_sets import Compared

PAGE = 25  # answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`asked` so far of `total`; `mark` is what the list is narrowed to, "all" or a name of `marks`."""

    asked: tuple[Compared, ...] = ()
    total: int = 0
    running: bool = False
    mark: str = "all"
    page: int = 0

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(one.right for one in self.asked)

    @property
    def marks(self) -> set[str]:
        """What the list can be narrowed to."""
        return {"all", *(name for one in self.asked for name in marks(one))}

    def passing(self) -> list[Compared]:
        """Those that the list is narrowed to."""
        return [one for one in self.asked if self.mark in ("all", *marks(one))]

    def after(self, clicked: Mapping[str, Any]) -> "Results":
        """The results after a click, which is not trusted."""
        kind, value = clicked.get("kind"), clicked.get("value")
        if kind == "page" and isinstance(value, int) and value >= 0:
            return replace(self, page=min(value, max(0, len(self.passing()) - 1) // PAGE))
        if kind == "mark" and isinstance(value, str) and value in self.marks:
            return replace(self, mark=value, page=0)
        return self


def marks(one: Compared) -> list[str]:
    """The names under which an answer is listed: right, or what is wrong with it."""
    if one.answer is None:
        return ["not_asked"]
    return [name.replace(" ", "_") for name in one.problems] or ["right" if one.right else "wrong"]

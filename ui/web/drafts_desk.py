"""What happens on the page of drafts: sentences are shown, cases are kept or dropped."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from index.errors import DatelineError
from qa.question_sets import QuestionSets, Written
from ui.web.archive_render import render_problem
from ui.web.drafting import Drafting
from ui.web.words import Words

_MOST = 100  # sentences at once
_LONGEST = 2000  # code points that are typed

Told = tuple[Drafting, str]
"""The drafting, and what went wrong, "" where nothing did."""

_log = logging.getLogger(__name__)


class DraftsDesk:
    """The page's handlers in one language; `sets` is None where the evaluation is not installed."""

    def __init__(self, sets: QuestionSets | None, words: Words) -> None:
        self._sets = sets
        self._words = words

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What a question can be, by the words for it."""
        return [(self._words(f"questions.{kind}"), kind) for kind in (self._sets.kinds if self._sets else ())]

    def begin(self, drafting: Drafting, count: float | None) -> Told:
        """Other sentences than before; what was kept stays."""
        number = min(max(1, int(count or 1)), _MOST)

        def draw(sets: QuestionSets) -> Drafting:
            drafts = tuple(sets.drafts(number, drafting.turn))
            return replace(drafting, drafts=drafts, at=0, turn=drafting.turn + 1)

        return self._try(drafting, draw)

    def keep(self, drafting: Drafting, written: Written) -> Told:
        """Keep the case of the sentence, and go on to the next one."""
        draft = drafting.draft
        if draft is None or not written.question.strip():
            return drafting, render_problem(self._words("drafts.nothing_asked")) if draft else ""
        typed = Written(
            question=written.question.strip()[:_LONGEST], kind=written.kind, verdict=written.verdict,
            answer=written.answer.strip()[:_LONGEST] if written.kind not in ("yes_no", "unanswerable") else "",
        )  # fmt: skip
        return self._try(drafting, lambda sets: drafting.keep(typed, sets.case(draft, typed)))

    def skip(self, drafting: Drafting) -> Told:
        """Pass the sentence over."""
        return drafting.next(), ""

    def drop(self, drafting: Drafting, clicked: Mapping[str, Any]) -> Drafting:
        """Take a kept case out."""
        return drafting.drop(clicked.get("value")) if clicked.get("kind") == "drop" else drafting

    def _try(self, drafting: Drafting, change: Callable[[QuestionSets], Drafting]) -> Told:
        if self._sets is None:
            return drafting, render_problem(self._words("questions.none"))
        try:
            return change(self._sets), ""
        except DatelineError as error:
            return drafting, render_problem(self._words.problem(error))
        except Exception:
            _log.exception("a draft could not be made")
            return drafting, render_problem(self._words("page.failed"))

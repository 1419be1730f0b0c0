"""What a browser keeps of a conversation: records of turns, and turns from records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from index.errors import DatelineError
from qa.answers import Answer, Evidence
from ui.web.markdown import render_markdown
from ui.web.turns import Turn
from ui.web.words import Words

MOST = 200  # turns of a conversation that is opened again
_NEAREST = 3


def make_record(words: Words, turn: Turn, at: int) -> dict[str, Any]:
    """The answered turn number `at` as JSON: its answer with the evidence that is shown, and the same as Markdown.

    The browser numbers the footnotes of a whole conversation: [^0.1] stands for the first of a turn.
    """
    assert turn.answer is not None
    return {
        "at": at,
        "question": turn.question,
        "markdown": render_markdown(words, turn.answer, prefix="0."),
        "answer": _kept(turn.answer).to_dict(),
    }


def read_records(records: object) -> tuple[Turn, ...] | None:
    """The turns of which a browser has kept these records, or None where they are not what `make_record` makes."""
    if not isinstance(records, Sequence) or len(records) > MOST:
        return None
    try:
        answers = list(map(_read, records))
    except (DatelineError, TypeError, ValueError, KeyError, AttributeError):
        return None
    return tuple(
        Turn(question=one.question, answer=one, filters=one.filters, asked_in=one.filters, restored=True)
        for one in answers
    )


def _read(record: Mapping[str, Any]) -> Answer:
    answer = Answer.from_dict(record["answer"])
    cited = {label for one in answer.statements for label in one.labels}
    if not cited <= {one.label for one in answer.citations}:
        raise ValueError("a statement cites what is not there")
    return answer


def _kept(answer: Answer) -> Answer:
    """The answer without what its page does not show."""
    cited = {one.label for one in answer.citations}
    evidence: Sequence[Evidence] = [one for one in answer.evidence if one.label in cited]
    return replace(
        answer,
        evidence=tuple(replace(one, context="") for one in evidence or answer.evidence[:_NEAREST]),
        timings={},
    )

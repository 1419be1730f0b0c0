"""What happens on the page: a question, a click on a citation, a new conversation. Nothing is kept here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from index.archive import Archive
from index.errors import DatelineError
from index.filters import Filters
from qa.answerer import Answerer
from qa.answers import Event
from ui.web import english as words
from ui.web.render import render_conversation, render_notice, render_source
from ui.web.turns import Turn, find_evidence

Turns = tuple[Turn, ...]
Choices = list[tuple[str, str]]
_NEWEST = 3


class Handlers:
    """The page's handlers over one archive; what belongs to a session is handed in and out."""

    def __init__(self, answerer: Answerer, archive: Archive) -> None:
        self._answerer = answerer
        self._archive = archive

    def ask(
        self,
        question: str,
        languages: Sequence[str],
        publishers: Sequence[str],
        excluded: Sequence[str],
        after: str | None,
        before: str | None,
        as_of: str | None,
        turns: Turns,
    ) -> Iterator[tuple[Turns, str]]:
        """The conversation with the question, again at every step towards its answer."""
        if not question.strip():
            yield turns, self.show(turns)
            return
        turn = Turn(question=question, progress=words.SEARCHING)
        yield self._with(turns, turn)
        try:
            filters = _filters(languages, publishers, excluded, (after, before, as_of))
            turn = replace(turn, filters=filters)
            history = [one.question for one in turns if one.answer is not None]
            for event in self._answerer.stream(question, filters=filters, history=history):
                turn = advance(turn, event)
                yield self._with(turns, turn)
        except DatelineError as error:
            yield self._with(turns, replace(turn, problem=str(error)))

    def fail(self, turns: Turns) -> tuple[Turns, str]:
        """The conversation after a handler broke: the question that was being answered says so."""
        turns = tuple(replace(one, problem=words.FAILED) if one.pending else one for one in turns)
        return turns, self.show(turns)

    def cite(self, turns: Turns, clicked: Mapping[str, Any]) -> str:
        """The source panel for a marker, which names its turn and its label."""
        evidence = find_evidence(turns, _number(clicked.get("turn")), _number(clicked.get("label")))
        if evidence is None:
            return render_notice(words.SOURCE_UNKNOWN)
        return render_source(self._answerer.article(evidence.article.id), evidence)

    def show(self, turns: Turns) -> str:
        """The conversation, or what stands there before the first question."""
        return render_conversation(turns, {} if turns else self._suggestions())

    def choices(self, column: str) -> Choices:
        """What the archive holds under 'language' or 'publisher', most first, as shown and as it is called."""
        found = [(key, number) for key, number in self._archive.tally(column).items() if key is not None]
        name = words.language_name if column == "language" else str
        return [(f"{name(key)} ({number})", key) for key, number in found]

    def holdings(self) -> str:
        """What the archive holds, in a line."""
        languages = len(self._archive.tally("language").keys() - {None})
        counts = {"articles": f"{self._answerer.articles():,}", "languages": str(languages)}
        first, last = self._archive.days()
        if first is None:
            return words.HOLDS.format(**counts)
        return words.HOLDS_DAYS.format(**counts, first=words.day_name(first), last=words.day_name(last))

    def _with(self, turns: Turns, turn: Turn) -> tuple[Turns, str]:
        turns = (*turns, turn)
        return turns, self.show(turns)

    def _suggestions(self) -> dict[str, list[str]]:
        """The examples whose articles are there; without any, the newest titles."""
        held = self._archive.get(words.EXAMPLES)
        if held:
            return {words.EXAMPLES_HEAD: [question for key, question in words.EXAMPLES.items() if key in held]}
        newest = self._archive.ids(Filters())[: -_NEWEST - 1 : -1]
        titles = (one.title for one in self._archive.get(newest).values())
        return {words.NEWEST_HEAD: [title for title in titles if title]}


def advance(turn: Turn, event: Event) -> Turn:
    """The turn after one more step of `Answerer.stream`."""
    match event.kind:
        case "resolved":
            return replace(turn, searched=event.text, filters=event.filters)
        case "draft":
            return replace(turn, draft=event.text, progress=words.WRITING)
        case "searched":
            return replace(turn, progress=words.READING.format(count=event.count))
        case "read":
            return replace(turn, progress=words.CHOOSING.format(count=event.count))
        case "statement" if event.statement is not None:
            return replace(turn, statements=(*turn.statements, event.statement), draft="")
        case "answer":
            return replace(turn, answer=event.answer)
    return turn


def _filters(
    languages: Sequence[str], publishers: Sequence[str], excluded: Sequence[str], days: Sequence[str | None]
) -> Filters:
    after, before, as_of = ((day or "").strip() or None for day in days)
    return Filters(
        languages=tuple(languages),
        publishers=tuple(publishers),
        exclude_publishers=tuple(excluded),
        after=after,
        before=before,
        as_of=as_of,
    )


def _number(value: object) -> int:
    """A number that a browser sent, or -1, which nothing has."""
    return value if isinstance(value, int) else -1

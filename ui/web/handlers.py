"""What happens on the page: a question, a click on a citation, a new conversation. Nothing is kept here."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from index.archive import Archive
from index.errors import DatelineError
from index.filters import Filters
from qa.answerer import Answerer
from qa.answers import Event
from qa.opinions import keep_opinion
from qa.suggest import Suggestions
from ui.web.records import make_record, read_records
from ui.web.render import render_conversation, render_earlier, render_next, render_welcome
from ui.web.shelf import number
from ui.web.sources import render_notice
from ui.web.turns import Run, Turn
from ui.web.words import Words

Turns = tuple[Turn, ...]
Choices = list[tuple[str, str]]

_log = logging.getLogger(__name__)


class Handlers:
    """The page's handlers over one archive, in one language; what belongs to a session is handed in and out."""

    def __init__(self, answerer: Answerer, archive: Archive, suggestions: Suggestions, words: Words) -> None:
        self._answerer = answerer
        self._suggestions = suggestions
        self._archive = archive
        self._words = words

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
        try:
            filters = _filters(languages, publishers, excluded, (after, before, as_of))
        except DatelineError as error:
            turns = (*turns, Turn(question=question, problem=self._words.problem(error)))
            yield turns, self.show(turns)
            return
        yield from self._answer(Turn(question=question), filters, turns)

    def _answer(self, turn: Turn, filters: Filters | None, turns: Turns) -> Iterator[tuple[Turns, str]]:
        turn = replace(turn, progress=self._words("chat.searching"), filters=filters, asked_in=filters)
        earlier = render_earlier(self._words, turns, waiting=True)

        def step(turn: Turn) -> tuple[Turns, str]:
            if turn.pending:
                return (*turns, turn), render_next(self._words, earlier, turn, len(turns))
            return (*turns, turn), self.show((*turns, turn))

        yield step(turn)
        history = [one.question for one in turns if one.answer is not None]
        try:
            for event in self._answerer.stream(turn.question, filters=filters, history=history):
                turn = advance(self._words, turn, event)
                yield step(turn)
        except DatelineError as error:
            yield step(replace(turn, problem=self._words.problem(error)))

    def guarded(self, run: Run, running: Iterator[tuple[Turns, str]]) -> Iterator[tuple[Turns, str] | None]:
        """The same steps, until the question is stopped; None, and no more, where another one has taken its place.

        Where a bug breaks them off, the question that was being answered says so.
        """
        turns: Turns = ()
        key = None
        try:
            for turns, shown in running:
                if key is None and turns and turns[-1].pending:
                    key = run.key = turns[-1].key
                if key is not None and run.key != key:
                    yield None if run.key else self.stop(turns)
                    return
                yield turns, shown
        except Exception:
            _log.exception("a question could not be answered")
            turns = tuple(replace(one, problem=self._words("page.failed")) if one.pending else one for one in turns)
            yield turns, self.show(turns)

    def stop(self, turns: Turns) -> tuple[Turns, str]:
        """The conversation after its last question was given up."""
        turns = (*turns[:-1], *(replace(one, stopped=True, answer=None, problem=None) for one in turns[-1:]))
        return turns, self.show(turns)

    def retry(self, turns: Turns) -> Iterator[tuple[Turns, str]]:
        """The conversation with its last question asked again, in the filters in which it was asked."""
        if not turns:
            yield turns, self.show(turns)
            return
        yield from self._answer(Turn(question=turns[-1].question), turns[-1].asked_in, turns[:-1])

    def judge(self, turns: Turns, clicked: Mapping[str, Any]) -> tuple[Turns, str]:
        """The conversation after a reader said whether an answer helps, or added a note; both are stored."""
        at, note = number(clicked.get("turn")), clicked.get("note")
        if not 0 <= at < len(turns) or (answer := turns[at].answer) is None or turns[at].restored:
            return turns, self.show(turns)
        turn = turns[at]
        if isinstance(note, str) and turn.helpful is not None:
            turn = replace(turn, noted=True)
        else:
            turn, note = replace(turn, helpful=clicked.get("helpful") == "yes"), ""
        keep_opinion(self._archive.folder, answer, key=turn.key, helpful=bool(turn.helpful), note=note)
        turns = (*turns[:at], turn, *turns[at + 1 :])
        return turns, self.show(turns)

    def restore(self, records: object) -> tuple[Turns, str]:
        """A conversation that the browser had kept."""
        turns = read_records(records)
        try:
            if turns is not None:
                return turns, self.show(turns)
        except (TypeError, ValueError, AttributeError, KeyError):  # values that only look like a record's
            pass
        return (), render_notice(self._words, self._words("history.unreadable"))

    def record(self, turns: Turns) -> dict[str, Any] | None:
        """What the browser is to keep of the last turn, or None where that has no answer."""
        if not turns or turns[-1].answer is None or turns[-1].restored:
            return None
        return make_record(self._words, turns[-1], len(turns) - 1)

    def show(self, turns: Turns) -> str:
        """The conversation, or what stands there before the first question."""
        if turns:
            return render_conversation(self._words, turns)
        return render_welcome(
            self._words, self._suggestions.of(self._words.language), empty=not self._answerer.articles()
        )

    def choices(self, column: str) -> Choices:
        """What the archive holds under 'language' or 'publisher', most first, as shown and as it is called."""
        found = [(key, number) for key, number in self._archive.tally(column).items() if key is not None]
        name = self._words.language_name if column == "language" else str
        return [(f"{name(key)} ({self._words.number(number)})", key) for key, number in found]

    def holdings(self) -> str:
        """What the archive holds, in a line."""
        words = self._words
        languages = len(self._archive.tally("language").keys() - {None})
        counts = {
            "articles": words("archive.articles", count=self._answerer.articles()),
            "languages": words("page.languages", count=languages),
        }
        first, last = self._archive.days()
        if first is None:
            return words("page.holds", **counts)
        return words("page.holds_days", **counts, first=words.day(first), last=words.day(last))


def advance(words: Words, turn: Turn, event: Event) -> Turn:
    """The turn after one more step of `Answerer.stream`."""
    match event.kind:
        case "resolved":
            return replace(turn, searched=event.text, filters=event.filters)
        case "draft":
            return replace(turn, draft=event.text, progress=words("chat.writing"))
        case "searched":
            return replace(turn, progress=words("chat.reading", count=event.count))
        case "read":
            return replace(turn, progress=words("chat.choosing", count=event.count))
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

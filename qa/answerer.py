"""Answerer: retrieve, read, and answer with cited sentences, or refuse and say why."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from time import perf_counter

from index.archive import Archive
from index.articles import Article, readable
from index.errors import InputError
from index.filters import Filters
from index.hits import Hit
from index.languages import detect_language
from index.retrieve import Retriever
from qa.answers import Answer, Decision, Event, Evidence, Refusal
from qa.compose import compose
from qa.evidence import gather, label
from qa.followups import Asked, merged, resolve
from qa.judge import Judgement, Read, by_article
from qa.premise import weigh
from qa.prompts import language_name
from qa.reader.protocol import Reader
from qa.visible import visible
from qa.writer import Writer

MAX_QUESTION = 2_000
_RECOUNT = 30.0  # seconds
_REMEMBERED = 20  # earlier questions that are looked at
_NO_WRITER = (
    "an answer in {language} needs a chat model (docs/models.md); the sentences stand as their sources wrote them"
)
_EVIDENCE = 8  # sentences kept with an answer, cited or not
_REASONS = {
    Refusal.NOTHING_INDEXED: "The archive is empty: add articles first.",
    Refusal.NOTHING_PASSES_FILTERS: "No article in the archive passes these filters.",
    Refusal.NOT_STATED: "The archive does not say.",
}


class Answerer:
    """Answers questions from one archive. Safe to share between threads."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        reader: Reader,
        *,
        k: int,
        threshold: float,
        statements: int,
        writer: Writer | None = None,
        warnings: tuple[str, ...] = (),
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        """`k` chunks are retrieved; of their sentences at most `statements` are cited, with support >= `threshold`.

        `writer` writes the answer anew; `warnings` stand in every answer.
        """
        self._archive = archive
        self._retriever = retriever
        self._reader = reader
        self._k = k
        self._threshold = threshold
        self._statements = statements
        self._writer = writer
        self._warnings = warnings
        self._clock = clock
        self._held: tuple[float, list[str], list[str]] | None = None

    def written_by(self, writer: Writer | None) -> "Answerer":
        """An answerer over the same archive whose answers this writer writes."""
        made = copy(self)
        made._writer = writer
        return made

    def ask(
        self, question: str, *, filters: Filters | None = None, k: int | None = None, history: Sequence[str] = ()
    ) -> Answer:
        """Answer one question; `history` are the questions asked before it, first one first, on which it may lean.

        Filters and a language that are spoken in them hold too ("only Meridian Wire", "in Arabic please").

        Raises:
            InputError: the question is empty, too long, or in a script that the embedding model does not know.
        """
        *_, last = self.stream(question, filters=filters, k=k, history=history)
        assert last.answer is not None
        return last.answer

    def ask_many(self, questions: Iterable[str], *, filters: Filters | None = None) -> Iterator[Answer]:
        """Answer questions one after the other; raises like `ask` at the first that cannot be asked."""
        for question in questions:
            yield self.ask(question, filters=filters)

    def stream(
        self, question: str, *, filters: Filters | None = None, k: int | None = None, history: Sequence[str] = ()
    ) -> Iterator[Event]:
        """The steps towards an answer, as `Event` lists them; the last one carries it."""
        question = check_question(question)
        begun = self._clock()
        asked = self.resolve(question, history)
        filters = merged(filters or Filters(), asked.filters)
        if asked.question != question or asked.filters != Filters():
            yield Event(kind="resolved", text=asked.question, filters=filters)
        for event in self._steps(asked.question, filters, k):
            if event.answer is not None:
                told = replace(event.answer, question=question, as_of=filters.as_of, filters=filters)
                searched = None if asked.question == question else asked.question
                yield from self._written(replace(told, searched=searched), asked.language, begun)
            else:
                yield event

    def resolve(self, question: str, history: Sequence[str] = ()) -> Asked:
        """The question so that it stands alone, and the filters and the language spoken in it and before it."""
        earlier = [visible(one)[:MAX_QUESTION] for one in history[-_REMEMBERED:]]
        turns = [*(one for one in earlier if any(map(str.isalnum, one))), question]
        asked = resolve(turns, *self._names())
        if len(asked.question) > MAX_QUESTION:
            return replace(asked, question=question, leans=False)
        if asked.leans and self._writer is not None:
            return replace(asked, question=self._writer.stand_alone(turns, asked.question))
        return asked

    def _names(self) -> tuple[list[str], list[str]]:
        """Publishers and languages of the archive, counted anew after a while: in a large one that takes long."""
        now = self._clock()
        if self._held is None or now - self._held[0] > _RECOUNT:
            publishers, languages = (
                [key for key in self._archive.tally(column) if key] for column in ("publisher", "language")
            )
            self._held = now, publishers, languages
        return self._held[1:]

    def _written(self, answer: Answer, language: str | None, begun: float) -> Iterator[Event]:
        """The last event, or, with a chat model, those of writing."""
        read = self._clock()
        events: Iterable[Event] = [Event(kind="answer", answer=answer)]
        if self._writer is not None:
            events = self._writer.write(answer, language or answer.language)
        for event in events:
            if event.answer is None:
                yield event
                continue
            now = self._clock()
            spent = {"write": now - read} if self._writer is not None else {}
            told = replace(event.answer, timings={**event.answer.timings, **spent, "total": now - begun})
            if language and self._writer is None and told.decision is Decision.ANSWERED:
                told = replace(told, warnings=(*told.warnings, _NO_WRITER.format(language=language_name(language))))
            yield Event(kind="answer", answer=told)

    def _steps(self, question: str, filters: Filters, k: int | None) -> Iterator[Event]:
        """Search and read; the last event carries the answer in the sources' own sentences."""
        begun = self._clock()
        if (reason := self._nothing_to_search(filters)) is not None:
            yield Event(kind="answer", answer=self._refuse(question, reason))
            return
        hits = self.search(question, filters=filters, k=k)
        searched = self._clock()
        yield Event(kind="searched", count=len(hits))
        passages = gather(self._archive, hits)
        readings = self._reader.read(question, passages)
        ranked = sorted(zip(passages, readings, strict=True), key=lambda pair: -pair[1].answerable)
        answer = self._answer(question, ranked)
        timings = {"search": searched - begun, "read": self._clock() - searched}
        yield Event(kind="read", count=len(passages))
        for statement in answer.statements if self._writer is None else ():
            yield Event(kind="statement", statement=statement)
        yield Event(kind="answer", answer=replace(answer, timings=timings))

    def search(self, question: str, *, filters: Filters | None = None, k: int | None = None) -> list[Hit]:
        """The retrieved chunks, best first; raises like `ask`."""
        return self._retriever.retrieve(check_question(question), k or self._k, filters)

    def article(self, article_id: str) -> Article | None:
        """The stored article that a citation names, or None where it has been removed."""
        return self._archive.get([article_id]).get(article_id)

    def articles(self) -> int:
        """Number of articles in the archive."""
        return self._archive.counts()["articles"]

    def close(self) -> None:
        """Close the archive and let go of its vectors."""
        self._retriever.close()
        self._archive.close()

    def _nothing_to_search(self, filters: Filters | None) -> Refusal | None:
        if self._archive.any(filters or Filters()):
            return None
        return Refusal.NOTHING_PASSES_FILTERS if self._archive.any(Filters()) else Refusal.NOTHING_INDEXED

    def _answer(self, question: str, ranked: list[Read]) -> Answer:
        found = weigh(self._reader, question, ranked, threshold=self._threshold, statements=self._statements)
        chosen = by_article(found.cited)
        cited = {id(passage) for passage, *_ in chosen}
        rest = [(passage, reading.answerable) for passage, reading in ranked if id(passage) not in cited]
        evidence = label([*((passage, support) for passage, _, support in chosen), *rest][:_EVIDENCE])
        if not chosen:
            return self._refuse(question, Refusal.NOT_STATED, evidence, found)
        language = detect_language(question)
        rows = [(visible(one.quote), [one]) for one in evidence[: len(chosen)]]
        stances = {one.label: stance for one, (_, stance, _) in zip(evidence, chosen, strict=False)}
        text, statements, citations = compose(rows, stances, found.verdict, language, found.premise)
        return Answer(
            question=question,
            language=language,
            decision=Decision.ANSWERED,
            verdict=found.verdict,
            short=found.short,
            premise=found.premise,
            text=text,
            statements=statements,
            citations=citations,
            evidence=evidence,
            confidence=round(found.confidence, 4),
            engine=f"extractive/{self._reader.name}",
            warnings=self._warnings,
        )

    def _refuse(
        self, question: str, reason: Refusal, near: tuple[Evidence, ...] = (), found: Judgement | None = None
    ) -> Answer:
        return Answer(
            question=question,
            language=detect_language(question),
            decision=Decision.REFUSED,
            text=_REASONS[reason],
            evidence=near,
            confidence=round(found.confidence, 4) if found else 1.0,
            refusal=reason,
            engine=f"extractive/{self._reader.name}",
            warnings=self._warnings,
        )


def check_question(question: str) -> str:
    """The question without white space around it.

    Raises:
        InputError: it is not text, has no word, or more than MAX_QUESTION characters.
    """
    question = readable(" ".join(question.split()), "the question")
    if not any(character.isalnum() for character in question):
        text = f"the question {question[:60]!r} has no word in it; ask a question, e.g. who belongs to the CSTO?"
        raise InputError(text, kind="no_word")
    if len(question) > MAX_QUESTION:
        text = f"the question has {len(question):,} characters, at most {MAX_QUESTION:,} are read; shorten it"
        raise InputError(text, kind="too_long", length=len(question), most=MAX_QUESTION)
    return question

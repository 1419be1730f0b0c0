"""An extractive answer written anew by a chat model, of which only what its sources say is kept."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from index.errors import ChatError
from index.languages import detect_language
from index.terms import WORD
from qa.answers import Answer, Decision, Event, Evidence, Statement, Verdict
from qa.compose import compose, without_verdict
from qa.drafts import LONGEST, SENTENCES, Draft, aloud, ends, read_drafts, refuses
from qa.facts import Facts, read_facts, unnamed
from qa.llm import ChatModel, Part
from qa.prompts import PROMPT_VERSION, SCHEMA, Prompt, alone_prompt, mend_prompt, neutral, write_prompt
from qa.verify import Check, Checker
from qa.visible import visible
from qa.words import fold

_NO_SCHEMA = {400, 404, 422}  # what servers answer that cannot be held to a schema
_MENDED = 3  # sentences written anew, at the most
_THOUGHTS = 10 * LONGEST  # characters that are listened to, thoughts and all


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence that passed, with the evidence that it rests on."""

    text: str
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class _Run:
    """One answer in the making: the evidence by id, and what each sentence came to."""

    evidence: dict[str, Evidence]
    language: str | None
    checked: dict[Draft, tuple[Check, tuple[Evidence, ...]]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    mends: int = _MENDED
    begun: float = field(default_factory=monotonic)


class Writer:
    """Writes with a chat model and lets the checker decide what of it is shown. Safe to share between threads."""

    def __init__(self, chat: ChatModel, checker: Checker, *, most: int, budget: int) -> None:
        """At most `most` sentences, from evidence of at most `budget` tokens (cl100k_base)."""
        self._chat = chat
        self._checker = checker
        self._most = most
        self._budget = budget

    @property
    def chat(self) -> ChatModel:
        """The model."""
        return self._chat

    def write(self, answer: Answer, language: str | None) -> Iterator[Event]:
        """The answer in a language: 'draft' events with what is not checked yet, 'statement' and 'answer'.

        An answer that refuses, shows two sides, or contradicts the question stays as it is. Whatever the model does,
        the last event carries an answer: when nothing passes the check, the one that was given, with a warning.
        """
        if answer.decision is Decision.REFUSED or answer.verdict is Verdict.DISPUTED or answer.premise:
            yield Event(kind="answer", answer=answer)
            return
        question = answer.searched or answer.question
        prompt = write_prompt(question, language, answer.evidence, most=self._most, budget=self._budget)
        run = _Run({key: answer.evidence[at] for at, key in enumerate(prompt.ids)}, language)
        try:
            written = yield from self._listen(prompt, run)
            said = self._settle(written, run)
        except ChatError as error:
            yield Event(kind="answer", answer=_unchanged(answer, f"no written answer: {error}"))
            return
        if said:
            yield Event(kind="answer", answer=self._compose(answer, said, run))
            return
        reason = "it found no answer in the evidence" if refuses(written) else "nothing that it wrote passed the check"
        warnings = [*run.warnings, f"the sources' own sentences are shown: {self._chat.name} was asked, and {reason}"]
        yield Event(kind="answer", answer=_unchanged(answer, *warnings))

    def stand_alone(self, turns: Sequence[str], fallback: str) -> str:
        """The last of a conversation's questions as the model makes it stand alone.

        The fallback where the model fails, or brings in a name or a number that the conversation does not have.
        """
        prompt = alone_prompt(turns)
        try:
            written = self._hear(prompt, self._chat.timeout)
        except ChatError:
            return fallback
        lines = [line for line in aloud(written).splitlines() if line.strip()]
        found = visible(lines[0]).strip(" \"'“”«»*`") if len(lines) == 1 else ""
        return found if 8 <= len(found) <= 300 and _fits(found, turns) else fallback

    def _listen(self, prompt: Prompt, run: _Run) -> Generator[Event, None, Part]:
        """Events while the model writes; returns all that it wrote."""
        written: Part = ""
        for piece in self._stream(prompt):
            written = piece if isinstance(piece, dict) else f"{written if isinstance(written, str) else ''}{piece}"
            drafts = read_drafts(written, tuple(run.evidence))
            for draft in drafts[:-1]:
                if draft.ids and draft not in run.checked:  # without ids they may still come
                    yield from self._passed(draft, run)
            yield Event(kind="draft", text=neutral(drafts[-1].text) if drafts else "")
            if len(drafts) == SENTENCES or len(aloud(str(written))) > LONGEST or len(str(written)) > _THOUGHTS:
                break
        return written

    def _passed(self, draft: Draft, run: _Run) -> Iterator[Event]:
        """The sentence as a statement when it passes, once."""
        check = self._check(draft, run)
        if check.problem is None and check.text not in run.shown:
            run.shown.add(check.text)
            labels = tuple(one.label for one in run.checked[draft][1])
            statement = Statement(text=check.text, start=0, end=len(check.text), labels=labels)
            yield Event(kind="statement", statement=statement)

    def _stream(self, prompt: Prompt) -> Iterator[Part]:
        if not self._chat.structured:
            yield from self._chat.stream(prompt.system, prompt.user)
            return
        try:
            yield from self._chat.stream(prompt.system, prompt.user, SCHEMA)
        except ChatError as error:
            if error.status not in _NO_SCHEMA:
                raise
            yield from self._chat.stream(prompt.system, prompt.user)

    def _settle(self, written: Part, run: _Run) -> list[_Said]:
        """The sentences that pass, at once or when written anew; what became of the others stands in the warnings."""
        said = list[_Said]()
        drafts = read_drafts(written, tuple(run.evidence))
        for number, draft in enumerate(drafts, 1):
            if number == len(drafts) and not (draft.ids or ends(draft.text)):
                run.warnings.append(f"sentence {number} was left out: it was broken off")
                continue
            check, cited = self._check(draft, run), run.checked[draft][1]
            if draft.unknown:
                run.warnings.append(f"sentence {number} cited {len(draft.unknown)} sources that are none")
            if check.problem and run.mends:
                run.mends -= 1
                found = self._mend(draft, cited or tuple(run.evidence.values()), run)
                outcome = "written anew" if found else "left out"
                run.warnings.append(f"sentence {number} was {outcome}: {check.problem}")
                said += found
            elif check.problem:
                run.warnings.append(f"sentence {number} was left out: {check.problem}")
            else:
                said.append(_Said(check.text, cited))
        return list({one.text: one for one in said}.values())[: self._most]

    def _check(self, draft: Draft, run: _Run) -> Check:
        """The check of a sentence, once; one that cites nothing is checked against the evidence that fits best."""
        if draft not in run.checked:
            text = without_verdict(draft.text)
            cited = tuple(run.evidence[key] for key in draft.ids)
            if not cited:
                cited = self._checker.nearest(text, list(run.evidence.values()))
            run.checked[draft] = self._checker.check(text, cited, run.language), cited
        return run.checked[draft][0]

    def _mend(self, draft: Draft, evidence: Sequence[Evidence], run: _Run) -> list[_Said]:
        """What the model makes of the sentence when it is told that it says too much, if that passes."""
        prompt = mend_prompt(draft.text, run.language, evidence)
        known = {key: evidence[at] for at, key in enumerate(prompt.ids)}
        try:
            written = self._hear(prompt, self._chat.timeout - (monotonic() - run.begun))
        except ChatError:  # what passed already is not lost with it
            run.mends, written = 0, ""
        said = []
        for one in read_drafts(written, tuple(known))[:1]:
            cited = tuple(known[key] for key in one.ids) or tuple(evidence[:1])
            check = self._checker.check(without_verdict(one.text), cited, run.language)
            said += [] if check.problem or refuses(written) else [_Said(check.text, cited)]
        return said

    def _hear(self, prompt: Prompt, seconds: float) -> str:
        """All that the model writes to a prompt within this time."""
        written = ""
        for piece in replace(self._chat, timeout=max(0.0, seconds)).stream(prompt.system, prompt.user):
            written += str(piece)
            if len(aloud(written)) > LONGEST or len(written) > _THOUGHTS:
                break
        return written

    def _compose(self, answer: Answer, said: Sequence[_Said], run: _Run) -> Answer:
        """The written answer: labels count in the order in which they are cited, and the rest of the evidence after."""
        order = list(dict.fromkeys(one.label for row in said for one in row.evidence))
        order += [one.label for one in answer.evidence if one.label not in order]
        held = {one.label: replace(one, label=order.index(one.label) + 1) for one in answer.evidence}
        stances = {held[one.label].label: one.stance for one in answer.citations}
        rows = [(row.text, sorted((held[one.label] for one in row.evidence), key=lambda e: e.label)) for row in said]
        text, statements, citations = compose(rows, stances, answer.verdict, run.language)
        quoted: list[Any] = [one.quote for one in citations]
        short = answer.short if answer.short and any(answer.short in one for one in quoted) else None
        return replace(
            answer,
            language=run.language,
            text=text,
            short=short,
            statements=statements,
            citations=citations,
            evidence=tuple(sorted(held.values(), key=lambda one: one.label)),
            engine=f"{self._chat.name}/{PROMPT_VERSION} over {answer.engine}",
            warnings=(*answer.warnings, *run.warnings),
        )


def _fits(question: str, turns: Sequence[str]) -> bool:
    """Whether a question is made of a conversation's words, has most of its last turn's and some others."""
    known = Facts()
    for turn in turns:
        known |= read_facts(turn, detect_language(turn))
    own = read_facts(question, detect_language(question))
    if own.lacks(known) or unnamed(own.names, known) or "<" in question:
        return False
    last, spoken = (_beginnings(text) for text in (turns[-1], " ".join(turns)))
    said = _beginnings(question)
    kept, ours = 2 * len(said & last) >= len(last), 4 * len(said & spoken) >= 3 * len(said)
    return kept and ours and bool(said & spoken - last)


def _beginnings(text: str) -> set[str]:
    """Its words by their first letters, so that case endings do not tell them apart."""
    return {fold(word)[:5] for word in WORD.findall(text)}


def _unchanged(answer: Answer, *warnings: str) -> Answer:
    return replace(answer, warnings=(*answer.warnings, *warnings))

"""Conversations to safe HTML. Every text of an article or a user goes through `safe`."""

from collections.abc import Sequence
from itertools import groupby

from index.filters import Filters
from qa.answers import Answer, Citation, Decision, Source, Statement, Verdict
from ui.web.actions import render_actions, summary
from ui.web.direction import direction, safe
from ui.web.pieces import about, render_head, render_line, render_where, scope
from ui.web.turns import Turn
from ui.web.words import Words

_NEAREST = 3


def render_conversation(words: Words, turns: Sequence[Turn]) -> str:
    """All turns of a conversation, first one first."""
    return render_next(words, render_earlier(words, turns[:-1]), turns[-1], len(turns) - 1)


def render_earlier(words: Words, turns: Sequence[Turn], *, waiting: bool = False) -> str:
    """The turns before the last, which stay as they are while that is answered: `waiting`, they cannot be judged."""
    return "".join(_turn(words, turn, at, last=False, waiting=waiting) for at, turn in enumerate(turns))


def render_next(words: Words, earlier: str, turn: Turn, at: int) -> str:
    """A conversation of `at` turns, as `render_earlier` gives them, and one more."""
    return f'<div class="turns">{earlier}{_turn(words, turn, at, last=True)}</div>'


def render_welcome(words: Words, questions: Sequence[str], *, empty: bool) -> str:
    """What the page is for, and questions to begin with; of an `empty` archive, how to fill it."""
    asked = f'<h3>{safe(words("chat.examples"))}</h3><ul class="examples">{"".join(map(_suggestion, questions))}</ul>'
    text = f'<p class="hint">{safe(words("chat.nothing_yet"))}</p>' if empty else asked if questions else ""
    tips = "".join(f"<li>{safe(words(f'tip.{name}'))}</li>" for name in ("lean", "narrow", "keep"))
    head, purpose = safe(words("chat.empty_head")), safe(words("chat.empty_text"))
    return f'<div class="welcome"><h2>{head}</h2><p>{purpose}</p>{text}<ul class="tips">{tips}</ul></div>'


def _suggestion(question: str) -> str:
    return f'<li><button type="button" class="example" dir="{direction(question)}">{safe(question)}</button></li>'


def _turn(words: Words, turn: Turn, at: int, *, last: bool, waiting: bool = False) -> str:
    name = safe(words("chat.question", number=at + 1))
    head = f'<h2 class="question" dir="auto">{safe(turn.question)}</h2>'
    head += _searched(words, turn) + _filters(words, turn.filters)
    if turn.problem is not None:
        body = f'<p class="problem" role="alert" dir="auto">{safe(turn.problem)}</p>'
    elif turn.stopped:
        body = f'<p class="progress stopped">{safe(words("chat.stopped"))}</p>'
    elif turn.answer is None:
        body = "".join(render_line(one.text, None) for one in turn.statements)
        stop = f'<button type="button" class="act stop">{safe(words("chat.stop"))}</button>'
        body += _draft(words, turn.draft) + f'<p class="progress"><span>{safe(turn.progress)}</span> {stop}</p>'
    else:
        body = _answer(words, turn.answer, at)
    body += "" if turn.pending else render_actions(words, turn, at, last=last, waiting=waiting)
    said = f' data-said="{safe(summary(words, turn.answer))}"' if turn.answer else ""
    return f'<article class="turn" aria-label="{name}"{said}>{head}<div class="answer">{body}</div></article>'


def _searched(words: Words, turn: Turn) -> str:
    """What was searched for, as a button that brings it into the question's box to be edited."""
    searched = turn.searched if turn.answer is None else turn.answer.searched
    if not searched or searched == turn.question:
        return ""
    name = safe(words("chat.edit", question=searched))
    button = f'<button type="button" class="edit" dir="auto" aria-label="{name}">{safe(searched)}</button>'
    return f'<p class="searched">{safe(words("chat.searched"))}: {button}</p>'


def _draft(words: Words, text: str) -> str:
    if not text:
        return ""
    unchecked = safe(words("chat.unchecked"))
    return f'<p class="draft" dir="{direction(text)}"><bdi>{safe(text)}</bdi> <em>{unchecked}</em></p>'


def _filters(words: Words, filters: Filters | None) -> str:
    if filters is None or filters.empty:
        return ""
    chips = "".join(f'<li class="chip"><bdi>{safe(one)}</bdi></li>' for one in scope(words, filters))
    return f'<ul class="scope" aria-label="{safe(words("filters.head"))}">{chips}</ul>'


def _answer(words: Words, answer: Answer, at: int) -> str:
    warnings = "".join(f'<p class="warning" lang="en" dir="auto">{safe(one)}</p>' for one in answer.warnings)
    if answer.decision is Decision.REFUSED:
        return render_head(words, answer) + _refusal(words, answer, at) + warnings
    cited = {one.label: one for one in answer.citations}
    groups = groupby(answer.statements, key=lambda one: tuple({cited[label].article_id: None for label in one.labels}))
    said = "".join(_group(words, list(group), answer, at) for _, group in groups)
    return render_head(words, answer) + said + warnings


def _refusal(words: Words, answer: Answer, at: int) -> str:
    said = words(f"reason.{answer.refusal.value}") if answer.refusal is not None else answer.text
    text = f'<p class="refusal">{safe(said)}</p>'
    if not answer.evidence:
        return text
    near = "".join(
        render_line(one.quote, one.article.language, _marker(words, one.label, one.article, at))
        + render_where(words, one.article, one.quote)
        for one in answer.evidence[:_NEAREST]
    )
    return f'{text}<section class="nearest"><h3>{safe(words("chat.nearest"))}</h3>{near}</section>'


def _group(words: Words, statements: list[Statement], answer: Answer, at: int) -> str:
    """Statements that rest on the same articles, and under them where these are from."""
    cited = {one.label: one for one in answer.citations}
    lines = []
    for statement in statements:
        quotes = {" ".join(cited[label].quote.split()): cited[label].language for label in statement.labels}
        if answer.verdict is Verdict.DISPUTED:
            lines.append(_stance(words, cited[statement.labels[0]]))
        markers = "".join(_marker(words, label, cited[label], at) for label in statement.labels)
        lines.append(render_line(statement.text, quotes.get(statement.text, answer.language), markers))
    sources = {cited[label].article_id: cited[label] for one in statements for label in one.labels}
    where = "".join(render_where(words, one, one.quote) for one in sources.values())
    also = _also(words, answer, {label for one in statements for label in one.labels})
    return f'<div class="said">{"".join(lines)}{where}{also}</div>'


def _also(words: Words, answer: Answer, labels: set[int]) -> str:
    carriers = {
        one.id: one.publisher or one.id for item in answer.evidence if item.label in labels for one in item.copies
    }
    if not carriers:
        return ""
    also = words("chat.also", count=len(carriers), names=words.listed(list(carriers.values())))
    return f'<p class="where" dir="auto">{safe(also)}</p>'


def _stance(words: Words, citation: Citation) -> str:
    kind = {"supports": "yes", "contradicts": "no"}[citation.stance.value]
    said = safe(words(f"stance.{citation.stance.value}"))
    return f'<p class="stance"><span class="badge {kind}">{said}</span></p>'


def _marker(words: Words, label: int, source: Source | Citation, at: int) -> str:
    of = ", ".join(about(words, source))
    name = safe(words("source.cite", label=label, about=of))
    data = f'data-turn="{at}" data-label="{label}"'
    return f' <button type="button" class="cite" {data} aria-label="{name}" title="{safe(of)}">{label}</button>'

"""What can be done with an answer, as safe HTML: copy it, ask again, say what one thinks of it."""

from qa.answers import Answer, Decision
from qa.opinions import MAX_NOTE
from ui.web.direction import safe
from ui.web.markdown import render_markdown
from ui.web.turns import Turn
from ui.web.words import Words


def render_actions(words: Words, turn: Turn, at: int, *, last: bool, waiting: bool) -> str:
    """The buttons under a turn that is done; only the last one can be asked again, `waiting` ones not be judged."""
    buttons = []
    if turn.answer is not None:
        copied = f'data-markdown="{safe(render_markdown(words, turn.answer))}" data-done="{safe(words("chat.copied"))}"'
        buttons.append(f'<button type="button" class="act copy" {copied}>{safe(words("chat.copy"))}</button>')
    if last and turn.asked_in is not None:
        buttons.append(f'<button type="button" class="act retry">{safe(words("chat.retry"))}</button>')
    if turn.answer is None or turn.restored:
        return _group(words, buttons)
    buttons += [_thumb(words, turn, at, helpful=one, waiting=waiting) for one in (True, False)]
    return _group(words, buttons) + _note(words, turn, at, waiting=waiting)


def summary(words: Words, answer: Answer) -> str:
    """What a screen reader says of a new answer."""
    if answer.decision is Decision.REFUSED and answer.refusal is not None:
        return words(f"reason.{answer.refusal.value}")
    verdict = words(f"verdict.{answer.verdict.value}") if answer.verdict is not None else ""
    verdict = f"{answer.premise} {verdict}" if answer.premise else verdict
    found = words("chat.sentences", count=len(answer.statements))
    first = answer.statements[0].text if answer.statements else ""
    return ". ".join(one for one in (verdict, answer.short, words.confidence(answer.confidence), found, first) if one)


def _group(words: Words, buttons: list[str]) -> str:
    return f'<div class="actions" role="group" aria-label="{safe(words("chat.actions"))}">{"".join(buttons)}</div>'


def _thumb(words: Words, turn: Turn, at: int, *, helpful: bool, waiting: bool) -> str:
    name, value = ("helpful", "yes") if helpful else ("unhelpful", "no")
    pressed = "true" if turn.helpful is helpful else "false"
    data = f'data-turn="{at}" data-helpful="{value}" aria-pressed="{pressed}"'
    said = safe(words(f"opinion.{name}"))
    data += f' aria-label="{said}" title="{said}"{" disabled" if waiting else ""}'
    return f'<button type="button" class="act judge {value}" {data}><span class="thumb"></span></button>'


def _note(words: Words, turn: Turn, at: int, *, waiting: bool) -> str:
    if turn.helpful is None:
        return ""
    if turn.noted:
        return f'<p class="thanks">{safe(words("opinion.thanks"))}</p>'
    label = f'<label for="note-{at}">{safe(words("opinion.note"))}</label>'
    box = f'<textarea id="note-{at}" rows="2" maxlength="{MAX_NOTE}" dir="auto"></textarea>'
    send = f'<button type="submit" class="act"{" disabled" if waiting else ""}>{safe(words("opinion.send"))}</button>'
    return f'<form class="note" data-turn="{at}">{label}{box}{send}</form>'

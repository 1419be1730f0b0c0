"""Drafts of cases as safe HTML."""

from ui.web.direction import direction, safe
from ui.web.drafting import Drafting
from ui.web.pieces import lang_of, render_where
from ui.web.words import Words


def render_draft(words: Words, drafting: Drafting) -> str:
    """The sentence to ask about between its neighbours, and how many there are; at the end how it went on."""
    draft = drafting.draft
    if draft is None:
        said = words("drafts.ended", count=len(drafting.kept)) if drafting.drafts else words("drafts.purpose")
        return f'<p class="hint">{safe(said)}</p>'
    at = words("drafts.at", number=drafting.at + 1, total=len(drafting.drafts), kept=len(drafting.kept))
    before, after = " ".join(draft.before.split()[-30:]), " ".join(draft.after.split()[:30])
    text = f"{safe(before)} <mark>{safe(draft.text)}</mark> {safe(after)}"
    button = f'<button type="button" class="open act" data-article="{safe(draft.article.id)}" '
    button += f'data-quote="{safe(draft.text)}">{safe(words("questions.open"))}</button>'
    return (
        f'<p class="where" role="status">{safe(at)}</p>'
        f'<blockquote dir="{direction(draft.text)}"{lang_of(draft.article.language)}>{text}</blockquote>'
        f"{render_where(words, draft.article, draft.text)}{button}"
    )


def render_kept(words: Words, drafting: Drafting) -> str:
    """The kept questions; each can be taken out."""
    if not drafting.kept:
        return ""
    lines = "".join(_kept(words, at, question) for at, (question, _) in enumerate(drafting.kept))
    return f'<h2 class="found" tabindex="-1">{safe(words("drafts.kept"))}</h2><ul class="entries">{lines}</ul>'


def _kept(words: Words, at: int, question: str) -> str:
    label = safe(words("drafts.drop_it", question=question))
    button = f'<button type="button" class="act narrow" data-kind="drop" data-page="{at}" aria-label="{label}">'
    return f'<li><div dir="auto">{safe(question)}</div>{button}{safe(words("drafts.drop"))}</button></li>'

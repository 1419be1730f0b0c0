"""The versions of an article, as safe HTML: which one is shown, and what leads to the others."""

from collections.abc import Sequence

from index.versions import Version
from ui.web.direction import safe
from ui.web.words import Words


def render_versions(words: Words, held: Sequence[Version], shown: str, quote: str) -> str:
    """Each version, the newest first, with buttons that open it and show what it changed; nothing where it is one."""
    if len(held) < 2:
        return ""
    lines = []
    for at in reversed(range(len(held))):
        one, before = held[at], held[at - 1] if at else None
        name = words("source.version", number=one.number, day=words.day(one.since))
        line = f'<span aria-current="true">{safe(name)}</span>' if one.id == shown else open_button(name, one.id, quote)
        lines.append(f"<li>{line}{_compare(words, before, one, quote) if before else ''}</li>")
    head = safe(words("source.versions", count=len(held)))
    return f'<section class="beside" dir="{words.direction}"><h3>{head}</h3><ul>{"".join(lines)}</ul></section>'


def open_button(name: str, article: str, quote: str) -> str:
    """A button that opens an article at a quote."""
    data = f'data-article="{safe(article)}" data-quote="{safe(quote)}"'
    return f'<button type="button" class="open" {data}><bdi>{safe(name)}</bdi></button>'


def _compare(words: Words, old: Version, new: Version, quote: str) -> str:
    data = f'data-old="{safe(old.id)}" data-article="{safe(new.id)}" data-quote="{safe(quote)}"'
    name = safe(words("source.compare", old=old.number, new=new.number))
    said = safe(words("source.what_changed"))
    return f' <button type="button" class="compare" {data} aria-label="{name}">{said}</button>'

"""The dialog of the conversations that this browser keeps, as safe HTML; history.js fills it."""

import json

from ui.web.direction import safe
from ui.web.words import Words

_SAID = ("rename", "save", "delete", "sure", "export", "open", "none", "nothing_found", "off", "day")


def render_history(words: Words) -> str:
    """The dialog, closed, and the place where a screen reader hears of new answers."""
    said = safe(json.dumps({name: words(f"history.{name}", title="{title}") for name in _SAID}, ensure_ascii=False))
    head = f'<h2 id="history-head">{safe(words("history.head"))}</h2>'
    close = f'<button type="button" class="act close">{safe(words("history.close"))}</button>'
    find = safe(words("history.search"))
    search = f'<input type="search" class="search" aria-label="{find}" placeholder="{find}" dir="auto">'
    names = ("export_markdown", "export_json", "delete_all")
    buttons = "".join(
        f'<button type="button" class="act {name}">{safe(words(f"history.{name}"))}</button>' for name in names
    )
    keep = f'<label class="keep"><input type="checkbox"> {safe(words("history.keep_nothing"))}</label>'
    about = f'<p class="hint">{safe(words("history.about"))}</p>'
    return (
        '<p id="live" class="unseen" role="status" aria-live="polite"></p>'
        f'<dialog aria-labelledby="history-head" data-said="{said}"><header>{head}{close}</header>{search}'
        f'<ul class="kept"></ul><div class="foot"><div class="actions">{buttons}</div>{keep}{about}</div></dialog>'
    )

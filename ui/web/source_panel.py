"""The source panel of the pages with lists."""

from typing import Any

import gradio as gr

from ui.web.shelf import Shelf
from ui.web.theme import read_asset

_OPENED = "() => { window.dispatchEvent(new Event('dateline-cited')); }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def place_source(shelf: Shelf) -> gr.HTML:
    """The source panel, with what its own buttons do."""
    with gr.Column(elem_id="source", min_width=280):
        source = gr.HTML(
            shelf.say("archive.opened_here"), js_on_load=read_asset("source.js"), elem_id="sheet",
            apply_default_css=False,
        )  # fmt: skip

    def compare(event: gr.EventData) -> str:
        return shelf.compare(event._data)

    source.compare(compare, outputs=source, **_QUIET).then(None, js=_OPENED, **_QUIET)
    open_from(source, source, shelf)
    return source


def open_from(part: gr.HTML, source: gr.HTML, shelf: Shelf) -> None:
    """Let buttons in a part open articles in the source panel."""

    def open_(event: gr.EventData) -> str:
        return shelf.open(event._data)

    part.open(open_, outputs=source, **_QUIET).then(None, js=_OPENED, **_QUIET)

"""The archive page: charts, a list with search, the source panel, and what changes the archive."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.readers.formats import ENDINGS, PACKED
from ui.web.archive_desk import Desk
from ui.web.archive_view import View
from ui.web.shelf import Shelf
from ui.web.source_panel import open_from, place_source
from ui.web.theme import read_asset
from ui.web.words import Words

_LISTED = "() => { window.dispatchEvent(new Event('dateline-listed')); }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_ONE = {"concurrency_id": "changes", "concurrency_limit": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    view: gr.State
    search: gr.Textbox
    charts: gr.HTML
    told: gr.HTML
    listed: gr.HTML
    looked: gr.HTML
    source: gr.HTML


def place_archive(page: gr.Blocks, desk: Desk, shelf: Shelf, words: Words, head: gr.HTML, holdings: Any) -> None:  # noqa: ANN401
    """The page's parts; `holdings` renders `head` anew after a change."""
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="catalogue", min_width=280):
            search = gr.Textbox(
                placeholder=words("archive.search"), label=words("archive.search"), show_label=False, container=False,
                lines=1, max_lines=1, submit_btn=words("archive.find"), elem_id="question",
            )  # fmt: skip
            charts = _html("charts")
            adding = _place_adding(words) if desk.changes else None
            told = _html("told")
            listed = _html("listed")
            copies, doctor, looked = _place_looking(words, desk)
        source = place_source(shelf)
    view = gr.State(View())
    parts = _Parts(view=view, search=search, charts=charts, told=told, listed=listed, looked=looked, source=source)
    _wire(parts, desk, shelf)
    copies.click(desk.copies, outputs=looked, **_QUIET)
    if doctor is not None:
        doctor.click(desk.examine, outputs=looked, **_QUIET | _ONE)
    if adding is not None:
        _wire_changes(parts, desk, adding, head, holdings)
    page.load(lambda: (holdings(), *desk.show(View())), outputs=[head, charts, listed], **_QUIET)


def _html(name: str) -> gr.HTML:
    return gr.HTML("", js_on_load=read_asset("archive.js"), elem_id=name, apply_default_css=False)


def _place_adding(words: Words) -> tuple[gr.File, gr.Button, gr.Textbox, gr.Button]:
    with gr.Accordion(words("archive.add"), open=False, elem_id="add"):
        files = gr.File(
            label=words("archive.files"), file_count="multiple", file_types=sorted({*ENDINGS, *PACKED, ".warc"}),
            elem_id="files", height=170,
        )  # fmt: skip
        add = gr.Button(words("archive.add_files"), elem_id="add-files", size="sm")
        urls = gr.Textbox(label=words("archive.addresses"), lines=2, max_lines=6, elem_id="urls")
        fetch = gr.Button(words("archive.add_addresses"), elem_id="add-urls", size="sm")
    return files, add, urls, fetch


def _place_looking(words: Words, desk: Desk) -> tuple[gr.Button, gr.Button | None, gr.HTML]:
    with gr.Row(elem_id="looking"):
        copies = gr.Button(words("archive.copies"), elem_id="copies", size="sm")
        doctor = gr.Button(words("archive.examine"), elem_id="doctor", size="sm") if desk.changes else None
    return copies, doctor, _html("looked")


def _wire(parts: _Parts, desk: Desk, shelf: Shelf) -> None:
    def narrow(view: View, event: gr.EventData) -> tuple[View, str, str, str]:
        view, charts, listed = desk.narrow(view, event._data)
        return view, charts, listed, view.text

    def find(view: View, text: str) -> tuple[View, str, str]:
        return desk.narrow(view, {"kind": "text", "value": text.strip()})

    shown = [parts.view, parts.charts, parts.listed]
    for one in (parts.charts, parts.listed):
        moved = one.narrow(narrow, inputs=parts.view, outputs=[*shown, parts.search], **_QUIET)
        moved.then(None, js=_LISTED, **_QUIET)
    parts.search.submit(find, inputs=[parts.view, parts.search], outputs=shown, **_QUIET).then(
        None, js=_LISTED, **_QUIET
    )
    for one in (parts.listed, parts.looked):
        open_from(one, parts.source, shelf)


def _wire_changes(
    parts: _Parts,
    desk: Desk,
    adding: tuple[gr.File, gr.Button, gr.Textbox, gr.Button],
    head: gr.HTML,
    holdings: Any,  # noqa: ANN401
) -> None:
    files, add, urls, fetch = adding

    def add_files(given: list[str] | None) -> Iterator[str]:
        yield from desk.add_files(given)

    def add_addresses(text: str) -> Iterator[str]:
        yield from desk.add_addresses(text)

    def remove(view: View, event: gr.EventData) -> tuple[str, str, str]:
        return desk.remove(view, event._data)

    def anew(view: View) -> tuple[str, str, str]:
        return holdings(), *desk.show(view)

    after: dict[str, Any] = {"fn": anew, "inputs": parts.view, "outputs": [head, parts.charts, parts.listed], **_QUIET}
    added = add.click(add_files, inputs=files, outputs=parts.told, **_QUIET)
    added.then(lambda: None, outputs=files, **_QUIET).then(**after)
    fetch.click(add_addresses, inputs=urls, outputs=parts.told, **_QUIET).then(**after)
    removed = parts.listed.remove(remove, inputs=parts.view, outputs=[parts.told, parts.charts, parts.listed], **_QUIET)
    removed.then(holdings, outputs=head, **_QUIET)

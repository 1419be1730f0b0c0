"""The page that asks many questions: a set, how far it is, the answers beside their gold, and the source panel."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ui.web.questions_desk import QuestionsDesk, Shown
from ui.web.questions_render import render_results
from ui.web.results import Results
from ui.web.shelf import Shelf
from ui.web.source_panel import open_from, place_source
from ui.web.theme import read_asset
from ui.web.turns import Run
from ui.web.words import Words

_LISTED = "() => { window.dispatchEvent(new Event('dateline-listed')); }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_KINDS = [".jsonl", ".json", ".csv", ".tsv", ".zip"]


def place_questions(desk: QuestionsDesk, shelf: Shelf, words: Words) -> None:
    """The page's parts."""
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="catalogue", min_width=280):
            gr.HTML(f'<p class="hint">{words("questions.purpose")}</p>', apply_default_css=False)
            file = gr.File(label=words("questions.file"), file_types=_KINDS, elem_id="set", height=170)
            with gr.Row(elem_id="looking"):
                ask = gr.Button(words("questions.ask"), elem_id="ask-all", size="sm")
                stop = gr.Button(words("questions.stop"), elem_id="stop-all", size="sm")
                report = gr.DownloadButton(words("questions.report"), elem_id="report", size="sm", visible=False)
                held = gr.DownloadButton(words("questions.articles"), elem_id="articles", size="sm", visible=False)
            told = gr.HTML("", elem_id="told", apply_default_css=False)
            listed = gr.HTML(
                render_results(words, Results()), js_on_load=read_asset("archive.js"), elem_id="listed",
                apply_default_css=False,
            )  # fmt: skip
        source = place_source(shelf)
    results, run = gr.State(Results()), gr.State(Run())
    _wire_ask(desk, (file, ask, stop), (results, told, listed, report, held), run)

    def narrow(held: Results, event: gr.EventData) -> tuple[Results, str]:
        return desk.narrow(held, event._data)

    listed.narrow(narrow, inputs=results, outputs=[results, listed], **_QUIET).then(None, js=_LISTED, **_QUIET)
    open_from(listed, source, shelf)


def _wire_ask(
    desk: QuestionsDesk, buttons: tuple[gr.File, gr.Button, gr.Button], outputs: tuple[Any, ...], run: gr.State
) -> None:
    file, ask, stop = buttons
    told = outputs[1]

    def ask_all(given: str | None, run: Run) -> Iterator[tuple[Any, ...]]:
        for shown in desk.ask(given, run):
            yield _files(shown)

    def stop_all(run: Run) -> None:
        desk.stop(run)

    begun = ask.click(desk.waiting, outputs=told, **_QUIET)
    begun.then(ask_all, inputs=[file, run], outputs=list(outputs), concurrency_id="sets", concurrency_limit=1, **_QUIET)
    stop.click(stop_all, inputs=run, **_QUIET)


def _files(shown: Shown) -> tuple[Any, ...]:
    *rest, report, articles = shown
    return (*rest, *(gr.update(value=one, visible=one is not None) for one in (report, articles)))

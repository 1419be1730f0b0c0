"""The page of drafts: a sentence, the form of its case, what was kept, and the source panel."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr

from qa.answers import Verdict
from qa.question_sets import Written
from ui.web.drafting import Drafting, guess
from ui.web.drafts_desk import DraftsDesk, Told
from ui.web.drafts_render import render_draft, render_kept
from ui.web.shelf import Shelf
from ui.web.source_panel import open_from, place_source
from ui.web.theme import read_asset
from ui.web.words import Words

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_WRITE = "() => { setTimeout(() => document.querySelector('#draft-question textarea')?.focus(), 60); }"


def place_drafts(desk: DraftsDesk, shelf: Shelf, words: Words) -> None:
    """The page's parts."""
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="catalogue", min_width=280):
            shown = _html("draft", render_draft(words, Drafting()))
            with gr.Row(elem_id="drawing"):
                count = gr.Number(20, label=words("drafts.count"), minimum=1, maximum=100, precision=0, min_width=90)
                begin = gr.Button(words("drafts.begin"), elem_id="begin", size="sm")
            with gr.Column(elem_id="case", visible=False) as form:
                fields, keep, skip = _place_form(desk, words)
            told = gr.HTML("", elem_id="told", apply_default_css=False)
            download = gr.DownloadButton(words("drafts.download"), elem_id="download", size="sm", visible=False)
            kept = _html("listed", "")
        source = place_source(shelf)
    state = gr.State(Drafting())
    outputs = [state, shown, begin, form, *fields, told, download, kept]
    _wire(words, begin.click, desk.begin, [state, count], outputs)
    _wire(words, keep.click, lambda state, *given: desk.keep(state, _written(*given)), [state, *fields], outputs)
    _wire(words, skip.click, desk.skip, [state], outputs)
    _wire_kept(words, desk, kept, state, download)
    for one in (shown, kept):
        open_from(one, source, shelf)


def _wire(words: Words, click: Any, change: Callable[..., Told], inputs: list[Any], outputs: list[Any]) -> None:  # noqa: ANN401
    def changed(*given: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - the values of the parts
        yield from _steps(words, *change(*given))

    click(changed, inputs=inputs, outputs=outputs, **_QUIET).then(None, js=_WRITE, **_QUIET)


def _wire_kept(words: Words, desk: DraftsDesk, kept: gr.HTML, state: gr.State, download: gr.DownloadButton) -> None:
    def drop(drafting: Drafting, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        drafting = desk.drop(drafting, event._data)
        with TemporaryDirectory(prefix="dateline-cases-") as folder:
            yield drafting, render_kept(words, drafting), _download(drafting, Path(folder))

    kept.narrow(drop, inputs=state, outputs=[state, kept, download], **_QUIET)


def _html(name: str, html: str) -> gr.HTML:
    return gr.HTML(html, js_on_load=read_asset("archive.js"), elem_id=name, apply_default_css=False)


def _place_form(desk: DraftsDesk, words: Words) -> tuple[list[Any], gr.Button, gr.Button]:
    question = gr.Textbox(label=words("drafts.question"), lines=2, max_lines=4, elem_id="draft-question")
    kind = gr.Radio(desk.kinds, value="wh", label=words("drafts.kind"), elem_id="draft-kind")
    verdicts = [(words(f"verdict.{one}"), str(one)) for one in Verdict]
    verdict = gr.Radio(verdicts, label=words("drafts.verdict"), visible=False, elem_id="draft-verdict")
    answer = gr.Textbox(label=words("drafts.answer"), lines=1, max_lines=2, elem_id="draft-answer")
    with gr.Row(elem_id="looking"):
        keep = gr.Button(words("drafts.keep"), elem_id="keep-case", size="sm")
        skip = gr.Button(words("drafts.skip"), elem_id="skip", size="sm")

    def fit(kind: str | None) -> tuple[Any, Any]:
        return gr.update(visible=kind == "yes_no"), gr.update(visible=kind not in ("yes_no", "unanswerable"))

    kind.change(fit, inputs=kind, outputs=[verdict, answer], **_QUIET)
    return [question, kind, verdict, answer], keep, skip


def _written(question: str | None, kind: str | None, verdict: str | None, answer: str | None) -> Written:
    return Written(question=question or "", kind=kind or "", verdict=verdict or "", answer=answer or "")


def _steps(words: Words, drafting: Drafting, problem: str) -> Iterator[list[Any]]:
    """What each part of the page is to be; with a problem the form stays as it is."""
    again = words("drafts.again" if drafting.drafts else "drafts.begin")
    fields = [gr.skip()] * 4 if problem else _fields(drafting)
    with TemporaryDirectory(prefix="dateline-cases-") as folder:
        yield [
            drafting, render_draft(words, drafting), gr.update(value=again),
            gr.update(visible=drafting.draft is not None), *fields, problem, _download(drafting, Path(folder)),
            render_kept(words, drafting),
        ]  # fmt: skip


def _fields(drafting: Drafting) -> list[Any]:
    first = guess(drafting.draft) if drafting.draft else Written(question="", kind="wh")
    return [first.question, first.kind, None, first.answer]


def _download(drafting: Drafting, folder: Path) -> Any:  # noqa: ANN401 - gradio's update
    if not drafting.kept:
        return gr.update(value=None, visible=False)
    file = folder / "cases.jsonl"
    file.write_text(drafting.file, encoding="utf-8")
    return gr.update(value=str(file), visible=True)

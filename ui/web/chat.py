"""The chat: a conversation, the question's box with its filters, the source panel, and what the browser keeps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.chips import render_chips, without
from ui.web.handlers import Handlers, Turns
from ui.web.history import render_history
from ui.web.shelf import Shelf
from ui.web.theme import read_asset
from ui.web.turns import Run
from ui.web.words import Words

_CITED = "() => { window.dispatchEvent(new Event('dateline-cited')); }"
_FOCUS = "() => { document.querySelector('#question textarea')?.focus(); }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """The parts of the chat."""

    run: gr.State
    turns: gr.State
    conversation: gr.HTML
    chips: gr.HTML
    question: gr.Textbox
    filters: list[gr.Component]
    new: gr.Button
    keeper: gr.HTML
    history: gr.HTML
    source: gr.HTML


def place_chat(page: gr.Blocks, handlers: Handlers, shelf: Shelf, words: Words) -> None:
    """The parts of the chat, and what leads from one to the other."""
    run, turns = gr.State(Run()), gr.State(())
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="chat", min_width=280):
            conversation = _html(handlers.show(()), "conversation.js", "conversation")
            chips = _html("", "chips.js", "chips")
            question, filters, new = _inputs(handlers, words)
        with gr.Column(elem_id="source", min_width=280):
            source = _html(shelf.nothing(), "source.js", "sheet")
    history = _html(render_history(words), "history.js", "history")
    keeper = _html(None, "keeper.js", "keeper", html_template="", visible="hidden")
    chat = Chat(
        run=run, turns=turns, conversation=conversation, chips=chips, question=question, filters=filters, new=new,
        keeper=keeper, history=history, source=source,
    )  # fmt: skip
    _wire_questions(chat, handlers)
    _wire_filters(chat, words)
    _wire_answers(chat, handlers, shelf)
    _wire_history(chat, handlers, shelf)
    page.load(lambda: _refresh(handlers), outputs=[conversation, *filters[:3]], **_QUIET)


def _html(value: str | None, script: str, name: str, **more: Any) -> gr.HTML:  # noqa: ANN401
    return gr.HTML(value, js_on_load=read_asset(script), elem_id=name, apply_default_css=False, **more)


def _inputs(handlers: Handlers, words: Words) -> tuple[gr.Textbox, list[gr.Component], gr.Button]:
    question = gr.Textbox(
        placeholder=words("chat.ask"), label=words("chat.ask"), show_label=False, container=False,
        lines=1, max_lines=5, submit_btn=words("chat.send"), autofocus=True, elem_id="question",
    )  # fmt: skip
    with gr.Row(elem_id="tools"):
        with gr.Accordion(words("filters.head"), open=False, elem_id="filters"):
            with gr.Row():
                languages = _choice(words("filters.language"), handlers, "language")
                publishers = _choice(words("filters.publisher"), handlers, "publisher")
                excluded = _choice(words("filters.excluded"), handlers, "publisher", "excluded")
            with gr.Row():
                days = [_day(words, name) for name in ("after", "before", "as_of")]
        new = gr.Button(words("chat.new"), size="sm", elem_id="new")
        gr.Button(words("history.name"), size="sm", elem_id="conversations")
    return question, [languages, publishers, excluded, *days], new


def _choice(label: str, handlers: Handlers, column: str, name: str = "") -> gr.Dropdown:
    choices = handlers.choices(column)
    return gr.Dropdown(choices, value=[], label=label, multiselect=True, elem_id=name or column, min_width=120)


def _day(words: Words, name: str) -> gr.Textbox:
    label, shape = words(f"filters.{name}"), words("filters.day")
    return gr.Textbox(
        label=label, placeholder=shape, lines=1, max_lines=1, min_width=120, elem_id=name.replace("_", "-")
    )


def _wire_questions(chat: Chat, handlers: Handlers) -> None:
    """What asks a question, and what stops one."""

    def ask(run: Run, *values: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - question, filters, turns
        for at, step in enumerate(handlers.guarded(run, handlers.ask(*values))):  # what is typed meanwhile stays
            typed = gr.skip() if at else ""
            yield (typed, *step, _record(handlers, step[0])) if step else (gr.skip(),) * 4

    def retry(run: Run, turns: Turns) -> Iterator[tuple[Any, ...]]:
        for step in handlers.guarded(run, handlers.retry(turns)):
            yield (*step, _record(handlers, step[0])) if step else (gr.skip(),) * 3

    def stop(run: Run, turns: Turns) -> Any:  # noqa: ANN401
        run.key = ""
        return handlers.stop(turns) if turns and turns[-1].pending else (gr.skip(), gr.skip())

    told: list[gr.Component] = [chat.turns, chat.conversation]
    asked: dict[str, Any] = {
        "inputs": [chat.run, chat.question, *chat.filters, chat.turns],
        "outputs": [chat.question, *told, chat.keeper],
        "trigger_mode": "multiple",
    }
    chat.question.submit(ask, **asked, **_QUIET)
    suggested = chat.conversation.suggest(_data("question"), outputs=chat.question, **_QUIET)
    suggested.then(ask, **asked, **_QUIET)
    again: dict[str, Any] = {"inputs": [chat.run, chat.turns], "outputs": [*told, chat.keeper]}
    chat.conversation.retry(retry, **again, trigger_mode="multiple", **_QUIET)
    chat.conversation.stop(stop, inputs=[chat.run, chat.turns], outputs=told, **_QUIET)
    chat.conversation.edit(_data("question"), outputs=chat.question, **_QUIET).then(None, js=_FOCUS, **_QUIET)


def _wire_filters(chat: Chat, words: Words) -> None:
    """Chips follow the menus, and take away what is set there."""

    def lift(event: gr.EventData, *values: Any) -> list[Any]:  # noqa: ANN401 - the filters
        return list(without(values, str(event._data["kind"]), str(event._data["value"])))

    chat.chips.lift(lift, inputs=chat.filters, outputs=chat.filters, **_QUIET)
    gr.on(
        [one.change for one in chat.filters],  # type: ignore[attr-defined]
        lambda *values: render_chips(words, values),
        inputs=chat.filters, outputs=chat.chips, **_QUIET,
    )  # fmt: skip


def _wire_answers(chat: Chat, handlers: Handlers, shelf: Shelf) -> None:
    """What opens sources and judges answers."""

    def cite(turns: Turns, event: gr.EventData) -> str:
        return shelf.cite(turns, event._data)

    def open_(event: gr.EventData) -> str:
        return shelf.open(event._data)

    def compare(event: gr.EventData) -> str:
        return shelf.compare(event._data)

    def judge(turns: Turns, event: gr.EventData) -> tuple[Turns, str]:
        return handlers.judge(turns, event._data)

    opened = [
        chat.conversation.cite(cite, inputs=chat.turns, outputs=chat.source, **_QUIET),
        chat.source.open(open_, outputs=chat.source, **_QUIET),
        chat.source.compare(compare, outputs=chat.source, **_QUIET),
    ]
    for one in opened:
        one.then(None, js=_CITED, **_QUIET)
    chat.conversation.judge(judge, inputs=chat.turns, outputs=[chat.turns, chat.conversation], **_QUIET)


def _wire_history(chat: Chat, handlers: Handlers, shelf: Shelf) -> None:
    """What ends a conversation, and opens one again; a question that is being answered belongs to neither."""

    def restore(run: Run, event: gr.EventData) -> tuple[Turns, str, str]:
        run.key = "another"
        return (*handlers.restore(event._data["records"]), shelf.nothing())

    def begin(run: Run) -> tuple[Turns, str, str]:
        run.key = "another"
        return (), handlers.show(()), shelf.nothing()

    told = [chat.turns, chat.conversation, chat.source]
    for changed in (
        chat.history.restore(restore, inputs=chat.run, outputs=told, **_QUIET),
        chat.new.click(begin, inputs=chat.run, outputs=told, **_QUIET),
    ):
        changed.then(None, js=_FOCUS, **_QUIET)


def _record(handlers: Handlers, turns: Turns) -> Any:  # noqa: ANN401
    return handlers.record(turns) or gr.skip()


def _data(name: str) -> Callable[[gr.EventData], str]:
    def read(event: gr.EventData) -> str:
        return str(event._data[name])

    return read


def _refresh(handlers: Handlers) -> tuple[str, gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    """What a page opened now shows, as articles may have come and gone since the start."""
    languages, publishers = handlers.choices("language"), handlers.choices("publisher")
    menus = gr.Dropdown(choices=languages), gr.Dropdown(choices=publishers), gr.Dropdown(choices=publishers)
    return handlers.show(()), *menus

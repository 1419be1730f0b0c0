"""The page: its parts, what leads from one to the other, and the server behind it."""

import errno
import socket
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import gradio as gr

from index.archive import Archive
from index.errors import SettingsError
from qa.answerer import Answerer
from qa.app import build_answerer
from qa.settings import Settings
from ui.web import english as words
from ui.web.direction import safe
from ui.web.handlers import Handlers, Turns
from ui.web.render import render_notice
from ui.web.theme import HEAD, make_theme, read_asset

_AT_ONCE = 4  # questions
_CITED = "() => { window.dispatchEvent(new Event('dateline-cited')); }"
_FOCUS = "() => { document.querySelector('#question textarea')?.focus(); }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def serve_page(settings: Settings, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page until Ctrl+C; `announce` gets its address when it is ready.

    Raises:
        DatelineError: the archive or the model cannot be used, or the address cannot be listened on.
    """
    _check_address(host, port)
    answerer = build_answerer(settings)
    answerer.ask(next(iter(words.EXAMPLES.values())))  # loads the model before the first visitor asks
    page = create_page(answerer, Archive(settings.db))
    announce(launch_page(page, host, port))
    try:
        Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        page.close(verbose=False)


def create_page(answerer: Answerer, archive: Archive) -> gr.Blocks:
    """The page over an archive and the answerer that reads it, not yet served."""
    handlers = Handlers(answerer, archive)
    page = gr.Blocks(title=words.NAME, analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        header = gr.HTML(_header(handlers), elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat", min_width=280):
                conversation = gr.HTML(
                    handlers.show(()),
                    js_on_load=read_asset("conversation.js"),
                    elem_id="conversation",
                    apply_default_css=False,
                )
                question, filters, new = _inputs(handlers)
            with gr.Column(elem_id="source", min_width=280):
                source = gr.HTML(
                    _no_source(), js_on_load=read_asset("source.js"), elem_id="sheet", apply_default_css=False
                )
        _wire(handlers, turns, conversation, question, filters, new, source)
        page.load(lambda: _refresh(handlers), outputs=[header, conversation, *filters[:3]], **_QUIET)
    return page


def launch_page(page: gr.Blocks, host: str, port: int) -> str:
    """Serve the page from threads of this process; returns its address."""
    page.queue(default_concurrency_limit=_AT_ONCE)
    try:
        _, url, _ = page.launch(
            server_name=f"[{host}]" if ":" in host else host,
            server_port=port,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            theme=make_theme(),
            css=read_asset("page.css"),
            head=HEAD,
        )
    except OSError as error:
        raise _unusable(host, port, error) from None
    return url


def _inputs(handlers: Handlers) -> tuple[gr.Textbox, list[gr.Component], gr.Button]:
    question = gr.Textbox(
        placeholder=words.ASK, label=words.ASK, show_label=False, container=False,
        lines=1, max_lines=5, submit_btn=words.SEND, autofocus=True, elem_id="question",
    )  # fmt: skip
    with gr.Row(elem_id="tools"):
        with gr.Accordion(words.FILTERS, open=False, elem_id="filters"):
            with gr.Row():
                languages = _choice(words.LANGUAGE, handlers, "language")
                publishers = _choice(words.PUBLISHER, handlers, "publisher")
                excluded = _choice(words.EXCLUDED, handlers, "publisher", "excluded")
            with gr.Row():
                after, before = _day(words.AFTER, "after"), _day(words.BEFORE, "before")
                as_of = _day(words.AS_OF, "as-of")
        new = gr.Button(words.NEW, size="sm", elem_id="new")
    return question, [languages, publishers, excluded, after, before, as_of], new


def _choice(label: str, handlers: Handlers, column: str, name: str = "") -> gr.Dropdown:
    choices = handlers.choices(column)
    return gr.Dropdown(choices, value=[], label=label, multiselect=True, elem_id=name or column, min_width=120)


def _day(label: str, name: str) -> gr.Textbox:
    return gr.Textbox(label=label, placeholder=words.DAY, max_lines=1, min_width=120, elem_id=name)


def _wire(
    handlers: Handlers,
    turns: gr.State,
    conversation: gr.HTML,
    question: gr.Textbox,
    filters: list[gr.Component],
    new: gr.Button,
    source: gr.HTML,
) -> None:
    def cite(held: Turns, event: gr.EventData) -> str:
        return handlers.cite(held, event._data)

    def suggest(event: gr.EventData) -> str:
        return str(event._data["question"])

    def ask(*values: Any) -> Iterator[tuple[str, Turns, str]]:  # noqa: ANN401 - question, filters, turns
        for held, shown in handlers.ask(*values):
            yield "", held, shown

    asked: dict[str, Any] = {"inputs": [question, *filters, turns], "outputs": [question, turns, conversation]}
    broken: dict[str, Any] = {"fn": handlers.fail, "inputs": turns, "outputs": [turns, conversation]}
    question.submit(ask, **asked, **_QUIET).failure(**broken, **_QUIET)
    suggested = conversation.suggest(suggest, outputs=question, **_QUIET)
    suggested.then(ask, **asked, **_QUIET).failure(**broken, **_QUIET)
    conversation.edit(suggest, outputs=question, **_QUIET).then(None, js=_FOCUS, **_QUIET)
    cited = conversation.cite(cite, inputs=turns, outputs=source, **_QUIET)
    cited.then(None, js=_CITED, **_QUIET)
    new.click(lambda: ((), handlers.show(()), _no_source()), outputs=[turns, conversation, source], **_QUIET)


def _refresh(handlers: Handlers) -> tuple[str, str, gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    """What a page opened now shows, as articles may have come and gone since the start."""
    languages, publishers = handlers.choices("language"), handlers.choices("publisher")
    menus = gr.Dropdown(choices=languages), gr.Dropdown(choices=publishers), gr.Dropdown(choices=publishers)
    return _header(handlers), handlers.show(()), *menus


def _header(handlers: Handlers) -> str:
    return (
        f'<header><h1>{words.NAME}</h1><p class="purpose">{words.PURPOSE}</p>'
        f'<p class="holdings">{safe(handlers.holdings())}</p></header>'
    )


def _no_source() -> str:
    return render_notice(words.SOURCE_EMPTY)


def _check_address(host: str, port: int) -> None:
    """Find out before anything is loaded whether the address can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise _unusable(host, port, error) from None


def _unusable(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno in (errno.EADDRINUSE, None):
        return SettingsError(f"port {port} on {host} is in use; name another with --port")
    return SettingsError(f"cannot listen on {host}, port {port}: {error.strerror}; name another with --host and --port")

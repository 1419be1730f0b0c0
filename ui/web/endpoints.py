"""The named endpoints of the page's API, /ask, /search and /article; everything else that the page does is private."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import gradio as gr
from gradio.events import api

from index.errors import DatelineError, InputError
from qa.answerer import Answerer
from ui.web.programs import Programs, make_filters

NAMES = ("ask", "search", "article")


def add_endpoints(page: gr.Blocks, answerer: Answerer) -> None:
    """Give a page that is made its endpoints; the names of its own events make way."""
    for number, event in page.fns.items():
        event.api_name = f"event-{number}"
    endpoints = Endpoints(Programs(answerer))
    page.current_page = ""
    with page:
        for name in NAMES:
            api(getattr(endpoints, name), api_name=name, concurrency_id="programs")


class Endpoints:
    """What the API shows of `Programs`: plain values in and out, errors with their message."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def ask(
        self,
        question: str,
        languages: list[str] | None = None,
        publishers: list[str] | None = None,
        exclude_publishers: list[str] | None = None,
        after: str | None = None,
        before: str | None = None,
        as_of: str | None = None,
        history: list[str] | None = None,
        k: int | None = None,
    ) -> dict[str, Any]:
        """Answer a question with the sentences that say so, or refuse and say why.

        Args:
            question: in any language, 2,000 characters at the most
            languages: only articles in these languages, as codes such as "ar"
            publishers: only these outlets
            exclude_publishers: not these outlets
            after: only from this day on, YYYY-MM-DD
            before: only up to and with this day, YYYY-MM-DD
            as_of: only what was known on this day, YYYY-MM-DD
            history: the questions asked before, first one first, on which this one may lean
            k: chunks to retrieve, 1 to 200
        """
        with _told():
            filters = make_filters(languages, publishers, exclude_publishers, after, before, as_of)
            return self._programs.ask(_text("question", question), filters, k, _texts(history)).to_dict()

    def search(
        self,
        query: str,
        languages: list[str] | None = None,
        publishers: list[str] | None = None,
        exclude_publishers: list[str] | None = None,
        after: str | None = None,
        before: str | None = None,
        as_of: str | None = None,
        k: int | None = None,
    ) -> dict[str, Any]:
        """Find the passages that are nearest to a question, without answering it.

        Args:
            query: in any language, 2,000 characters at the most
            languages: only articles in these languages, as codes such as "ar"
            publishers: only these outlets
            exclude_publishers: not these outlets
            after: only from this day on, YYYY-MM-DD
            before: only up to and with this day, YYYY-MM-DD
            as_of: only what was known on this day, YYYY-MM-DD
            k: how many, 1 to 200
        """
        with _told():
            filters = make_filters(languages, publishers, exclude_publishers, after, before, as_of)
            return asdict(self._programs.search(_text("query", query), filters, k))

    def article(self, article_id: str) -> dict[str, Any]:
        """Get a stored article with its text.

        Args:
            article_id: as a citation or a search names it
        """
        with _told():
            return asdict(self._programs.article(_text("article_id", article_id)))


@contextmanager
def _told() -> Iterator[None]:
    """Turn our errors into gradio's, whose message is shown to the caller."""
    try:
        yield
    except DatelineError as error:
        raise gr.Error(str(error), print_exception=False) from None


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{field} = {value!r:.100}: give a text")
    return value


def _texts(value: object) -> Sequence[str]:
    if not isinstance(value, list | None) or not all(isinstance(one, str) for one in value or ()):
        raise InputError(f"history = {value!r:.100}: give a list of texts")
    return value or ()

"""What happens on the page that asks many questions: a set is read and asked, its answers are looked through."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from index.errors import DatelineError
from qa.question_sets import ARTICLES, REPORT, QuestionSets
from ui.web import questions_render as render
from ui.web.archive_render import render_problem
from ui.web.results import Results
from ui.web.turns import Run
from ui.web.words import Words

_MOST = 1000  # questions of a set

Shown = tuple[Results, str, str, str | None, str | None]
"""The results, what is said, the list, and the files of the report and of the set's articles."""

_log = logging.getLogger(__name__)


class QuestionsDesk:
    """The page's handlers in one language; `sets` is None where the evaluation is not installed."""

    def __init__(self, sets: QuestionSets | None, words: Words) -> None:
        self._sets = sets
        self._words = words

    def ask(self, file: str | None, run: Run) -> Iterator[Shown]:
        """Ask a set that was uploaded, until all are asked, it is stopped, or another set takes its place."""
        run.key = key = secrets.token_hex(8)
        if self._sets is None or not file:
            yield self._said(self._words("questions.nothing_given" if self._sets else "questions.none"))
            return
        with TemporaryDirectory(prefix="dateline-asked-") as folder:
            try:
                for shown in self._steps(self._sets, Path(file), Path(folder)):
                    yield shown
                    if run.key != key:
                        yield self._ended(replace(shown[0], running=False), None)
                        return
            except DatelineError as error:
                yield self._said(self._words.problem(error))
            except Exception:
                _log.exception("a question set could not be asked")
                yield self._said(self._words("page.failed"))

    def stop(self, run: Run) -> None:
        """Ask no further question."""
        run.key = ""

    def narrow(self, results: Results, clicked: Mapping[str, Any]) -> tuple[Results, str]:
        """The results after a click, and their list."""
        results = results.after(clicked)
        return results, render.render_results(self._words, results)

    def waiting(self) -> str:
        """What is said before the first question is asked."""
        return render.render_waiting(self._words)

    def _steps(self, sets: QuestionSets, file: Path, folder: Path) -> Iterator[Shown]:
        found = sets.read(file, folder)
        about = render.render_read(self._words, found)
        if found.lacking:
            yield Results(), about, render.render_results(self._words, Results()), None, str(folder / ARTICLES)
            return
        if len(found.cases) > _MOST:
            yield self._said(self._words("questions.too_many", count=_MOST, total=len(found.cases)))
            return
        results = Results(total=len(found.cases), running=True)
        for one in sets.ask(found, folder):
            results = replace(results, asked=(*results.asked, one))
            said = render.render_running(self._words, results)
            yield results, about + said, render.render_results(self._words, results), None, None
        yield self._ended(replace(results, running=False), str(folder / REPORT), about)

    def _ended(self, results: Results, report: str | None, about: str = "") -> Shown:
        said = about + render.render_ended(self._words, results)
        return results, said, render.render_results(self._words, results), report, None

    def _said(self, text: str) -> Shown:
        return Results(), render_problem(text), render.render_results(self._words, Results()), None, None

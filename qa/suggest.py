"""Questions to begin with: only those that the archive has been seen to answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock, Thread

from index.archive import Archive
from index.errors import DatelineError
from index.filters import Filters
from qa.answerer import Answerer

_MOST = 8  # questions that are kept
_ASKED = 16  # questions that are tried
_NEWEST = 12  # articles whose titles are tried
_OWN = 4  # and of each language of the interface


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the article that answers it."""

    question: str
    article: str
    language: str | None


class Suggestions:
    """Questions that were asked of an archive and answered from the article that they were made from."""

    def __init__(
        self,
        answerer: Answerer,
        archive: Archive,
        examples: Mapping[str, str] | None = None,
        languages: Sequence[str] = (),
        later: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """`examples` are questions by the id of the article that answers; others are titles of the newest articles.

        Those in `languages` are tried before others; `later` runs what nobody is to wait for, by default in a thread.
        """
        self._answerer = answerer.written_by(None)
        self._archive = archive
        self._examples = dict(examples or {})
        self._languages = tuple(languages)
        self._found: list[Suggestion] = []
        self._checked: list[str] | None = None
        self._lock = Lock()
        self._later = later or _in_a_thread

    def of(self, language: str, most: int = 4) -> list[str]:
        """What is known now, the language's own first; looks for others meanwhile where the archive has changed."""
        if self._newest() != self._checked and not self._lock.locked():
            self._later(self.check)
        found = list(self._found)
        held = self._archive.get(one.article for one in found)
        shown = sorted((one for one in found if one.article in held), key=lambda one: one.language != language)
        return [one.question for one in shown[:most]]

    def check(self) -> None:
        """Ask what may be suggested, and keep what is answered."""
        with self._lock:
            newest = self._newest()
            if newest == self._checked:
                return
            found: list[Suggestion] = []
            for asked, one in enumerate(self._candidates(newest)):
                if len(found) >= _MOST or asked >= _ASKED:
                    break
                if self._answers(one):
                    found.append(one)
            self._found, self._checked = found, newest

    def _newest(self) -> list[str]:
        own = [self._archive.ids(Filters(languages=(one,)))[: -_OWN - 1 : -1] for one in self._languages]
        return list(dict.fromkeys([*chain(*own), *self._archive.ids(Filters())[: -_NEWEST - 1 : -1]]))

    def _candidates(self, newest: list[str]) -> Iterator[Suggestion]:
        for key, article in self._archive.get(self._examples).items():
            yield Suggestion(self._examples[key], key, article.language)
        articles = self._archive.get(newest)
        seen: set[str] = set()
        for key in newest:
            title = " ".join((articles[key].title or "").split()) if key in articles else ""
            if title and title not in seen:
                seen.add(title)
                yield Suggestion(title, key, articles[key].language)

    def _answers(self, one: Suggestion) -> bool:
        try:
            answer = self._answerer.ask(one.question)
        except DatelineError:
            return False
        cited = {citation.article_id for citation in answer.citations}
        carriers = {copy.id for item in answer.evidence if item.article.id in cited for copy in item.copies}
        return one.article in cited | carriers


def _in_a_thread(run: Callable[[], None]) -> None:
    Thread(target=run, name="dateline-suggestions", daemon=True).start()

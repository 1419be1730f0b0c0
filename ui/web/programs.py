"""What programs may ask for: an answer, a search, an article; the page's API and the MCP tools are made of these."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import InputError
from index.filters import Filters
from qa.answerer import Answerer
from qa.answers import Answer, Source

_MOST = 200  # passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage near to a question: `quote` is [start, end) of its article's text, in code points.

    `rank` counts from 1; `copies` are the ids of articles that carry the same words.
    """

    rank: int
    score: float
    quote: str
    start: int
    end: int
    article: Source
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The passages nearest to a question, best first."""

    query: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as it is stored; `published` is ISO 8601."""

    id: str
    title: str | None
    text: str
    publisher: str | None
    published: str | None
    language: str | None
    url: str | None


class Programs:
    """Over one archive; nothing is kept between calls."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def ask(self, question: str, filters: Filters, k: int | None, history: Sequence[str]) -> Answer:
        """The answer; raises like `Answerer.ask`, and InputError for a `k` that is out of range."""
        return self._answerer.ask(question, filters=filters, k=_checked(k), history=tuple(history))

    def search(self, query: str, filters: Filters, k: int | None) -> Search:
        """The nearest passages; raises like `ask`."""
        found = []
        for hit in self._answerer.search(query, filters=filters, k=_checked(k)):
            article = self._answerer.article(hit.chunk.article_id)
            if article is None:  # removed while it was searched
                continue
            start, end = hit.chunk.start, hit.chunk.end
            source = Source(
                id=article.id, title=article.title, publisher=article.publisher, published=article.published,
                language=article.language, url=article.url,
            )  # fmt: skip
            one = Found(
                rank=hit.rank, score=hit.score, quote=article.text[start:end], start=start, end=end, article=source,
                copies=hit.copies,
            )  # fmt: skip
            found.append(one)
        return Search(query=query, found=tuple(found))

    def article(self, article_id: str) -> Stored:
        """The article.

        Raises:
            InputError: there is none of that id.
        """
        article = self._answerer.article(article_id)
        if article is None:
            raise InputError(f"there is no article {article_id[:100]!r}; citations and searches name the ids")
        return Stored(
            id=article.id, title=article.title, text=article.text, publisher=article.publisher,
            published=article.published, language=article.language, url=article.url,
        )  # fmt: skip


def make_filters(
    languages: Sequence[str] | None,
    publishers: Sequence[str] | None,
    exclude_publishers: Sequence[str] | None,
    after: str | None,
    before: str | None,
    as_of: str | None,
) -> Filters:
    """The filters of a call, in which an empty text or list filters nothing.

    Raises:
        InputError: a day that is no date, a language that is no code.
    """
    return Filters(
        languages=_names("languages", languages),
        publishers=_names("publishers", publishers),
        exclude_publishers=_names("exclude_publishers", exclude_publishers),
        after=_day("after", after),
        before=_day("before", before),
        as_of=_day("as_of", as_of),
    )


def _names(field: str, values: object) -> tuple[str, ...]:
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list | tuple | None) or not all(isinstance(one, str) for one in values or ()):
        raise InputError(f"{field} = {values!r:.100}: give a list of texts")
    return tuple(values or ())


def _day(field: str, value: object) -> str | None:
    if not isinstance(value, str | None):
        raise InputError(f"{field} = {value!r:.100}: give a date as YYYY-MM-DD")
    return value or None


def _checked(k: int | None) -> int | None:
    if k is not None and not (isinstance(k, int) and 1 <= k <= _MOST):
        raise InputError(f"k = {k!r:.100}: give a number from 1 to {_MOST}")
    return k

"""Cases: questions with the sentences that answer them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.articles import Article
from index.errors import InputError
from index.filters import Filters
from qa.answers import Citation, Verdict

KINDS = ("yes_no", "wh", "number", "unanswerable", "false_premise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`Article.text[start:end]` of an article, in code points."""

    article: str
    start: int
    end: int

    def meets(self, article: str, start: int, end: int) -> bool:
        """Whether the two overlap by more than half of the shorter.

        >>> Span(article="a", start=0, end=10).meets("a", 4, 40), Span(article="a", start=0, end=10).meets("a", 5, 40)
        (True, False)
        """
        shared = min(self.end, end) - max(self.start, start)
        return article == self.article and 2 * shared > min(self.end - self.start, end - start)

    def cited_by(self, citation: Citation) -> bool:
        """Whether a citation counts as citing this span."""
        return self.meets(citation.article_id, citation.start, citation.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question. `gold` lists alternative sets of spans, each sufficient; it is empty for an unanswerable one.

    `filters` narrow the archive for this question; `history` are the questions asked before it, first one first.
    """

    id: str
    question: str
    kind: str
    verdict: Verdict | None
    answers: tuple[str, ...]
    gold: tuple[tuple[Span, ...], ...]
    language: str | None = None
    split: str | None = None
    filters: Filters = field(default_factory=Filters)
    history: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the archive says something that answers it."""
        return bool(self.gold)


def load_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file in order.

    Raises:
        InputError: the file cannot be read, a line is no case, an id repeats, or there is none; names file and line.
    """
    cases: dict[str, Case] = {}
    for number, case in read_cases(path):
        if isinstance(case, InputError):
            raise case
        if case.id in cases:
            raise InputError(f"{path}:{number}: the id {case.id!r} stands twice; give every case its own")
        cases[case.id] = case
    if not cases:
        raise InputError(f"{path}: there is no case in the file; give one JSON object a line")
    return list(cases.values())


def read_cases(path: Path) -> Iterator[tuple[int, Case | InputError]]:
    """Each line's number with its case, or with the error that says what is wrong with it.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file with one case a line") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, _case(json.loads(line))
        except (ValueError, KeyError, TypeError, InputError, RecursionError) as error:
            problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            yield number, InputError(f"{path}:{number}: not a case: {problem}; docs/evaluation.md has the format")


def check_gold(cases: Iterable[Case], articles: Mapping[str, Article]) -> None:
    """See that every gold span lies in an article that is there.

    Raises:
        InputError: names the first case whose gold does not.
    """
    for case in cases:
        for span in (span for group in case.gold for span in group):
            if span.article not in articles:
                raise InputError(f"case {case.id}: the archive lacks its gold article {span.article!r}; add it first")
            if not 0 <= span.start < span.end <= len(articles[span.article].text):
                raise InputError(
                    f"case {case.id}: gold {span.start}..{span.end} is not inside {span.article!r}; mend it"
                )


def _span(data: Mapping[str, Any]) -> Span:
    span = Span(**data)
    if not isinstance(span.article, str) or not isinstance(span.start, int) or not isinstance(span.end, int):
        raise ValueError(f"a gold span needs an article's id and two whole numbers, this is {dict(data)}")
    return span


def _case(data: Mapping[str, Any]) -> Case:
    if not isinstance(data, dict):
        raise ValueError(f"a JSON object is expected, this is a {type(data).__name__}")
    if data["kind"] not in KINDS:
        raise ValueError(f"kind {data['kind']!r} is none of {', '.join(KINDS)}")
    gold = tuple(tuple(_span(span) for span in group) for group in data["gold"])
    if data["kind"] != "false_premise" and (data["kind"] == "unanswerable") != (not gold):
        raise ValueError(f"a case of kind {data['kind']!r} has {'no' if not gold else 'a'} gold span")
    if not all(gold):
        raise ValueError("an alternative in 'gold' is empty")
    return Case(
        id=str(data["id"]),
        question=str(data["question"]),
        kind=data["kind"],
        verdict=Verdict(data["verdict"]) if data.get("verdict") else None,
        answers=_texts(data, "answers"),
        gold=gold,
        language=data.get("language"),
        split=data.get("split"),
        filters=Filters(**{name: _tuple(value) for name, value in (data.get("filters") or {}).items()}),
        history=_texts(data, "history"),
    )


def _texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = data.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError(f"{name!r} is to be a list of texts, this is {value!r}")
    return tuple(value)


def _tuple(value: Any) -> Any:  # noqa: ANN401 - a field of Filters
    return tuple(value) if isinstance(value, list) else value

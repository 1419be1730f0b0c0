"""The records of an answer; `Answer.to_dict()` is the JSON of the command line, the API and the evaluation."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from index.filters import Filters
from index.sentences import Sentence


class Decision(StrEnum):
    """Whether the archive answers."""

    ANSWERED = "answered"
    REFUSED = "refused"


class Verdict(StrEnum):
    """The answer to a yes/no question."""

    YES = "yes"
    NO = "no"
    DISPUTED = "disputed"


class Stance(StrEnum):
    """How a cited sentence stands to the answer; to what the question claims where that is disputed or denied."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


class Refusal(StrEnum):
    """Why there is no answer."""

    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_PASSES_FILTERS = "nothing_passes_filters"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An article without its text."""

    id: str
    title: str | None
    publisher: str | None
    published: str | None
    language: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence that was read for the answer, `quote`, in the paragraph around it, `context`.

    Labels count from 1 in the order shown. `support` in [0, 1] is the reader's estimate that the sentence answers;
    `copies` are other articles that carry the same words, and count for nothing more.
    """

    label: int
    sentence: Sentence
    quote: str
    context: str
    article: Source
    support: float
    copies: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a statement rests on.

    `article.text[start:end] == quote`, and `Answer.text[answer_start:answer_end]` is the statement; offsets count
    code points. `label` is that of the evidence.
    """

    label: int
    article_id: str
    title: str | None
    publisher: str | None
    published: str | None
    language: str | None
    url: str | None
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int
    stance: Stance
    support: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One claim of the answer, `Answer.text[start:end]`, and the labels of the evidence that it rests on."""

    text: str
    start: int
    end: int
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question, or the reason why there is none.

    `language` is the question's, or that of a written answer; `searched` what was searched for where that is not
    `question`, and `filters` in what, those spoken in the question too; `short` the shortest answer, a span of a cited
    sentence; `premise` the yes/no question that `verdict` is about where the one asked takes for granted what is wrong;
    `confidence` in [0, 1] the estimate that `decision` is right; `evidence` all that was looked at closely,
    cited or not; `engine` what made the answer; `timings` seconds by stage.
    """

    question: str
    language: str | None
    decision: Decision
    verdict: Verdict | None = None
    short: str | None = None
    premise: str | None = None
    text: str = ""
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    refusal: Refusal | None = None
    engine: str = ""
    as_of: str | None = None
    searched: str | None = None
    filters: Filters = field(default_factory=Filters)
    warnings: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values as JSON has them, lists and not tuples, under the names of the fields."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answer":
        """The answer that `to_dict` (or the JSON of it) was made from.

        Raises:
            TypeError, KeyError, ValueError: a field is missing, unknown or out of range.
        """
        changed: dict[str, Any] = {
            "decision": Decision(data["decision"]),
            "verdict": Verdict(data["verdict"]) if data["verdict"] else None,
            "refusal": Refusal(data["refusal"]) if data["refusal"] else None,
            "statements": tuple(Statement(**one | {"labels": tuple(one["labels"])}) for one in data["statements"]),
            "citations": tuple(Citation(**one | {"stance": Stance(one["stance"])}) for one in data["citations"]),
            "evidence": tuple(_evidence(one) for one in data["evidence"]),
            "warnings": tuple(data["warnings"]),
            "filters": Filters(**{name: _tuple(one) for name, one in (data.get("filters") or {}).items()}),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A step of `Answerer.stream`.

    'resolved' has in `text` and `filters` what is searched for where that is not as it was typed; 'searched' and
    'read' count; 'draft' has in `text` what a chat model has written and nobody has checked; 'statement' has one claim
    that may be shown, 'answer' all.
    """

    kind: str
    count: int = 0
    text: str = ""
    filters: Filters | None = None
    statement: Statement | None = None
    answer: Answer | None = None


def _tuple(value: Any) -> Any:  # noqa: ANN401 - a field of Filters
    return tuple(value) if isinstance(value, list) else value


def _evidence(data: Mapping[str, Any]) -> Evidence:
    inner = {"sentence": Sentence(**data["sentence"]), "article": Source(**data["article"])}
    return Evidence(**{**data, **inner, "copies": tuple(Source(**one) for one in data["copies"])})

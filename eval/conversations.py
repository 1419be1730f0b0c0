"""Whether the last question of a conversation finds the right article."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError
from index.filters import Filters
from qa.answerer import Answerer
from qa.followups import merged

FIRST = 3
"""Articles, in the order of their best sentence, among which a right one must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a user typed, which articles answer the last of it, and the filters and language that were wished for."""

    id: str
    language: str
    kind: str
    turns: tuple[str, ...]
    articles: frozenset[str]
    filters: Filters
    answer_language: str | None
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of a conversation: the question searched for, the rank of the right article (None: not found)."""

    conversation: Conversation
    question: str
    rank: int | None
    wishes: bool


def load_conversations(path: Path) -> list[Conversation]:
    """The conversations of a JSONL file.

    Raises:
        InputError: the file cannot be read, or a line is no conversation; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file with one conversation a line") from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(_conversation(json.loads(line)))
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise InputError(f"{path}:{number}: not a conversation: {error}; docs/checking.md has the format") from None
    return found


def follow(answerer: Answerer, conversations: Iterable[Conversation]) -> list[Found]:
    """Resolve and search the last question of each."""
    outcomes = []
    for one in conversations:
        asked = answerer.resolve(one.turns[-1], one.turns[:-1])
        hits = answerer.search(asked.question, filters=merged(Filters(), asked.filters))
        order = list(dict.fromkeys(hit.chunk.article_id for hit in hits))
        rank = next((at for at, key in enumerate(order, 1) if key in one.articles), None)
        wishes = asked.filters == one.filters and asked.language == one.answer_language
        outcomes.append(Found(conversation=one, question=asked.question, rank=rank, wishes=wishes))
    return outcomes


def conversation_table(found: Sequence[Found]) -> list[str]:
    """Markdown by kind and language: whose right article is first, or among the first, and whose wishes were read."""
    rows: dict[str, list[Found]] = {"all": list(found)}
    for one in found:
        rows.setdefault(one.conversation.kind, []).append(one)
    for one in found:
        rows.setdefault(f"in {one.conversation.language}", []).append(one)
    lines = [f"| conversations | n | first | first {FIRST} | wishes |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, group in rows.items():
        near = sum(one.rank is not None and one.rank <= FIRST for one in group)
        shares = (sum(one.rank == 1 for one in group), near, sum(one.wishes for one in group))
        lines.append(f"| {name} | {len(group)} | " + " | ".join(f"{one / len(group):.3f}" for one in shares) + " |")
    return lines


def _conversation(data: dict[str, Any]) -> Conversation:
    if len(data["turns"]) < 2 or not all(isinstance(one, str) for one in data["turns"]):
        raise ValueError("'turns' is to be a list of at least two questions")
    filters: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data["filters"].items()
    }
    return Conversation(
        id=data["id"],
        language=data["language"],
        kind=data["kind"],
        turns=tuple(data["turns"]),
        articles=frozenset(data["articles"]),
        filters=Filters(**filters),
        answer_language=data["answer_language"],
        split=data["split"],
    )

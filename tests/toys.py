"""Small stand-ins whose results a reader can compute by hand."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from index.articles import Article
from index.embed import Vectors
from index.sentences import split_sentences
from qa.answers import Evidence
from qa.evidence import Passage, label
from qa.llm import ChatModel, Part
from qa.reader.protocol import Reading


class WordEmbedder:
    """Bag of words: the vector counts the words of a text, each at a place given by its checksum."""

    def __init__(self, dimension: int = 512) -> None:
        self.dimension = dimension
        self.embedded = 0

    @property
    def identity(self) -> str:
        return f"words/{self.dimension}"

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        self.embedded += len(texts)
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        vector[0] = 1e-3
        for word in re.findall(r"\w+", text.casefold()):
            vector[crc32(word.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


class BruteForceVectors:
    """What `ChromaVectors` promises, by comparing everything."""

    def __init__(self) -> None:
        self._rows: dict[str, Vectors] = {}

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._rows |= dict(zip(ids, vectors, strict=True))

    def delete(self, ids: Sequence[str]) -> None:
        for key in ids:
            self._rows.pop(key, None)

    def query(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        passing = [(key, float(row @ vector)) for key, row in self._rows.items() if among is None or key in among]
        return sorted(passing, key=lambda pair: (-pair[1], pair[0]))[:k]

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        return {key: self._rows[key] for key in ids if key in self._rows}

    def ids(self) -> set[str]:
        return set(self._rows)

    def count(self) -> int:
        return len(self._rows)


class ShareReader:
    """Support is the share of the question's words that the sentence has."""

    name = "share"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        wanted = set(question.casefold().strip("?").split())
        shares = [len(wanted & set(one.text.casefold().strip(".").split())) / len(wanted) for one in passages]
        return [
            Reading(answerable=share, start=one.sentence.start, end=one.sentence.end, probabilities={})
            for share, one in zip(shares, passages, strict=True)
        ]


def evidence(*articles: Article) -> tuple[Evidence, ...]:
    """Every sentence of the articles, labelled from 1."""
    spans = [(one, span) for one in articles for span in split_sentences(one)]
    return label([(Passage(article=one, sentence=span), 0.9) for one, span in spans])


def word_support(text: str, groups: Sequence[Sequence[Passage]]) -> list[float]:
    """The share of a text's words, numbers aside, that the passages have; other words say something else."""
    wanted = _words(text)
    return [len(wanted & _words(" ".join(one.text for one in group))) / max(1, len(wanted)) for group in groups]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(ChatModel):
    """A chat model that says its lines one after the other, the last again and again; $0, $1 stand for the ids it got.

    A line that is an exception is raised, a number of seconds is slept through until the time limit. `asked` has the
    system and user messages, the schema and the time limit of each call.
    """

    lines: Sequence[str | dict[str, Any] | Exception | Sequence[str | dict[str, Any] | Exception | float]]
    asked: list[tuple[str, str, Mapping[str, Any] | None, float]] = field(default_factory=list)

    def stream(self, system: str, user: str, schema: dict[str, Any] | None = None) -> Iterator[Part]:
        line = self.lines[min(len(self.asked), len(self.lines) - 1)]
        self.asked.append((system, user, schema, self.timeout))
        ids = re.findall(r'<evidence id="([^"]+)"', user)
        line = _named(line, ids)
        parts = [line[at : at + 5] for at in range(0, len(line), 5)] if isinstance(line, str) else line
        for part in parts if isinstance(parts, list | tuple) else [parts]:
            if isinstance(part, Exception):
                raise part
            if isinstance(part, float):
                time.sleep(part)
            else:
                yield part


def script(*lines: Any, structured: bool = False, timeout: float = 60.0) -> Script:  # noqa: ANN401 - as `Script.lines`
    """A chat model with these lines."""
    return Script(name="script:1", model=None, structured=structured, timeout=timeout, lines=lines)


def _named(part: Any, ids: Sequence[str]) -> Any:  # noqa: ANN401 - text, or JSON
    """A line with its $0, $1 replaced."""
    if isinstance(part, dict):
        return {_named(key, ids): _named(value, ids) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_named(one, ids) for one in part]
    if isinstance(part, str):
        return re.sub(r"\$(\d)", lambda found: ids[int(found[1])] if int(found[1]) < len(ids) else "zz00", part)
    return part

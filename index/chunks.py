"""Chunks: the unit that is embedded and retrieved."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from index.articles import Article
from index.sentences import Sentence
from index.tokens import count_tokens

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A run of whole sentences of one article: `Article.text[start:end]`."""

    article_id: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]

    @property
    def id(self) -> str:
        """Depends on the place alone, so that the same article gives the same ids."""
        return sha256(f"{self.article_id}\0{self.start}\0{self.end}".encode()).hexdigest()[:24]


def make_chunks(article: Article, sentences: Sequence[Sentence], budget: int) -> list[Chunk]:
    """Whole sentences in order, as many to a chunk as fit `budget` tokens (tiktoken), never less than one.

    Raises:
        ValueError: budget < 1.
    """
    if budget < 1:
        raise ValueError(f"a chunk needs a budget of at least 1 token, got {budget}")
    chunks: list[Chunk] = []
    held: list[Sentence] = []
    used = 0
    for sentence in sentences:
        size = count_tokens(article.text[sentence.start : sentence.end])
        if held and used + size > budget:
            chunks.append(_chunk(held))
            held, used = [], 0
        held.append(sentence)
        used += size
    return [*chunks, _chunk(held)] if held else chunks


def _chunk(held: Sequence[Sentence]) -> Chunk:
    return Chunk(article_id=held[0].article_id, start=held[0].start, end=held[-1].end, sentences=tuple(held))


def in_groups(items: Iterable[_Item], size: Callable[[_Item], int], most: int, enough: int) -> Iterator[list[_Item]]:
    """The items in lists of at most `most`, each ended by the item that brings its size to `enough`.

    >>> list(in_groups("abcd", ord, most=3, enough=200))
    [['a', 'b', 'c'], ['d']]
    """
    held, used = list[_Item](), 0
    for item in items:
        held.append(item)
        used += size(item)
        if len(held) >= most or used >= enough:
            yield held
            held, used = [], 0
    if held:
        yield held

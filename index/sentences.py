"""Sentence spans of an article: sentencex proposes, and a few rules for news text mend what it splits too finely."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from index.articles import Article

MAX_SENTENCE = 700
"""Code points; about 512 tokens in the most finely cut scripts. A longer run without an end is cut at a pause."""

_HARD_WRAP = 50  # a line at least this long that ends in no mark goes on in the next line
_ENDS = re.compile(r"[.!?…؟۔。！？।]['\"»”’)\]]*$")
_UNFINISHED = re.compile(r"^\W*(?:\d{1,4}|[^\W\d_])\.\s*$")  # "28." or the initial "M."
_PAUSE = re.compile(r"[;:,،؛、，；]\s*|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A span of `Article.text` in code points, end exclusive, without white space at its ends."""

    article_id: str
    start: int
    end: int


def split_sentences(article: Article) -> list[Sentence]:
    """The sentences of an article in order: they do not overlap, and all but white space lies in one of them."""
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(article.text):
        spans += _split_block(article.text, start, end, article.language or "en")
    return [Sentence(article_id=article.id, start=start, end=end) for start, end in spans]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs: runs of lines; a line break ends one unless the line looks wrapped at a column."""
    start = 0
    for match in re.finditer(r"\r?\n|\r|\u2028|\u2029", text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].rstrip()
        following = text[match.end() : match.end() + 1]
        wrapped = len(line) >= _HARD_WRAP and not _ENDS.search(line) and following.strip() != ""
        if not wrapped:
            yield start, match.end()
            start = match.end()
    yield start, len(text)


def _split_block(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    block = text[start:end]
    if not block.strip():
        return []
    joined: list[tuple[int, int]] = []
    for piece in sentencex.get_sentence_boundaries(language, block):
        first, last = start + piece["start_index"], start + piece["end_index"]
        if joined and _belongs(text[slice(*joined[-1])], text[first:last]):
            first = joined.pop()[0]
        joined.append((first, last))
    return [span for first, last in joined for span in _cut(text, first, last)]


def _belongs(before: str, piece: str) -> bool:
    """Whether sentencex cut too early: after an initial or an ordinal, before a small letter, or before a mark."""
    stripped = piece.strip()
    if not any(character.isalnum() for character in stripped):
        return True
    return bool(_UNFINISHED.match(before)) or stripped[0].islower() or not any(map(str.isalnum, before))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without white space at its ends, in pieces no longer than MAX_SENTENCE."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_SENTENCE:
        pauses = [match.end() for match in _PAUSE.finditer(text, start + MAX_SENTENCE // 2, start + MAX_SENTENCE)]
        cut = pauses[-1] if pauses else start + MAX_SENTENCE
        yield start, start + len(text[start:cut].rstrip())
        start = cut
        while text[start].isspace():
            start += 1
    if start < end:
        yield start, end

"""From retrieved chunks to passages to read, and from what was read to labelled evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.archive import Archive
from index.articles import Article
from index.hits import Hit
from index.sentences import Sentence
from qa.answers import Evidence, Source

_CONTEXT = 600  # code points on each side of the sentence, at the most


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence to read, in its article."""

    article: Article
    sentence: Sentence
    copies: tuple[Article, ...] = ()

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.article.text[self.sentence.start : self.sentence.end]

    @property
    def context(self) -> str:
        """The paragraph around the sentence."""
        text, start, end = self.article.text, self.sentence.start, self.sentence.end
        first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT)
        last = text.find("\n", end)
        return text[first : min(len(text) if last < 0 else last, end + _CONTEXT)].strip()


def gather(archive: Archive, hits: Sequence[Hit]) -> list[Passage]:
    """The sentences of the hits in the order of the hits, the same words only once, each with who else carries them."""
    articles = archive.get(key for hit in hits for key in (hit.chunk.article_id, *hit.copies))
    passages: dict[str, Passage] = {}
    for hit in hits:
        for sentence in hit.chunk.sentences:
            copies = tuple(articles[key] for key in hit.copies)
            passage = Passage(article=articles[hit.chunk.article_id], sentence=sentence, copies=copies)
            passages.setdefault(" ".join(passage.text.split()), passage)
    return list(passages.values())


def label(passages: Sequence[tuple[Passage, float]]) -> tuple[Evidence, ...]:
    """Evidence numbered from 1 in the order given, each passage with its support."""
    return tuple(
        Evidence(
            label=number,
            sentence=passage.sentence,
            quote=passage.text,
            context=passage.context,
            article=source_of(passage.article),
            support=round(support, 4),
            copies=tuple(source_of(one) for one in passage.copies),
        )
        for number, (passage, support) in enumerate(passages, 1)
    )


def source_of(article: Article) -> Source:
    """The article without its text."""
    names = ("id", "title", "publisher", "published", "language", "url")
    return Source(**{name: getattr(article, name) for name in names})

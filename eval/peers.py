"""Other ways to answer from the same archive, so that a user sees what Dateline adds. None of them ever refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from eval.recipe import Recipe
from eval.txtai_peer import Txtai
from index.archive import Archive
from index.chunks import Chunk
from index.filters import Filters
from index.hits import Hit
from index.languages import detect_language
from index.lexical import LexicalIndex
from index.sentences import Sentence
from qa.answerer import check_question
from qa.answers import Answer, Citation, Decision, Refusal, Stance, Statement
from qa.settings import Settings

Search = Callable[[str, int, Filters | None], Sequence[Hit]]
"""Question, number of hits and filters to hits; scores from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Shows the first `shown` hits as the answer, as a plain recipe does."""

    name: str
    archive: Archive
    find: Search
    shown: int
    clock: Callable[[], float] = perf_counter

    def search(self, question: str, *, filters: Filters | None = None, k: int | None = None) -> list[Hit]:
        """The hits, best first.

        Raises:
            InputError: there is no word in the question.
        """
        return list(self.find(check_question(question), k or self.shown, filters))

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[str] = ()) -> Answer:
        """The first hits, word for word; refused only where nothing is found at all. Raises as `search`.

        A peer resolves no follow-up: the question before is put in front, as the simplest recipes do.
        """
        begun = self.clock()
        searched = " ".join([*history[-1:], check_question(question)])
        hits = self.search(searched, filters=filters)
        spans = [Sentence(article_id=one.chunk.article_id, start=one.chunk.start, end=one.chunk.end) for one in hits]
        cites = [
            self._cite(number, span, hit.score) for number, (span, hit) in enumerate(zip(spans, hits, strict=True), 1)
        ]
        return Answer(
            question=question,
            language=detect_language(question),
            decision=Decision.ANSWERED if cites else Decision.REFUSED,
            text="\n".join(one.quote for one in cites),
            statements=tuple(
                Statement(text=one.quote, start=0, end=len(one.quote), labels=(one.label,)) for one in cites
            ),
            citations=tuple(cites),
            confidence=max((min(max(hit.score, 0.0), 1.0) for hit in hits), default=1.0),
            refusal=None if cites else Refusal.NOT_STATED,
            engine=self.name,
            searched=searched if history else None,
            timings={"total": self.clock() - begun},
        )

    def _cite(self, label: int, span: Sentence, score: float) -> Citation:
        article = self.archive.get([span.article_id])[span.article_id]
        quote = article.text[span.start : span.end]
        return Citation(
            label=label, article_id=article.id, title=article.title, publisher=article.publisher,
            published=article.published, language=article.language, url=article.url, start=span.start, end=span.end,
            quote=quote, answer_start=0, answer_end=len(quote), stance=Stance.SUPPORTS, support=score,
        )  # fmt: skip


def make_bm25(settings: Settings, archive: Archive, work: Path) -> Peer:
    """BM25 alone: the first three sentences by Dateline's own terms."""
    index = LexicalIndex(archive)

    def find(question: str, k: int, filters: Filters | None) -> list[Hit]:
        found = index.search(question, detect_language(question), k, filters or Filters())
        return [_hit(one.sentence, one.share, rank) for rank, one in enumerate(found, 1)]

    return Peer(name="bm25", archive=archive, find=find, shown=settings.statements)


def make_langchain(settings: Settings, archive: Archive, work: Path) -> Peer:
    """The plain recipe of LangChain: recursive splitter, the same embedding model, Chroma, the first four chunks.

    Raises:
        InputError: its packages are not installed.
    """
    return Peer(name="langchain", archive=archive, find=Recipe(settings, archive, work).find, shown=4)


def make_txtai(settings: Settings, archive: Archive, work: Path) -> Peer:
    """txtai: the same embedding model over paragraphs, the first three.

    Raises:
        InputError: it is not installed.
    """
    return Peer(name="txtai", archive=archive, find=Txtai(settings, archive).find, shown=settings.statements)


PEERS: Mapping[str, Callable[[Settings, Archive, Path], Peer]] = {
    "bm25": make_bm25,
    "langchain": make_langchain,
    "txtai": make_txtai,
}


def _hit(sentence: Sentence, score: float, rank: int) -> Hit:
    chunk = Chunk(article_id=sentence.article_id, start=sentence.start, end=sentence.end, sentences=(sentence,))
    return Hit(chunk=chunk, score=score, rank=rank)

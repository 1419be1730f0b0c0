"""The indexing run: articles first, vectors after, so that a stop at any moment loses nothing."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from index.archive import Archive
from index.articles import Article
from index.chunks import Chunk, in_groups, make_chunks
from index.doctor import examine_archive
from index.embed import Embedder, Vectors
from index.errors import ArchiveMismatch, InputError
from index.groups import CopyGroups
from index.lexical import LexicalIndex
from index.reuse import ReusingEmbedder, digest_of
from index.sentences import split_sentences
from index.vectors import ChromaVectors
from index.versions import family_of, put_version, versions

_GROUP = 64  # articles written, embedded and marked together, fewer where they are long
_BATCH = 512  # chunks embedded at once: many short ones make full batches of like length
_TEXT = 60_000  # code points of a group, a few seconds' work: a stopped run waits for what the embedder is at
FIRST_COLLECTION = "chunks-1"

Progress = Callable[[int, int], None]
"""Told after each batch how many more articles are done, and how many sentences they have."""

_Batch = tuple[list[Chunk], Future[Vectors]]
"""Chunks, and their vectors when they are made."""


@dataclass(slots=True)
class AddReport:
    """What became of a batch: numbers of articles, and for each failure the message that says why.

    `changed` are those of which a new version was stored; `finished`, what an earlier run had left unfinished.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    finished: int = 0
    failed: list[str] = field(default_factory=list)


class Indexer:
    """Writes articles and their vectors to one archive."""

    def __init__(
        self,
        archive: Archive,
        vectors: ChromaVectors,
        embedder: Embedder,
        *,
        chunk_tokens: int,
        today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat(),
    ) -> None:
        self._archive = archive
        self.vectors = vectors
        self.embedder = embedder
        self._embedder = ReusingEmbedder(embedder, archive, vectors)
        self._chunk_tokens = chunk_tokens
        self._lexical = LexicalIndex(archive)
        self._groups = CopyGroups(archive)
        self._today = today

    @property
    def stamp(self) -> str:
        """Everything that decides what the index holds."""
        return f"{self._embedder.identity}; chunks of {self._chunk_tokens} tokens"

    def check(self) -> None:
        """Compare the archive's stamp with these settings.

        Raises:
            ArchiveMismatch: the index was made with others.
        """
        found = self._archive.meta("stamp")
        if found not in (None, self.stamp):
            raise ArchiveMismatch(
                f"the index in {self._archive.folder} was made with [{found}], the settings say [{self.stamp}]; "
                f"use the old settings, or run: dateline rebuild --db {self._archive.folder}"
            )

    def add(self, articles: Iterable[Article | InputError], progress: Progress = lambda *_: None) -> AddReport:
        """Store and index what is new. A failure among the articles is noted in the report and the rest goes on.

        Raises:
            ArchiveBusy, ArchiveMismatch.
        """
        report = AddReport()
        with self._archive.writing():
            self.check()
            self._archive.set_meta("stamp", self.stamp)
            self._lexical.make()
            if not self.vectors.count():
                self._archive.mark(self._archive.ids(), indexed=False)  # lost: made anew
            self._groups.make()
            report.finished = self._index_pending(lambda *_: None)
            self._index((self._store(article, report) for article in articles), progress)
        return report

    def remove(self, article_id: str) -> bool:
        """Remove an article with all its versions and all that was made from them; False when there was none."""
        with self._archive.writing():
            family = family_of(self._archive, article_id)
            if family is None:
                return False
            ids = [one.id for one in versions(self._archive, article_id)]
            self._archive.mark(ids, indexed=False)
            self.vectors.delete([chunk.id for key in ids for chunk in self._archive.chunks_of(key)])
            with self._archive.transaction():
                self._groups.drop(family)
                for key in ids:
                    self._archive.remove(key)
        return True

    def rebuild(self, progress: Progress = lambda *_: None) -> int:
        """Make sentences, chunks and vectors anew from the articles; returns how many. A stop on the way is noticed."""
        with self._archive.writing():
            return self._rebuild(progress)

    def _rebuild(self, progress: Progress) -> int:
        old = self._archive.meta("collection") or FIRST_COLLECTION
        new = f"chunks-{int(old.rsplit('-', 1)[1]) + 1}"
        self._archive.set_meta("stamp", "an unfinished rebuild")
        self.vectors.replace(new)
        self._lexical.make(anew=True)
        self._groups.make(anew=True)
        ids = self._archive.ids()
        self._index(self._read(ids), progress)
        with self._archive.transaction():
            self._archive.set_meta("collection", new)
            self._archive.set_meta("stamp", self.stamp)
        self.vectors.drop(old)
        return len(ids)

    def repair(self, progress: Progress = lambda *_: None) -> int:
        """Mend what `examine_archive` finds, all but a damaged file; returns how many articles were indexed anew."""
        with self._archive.writing():
            self.check()
            found = examine_archive(self._archive, self.vectors)
            if found.damaged:
                return self._rebuild(progress)
            self.vectors.delete(sorted(found.to_delete))
            self._lexical.make(anew=found.lexical)
            self._groups.make()
            self._archive.mark(found.to_index, indexed=False)
            return self._index_pending(progress)

    def _index_pending(self, progress: Progress) -> int:
        ids = self._archive.ids(pending=True)
        self._index(self._read(ids), progress)
        return len(ids)

    def _store(self, article: Article | InputError, report: AddReport) -> Article | None:
        """The article, or its new version, when there is something new that must now be indexed."""
        if isinstance(article, InputError):
            report.failed.append(str(article))
            return None
        try:
            with self._archive.transaction():
                new = self._archive.digest(article.id) is None
                stored = article if new else put_version(self._archive, article, self._today())
                if stored is None:
                    report.unchanged += 1
                    return None
                if new:
                    self._archive.put(article)
                else:
                    self._groups.drop(article.id)
                self._groups.put(article.id)
        except InputError as error:
            report.failed.append(str(error))
            return None
        report.added += new
        report.changed += not new
        return stored

    def _read(self, ids: Sequence[str]) -> Iterator[Article]:
        for at in range(0, len(ids), _GROUP):
            yield from self._archive.get(ids[at : at + _GROUP]).values()

    def _index(self, articles: Iterable[Article | None], progress: Progress) -> None:
        """Cut and write here while another thread embeds what was cut before; two groups at most are on the way.

        An article is marked as indexed after its vectors are stored, so that whatever fails leaves it to the next run.
        """
        waiting: deque[tuple[list[Article | None], list[_Batch]]] = deque()
        with _worker() as worker:
            for group in in_groups(articles, lambda one: len(one.text) if one else 0, _GROUP, _TEXT):
                waiting.append((group, self._begin(group, worker)))
                if len(waiting) > 1:
                    progress(*self._finish(*waiting.popleft()))
            while waiting:
                progress(*self._finish(*waiting.popleft()))

    def _begin(self, group: list[Article | None], worker: ThreadPoolExecutor) -> list[_Batch]:
        last = {article.id: article for article in group if article}  # one that came twice counts as it came last
        chunks = [(article, chunk) for article in last.values() for chunk in self._cut(article)]
        batches: list[_Batch] = []
        for batch in in_groups(chunks, lambda pair: pair[1].end - pair[1].start, _BATCH, 2 * _TEXT):
            texts = [article.text[chunk.start : chunk.end] for article, chunk in batch]
            languages = [article.language for article, _ in batch]
            vectors = worker.submit(self._embedder.embed_documents, texts, languages)
            batches.append(([chunk for _, chunk in batch], vectors))
        return batches

    def _finish(self, group: list[Article | None], batches: list[_Batch]) -> tuple[int, int]:
        for chunks, vectors in batches:
            self.vectors.add([chunk.id for chunk in chunks], vectors.result())
        self._archive.mark([article.id for article in group if article], indexed=True)
        return len(group), sum(len(chunk.sentences) for chunks, _ in batches for chunk in chunks)

    def _cut(self, article: Article) -> list[Chunk]:
        sentences = split_sentences(article)
        chunks = make_chunks(article, sentences, self._chunk_tokens)
        texts = {chunk: article.text[chunk.start : chunk.end] for chunk in chunks}
        digests = {chunk: digest_of(text, article.language) for chunk, text in texts.items()}
        with self._archive.transaction():
            self._archive.put_parts(article.id, sentences, digests)
            self._lexical.put(article, sentences)
        return chunks


@contextmanager
def _worker() -> Iterator[ThreadPoolExecutor]:
    """One thread; where the context is left by an exception, it ends after the call that it is at."""
    worker = ThreadPoolExecutor(1, "embedding")
    try:
        yield worker
    finally:
        worker.shutdown(cancel_futures=True)

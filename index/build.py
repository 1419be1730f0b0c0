"""The indexing run: articles first, vectors after, so that a stop at any moment loses nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from index.archive import Archive
from index.articles import Article
from index.chunks import Chunk, make_chunks
from index.embed import Embedder
from index.errors import ArchiveMismatch, InputError
from index.lexical import LexicalIndex
from index.reuse import ReusingEmbedder, digest_of
from index.sentences import split_sentences
from index.vectors import ChromaVectors

_BATCH = 64  # chunks embedded and stored together
FIRST_COLLECTION = "chunks-1"

Progress = Callable[[int], None]
"""Told after each batch how many more articles are done."""


@dataclass(slots=True)
class AddReport:
    """What became of a batch: numbers of articles, and for each failure the message that says why."""

    added: int = 0
    unchanged: int = 0
    failed: list[str] = field(default_factory=list)


class Indexer:
    """Writes articles and their vectors to one archive."""

    def __init__(self, archive: Archive, vectors: ChromaVectors, embedder: Embedder, *, chunk_tokens: int) -> None:
        self._archive = archive
        self._vectors = vectors
        self._embedder = ReusingEmbedder(embedder, archive, vectors)
        self._chunk_tokens = chunk_tokens
        self._lexical = LexicalIndex(archive)

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

    def add(self, articles: Iterable[Article | InputError], progress: Progress = lambda _: None) -> AddReport:
        """Store and index what is new. A failure among the articles is noted in the report and the rest goes on.

        Raises:
            ArchiveBusy, ArchiveMismatch.
        """
        report = AddReport()
        with self._archive.writing():
            self.check()
            self._archive.set_meta("stamp", self.stamp)
            self._lexical.make()
            if not self._vectors.count():
                self._archive.mark(self._archive.ids(), indexed=False)  # lost: made anew
            self._index(self._archive.ids(pending=True), lambda _: None)  # what an earlier run left unfinished
            for batch in _batches(articles):
                new = [self._store(article, report) for article in batch]
                self._index([article_id for article_id in new if article_id], lambda _: None)
                progress(len(batch))
        return report

    def remove(self, article_id: str) -> bool:
        """Remove an article and all that was made from it; False when there was none."""
        with self._archive.writing():
            if self._archive.digest(article_id) is None:
                return False
            self._archive.mark([article_id], indexed=False)
            self._vectors.delete([chunk.id for chunk in self._archive.chunks_of(article_id)])
            self._archive.remove(article_id)
        return True

    def rebuild(self, progress: Progress = lambda _: None) -> int:
        """Make sentences, chunks and vectors anew from the articles; returns how many. A stop on the way is noticed."""
        with self._archive.writing():
            old = self._archive.meta("collection") or FIRST_COLLECTION
            new = f"chunks-{int(old.rsplit('-', 1)[1]) + 1}"
            self._archive.set_meta("stamp", "an unfinished rebuild")
            self._vectors.replace(new)
            self._lexical.make(anew=True)
            ids = self._archive.ids()
            self._index(ids, progress)
            with self._archive.transaction():
                self._archive.set_meta("collection", new)
                self._archive.set_meta("stamp", self.stamp)
            self._vectors.drop(old)
        return len(ids)

    def _store(self, article: Article | InputError, report: AddReport) -> str | None:
        """The id of an article that must now be indexed."""
        if isinstance(article, InputError):
            report.failed.append(str(article))
            return None
        found = self._archive.digest(article.id)
        if found is None:
            self._archive.put(article)
            report.added += 1
            return article.id
        if found == article.digest:
            report.unchanged += 1
        else:
            report.failed.append(
                f"{article.origin or 'input'}: article {article.id!r} is stored with other content, which was kept; "
                f"to replace it: dateline remove {article.id}, then add it again"
            )
        return None

    def _index(self, ids: list[str], progress: Progress) -> None:
        for at in range(0, len(ids), _BATCH):
            articles = list(self._archive.get(ids[at : at + _BATCH]).values())
            chunks: list[tuple[Article, Chunk]] = []
            for article in articles:
                chunks += [(article, chunk) for chunk in self._cut(article)]
            self._embed(chunks)
            self._archive.mark([article.id for article in articles], indexed=True)
            progress(len(articles))

    def _cut(self, article: Article) -> list[Chunk]:
        sentences = split_sentences(article)
        chunks = make_chunks(article, sentences, self._chunk_tokens)
        texts = {chunk: article.text[chunk.start : chunk.end] for chunk in chunks}
        digests = {chunk: digest_of(text, article.language) for chunk, text in texts.items()}
        with self._archive.transaction():
            self._archive.put_parts(article.id, sentences, digests)
            self._lexical.put(article, sentences)
        return chunks

    def _embed(self, chunks: list[tuple[Article, Chunk]]) -> None:
        for at in range(0, len(chunks), _BATCH):
            batch = chunks[at : at + _BATCH]
            texts = [article.text[chunk.start : chunk.end] for article, chunk in batch]
            rows = self._embedder.embed_documents(texts, [article.language for article, _ in batch])
            self._vectors.add([chunk.id for _, chunk in batch], rows)


def _batches(articles: Iterable[Article | InputError]) -> Iterator[list[Article | InputError]]:
    rest = iter(articles)
    while batch := list(islice(rest, 16)):
        yield batch

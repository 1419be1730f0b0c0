"""Settings to working parts: the one place that picks classes."""

from functools import cache
from pathlib import Path
from time import time_ns
from typing import Any

from index.archive import Archive
from index.build import FIRST_COLLECTION, Indexer
from index.doctor import examine_archive
from index.e5 import BundledEmbedder
from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import ArchiveError, ArchiveMismatch, ModelError
from index.retrieve import HybridRetriever
from index.reuse import ReusingEmbedder
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.reader import hub, similarity
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.hub import HubReader
from qa.reader.protocol import Reader
from qa.reader.similarity import SimilarityReader
from qa.settings import Settings, load_settings


def build_answerer(settings: Settings | None = None, **changes: Any) -> Answerer:  # noqa: ANN401
    """An answerer over an archive, by default as the environment and dateline.toml say: `build_answerer(db="news")`.

    Raises:
        SettingsError, ModelError, ArchiveMissing, ArchiveMismatch, ArchiveError.
    """
    settings = settings or load_settings(**changes)
    archive = Archive(settings.db)
    indexer, vectors = _indexer(settings, archive)
    indexer.check()
    counts = archive.counts()
    if counts["articles"] > counts["pending"] and not vectors.count():
        raise ArchiveMismatch(f"the vectors of {archive.folder} are lost; run: dateline rebuild --db {archive.folder}")
    embedder = ReusingEmbedder(_embedder(settings.embedding_model, settings.cache), archive, vectors)
    reader, threshold, warnings = _reader(settings, embedder)
    return Answerer(
        archive,
        HybridRetriever(archive, vectors, embedder, recency=settings.recency),
        reader,
        k=settings.k,
        threshold=threshold if settings.threshold is None else settings.threshold,
        statements=settings.statements,
        warnings=warnings,
    )


def build_indexer(settings: Settings, archive: Archive, *, set_aside: bool = False) -> Indexer:
    """What adds articles to an archive and takes them out; `set_aside` moves vectors that cannot be opened away.

    Raises:
        ArchiveError: the vectors cannot be opened.
    """
    try:
        return _indexer(settings, archive)[0]
    except ArchiveError:
        if not set_aside:
            raise
    with archive.writing():
        (archive.folder / "chroma").rename(archive.folder / f"chroma.damaged-{time_ns()}")
    return _indexer(settings, archive)[0]


def examine(settings: Settings) -> list[str]:
    """What is wrong with the archive, each finding with its remedy; empty when all is well."""
    archive = Archive(settings.db)
    try:
        indexer, vectors = _indexer(settings, archive)
        indexer.check()
    except ArchiveError as error:
        return [str(error)]
    return examine_archive(archive, vectors)


def _indexer(settings: Settings, archive: Archive) -> tuple[Indexer, ChromaVectors]:
    vectors = ChromaVectors(archive.folder / "chroma", archive.meta("collection") or FIRST_COLLECTION)
    embedder = _embedder(settings.embedding_model, settings.cache)
    return Indexer(archive, vectors, embedder, chunk_tokens=settings.chunk_tokens), vectors


def _reader(settings: Settings, embedder: Embedder) -> tuple[Reader, float, tuple[str, ...]]:
    """The reader of the settings, the support that it asks of a sentence, and what the user must know about it."""
    if settings.reader_models:
        return _hub_reader(settings.reader_models), hub.THRESHOLD, ()
    if settings.reader == "similarity":
        return SimilarityReader(embedder), similarity.THRESHOLD, ()
    near = SimilarityReader(embedder)
    try:
        reader = CrossEncoderReader(settings.cache, near=near, verdicts=settings.verdicts)
    except ModelError as error:
        return near, similarity.THRESHOLD, (f"read by similarity alone, with no yes or no: {error}",)
    return reader, reader.threshold(settings.risk), ()


@cache
def _hub_reader(names: tuple[str, ...]) -> HubReader:
    return HubReader(names)


@cache
def _embedder(model: str | None, folder: Path) -> Embedder:
    return SentenceTransformerEmbedder(model) if model else BundledEmbedder(folder)

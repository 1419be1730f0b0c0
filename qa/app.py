"""Settings to working parts: the one place that picks classes."""

import logging
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.build import FIRST_COLLECTION, Indexer
from index.doctor import examine_archive
from index.e5 import BundledEmbedder
from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import ArchiveError, ArchiveMismatch, ModelError, SettingsError
from index.retrieve import HybridRetriever
from index.reuse import ReusingEmbedder
from index.vectors import ChromaVectors, Server, set_aside
from qa.answerer import Answerer
from qa.llm import connect
from qa.reader import hub, similarity
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.gguf import GgufReader
from qa.reader.hub import HubReader
from qa.reader.protocol import Reader
from qa.reader.similarity import SimilarityReader
from qa.settings import Settings, load_settings
from qa.verify import Checker, read_support
from qa.writer import Writer

_SUPPORT = 0.5  # asked of a written sentence by readers that we have not calibrated

_log = logging.getLogger(__name__)


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
    if counts["pending"]:
        warnings += (f"{counts['pending']} articles are not searched yet; index them with: dateline doctor --repair",)
    return Answerer(
        archive,
        HybridRetriever(archive, vectors, embedder, recency=settings.recency),
        reader,
        k=settings.k,
        threshold=threshold if settings.threshold is None else settings.threshold,
        statements=settings.statements,
        writer=_writer(settings, reader),
        warnings=warnings,
    )


def build_indexer(settings: Settings, archive: Archive) -> Indexer:
    """What adds articles to an archive and takes them out. Vectors in a folder that cannot be opened are set aside.

    Raises:
        ArchiveBusy: they must be set aside, and another process is writing.
        ArchiveError: the server of vectors does not answer.
    """
    try:
        return _indexer(settings, archive)[0]
    except ArchiveError:
        if settings.chroma_url:
            raise
        with archive.writing():
            moved = set_aside(archive.folder / "chroma")
        _log.warning(
            f"the vectors of {archive.folder} were damaged and are made anew; the old ones are in {moved.name}"
        )
    return _indexer(settings, archive)[0]


def examine(settings: Settings) -> list[str]:
    """What is wrong with the archive, each finding with its remedy; empty when all is well."""
    with ExitStack() as opened:
        archive = opened.enter_context(closing(Archive(settings.db)))
        try:
            indexer, vectors = _indexer(settings, archive)
            opened.callback(vectors.close)
            indexer.check()
        except ArchiveError as error:
            return [str(error)]
        return examine_archive(archive, vectors).findings


def _indexer(settings: Settings, archive: Archive) -> tuple[Indexer, ChromaVectors]:
    vectors = ChromaVectors(_place(settings, archive), archive.meta("collection") or FIRST_COLLECTION)
    embedder = _embedder(settings.embedding_model, settings.cache)
    return Indexer(archive, vectors, embedder, chunk_tokens=settings.chunk_tokens), vectors


def _place(settings: Settings, archive: Archive) -> Path | Server:
    if settings.chroma_url is None:
        return archive.folder / "chroma"
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return Server(url=settings.chroma_url, archive=archive.key, token=token)


def _reader(settings: Settings, embedder: Embedder) -> tuple[Reader, float, tuple[str, ...]]:
    """The reader of the settings, the support that it asks of a sentence, and what the user must know about it."""
    if settings.reader_models:
        return _hub_reader(settings.reader_models), hub.THRESHOLD, ()
    if settings.reader == "similarity":
        return SimilarityReader(embedder), similarity.THRESHOLD, ()
    near, gguf = SimilarityReader(embedder), settings.reader_gguf
    try:
        verdicts = "always" if gguf and settings.verdicts == "measured" else settings.verdicts
        reader = CrossEncoderReader(settings.cache, near=near, verdicts=verdicts)
    except ModelError as error:
        return near, similarity.THRESHOLD, (f"read by similarity alone, with no yes or no: {error}",)
    return GgufReader(reader, gguf) if gguf else reader, reader.threshold(settings.risk), ()


def _writer(settings: Settings, reader: Reader) -> Writer | None:
    """What writes with the chat model of the settings, if there is one."""
    if settings.llm is None:
        if settings.llm_base_url:
            raise SettingsError("llm_base_url is set and llm is not; name the model, e.g. DATELINE_LLM=openai:llama3")
        return None
    chat = connect(settings.llm, settings.llm_base_url, timeout=settings.llm_timeout)
    return Writer(chat, _checker(reader, settings.support), most=settings.statements, budget=settings.llm_tokens)


def checker_of(settings: Settings) -> Checker:
    """The check of written sentences by the reader of the settings."""
    return _checker(_reader(settings, _embedder(settings.embedding_model, settings.cache))[0], settings.support)


def _checker(reader: Reader, threshold: float | None) -> Checker:
    """The reader's own support and threshold where it has them."""
    reader = reader.base if isinstance(reader, GgufReader) else reader
    if isinstance(reader, CrossEncoderReader):
        return Checker(reader.support, threshold=reader.support_threshold if threshold is None else threshold)
    return Checker(read_support(reader), threshold=_SUPPORT if threshold is None else threshold)


@cache
def _hub_reader(names: tuple[str, ...]) -> HubReader:
    return HubReader(names)


@cache
def _embedder(model: str | None, folder: Path) -> Embedder:
    return SentenceTransformerEmbedder(model) if model else BundledEmbedder(folder)

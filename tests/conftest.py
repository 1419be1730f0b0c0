"""One model and one sample archive for the whole run; a user's settings and archives are left alone."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.build import Indexer
from index.embed import Embedder
from index.readers.files import read_paths
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.app import build_answerer, build_indexer
from qa.settings import Settings
from tests.loopback import Site, serving
from tests.toys import WordEmbedder

ROOT = Path(__file__).parents[1]
for _name in [name for name in os.environ if name.startswith("DATELINE_") and name != "DATELINE_CACHE"]:
    del os.environ[_name]
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if 0 <= _soft < 4096:  # the tests open some thousand files of archives, where 1,024 or 256 at a time are usual
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, _hard) if _hard >= 0 else 4096, _hard))


@pytest.fixture(scope="session")
def sample_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive built from the sample articles with the real model; not to be changed."""
    settings = Settings(db=tmp_path_factory.mktemp("sample") / "archive")
    archive = Archive(settings.db, create=True)
    report = build_indexer(settings, archive).add(read_paths([ROOT / "examples" / "articles"]))
    assert report.failed == []
    archive.close()
    return settings.db


@pytest.fixture(scope="session")
def sample(sample_db: Path) -> Iterator[Answerer]:
    """The answerer over the sample archive."""
    answerer = build_answerer(db=sample_db)
    yield answerer
    answerer.close()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled embedding model."""
    from qa.app import _embedder

    return _embedder(None, Settings().cache)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    made = Archive(tmp_path / "archive", create=True)
    yield made
    made.close()


@pytest.fixture
def words() -> WordEmbedder:
    """The toy embedder."""
    return WordEmbedder()


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[ChromaVectors]:
    """An empty vector store."""
    made = ChromaVectors(tmp_path / "chroma", "chunks-1")
    yield made
    made.close()


@pytest.fixture
def indexer(archive: Archive, vectors: ChromaVectors, words: WordEmbedder) -> Indexer:
    """An indexer over the empty archive, with the toy embedder."""
    return Indexer(archive, vectors, words, chunk_tokens=64)


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site of the test's own, on loopback."""
    with serving() as made:
        yield made

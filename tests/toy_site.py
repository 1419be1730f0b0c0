"""A site over a few sentences, served on loopback, whose answers a reader can compute by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import httpx

from eval.page_sets import PageSets
from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.fetch import Fetcher
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.intake import Intake
from qa.settings import Settings
from tests.loopback import PUBLIC, Rerouted
from tests.loopback import Site as WebSite
from tests.toys import ShareReader, WordEmbedder
from ui.web.counted import CountedAnswerer
from ui.web.guard.passwords import hash_password, hash_token
from ui.web.guard.rules import Rules
from ui.web.means import Means
from ui.web.meters import Meters
from ui.web.server import Served, reserve, start
from ui.web.site import make_site

for _name in dir(
    anyio
):  # it loads its parts when first used, which pytest's import hook cannot do in a server's thread
    getattr(anyio, _name)

USER, PASSWORD, TOKEN = "nadia", "correct horse battery", "dl_a-token-of-a-test"
QUESTION = "Is the bridge closed?"
ARTICLES = (
    make_article("The bridge is closed.", id="bridge", title="Bridge", publisher="Wire", language="en",
                 published="2020-09-28", url="https://wire.example/bridge"),
    make_article("The ferry runs at noon.", id="ferry", title="Ferry", publisher="Harbour", language="en",
                 published="2021-01-02"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Toy:
    """A running site and a client that speaks to it."""

    served: Served
    client: httpx.Client
    archive: Archive

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:  # noqa: ANN401 - JSON
        return self.client.post(path, json=body, headers=headers)

    def call(self, name: str, values: dict[str, Any], **headers: str) -> str:
        """The stream in which an endpoint of the API gives its result."""
        begun = self.post(f"/gradio_api/call/v2/{name}", values, **headers)
        begun.raise_for_status()
        return self.client.get(f"/gradio_api/call/{name}/{begun.json()['event_id']}", headers=headers).text


def users(folder: Path) -> Path:
    """A file with one user, with a password and a token."""
    file = folder / "users"
    file.write_text(f"# for a test\n{USER}:{hash_password(PASSWORD)}\n{USER}:{hash_token(TOKEN)}\n")
    file.chmod(0o600)
    return file


def make_answerer(folder: Path, articles: tuple[Article, ...] = ARTICLES) -> tuple[Answerer, Archive]:
    """An answerer over these articles, and their archive."""
    archive = Archive(folder / "archive", create=True)
    vectors, embedder = ChromaVectors(folder / "chroma", "chunks-1"), WordEmbedder()
    assert Indexer(archive, vectors, embedder, chunk_tokens=64).add(articles).failed == []
    retriever = DenseRetriever(archive, vectors, embedder)
    return Answerer(archive, retriever, ShareReader(), k=5, threshold=0.6, statements=2), archive


def make_means(folder: Path, archive: Archive, web: WebSite | None = None) -> Means:
    """All that the pages can do, on the archive of `make_answerer`."""

    def fetcher() -> Fetcher:
        return Fetcher(
            sleep=lambda seconds: None, network=Rerouted(web) if web else None, resolve=lambda host, port: [PUBLIC]
        )

    vectors = ChromaVectors(folder / "chroma", "chunks-1")
    intake = Intake(lambda: Indexer(archive, vectors, WordEmbedder(), chunk_tokens=64), fetcher)
    return Means(intake=intake, examine=lambda: examine_archive(archive, vectors).findings)


@contextmanager
def serving(
    folder: Path, rules: Rules | None = None, articles: tuple[Article, ...] = ARTICLES, *, web: WebSite | None = None
) -> Iterator[Toy]:
    """The site, until the context ends; it can change its archive, and the web that it fetches from is `web`."""
    answerer, archive = make_answerer(folder, articles)
    with reserve("127.0.0.1", 0) as place:
        answerer = CountedAnswerer.of(answerer, Meters())
        sets = PageSets(Settings(db=folder / "archive"), archive, answerer)
        means = replace(make_means(folder, archive, web) if (rules or Rules()).may_change else Means(), sets=sets)
        served = start(make_site(answerer, archive, rules, means), place)
        with httpx.Client(base_url=served.address, timeout=30, trust_env=False) as client:
            yield Toy(served, client, archive)
        served.stop()
    archive.close()

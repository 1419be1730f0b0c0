"""Question sets for the page: every format is recognised, asked, and drafted."""

import json
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from eval.check import check_cases
from eval.convert import recognise
from eval.convert.recognise import read_set
from eval.page_sets import PageSets
from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import InputError
from index.retrieve import DenseRetriever
from index.vectors import ChromaVectors
from qa.answerer import Answerer
from qa.question_sets import ARTICLES, REPORT, Draft, Written
from qa.settings import Settings
from tests.toys import ShareReader, WordEmbedder

TEXT = "The ferry Oriole runs at noon from the northern quay, every day but Sunday."
BRIDGE = make_article("The bridge is closed.", id="bridge", title="Bridge", publisher="Wire", language="en")
FERRY = make_article(f"It is summer. {TEXT} Tickets are sold.", id="ferry", publisher="Post", language="en")
CASE = {"id": "a", "question": "Is the bridge closed?", "kind": "wh", "verdict": None, "answers": ["closed"],
        "gold": [[{"article": "bridge", "start": 0, "end": 21}]]}  # fmt: skip
_ANSWER = {"text": "noon", "answer_start": TEXT.index("noon")}
_ASKED = {"context": TEXT, "qas": [{"id": "s", "question": "When?", "answers": [_ANSWER]}]}
SQUAD = {"data": [{"title": "T", "paragraphs": [_ASKED]}]}
ALCE = [{"question": "When?", "docs": [{"text": TEXT}], "qa_pairs": [{"short_answers": ["noon"]}]}]
RAGAS = {"user_input": "When?", "reference_contexts": [TEXT], "reference": "noon"}


@pytest.fixture
def sets(archive: Archive, indexer: Indexer, vectors: ChromaVectors, words: WordEmbedder) -> PageSets:
    assert indexer.add([BRIDGE, FERRY]).failed == []
    retriever = DenseRetriever(archive, vectors, words)
    answerer = Answerer(archive, retriever, ShareReader(), k=5, threshold=0.6, statements=2)
    return PageSets(Settings(db=archive.folder), archive, answerer)


def beir(path: Path, folder: str = "set/") -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{folder}corpus.jsonl", json.dumps({"_id": "d", "text": TEXT}))
        packed.writestr(f"{folder}queries.jsonl", json.dumps({"_id": "q", "text": "When?"}))
        packed.writestr(f"{folder}qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\n")
        packed.writestr("../../escaped.jsonl", "{}")
    return path


@pytest.mark.parametrize(
    ("name", "text", "question"),
    [
        ("ours.jsonl", json.dumps(CASE), "Is the bridge closed?"),
        ("ours.json", json.dumps(CASE), "Is the bridge closed?"),
        ("squad.json", json.dumps(SQUAD, indent=1), "When?"),
        ("alce.json", json.dumps(ALCE), "When?"),
        ("ragas.jsonl", f"{json.dumps(RAGAS)}\n{json.dumps(RAGAS | {'id': 'two'})}", "When?"),
        ("table.csv", f'question,text,answer\nWhen?,"{TEXT}",noon', "When?"),
    ],
)
def test_a_set_is_recognised(tmp_path: Path, name: str, text: str, question: str) -> None:
    (tmp_path / name).write_text(text)
    found = read_set(tmp_path / name)
    assert found.cases[0].question == question
    assert bool(found.articles) is (not name.startswith("ours"))


def test_beir_comes_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("", "set/", "deep/er/"):
        assert read_set(beir(tmp_path / "beir.zip", folder)).cases[0].question == "When?"
    assert not (tmp_path.parent / "escaped.jsonl").exists()
    monkeypatch.setattr(recognise, "_MOST", 10)
    with pytest.raises(InputError, match="holds more than 0 MB"):
        read_set(tmp_path / "beir.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("a.txt", "")
    with pytest.raises(InputError, match=r"other.zip/corpus.jsonl: cannot be read"):
        read_set(tmp_path / "other.zip")


def test_answers_come_one_by_one_and_the_report_last(sets: PageSets, tmp_path: Path) -> None:
    file, out = tmp_path / "set.jsonl", tmp_path / "out"
    off = CASE | {"id": "b", "question": "Who sang?", "kind": "unanswerable", "answers": [], "gold": []}
    file.write_text(f"{json.dumps(CASE)}\n{json.dumps(off)}")
    found = sets.read(file, out)
    assert (found.name, dict(found.kinds), found.lacking) == ("set.jsonl", {"wh": 1, "unanswerable": 1}, 0)
    steps = sets.ask(found, out)
    first = next(steps)
    assert (first.right, first.gold[0][0].text, first.gold[0][0].article.publisher) == (True, BRIDGE.text, "Wire")
    assert not (out / REPORT).exists()
    second = next(steps)
    assert (second.right, second.problems, second.gold) == (True, (), ())
    assert list(steps) == []
    assert "Evaluation of 2 cases" in (out / REPORT).read_text()


def test_what_the_archive_lacks_is_counted_and_its_articles_are_there(sets: PageSets, tmp_path: Path) -> None:
    (tmp_path / "ragas.jsonl").write_text(json.dumps(RAGAS))
    found = sets.read(tmp_path / "ragas.jsonl", tmp_path / "out")
    assert found.lacking == 1
    assert TEXT in (tmp_path / "out" / ARTICLES).read_text()


def test_messages_name_the_file_and_not_its_folder(sets: PageSets, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text("{")
    with pytest.raises(InputError, match=r"^set.jsonl:1: not a case"):
        sets.read(tmp_path / "set.jsonl", tmp_path)


def test_a_draft_becomes_a_case_that_check_accepts(sets: PageSets, tmp_path: Path) -> None:
    (draft,) = [one for one in sets.drafts(9, 7) if one.article.id == "ferry"]
    assert (draft.before, draft.text, draft.after) == ("It is summer. ", TEXT, " Tickets are sold.")
    line = sets.case(draft, Written(question="When does the Oriole run?", kind="number", answer="noon"))
    (tmp_path / "cases.jsonl").write_text(line)
    findings = check_cases(tmp_path / "cases.jsonl", {"ferry": FERRY})
    assert [one for one in findings if one.line] == []
    with pytest.raises(InputError, match="is not in the sentence"):
        sets.case(draft, Written(question="When?", kind="wh", answer="midnight"))
    gone = Draft(article=draft.article, start=0, end=3, before="", text="xyz", after="")
    with pytest.raises(InputError, match="not in the archive any more"):
        sets.case(gone, Written(question="When?", kind="wh"))


def test_the_installation_leads_the_page_to_the_evaluation() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    module, _, name = project["entry-points"]["dateline.question_sets"]["eval"].partition(":")
    assert getattr(import_module(module), name) is PageSets

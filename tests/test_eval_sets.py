"""Question sets: what `check` finds, and other formats turned into cases."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from eval.cases import Case, load_cases
from eval.check import check_cases, read_articles
from eval.cli import app
from eval.draft import choose_sentences
from index.archive import Archive
from index.articles import make_article
from index.build import Indexer
from index.errors import InputError

ROOT = Path(__file__).parents[1]
TEXT = "The mayor opened the bridge. Twelve boats came from Izmit. 希腊克里特岛有座桥。"
ARTICLE = {"id": "a", "text": TEXT, "language": "en"}
BASE: dict[str, Any] = {
    "kind": "wh",
    "verdict": None,
    "answers": [],
    "gold": [[{"article": "a", "start": 0, "end": 28}]],
}


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def checked(tmp_path: Path, *changes: dict[str, Any]) -> tuple[int, str]:
    lines = [BASE | {"id": f"c{at}", "question": f"Question {at}?"} | change for at, change in enumerate(changes)]
    (tmp_path / "cases.jsonl").write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")
    (tmp_path / "articles.jsonl").write_text(json.dumps(ARTICLE), encoding="utf-8")
    done = command("check", tmp_path / "cases.jsonl", "--articles", tmp_path / "articles.jsonl")
    return done.exit_code, done.output


def span(start: int, end: int, article: str = "a") -> dict[str, Any]:
    return {"gold": [[{"article": article, "start": start, "end": end}]]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (span(0, 28, "b"), "gold 0..28 of 'b': there is no such article"),
        (span(0, 999), f"gold 0..999 of 'a': the article has {len(TEXT)} code points"),
        (span(9, 4), "gold 9..4 of 'a': the article has"),
        (span(0, 29), "gold 0..29 of 'a': begins or ends with white space"),
        (span(1, 28), "gold 1..28 of 'a': begins or ends inside a word"),
        ({"answers": ["Izmit"]}, "the answer 'Izmit' is in none of its gold"),
        ({"question": "question  0"}, "asks what case c0 asks"),
        ({"question": "question 0", "history": []}, "asks what case c0 asks"),
        ({"id": "c0"}, "the id stands in line 1 already"),
        ({"kind": "yes_no"}, "is a yes/no question without a verdict"),
        ({"kind": "unanswerable", "gold": [], "answers": ["x"]}, "is unanswerable and has answers"),
        ({"kind": "essay"}, "cases.jsonl:2: not a case: kind 'essay' is none of"),
        ({"filters": {"after": "soon"}}, "not a case: 'after' is not a date"),
        ({"filters": {"colour": "red"}}, "not a case: "),
    ],
)
def test_what_is_wrong_with_a_case_is_found(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    code, output = checked(tmp_path, {}, change)
    line = [one for one in output.splitlines() if "cases.jsonl:2: " in one]
    assert (code, message in line[0]) == (1, True), output


def test_a_sound_set_is_sound(tmp_path: Path) -> None:
    chinese = span(TEXT.index("希"), len(TEXT)) | {"answers": ["克里特岛"]}
    ask = {"kind": "yes_no"}
    later = {"question": "Question 0?", "history": ["Who came?"]}  # another question after what was asked before
    said = ("yes", "no", "disputed", "no", "yes")
    kinds = [{}, chinese, later, {}, {}] + [ask | {"verdict": one} for one in said]
    assert checked(tmp_path, *kinds) == (0, "sound\n")


def test_unbalanced_kinds_are_found(tmp_path: Path) -> None:
    code, output = checked(tmp_path, *[{}] * 7, *[{"kind": "yes_no", "verdict": "yes"}] * 4)
    assert code == 1
    for message in (
        "only 4 cases of the kind 'yes_no'",
        "7 of 11 cases are of the kind 'wh'",
        "4 of 4 yes/no cases are yes",
    ):
        assert message in output


def test_no_case_and_no_file(tmp_path: Path) -> None:
    code, output = checked(tmp_path)
    assert (code, "there is no case in the file" in output) == (1, True)
    done = command("check", tmp_path / "gone.jsonl", "--articles", tmp_path / "articles.jsonl")
    assert (done.exit_code, "cannot be read" in done.output) == (2, True)
    done = command("check", tmp_path / "cases.jsonl", "--articles", tmp_path / "none")
    assert (done.exit_code, "there is no such file or folder" in done.output) == (2, True)
    done = command("check", tmp_path / "cases.jsonl", "--db", tmp_path / "none")
    assert (done.exit_code, "there is no archive" in done.output) == (2, True)


def test_the_sample_set_is_checked() -> None:
    found = check_cases(ROOT / "examples" / "cases.jsonl", read_articles([ROOT / "examples" / "articles"]))
    assert not [one for one in found if one.line], found


def test_new_cases_are_typed_and_sound(archive: Archive, indexer: Indexer) -> None:
    said = "The mayor of town {0} opened {0} bridges on the river Fal."
    texts = {f"{code}{n}": (code, said.format(n)) for code in ("en", "ar") for n in range(3)}
    assert indexer.add(make_article(text, id=one, language=code) for one, (code, text) in texts.items()).failed == []
    chosen = choose_sentences(archive, 4, seed=1)
    assert [article.language for article, _ in chosen] == ["ar", "en", "ar", "en"]
    assert len({article.id for article, _ in chosen}) == 4
    assert chosen == choose_sentences(archive, 4, seed=1)
    out = archive.folder / "new.jsonl"
    typed = (
        "Who opened bridges?\nwhich\n\nwh\nThe queen\nwh\nThe mayor\n\n"
        "Did the mayor open bridges?\nyes_no\nmaybe\nyes_no\ndisputed\nDid it rain?\nunanswerable\n"
    )
    done = CliRunner().invoke(
        app, ["new", "--db", str(archive.folder), "--out", str(out), "--count", "4", "--seed", "1"], input=typed
    )
    assert done.exit_code == 0, done.output
    assert "the kind 'which' is none of yes_no" in done.output
    assert "the verdict 'maybe' is none of yes, no, disputed" in done.output
    assert "the answer 'The queen' is not in the sentence" in done.output
    cases = load_cases(out)
    assert [(one.question, one.kind, one.answers) for one in cases] == [
        ("Who opened bridges?", "wh", ("The mayor",)),
        ("Did the mayor open bridges?", "yes_no", ()),
        ("Did it rain?", "unanswerable", ()),
    ]
    assert not [one for one in check_cases(out, archive.get(texts)) if one.line]


def test_an_archive_without_sentences_has_none_to_show(archive: Archive) -> None:
    with pytest.raises(InputError, match="no sentence has 40 to 400 characters; add articles"):
        choose_sentences(archive, 3, seed=1)


def converted(tmp_path: Path, *arguments: object) -> tuple[list[Case], dict[str, str], str]:
    done = command("convert", *arguments, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    cases, articles = load_cases(tmp_path / "out" / "cases.jsonl"), read_articles([tmp_path / "out" / "articles.jsonl"])
    findings = [one for one in check_cases(tmp_path / "out" / "cases.jsonl", articles) if one.line]
    assert findings == []
    texts = {
        one.id: " | ".join(articles[s.article].text[s.start : s.end] for g in one.gold for s in g) for one in cases
    }
    return cases, texts, done.output


def write(path: Path, *rows: object, whole: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows[0]) if whole else "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def beir(folder: Path, judged: str = "q1\td1\t1\nq1\td2\t0\nq2\td2\t0\n") -> Path:
    write(folder / "corpus.jsonl", {"_id": "d1", "title": "Bridge", "text": TEXT}, {"_id": "d2", "text": "Rain fell."})
    write(folder / "queries.jsonl", {"_id": "q1", "text": "Who opened it?"}, {"_id": "q2", "text": "When?"})
    (folder / "qrels").mkdir(exist_ok=True)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    return folder


def test_beir(tmp_path: Path) -> None:
    cases, texts, output = converted(tmp_path, "beir", beir(tmp_path / "set"), "--split", "test")
    assert [(one.id, one.kind, one.split) for one in cases] == [("q1", "wh", "test")]
    assert texts["q1"] == TEXT
    assert "left out: " in output
    assert "no document is relevant to query 'q2'" in output


def test_beir_with_a_judgement_of_an_empty_document(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", "q1\td1\t1\nq1\td3\t1\n")
    with (folder / "corpus.jsonl").open("a") as stream:
        stream.write('{"_id": "d3", "text": ""}\n')
    cases, texts, output = converted(tmp_path, "beir", folder, "--split", "test")
    assert ([one.id for one in cases], texts["q1"]) == (["q1"], TEXT)
    assert "left out: " in output


def squad(*answers: dict[str, Any], **more: object) -> dict[str, Any]:
    one = {"id": "s1", "question": "Where from?", "answers": list(answers), **more}
    return {"data": [{"title": "T", "paragraphs": [{"context": "Cafe\u0301. " + TEXT, "qas": [one]}]}]}


def test_squad_also_where_the_text_is_not_composed(tmp_path: Path) -> None:
    at = ("Cafe\u0301. " + TEXT).index("Izmit")
    path = write(tmp_path / "set.json", squad({"answer_start": at, "text": "Izmit"}), whole=True)
    cases, texts, _ = converted(tmp_path, "squad", path, "--language", "en")
    assert (cases[0].kind, cases[0].answers, cases[0].language) == ("wh", ("Izmit",), "en")
    assert texts["s1"] == "Twelve boats came from Izmit."
    path = write(tmp_path / "set.json", squad(is_impossible=True), whole=True)
    assert converted(tmp_path, "squad", path)[0][0].kind == "unanswerable"


def test_ragas_of_both_versions(tmp_path: Path) -> None:
    path = write(
        tmp_path / "set.jsonl",
        {"user_input": "How many boats?", "reference": "Twelve", "reference_contexts": [TEXT]},
        {"question": "Did it open?", "ground_truth": "Yes.", "contexts": ["Other text."], "reference_contexts": [TEXT]},
        {"question": "Who?", "ground_truths": ["the mayor"], "contexts": ["Other text.", TEXT]},
        {"question": "Why?", "ground_truth": "Nobody knows", "contexts": ["Other text."]},
    )
    cases, texts, output = converted(tmp_path, "ragas", path)
    assert [(one.kind, one.verdict) for one in cases] == [("wh", None), ("yes_no", "yes"), ("wh", None)]
    assert texts == {"r1": "Twelve boats came from Izmit.", "r2": TEXT, "r3": "The mayor opened the bridge."}
    assert "set.jsonl:4: no context is known to answer" in output


def test_ragas_rests_a_no_on_all_that_is_given(tmp_path: Path) -> None:
    row = {"user_input": "Did it open?", "reference": "No", "reference_contexts": [f"There is no rain. {TEXT}"]}
    _, texts, _ = converted(tmp_path, "ragas", write(tmp_path / "set.jsonl", row))
    assert texts == {"r1": f"There is no rain. {TEXT}"}


def test_alce(tmp_path: Path) -> None:
    documents = [{"title": "One", "text": TEXT}, {"title": "Two", "text": "Rain fell on Izmit."}]
    pairs = [{"short_answers": ["Izmit"]}, {"short_answers": None}]
    asqa = {"sample_id": "x", "question": "Where?", "qa_pairs": pairs, "docs": documents}
    qampari = {"id": "y", "question": "Which?", "answers": [["Izmit", "Kocaeli"], ["Rome"]], "docs": documents}
    eli5 = {"question": "Why?", "docs": documents, "claims": ["Because."]}
    cases, texts, output = converted(tmp_path, "alce", write(tmp_path / "set.json", [asqa, qampari, eli5], whole=True))
    assert [(one.id, one.answers) for one in cases] == [("x", ("Izmit",)), ("y", ("Izmit",))]
    assert texts["x"] == "Twelve boats came from Izmit. | Rain fell on Izmit."
    assert "item 3: none of its passages holds a short answer" in output


def table(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_csv_with_named_columns(tmp_path: Path) -> None:
    rows = [["Frage", "answer", "Text"], ["Who?", "the mayor", TEXT], ["Open?", "Yes", TEXT], ["Why?", "", TEXT],
            ["How many?", "12", "All 12 came.\nMore."]]  # fmt: skip
    path = table(tmp_path / "set.csv", *rows)
    cases, texts, _ = converted(tmp_path, "csv", path, "--columns", "question=Frage,text=Text", "--language", "de")
    assert [one.kind for one in cases] == ["wh", "yes_no", "unanswerable", "number"]
    assert (texts["t1"], texts["t4"], cases[0].language) == ("The mayor opened the bridge.", "All 12 came.", "de")


@pytest.mark.parametrize("sign", ["\t", ";"])
def test_a_table_s_columns_are_parted_as_its_first_line_is(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "set.tsv"
    path.write_text(f"question{sign}text{sign}answer\nWho, then?{sign}{TEXT}{sign}the mayor\n")
    cases, _, _ = converted(tmp_path, "csv", path)
    assert [(one.question, one.answers) for one in cases] == [("Who, then?", ("the mayor",))]


def broken(tmp_path: Path) -> dict[str, tuple[list[object], str]]:
    at = tmp_path
    (at / "torn.jsonl").write_text('{"question": "Who?"\n')
    (at / "latin.csv").write_bytes(b"question,text\nWho?,caf\xe9\n")
    wrong = write(at / "wrong.json", squad({"answer_start": 3, "text": "Izmit"}), whole=True)
    bare = {"data": [{"paragraphs": [{"context": TEXT}]}]}
    return {
        "no such format": (["trec", at], "no format is called 'trec'; there are beir, squad"),
        "no corpus": (["beir", at / "none"], "corpus.jsonl: cannot be read"),
        "no qrels": (["beir", beir(at / "b1"), "--split", "dev"], "there is no dev.tsv"),
        "unknown document": (["beir", beir(at / "b2", "q1\td9\t1\n")], "test.tsv:2: the corpus lacks the document"),
        "grade": (["beir", beir(at / "b3", "q1\td1\thigh\n")], "test.tsv:2: query, document and a whole number"),
        "nothing": (["beir", beir(at / "b4", "q2\td1\t0\n")], "nothing could be converted: "),
        "offset": (["squad", wrong], "question 's1': the answer 'Izmit' is not at 3"),
        "no data": (["squad", write(at / "d.json", {"a": 1}, whole=True)], "'data' is missing or no list"),
        "no qas": (["squad", write(at / "q.json", bare, whole=True)], "a paragraph is not of SQuAD's form"),
        "torn": (["ragas", at / "torn.jsonl"], "torn.jsonl:1: not valid JSON"),
        "list": (["ragas", write(at / "l.jsonl", [1])], "l.jsonl:1: a JSON object is expected, this is a list"),
        "no question": (["ragas", write(at / "n.jsonl", {"contexts": ["x"]})], "'user_input' or 'question' is missing"),
        "no list": (["alce", write(at / "o.json", {}, whole=True)], "a JSON list is expected, this is a dict"),
        "no docs": (["alce", write(at / "p.json", [{"question": "Q?"}], whole=True)], "item 1: 'docs' is missing"),
        "no column": (["csv", table(at / "c.csv", ["question"], ["x"])], "c.csv:1: there is no column 'text'"),
        "odd column": (["csv", at / "c.csv", "--columns", "frage=x"], "no column is called 'frage'"),
        "half a column": (["csv", at / "c.csv", "--columns", "text"], "'text' names no column"),
        "encoding": (["csv", at / "latin.csv"], "latin.csv: cannot be read: 'utf-8' codec"),
        "empty": (["csv", table(at / "e.csv", ["question", "text"], ["", "x"])], "e.csv:2: 'question' or 'text' is"),
        "answer": (["csv", table(at / "f.csv", ["question", "text", "answer"], ["Q", "A b.", "z"])],
                   "f.csv:2: the answer 'z' is not in its text"),
    }  # fmt: skip


BROKEN = (
    "no such format, no corpus, no qrels, unknown document, grade, nothing, offset, no data, no qas, torn, list, "
    "no question, no list, no docs, no column, odd column, half a column, encoding, empty, answer"
).split(", ")


@pytest.mark.parametrize("name", BROKEN)
def test_bad_input_is_named(name: str, tmp_path: Path) -> None:
    arguments, message = broken(tmp_path)[name]
    done = command("convert", *arguments, "--out", tmp_path / "out")
    assert (done.exit_code, message in done.output) == (2, True), done.output
    assert not (tmp_path / "out").exists()

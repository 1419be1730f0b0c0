"""The command as a user runs it: a process of its own, the real model, no way to the network."""

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.readers.files import read_paths
from qa.answers import Answer, Verdict
from qa.app import build_answerer
from ui.cli import main

ROOT = Path(__file__).parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"

# Runs in the child before anything else: any socket but a local one ends the command.
BLOCKED = """
import socket, sys
class NoNetwork(socket.socket):
    def connect(self, address):
        raise SystemExit(f"reached for the network: {address}")
    connect_ex = connect
def no_lookup(*args, **kwargs):
    raise SystemExit(f"reached for the network: {args}")
socket.socket, socket.getaddrinfo, socket.create_connection = NoNetwork, no_lookup, no_lookup
from ui.cli import main
sys.argv = ["dateline", *sys.argv[1:]]
main()
"""


def in_own_process(*args: object) -> subprocess.CompletedProcess[str]:
    """The finished command, with sockets blocked."""
    command = [sys.executable, "-c", BLOCKED, *map(str, args)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def dateline(*args: object, **env: str) -> Done:
    """The command in this process, so that the model is loaded once."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["dateline", *map(str, args)])
        patch.setenv("TERMINAL_WIDTH", "200")
        for name, value in env.items():
            patch.setenv(name, value)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two articles, made by the command."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "a.jsonl").write_text(
        '{"id": "ar1", "text": "قال السفير إن أرمينيا لن تطلب المساعدة من المنظمة. الطقس جميل في يريفان اليوم.", '
        '"publisher": "وكالة", "published": "2020-09-28", "url": "https://w.example/1"}\n'
        '{"id": "en1", "text": "The football final ended 2-1. Fans went home.", "publisher": "Courier"}\n'
    )
    done = in_own_process("add", folder / "a.jsonl", "--db", folder / "db")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 added, 0 already there, 0 failed;")
    return folder / "db"


def test_ask_in_a_process_without_network(small: Path) -> None:
    done = in_own_process("ask", "Will Armenia ask the organisation for help?", "--db", small, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = Answer.from_dict(json.loads(done.stdout))
    assert answer.citations[0].article_id == "ar1"
    assert answer.citations[0].quote == "قال السفير إن أرمينيا لن تطلب المساعدة من المنظمة."
    plain = dateline("ask", "Will Armenia ask the organisation for help?", "--db", small)
    assert "[1] قال السفير إن أرمينيا لن تطلب المساعدة من المنظمة." in plain.stdout
    assert "https://w.example/1" in plain.stdout


def test_a_filter_that_nothing_passes_is_a_refusal(small: Path) -> None:
    done = dateline("ask", "Who?", "--language", "tr", "--db", small, "--json")
    assert json.loads(done.stdout)["refusal"] == "nothing_passes_filters"
    assert done.returncode == 0


def test_search_list_show_info_and_doctor(small: Path) -> None:
    hits = json.loads(dateline("search", "football", "-k", 1, "--db", small, "--json").stdout)
    assert hits[0]["chunk"]["article_id"] == "en1"
    assert "The football final" in dateline("search", "football", "-k", 1, "--db", small).stdout
    assert [one["id"] for one in json.loads(dateline("list", "--db", small, "--json").stdout)] == ["en1", "ar1"]
    assert "Courier" in dateline("list", "--db", small).stdout
    assert json.loads(dateline("show", "en1", "--db", small, "--json").stdout)["publisher"] == "Courier"
    assert "Fans went home." in dateline("show", "en1", "--db", small).stdout
    info = json.loads(dateline("info", "--db", small, "--json").stdout)
    assert (info["articles"], info["sentences"], info["languages"]) == (2, 4, {"ar": 1, "en": 1})
    done = dateline("doctor", "--db", small)
    assert (done.returncode, done.stdout) == (0, "sound\n")


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["ask", ""], 2, "has no word in it"),
        (["ask", "x" * 50_000], 2, "50,000 characters"),
        (["ask", "𒀀𒀁𒀂 𒀃𒀄"], 2, "cannot read the script of"),
        (["ask", "Who?", "--after", "yesterday"], 2, "'after' is not a date: 'yesterday'"),
        (["ask", "Who?", "-k", "0"], 2, "Invalid value for '-k'"),
        (["ask"], 2, "Missing argument"),
        (["show", "nothing"], 2, "there is no article 'nothing'"),
        (["remove", "nothing"], 1, "no such article: nothing"),
    ],
)
def test_wrong_use_has_a_message_and_a_code(small: Path, args: list[str], code: int, message: str) -> None:
    done = dateline(*args, "--db", small)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_archive_ends_with_3(tmp_path: Path, small: Path) -> None:
    done = dateline("ask", "Who?", "--db", tmp_path / "none")
    assert (done.returncode, "make one with: dateline add" in done.stderr) == (3, True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("x")
    done = dateline("add", ROOT / "examples" / "articles", "--db", tmp_path / "mine")
    assert (done.returncode, "is not an archive" in done.stderr) == (3, True)
    done = dateline("ask", "Who?", "--db", small, DATELINE_CHUNK_TOKENS="50")
    assert (done.returncode, "dateline rebuild" in done.stderr) == (3, True)
    done = dateline("ask", "Who?", "--db", small, DATELINE_COLOUR="red")
    assert (done.returncode, "unknown setting DATELINE_COLOUR" in done.stderr) == (2, True)


def test_some_failed_inputs_end_with_1_and_the_rest_is_there(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Title\n\nThe minister said no.")
    (tmp_path / "bad.txt").write_bytes(b"Title\n\nBroken \xff.")
    done = dateline("add", tmp_path / "good.txt", tmp_path / "bad.txt", "--db", tmp_path / "db")
    assert done.returncode == 1
    assert done.stdout.startswith("1 added, 0 already there, 1 failed;")
    assert "not added:" in done.stderr
    assert "bad.txt:3: not valid UTF-8" in done.stderr


def test_what_is_added_gets_fields_columns_and_comes_from_the_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("what,story\nFirst,The minister said no.\n")
    data = (ROOT / "tests" / "data" / "html" / "jsonld-en.html").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    done = dateline(
        "add", tmp_path, "-", "--glob", "*.csv", "--map", "title=what", "--map", "text=story", "--publisher", "Courier",
        "--published", "28 September 2020", "--language", "en", "--db", tmp_path / "db",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(dateline("list", "--db", tmp_path / "db", "--json").stdout)
    assert {one["title"] for one in found} == {"First", "Ferry to Little Marrow returns after three winters"}
    assert {(one["publisher"], one["published"]) for one in found} == {("Courier", "2020-09-28")}
    for option, message in (("--map=titel=what", "give FIELD=COLUMN"), ("--published=yesterday", "is not a date")):
        done = dateline("add", tmp_path, option, "--db", tmp_path / "db")
        assert (done.returncode, message in done.stderr) == (2, True)


def test_remove_and_rebuild(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "One stands."}\n{"id": "b", "text": "Two stands."}\n')
    dateline("add", tmp_path / "a.jsonl", "--db", tmp_path / "db")
    assert dateline("remove", "a", "--db", tmp_path / "db").stdout == "1 removed\n"
    assert dateline("rebuild", "--db", tmp_path / "db").stdout == "1 articles indexed anew\n"
    assert dateline("doctor", "--db", tmp_path / "db").stdout == "sound\n"


def test_lost_and_damaged_vectors_are_named_and_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "One stands."}\n{"id": "b", "text": "Two stands."}\n')
    in_own_process("add", tmp_path / "a.jsonl", "--db", tmp_path / "db")
    shutil.rmtree(tmp_path / "db" / "chroma")
    done = dateline("ask", "Who?", "--db", tmp_path / "db")
    assert (done.returncode, "are lost; run: dateline rebuild" in done.stderr) == (3, True)
    shutil.rmtree(tmp_path / "db" / "chroma")
    (tmp_path / "db" / "chroma").mkdir()
    (tmp_path / "db" / "chroma" / "chroma.sqlite3").write_text("garbage" * 99)
    found = in_own_process("doctor", "--db", tmp_path / "db")
    assert (found.returncode, "run: dateline rebuild" in found.stdout) == (1, True)
    assert in_own_process("rebuild", "--db", tmp_path / "db").stdout == "2 articles indexed anew\n"
    assert in_own_process("doctor", "--db", tmp_path / "db").stdout == "sound\n"


def test_the_evaluation_runs_and_refuses_what_it_cannot_run(small: Path, tmp_path: Path) -> None:
    gold = [[{"article": "ar1", "start": 0, "end": 50}]]
    base: dict[str, Any] = {"verdict": None, "answers": []}
    cases = [
        base | {"id": "c1", "question": "Will Armenia ask for help?", "kind": "wh", "gold": gold},
        base | {"id": "c2", "question": "How tall is the tower?", "kind": "unanswerable", "gold": []},
    ]
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    done = dateline("eval", "run", tmp_path / "cases.jsonl", "--db", small, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in (tmp_path / "out" / "answers.jsonl").read_text().splitlines()]
    assert [one["id"] for one in answers] == ["c1", "c2"]
    assert Answer.from_dict(answers[0]["answer"]).question == "Will Armenia ask for help?"
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["all"]["success@1"]["mean"], report["all"]["success@1"]["scored"]) == (1.0, 1)
    assert "| kind unanswerable |" in (tmp_path / "out" / "report.md").read_text()
    cases[0]["gold"] = [[{"article": "gone", "start": 0, "end": 5}]]
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    done = dateline("eval", "run", tmp_path / "cases.jsonl", "--db", small, "--out", tmp_path / "out")
    assert (done.returncode, "lacks its gold article 'gone'" in done.stderr) == (2, True)


def test_the_first_question_over_the_sample_articles(sample_db: Path) -> None:
    done = dateline("ask", "Did Armenia request CSTO help?", "--db", sample_db, "--json")
    answer = Answer.from_dict(json.loads(done.stdout))
    gold = json.loads((ROOT / "examples" / "cases.jsonl").read_text().splitlines()[0])["gold"]
    spans = {(one["article"], one["start"], one["end"]) for group in gold for one in group}
    assert {(one.article_id, one.start, one.end) for one in answer.citations} & spans
    assert answer.verdict is Verdict.NO


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed article is not here (../shared/seeds)")
def test_the_seed_article_answers_in_arabic(tmp_path: Path) -> None:
    done = dateline("add", SEEDS, "--db", tmp_path / "db")
    assert done.returncode == 0, done.stderr
    done = dateline("ask", "Did Armenia request CSTO help?", "--db", tmp_path / "db", "--json")
    answer = Answer.from_dict(json.loads(done.stdout))
    (seed,) = [one for one in read_paths([SEEDS])]
    assert not isinstance(seed, Exception)
    denials = ("لن تتوجه بطلب", "لا توجد مثل هذه الخطط")  # will not turn to it; there are no such plans
    assert any(words in one.quote for one in answer.citations for words in denials)
    for one in answer.citations:
        assert seed.text[one.start : one.end] == one.quote
    always = build_answerer(db=tmp_path / "db", verdicts="always")
    said = always.ask("Did Armenia request CSTO help?")
    always.close()
    assert said.verdict is Verdict.NO
    assert any(words in one.quote for one in said.citations for words in denials)


def test_the_example_script(sample_db: Path) -> None:
    command = [sys.executable, "examples/ask.py"]
    env = os.environ | {"DATELINE_DB": str(sample_db), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("answered")
    assert len((ROOT / "examples" / "ask.py").read_text().splitlines()) < 20


def test_upkeep_of_an_archive_with_a_copy_and_a_correction(tmp_path: Path) -> None:
    db = ("--db", str(tmp_path / "archive"))
    lines = [
        json.loads(line)
        for line in (ROOT / "examples/articles/karabakh.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    first = lines[0]
    changed = first | {"text": first["text"].replace("does not intend", "has no wish"), "modified": "2020-09-29"}
    copied = first | {"id": "copy-1", "publisher": "Harbour Post", "title": "No help wanted", "published": "2020-09-30"}
    for name, held in {"a": lines[:2], "b": [changed], "c": [copied]}.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in held), encoding="utf-8")
        done = dateline("add", path, *db)
        assert done.returncode == 0, done.stderr
        if name == "b":
            assert "0 added, 1 changed (the old version stays), 0 already there" in done.stdout
    found = json.loads(dateline("duplicates", "--json", *db).stdout)
    assert found == [{"original": f"{first['id']}@v2", "copies": ["copy-1"]}]
    assert "Harbour Post · No help wanted · copy-1\n1 originals, 1 copies" in dateline("duplicates", *db).stdout
    ask = ("ask", "Does Armenia intend to ask the CSTO for help?", "--json", *db)
    now, then = (json.loads(dateline(*ask, *more).stdout)["evidence"] for more in ((), ("--as-of", "2020-09-28")))
    assert any("has no wish" in one["quote"] for one in now)
    assert any("does not intend" in one["quote"] and one["article"]["id"] == first["id"] for one in then)
    assert not any("has no wish" in one["quote"] for one in then)
    facts = json.loads(dateline("info", "--json", *db).stdout)
    assert (facts["articles"], facts["older versions"], facts["copies"]) == (3, 1, 1)
    assert f"other versions: {first['id']}@v2" in dateline("show", first["id"], *db).stdout
    exported = dateline("export", *db)
    assert [json.loads(line)["id"] for line in exported.stdout.splitlines()].count(first["id"]) == 2
    assert "copied to" in dateline("backup", tmp_path / "copy", *db).stdout
    shutil.rmtree(tmp_path / "copy" / "chroma")
    copy = ("--db", str(tmp_path / "copy"))
    assert dateline("doctor", *copy).returncode == 1
    mended = dateline("doctor", "--repair", *copy)
    assert (mended.returncode, mended.stdout.splitlines()) == (0, ["4 articles indexed anew", "sound"])

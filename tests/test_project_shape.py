"""The rules of the repository's shape, as tests."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {"index": {"index"}, "qa": {"qa", "index"}, "ui": {"ui", "qa", "index"}, "eval": {"eval", "qa", "index"}}
MODULES = sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))
ONLY_IN = {
    "chromadb": {"index/vectors.py"},
    "gradio": {"ui/web/"},
    "langchain_core": {"qa/adapters.py", "qa/llm.py"},
    "langchain": {"qa/llm.py"},
    "sqlite3": {"index/database.py", "index/lexical.py", "index/schema.py", "index/vectors.py"},
}
MAY_PRINT = (
    "ui/",
    "eval/beside.py",
    "eval/cli.py",
    "eval/console.py",
    "eval/sets.py",
    "eval/bench",
    "eval/growth.py",
    "eval/load.py",
    "eval/ready.py",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {one.partition(".")[0] for one in names}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_keeps_to_its_place_and_its_size(path: Path) -> None:
    found, lines = imports(path), path.read_text(encoding="utf-8").splitlines()
    assert found & ALLOWED.keys() <= ALLOWED[name(path).partition("/")[0]]
    assert len(lines) <= (15 if path.name == "__init__.py" else 250)
    assert path.stem not in ("utils", "helpers", "common", "types", "manager")
    for module, places in ONLY_IN.items():
        assert module not in found or any(name(path).startswith(place) for place in places), module
    if not name(path).startswith(MAY_PRINT):
        assert not re.search(r"\bprint\(|sys\.std(out|err)|Console\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short_and_documented(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 30, f"{node.name} has {length} lines"


@pytest.mark.parametrize("package", ALLOWED)
def test_no_other_distribution_installs_our_package_names(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"dateline"}


def test_the_core_does_not_load_the_page_nor_the_models_on_import() -> None:
    tools = ("ui/", "index/neutral_fit", "qa/reader/training")
    modules = [name(path)[:-3].replace("/", ".") for path in MODULES if not name(path).startswith(tools)]
    code = f"import importlib, sys; [importlib.import_module(one) for one in {modules!r}]; "
    code += "sys.exit(' '.join({'gradio', 'torch', 'sentence_transformers'} & sys.modules.keys()) or 0)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_requirement_is_pinned() -> None:
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    wanted = re.findall(r'^  "([a-z0-9_-]+)[=<>]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(wanted) <= pinned
    assert "torch==2.13.0\n" in (ROOT / "constraints.txt").read_text()


def test_the_commands_of_the_readme_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^(?:.*[\s`])?make ([a-z]+)", readme, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    listed = subprocess.run([sys.executable, "-c", "from ui.cli import main; main()", "--help"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout  # fmt: skip
    for command in re.findall(r"^dateline ([a-z]+)", readme, re.MULTILINE):
        assert re.search(rf"\b{command}\b", listed), command
    for path in re.findall(r"\]\(([a-z][^)#:]*)\)", readme):
        assert (ROOT / path).exists(), path

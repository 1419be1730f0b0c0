"""What docs/serving.md and deploy/ show is what the server does."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from index.articles import make_article
from tests.toy_site import Toy, serving
from ui.cli import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
SENTENCE = "Armenia did not request CSTO help."
OURS = "http://127.0.0.1:7860"


def command(*names: str) -> Any:  # noqa: ANN401 - a command of Typer's
    found: Any = typer.main.get_command(app)
    for name in names:
        found = found.commands[name]
    return found


def options(*names: str) -> set[str]:
    return {text for one in command(*names).params for text in (*one.opts, *one.secondary_opts)}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    article = make_article(SENTENCE, id="csto", title="Armenia", publisher="Wire", language="en")
    with serving(tmp_path_factory.mktemp("docs"), articles=(article,)) as made:
        yield made


def example(name: str, toy: Toy) -> str:
    """The code after its mark, for the toy's address."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert OURS in found[1]
    return found[1].replace(OURS, toy.served.address.rstrip("/"))


def run(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_options_of_serve_are_documented() -> None:
    rows = re.findall(r"^\| `(--[\w-]+)(?: / --[\w-]+)?` \| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)
    params = [one for one in command("serve").params if "--help" not in one.opts]
    wanted = []
    for one in params:
        default = one.show_default if isinstance(one.show_default, str) else one.default
        wanted.append((one.opts[0], "" if default in (None, False) else str(default), one.help))
    assert rows == wanted


def test_the_example_in_python(toy: Toy) -> None:
    assert run([sys.executable, "-c", example("python", toy)]) == f"answered\n{SENTENCE} | Wire\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_example_with_curl(toy: Toy) -> None:
    shown = run(["sh", "-c", example("curl", toy)])
    assert shown.startswith("event: complete\n")
    assert SENTENCE in shown


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_example_in_javascript(toy: Toy) -> None:
    code = example("javascript", toy)
    shown = run(["node", "--input-type=module", "--eval", code])
    assert shown == f"answered [ '{SENTENCE}' ]\n"


def test_the_parameters_of_the_endpoints_are_documented(toy: Toy) -> None:
    info = toy.client.get("/gradio_api/info").json()["named_endpoints"]
    rows = dict(re.findall(r"^\| `(/\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    listed = {name: ", ".join(f"`{one['parameter_name']}`" for one in info[name]["parameters"]) for name in info}
    assert rows == listed


def test_the_image_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    copied = [one for line in lines if line.startswith("COPY ") for one in line.split()[1:-1]]
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    for one in copied:
        assert (ROOT / one).exists(), one
        assert f"!{one}" in ignored, one
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    made = re.findall(r"mkdir -p ([\w/ ]+)", text)[0].split()
    held = {"/".join(one.split("/")[: depth + 1]) for one in made for depth in range(len(one.split("/")))}
    assert {one.replace(".", "/") for one in packages} <= held
    assert "-c constraints.txt -e '.[mcp]'" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert lines[-1] == 'CMD ["serve", "--host", "0.0.0.0", "--port", "7860"]'
    assert "/healthz" in text


def test_the_compose_file_and_the_unit_use_options_that_are_there() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    words = services["dateline"]["command"]
    unit = (DEPLOY / "dateline.service").read_text()
    started = re.findall(r"^ExecStart=\S+/dateline (.*)$", unit, re.MULTILINE)[0].split()
    assert words[0] == started[0] == "serve"
    used = {one.partition("=")[0] for one in (*words, *started) if one.startswith("--")}
    assert used <= options("serve")
    assert (ROOT / services["dateline"]["build"]["dockerfile"]).exists()
    for one in services["caddy"]["volumes"]:
        source = one.partition(":")[0]
        assert not source.startswith("./") or (DEPLOY / source).exists()
    for path in re.findall(r"\]\(\.\./(deploy/[\w.]+)\)", PAGE):
        assert (ROOT / path).exists(), path
    for name, *more in re.findall(r"dateline users (\w+)((?: --[\w-]+)*)", PAGE + unit):
        assert set(" ".join(more).split()) <= options("users", name)


def test_the_proxies_do_not_buffer() -> None:
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    for one in ("proxy_buffering off;", "proxy_set_header Host $host;", "X-Forwarded-Proto $scheme;",
                "X-Forwarded-For $proxy_add_x_forwarded_for;", "client_max_body_size 50m;"):  # fmt: skip
        assert one in nginx, one
    assert "flush_interval -1" in caddy
    assert nginx.count("{") == nginx.count("}")

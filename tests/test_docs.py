"""What the documents show is what the code does."""

import re
from pathlib import Path

from qa.settings import Settings

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

"""All reports of a run into its folder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.reports.junit import to_junit
from eval.reports.markdown import to_markdown
from eval.reports.page import to_page
from eval.scores import Scored
from index.articles import Article

FILES = ("report.html", "report.md", "report.json", "junit.xml")


def write_reports(
    report: Mapping[str, Any], scored: Sequence[Scored], articles: Mapping[str, Article], out: Path
) -> None:
    """Write `FILES` into `out`; `articles` are those that hold gold or are cited, by id."""
    texts = {
        "report.html": to_page(report, scored, articles),
        "report.md": to_markdown(report),
        "report.json": json.dumps(report, ensure_ascii=False, indent=1) + "\n",
        "junit.xml": to_junit(scored),
    }
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", errors="replace")

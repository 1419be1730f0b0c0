"""The development questions as archives and cases, to be asked as users ask: `python -m qa.reader.training.cases`.

For each language a folder with an archive of the 83 NTREX articles and `cases.jsonl`; `dateline eval run` asks them
(docs/reader.md has the command). Every line that answers is gold by itself.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.reader.training.examples import Ntrex, load
from qa.reader.training.measure import build
from qa.settings import Settings

_VERDICTS = ("yes", "no")


def case(question: dict[str, Any], places: dict[str, dict[int, tuple[int, int]]]) -> dict[str, Any]:
    """One line of cases.jsonl; `places` are those of the lines of each article."""
    here = places[question["article"]]
    gold = [[{"article": question["article"], "start": here[n][0], "end": here[n][1]}] for n in question["lines"]]
    return {
        "id": question["id"],
        "question": question["question"],
        "kind": question["kind"] if gold else "unanswerable",
        "verdict": question["verdict"] if question["verdict"] in _VERDICTS else None,
        "answers": [],
        "gold": gold,
        "language": "en",
        "split": "dev",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True, help="a folder in it for each language")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    parser.add_argument("--languages", default="en,ar,ru,ur,tr,es,fa")
    given = parser.parse_args(arguments)
    ntrex, questions = Ntrex(given.data / "ntrex"), [one for one in load("questions.jsonl") if one["part"] == "dev"]
    for code in given.languages.split(","):
        folder = given.out / code
        settings = Settings(db=folder / "archive", cache=given.cache)
        places = build(ntrex, code, settings.db, settings)
        lines = [json.dumps(case(one, places), ensure_ascii=False) for one in questions]
        (folder / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fit the support of written sentences on the rewrites' development half: `python -m qa.reader.training.support`.

Writes weights and threshold into the card beside the reader's weights; the test half is left for `dateline eval`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.articles import Article
from index.e5 import BundledEmbedder
from index.readers.files import read_paths
from index.sentences import Sentence
from qa.evidence import Passage, label
from qa.reader.chances import Floats, logistic, sigmoid
from qa.reader.cross_encoder import WEIGHTS, CrossEncoderReader
from qa.reader.similarity import SimilarityReader
from qa.reader.training.calibrate import save_card
from qa.verify import Checker, passages_of

_LET_THROUGH = 0.02  # share of the altered sentences: well below the twentieth that is wanted of sentences not seen


def read(rows: Sequence[dict[str, Any]], reader: CrossEncoderReader) -> tuple[Floats, list[bool]]:
    """Columns (n, 3) of each rewrite, and which of them the rules alone let pass."""
    articles = {one.id: one for one in read_paths([Path("examples/articles")]) if isinstance(one, Article)}
    columns, passed = [], []
    checker = Checker(lambda _, groups: [1.0] * len(groups), threshold=0.0)
    for row in rows:
        passages = [
            Passage(
                article=articles[one["article"]],
                sentence=Sentence(article_id=one["article"], start=one["start"], end=one["end"]),
            )
            for one in row["evidence"]
        ]
        evidence = label([(one, 1.0) for one in passages])
        passed.append(checker.check(row["sentence"], evidence, row["language"]).problem is None)
        columns.append(reader.support_columns(row["sentence"], [passages_of(evidence)])[0])
    return np.array(columns), passed


def fit(columns: Floats, passed: Sequence[bool], supported: Sequence[bool]) -> dict[str, Any]:
    """Weights, and the least threshold that lets at most 2 % of the altered sentences through."""
    open_, true = np.array(passed), np.array(supported)
    weights = logistic(list(columns[open_].T), true[open_])
    chances = sigmoid(columns @ np.array(weights[:-1]) + weights[-1]) * open_
    wrong = np.sort(chances[~true])[::-1]
    threshold = float(np.nextafter(wrong[int(_LET_THROUGH * len(wrong))], 2))
    return {"weights": weights, "threshold": round(threshold + 5e-4, 3)}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rewrites", type=Path, default=Path("examples/evaluation/rewrites.jsonl"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    given = parser.parse_args(arguments)
    reader = CrossEncoderReader(given.cache, near=SimilarityReader(BundledEmbedder(given.cache)))
    rows = [json.loads(line) for line in given.rewrites.read_text(encoding="utf-8").splitlines()]
    dev = [row for row in rows if row["split"] == "dev"]
    columns, passed = read(dev, reader)
    file = WEIGHTS.with_suffix(".json")
    card = json.loads(file.read_text())
    card["support"] = fit(columns, passed, [row["supported"] for row in dev])
    save_card(file, card)


if __name__ == "__main__":
    main()

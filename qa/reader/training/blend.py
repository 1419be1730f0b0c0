"""Blend the cross-encoder with similarity on the sample's development cases: `python -m qa.reader.training.blend`.

Writes the weights of the two and the thresholds by risk into the card beside the weights; the test split is only told.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.archive import Archive
from index.e5 import BundledEmbedder
from qa.app import build_answerer
from qa.evidence import gather
from qa.reader.chances import Floats, log_odds, logistic
from qa.reader.cross_encoder import WEIGHTS, CrossEncoderReader, blend
from qa.reader.similarity import SimilarityReader
from qa.reader.training.calibrate import meets, risks, save_card
from qa.settings import Settings

Row = tuple[str, Floats, Floats, Floats]
"""Split; logits, chances by similarity and whether it answers, (n,) each."""


def read(settings: Settings, cases: Path, k: int) -> list[Row]:
    """Each case with what is retrieved for it from an archive of the sample articles."""
    archive, reader = Archive(settings.db), CrossEncoderReader(settings.cache)
    answerer, near = build_answerer(settings), SimilarityReader(BundledEmbedder(settings.cache))
    rows = []
    for line in cases.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        question = answerer.resolve(case["question"], case.get("history", ())).question
        passages = gather(archive, answerer.search(question, k=k))
        gold = [(one["article"], one["start"], one["end"]) for spans in case["gold"] for one in spans]
        alike = near.read(question, passages)
        rows.append(
            (
                case["split"],
                reader.logits(question, passages)[1][:, 0],
                np.array([one.answerable for one in alike]),
                np.array([meets(one, gold) for one in passages], float),
            )
        )
    return rows


def fit(rows: Sequence[Row]) -> list[float]:
    """Weights of the logit and of the similarity's logit, and the shift.

    They are fitted on all sentences, and then stretched so that the chance of each case's best one, which is what an
    answer's confidence is, comes true as often as it says: the best of twenty is the most overrated one.
    """
    logits, near, right = (np.concatenate([row[at] for row in rows]) for at in (1, 2, 3))
    weights = logistic([logits, log_odds(near)], right > 0)
    best = told(rows, weights)
    slope, shift = logistic([log_odds(np.array([chance for chance, _ in best]))], np.array([it for _, it in best]))
    return [round(one, 4) for one in (slope * weights[0], slope * weights[1], slope * weights[2] + shift)]


def calibration(rows: Sequence[Row], weights: Sequence[float]) -> float:
    """The expected calibration error of the best sentence's chance, ten bins (Naeini et al. 2015)."""
    pairs = told(rows, weights)
    bins = np.minimum((np.array([chance for chance, _ in pairs]) * 10).astype(int), 9)
    gaps = [abs(sum(pairs[at][0] - pairs[at][1] for at in np.flatnonzero(bins == one))) for one in range(10)]
    return round(float(sum(gaps)) / len(pairs), 4)


def told(rows: Sequence[Row], weights: Sequence[float]) -> list[tuple[float, bool]]:
    """The best sentence's chance, and whether it answers."""
    found = [(blend(logits, near, weights), right) for _, logits, near, right in rows]
    return [(float(chance.max()), bool(right[chance.argmax()])) for chance, right in found]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, required=True, help="archive of the sample articles")
    parser.add_argument("--cases", type=Path, default=Path("examples/cases.jsonl"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    parser.add_argument("-k", type=int, default=20)
    given = parser.parse_args(arguments)
    rows = read(Settings(db=given.db, cache=given.cache), given.cases, given.k)
    dev = [row for row in rows if row[0] == "dev"]
    file = WEIGHTS.with_suffix(".json")
    card = json.loads(file.read_text())
    card["blend"] = fit(dev)
    card["risk"] = risks(told(dev, card["blend"]))
    parts = {split: [row for row in rows if row[0] == split] for split in ("dev", "test")}
    card["calibration error"] = {split: calibration(found, card["blend"]) for split, found in parts.items()}
    save_card(file, card)


if __name__ == "__main__":
    main()

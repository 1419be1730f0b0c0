"""Blend the cross-encoder with similarity on the sample's development cases: `python -m qa.reader.training.blend`.

Writes the weights of the two and the thresholds by risk into the card beside the weights; the test split is only told.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.archive import Archive
from qa.app import build_answerer
from qa.evidence import Passage, gather
from qa.reader.cross_encoder import WEIGHTS, CrossEncoderReader, blend
from qa.reader.training.calibrate import risks
from qa.settings import Settings

Floats = npt.NDArray[np.float64]
Row = tuple[str, Floats, Floats, Floats]
"""Split; logits, chances by similarity and whether it answers, (n,) each."""


def read(settings: Settings, cases: Path, k: int) -> list[Row]:
    """Each case with what is retrieved for it from an archive of the sample articles."""
    archive, reader = Archive(settings.db), CrossEncoderReader(settings.cache)
    near = build_answerer(settings.model_copy(update={"reader": "similarity"}))
    rows = []
    for line in cases.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        passages = gather(archive, near.search(case["question"], k=k))
        gold = [(one["article"], one["start"], one["end"]) for spans in case["gold"] for one in spans]
        alike = near.reader.read(case["question"], passages)
        rows.append(
            (
                case["split"],
                reader.logits(case["question"], passages)[1][:, 0],
                np.array([one.answerable for one in alike]),
                np.array([_meets(one, gold) for one in passages], float),
            )
        )
    return rows


def fit(rows: Sequence[Row]) -> list[float]:
    """Weights of the logit and of the similarity's logit, and the shift, by Newton's method with a little ridge."""
    logits, near, right = (np.concatenate([row[at] for row in rows]) for at in (1, 2, 3))
    near = np.clip(near, 1e-6, 1 - 1e-6)
    design = np.stack([logits, np.log(near / (1 - near)), np.ones_like(near)], 1)
    weights = np.zeros(3)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (chance - right) + 1e-3 * weights
        weights -= np.linalg.solve((design.T * (chance * (1 - chance))) @ design + 1e-3 * np.eye(3), slope)
    return [round(float(one), 4) for one in weights]


def told(rows: Sequence[Row], weights: Sequence[float]) -> list[tuple[float, bool]]:
    """The best sentence's chance, and whether it answers."""
    found = [(blend(logits, near, weights), right) for _, logits, near, right in rows]
    return [(float(chance.max()), bool(right[chance.argmax()])) for chance, right in found]


def _meets(passage: Passage, gold: Sequence[tuple[str, int, int]]) -> bool:
    start, end = passage.sentence.start, passage.sentence.end
    return any(passage.article.id == key and start < last and first < end for key, first, last in gold)


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
    file.write_text(json.dumps(card, separators=(",", ":")).replace("],[", "],\n[").replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()

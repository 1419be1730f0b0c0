"""Which examples each stage of the training draws, and which are never trained on."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from qa.reader.training.claims import draw_checks, draw_claims, draw_statements
from qa.reader.training.examples import Example, Ntrex, draw_contrasts, draw_ntrex, draw_sample, load
from qa.reader.training.public import draw_inference, draw_spans, draw_unanswered, draw_verdicts

STAGES = ("public", "ours", "statements")


def draw(stage: str, data: Path, rng: Random, scale: float = 1.0) -> list[Example]:
    """The examples of a stage in random order; `scale` below 1 takes a part of each source."""
    ntrex = Ntrex(data / "ntrex")
    rows = [one for one in load("questions.jsonl") if one["part"] == "train"]
    here = [one for one in rows if one["article"] in ntrex.spans]
    spans = list(draw_spans(data, rng))
    parts: list[list[Example]]
    if stage == "public":
        parts = [spans, list(draw_verdicts(data)), list(draw_inference(data, rng)), list(draw_unanswered(data, rng))]
        parts += [list(draw_ntrex(ntrex, here, rng)) for _ in range(2)]
    elif stage == "statements":
        written = _tenth(load("statements.jsonl"), held_out=False)
        parts = [list(draw_statements(ntrex, written, rng)) for _ in range(3)]
        parts += [rng.sample(list(draw_inference(data, rng)), 1500), list(draw_checks(spans, rng, 1000))]
        parts += [list(draw_claims(ntrex, {one["article"] for one in here}, rng, 2000))]
        parts += [list(draw_ntrex(ntrex, here, rng)), list(draw_contrasts(load("contrasts.jsonl"), held_out=False))]
        parts += [list(draw_sample([one for one in rows if one["article"] not in ntrex.spans], rng))]
        parts += [rng.sample(spans, 1000)]
    else:
        rest = [*spans, *draw_verdicts(data), *draw_unanswered(data, rng)]
        parts = [rng.sample(rest, 4000), rng.sample(list(draw_inference(data, rng)), 3500)]
        parts += [list(draw_checks(spans, rng, 3500))]
        parts += [list(draw_claims(ntrex, {one["article"] for one in here}, rng, 4500))]
        parts += [list(draw_ntrex(ntrex, here, rng)) for _ in range(2)]
        parts += [list(draw_contrasts(load("contrasts.jsonl"), held_out=False)) for _ in range(2)]
        parts += [list(draw_sample([one for one in rows if one["article"] not in ntrex.spans], rng))]
    examples = [one for part in parts for one in rng.sample(part, int(len(part) * scale))]
    rng.shuffle(examples)
    return examples


def held_out(data: Path) -> list[Example]:
    """The development articles' questions, and contrasts and statements that are not trained on, always the same."""
    ntrex, rng = Ntrex(data / "ntrex"), Random(7)
    rows = [one for one in load("questions.jsonl") if one["part"] == "dev"]
    found = [*draw_ntrex(ntrex, rows, rng), *draw_contrasts(load("contrasts.jsonl"), held_out=True)]
    return [*found, *draw_statements(ntrex, _tenth(load("statements.jsonl"), held_out=True), rng)]


def _tenth(rows: Sequence[dict[str, Any]], *, held_out: bool) -> list[dict[str, Any]]:
    """The tenth of the statements that is held out, by the hash of the first, or the others."""
    return [row for row in rows if (sha256(row["true"].encode()).digest()[0] % 10 == 0) is held_out]

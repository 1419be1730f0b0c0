"""Which examples each stage of the training draws, and which are never trained on."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from qa.reader.training.claims import draw_checks, draw_claims, draw_statements
from qa.reader.training.examples import Example, Ntrex, draw_contrasts, draw_ntrex, draw_sample, kept_back, load
from qa.reader.training.public import draw_inference, draw_spans, draw_unanswered, draw_verdicts

_CHECKED = 600  # examples of held-out contrasts that are looked at while training


def draw(stage: str, data: Path, rng: Random, scale: float = 1.0) -> list[Example]:
    """The examples of a stage in random order; `scale` below 1 takes a part of each source."""
    parts = _PARTS[stage](_Sources(data, rng))
    examples = [one for part in parts for one in rng.sample(part, int(len(part) * scale))]
    rng.shuffle(examples)
    return examples


def held_out(data: Path) -> list[Example]:
    """The development articles' questions, and contrasts and statements that are not trained on, always the same."""
    ntrex, rng = Ntrex(data / "ntrex"), Random(7)
    rows = [one for one in load("questions.jsonl") if one["part"] == "dev"]
    contrasts = list(draw_contrasts(load("contrasts.jsonl"), held_out=True))
    found = [*draw_ntrex(ntrex, rows, rng), *contrasts[:_CHECKED]]
    return [*found, *draw_statements(ntrex, _tenth(load("statements.jsonl"), held_out=True), rng)]


class _Sources:
    """What can be drawn, each time anew; `most` is taken where there is more."""

    def __init__(self, data: Path, rng: Random) -> None:
        self._data, self._rng, self._ntrex = data, rng, Ntrex(data / "ntrex")
        rows = [one for one in load("questions.jsonl") if one["part"] == "train"]
        self._here = [one for one in rows if one["article"] in self._ntrex.spans]
        self._elsewhere = [one for one in rows if one["article"] not in self._ntrex.spans]
        self.all_spans = list(draw_spans(data, rng))

    def ntrex(self, most: int = 10**9) -> list[Example]:
        return self._some(draw_ntrex(self._ntrex, self._here, self._rng), most)

    def sample(self) -> list[Example]:
        return list(draw_sample(self._elsewhere, self._rng))

    def contrasts(self) -> list[Example]:
        return list(draw_contrasts(load("contrasts.jsonl"), held_out=False))

    def statements(self, most: int = 10**9) -> list[Example]:
        written = _tenth(load("statements.jsonl"), held_out=False)
        return self._some(draw_statements(self._ntrex, written, self._rng), most)

    def spans(self, most: int) -> list[Example]:
        return self._some(self.all_spans, most)

    def checks(self, most: int) -> list[Example]:
        return list(draw_checks(self.all_spans, self._rng, most))

    def claims(self, count: int) -> list[Example]:
        return list(draw_claims(self._ntrex, {one["article"] for one in self._here}, self._rng, count))

    def verdicts(self, most: int = 10**9) -> list[Example]:
        return self._some(draw_verdicts(self._data), most)

    def inference(self, most: int = 10**9) -> list[Example]:
        return self._some(draw_inference(self._data, self._rng), most)

    def unanswered(self, most: int = 10**9) -> list[Example]:
        return self._some(draw_unanswered(self._data, self._rng), most)

    def others(self, most: int) -> list[Example]:
        return self._some([*self.all_spans, *self.verdicts(), *self.unanswered()], most)

    def _some(self, examples: Iterable[Example], most: int) -> list[Example]:
        found = list(examples)
        return self._rng.sample(found, most) if most < len(found) else found


_PARTS: dict[str, Callable[[_Sources], list[list[Example]]]] = {
    "public": lambda of: [of.all_spans, of.verdicts(), of.inference(), of.unanswered(), of.ntrex(), of.ntrex()],
    "ours": lambda of: [
        *(of.others(4000), of.inference(3500), of.checks(3500), of.claims(4500)),
        *(of.ntrex(), of.ntrex(), of.contrasts(), of.contrasts(), of.sample()),
    ],
    "statements": lambda of: [
        *(of.statements(), of.statements(), of.statements(), of.inference(1500), of.checks(1000), of.claims(2000)),
        *(of.ntrex(), of.contrasts(), of.sample(), of.spans(1000)),
    ],
    "verdicts": lambda of: [
        *(of.contrasts(), of.ntrex(8000), of.statements(1000), of.inference(2500), of.unanswered(500)),
        *(of.verdicts(2000), of.spans(2000), of.checks(500), of.sample()),
    ],
}
STAGES = tuple(_PARTS)


def _tenth(rows: Sequence[dict[str, Any]], *, held_out: bool) -> list[dict[str, Any]]:
    """The tenth of the statements that is held out, or the others."""
    return [row for row in rows if kept_back(row["true"]) is held_out]

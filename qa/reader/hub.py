"""The reader over any question answering, inference and re-ranking models of the Hugging Face Hub or in folders."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np

from index.errors import ModelError
from qa.answers import Verdict
from qa.evidence import Passage
from qa.reader.chances import sigmoid
from qa.reader.pairs import Logits, Pair, make_pairs, run
from qa.reader.protocol import Reading
from qa.reader.roles import HubModel, Role, load_models
from qa.reader.spans import best_span, whole

_LONGEST = 64  # tokens of an answer span
_ABSENT = "not_stated"

THRESHOLD = 0.5
"""Nothing is measured of models yet to be named: set `threshold` for yours."""


class HubReader:
    """Up to one model a role.

    Whether a sentence answers, the re-ranker says, or else the question answering model, or else the inference model;
    with which words, the question answering model; whether yes or no, the inference model.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """`names` are folders or Hub names, downloaded only when not on this machine.

        The models are loaded when the first passage is read, and only then a ModelError says that they cannot be.
        """
        if not names:
            raise ModelError("no model is named to read with; name one to three, or leave out the setting `reader`")
        self._names = tuple(names)
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The models' names, of folders the last part."""
        return "hub-1/" + "+".join(Path(one).name if Path(one).exists() else one for one in self._names)

    @cached_property
    def _models(self) -> dict[Role, HubModel]:
        return load_models(self._names)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage.

        Raises:
            ModelError: a model cannot be loaded, or is none that a reader takes.
        """
        if not passages:
            return []
        with self._lock:
            models = self._models
        found: dict[Role, list[tuple[Pair, Logits]]] = {}
        for role, model in models.items():
            pairs = make_pairs(model, question, passages)
            found[role] = list(zip(pairs, run(model, pairs), strict=True))
        return [
            self._reading(passage, {role: results[row] for role, results in found.items()})
            for row, passage in enumerate(passages)
        ]

    def _reading(self, passage: Passage, found: Mapping[Role, tuple[Pair, Logits]]) -> Reading:
        start, end, answerable = passage.sentence.start, passage.sentence.end, 0.0
        verdict, chances = None, dict[str, float]()
        if Role.INFERENCE in found:
            chances = _chances(found[Role.INFERENCE][1], self._models[Role.INFERENCE].labels)
            best = max((_ABSENT, "yes", "no"), key=chances.__getitem__)
            verdict = None if best == _ABSENT else Verdict(best)
            answerable = 1.0 - chances[_ABSENT]
        if Role.SPAN in found:
            start, end, answerable = _best_span(passage, *found[Role.SPAN])
        if Role.RERANK in found:
            answerable = float(sigmoid(found[Role.RERANK][1][0]))
        return Reading(answerable=answerable, start=start, end=end, verdict=verdict, probabilities=chances)


def _chances(logits: Logits, labels: Mapping[str, int]) -> dict[str, float]:
    """Softmax over the labels; one of two labels can only say yes or not."""
    powers = np.exp(logits - logits.max())
    of = {label: float(powers[column] / powers.sum()) for label, column in labels.items()}
    absent = of["neutral"] if "neutral" in of else of["not_entailment"]
    return {"yes": of["entailment"], "no": of.get("contradiction", 0.0), _ABSENT: absent}


def _best_span(passage: Passage, pair: Pair, logits: Logits) -> tuple[int, int, float]:
    """The best span in the sentence, and its score against that of the first token, as in SQuAD 2."""
    places = list(pair.spans)
    if not places:
        return passage.sentence.start, passage.sentence.end, 0.0
    first, last, _ = best_span(logits[places], _LONGEST)
    start, end = whole(passage, pair.spans[places[first]][0], pair.spans[places[last]][1])
    chance = sigmoid(logits[places[first], 0] + logits[places[last], 1] - logits[0].sum())
    return start, end, float(chance)

"""Logits and chances: there and back, fitted, and put together as a reading's probabilities."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa.answers import Verdict

Floats = npt.NDArray[np.float64]

_RIDGE = 1e-3


def sigmoid(logits: Floats) -> Floats:
    """The chance in (0, 1) of each logit, those beyond 60 taken as 60."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
    return found


def log_odds(chances: Floats) -> Floats:
    """The logit of each chance, those nearer than a millionth to 0 or 1 taken as that far."""
    chances = np.clip(chances, 1e-6, 1.0 - 1e-6)
    found: Floats = np.log(chances / (1.0 - chances))
    return found


def logistic(columns: Sequence[Floats], labels: npt.NDArray[np.bool_], rounds: int = 50) -> list[float]:
    """The weight of each column (n,) and a shift, by Newton's method on the cross-entropy with a little ridge.

    With one column these are the slope and shift of Platt (1999).

    >>> slope, shift = logistic([np.array([-2.0, -1.0, 1.0, 2.0] * 9)], np.array([False, True, False, True] * 9))
    >>> 0.3 < slope < 0.6, abs(shift) < 0.01
    (True, True)
    """
    design = np.stack([*columns, np.ones_like(columns[0])], 1)
    weights = np.zeros(design.shape[1])
    for _ in range(rounds):
        chance = sigmoid(design @ weights)
        slope = design.T @ (chance - labels) + _RIDGE * weights
        bend = (design.T * (chance * (1.0 - chance))) @ design + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return [round(float(one), 4) for one in weights]


def polar(answerable: float, yes: float) -> tuple[Verdict, dict[str, float]]:
    """A verdict and its probabilities from the chances that a sentence answers, and that it then says yes."""
    chances = {"yes": answerable * yes, "no": answerable * (1.0 - yes), "not_stated": 1.0 - answerable}
    return Verdict.YES if yes >= 0.5 else Verdict.NO, chances

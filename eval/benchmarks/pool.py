"""What the benchmarks share: options, figures, folders, languages, and questions scored against a pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.embed import Embedder, Vectors
from index.errors import InputError

Figures = dict[str, dict[str, float]]
"""By pool, then by measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What part of a data set is measured; empty or None: all of it.

    `limit` counts paragraphs a language, or articles; `questions` is a file of questions, for ntrex only.
    """

    languages: tuple[str, ...] = ()
    limit: int | None = None
    questions: Path | None = None

    def choose(self, folder: Path, known: Sequence[str]) -> tuple[str, ...]:
        """The chosen languages, in the order given and each once.

        Raises:
            InputError: one that the data set does not have, or no folder; the message names it.
        """
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder; give --data the folder that holds {folder.name}/")
        for language in self.languages:
            if language not in known:
                raise InputError(f"{folder.name}: no language {language!r}; there are: {', '.join(known)}")
        return tuple(dict.fromkeys(self.languages or known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Figures by embedder, and how much was measured."""

    figures: Mapping[str, Figures]
    counts: Mapping[str, int]
    settings: Mapping[str, str] = field(default_factory=dict)


def embed_queries(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """Vectors (n, dim) of questions, one by one as a user asks them.

    Raises:
        ValueError: there is none.
    """
    return np.stack([embedder.embed_query(text) for text in texts])

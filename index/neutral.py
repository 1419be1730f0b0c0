"""The language-neutral space: what a sentence says, less the language it says it in.

multilingual-e5-small puts sentences of one language near each other, so in an archive of many
languages a question finds its own language first. Taking away the mean vector of the language, one
for passages and one for questions, and then applying one linear map for all languages, puts a
question near the sentence that answers it in any language. Means and map are estimated on NTREX-128
and on public question sets by `neutral_fit.py`; nothing here is fitted when the program runs.

A language without a mean, or None, gets the mean over languages: worse than its own, never an error.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]

PACKAGED = Path(__file__).with_name("neutral.npz")
_ALIASES = {
    "cmn": "zh", "zho": "zh", "zh-hans": "zh", "zh-cn": "zh", "zh-hant": "zh-tw", "iw": "he", "in": "id",
    "ji": "yi", "tl": "fil", "prs": "fa", "nn": "no", "nb": "no", "sr-cyrl": "sr", "ckb": "ku-arab",
}  # fmt: skip


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralSpace:
    """Means by language and one map, applied where vectors are made.

    languages: L codes, ISO 639-1 where there is one ("sr-latn", "zh-tw": variants with their own mean).
    passage_means, query_means: (L, dim) float16, in the embedder's space.
    matrix: (dim, dim) float16, shared by passages and questions; rows are inputs.
    passage_shift, query_shift: (dim,) float16, added after the map.
    """

    languages: tuple[str, ...]
    passage_means: NDArray[np.float16]
    query_means: NDArray[np.float16]
    matrix: NDArray[np.float16]
    passage_shift: NDArray[np.float16]
    query_shift: NDArray[np.float16]

    @classmethod
    def load(cls, path: Path = PACKAGED) -> "NeutralSpace":
        """Read the fitted arrays, the packaged ones unless a path is given.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the arrays do not fit each other.
        """
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        space = cls(languages=tuple(str(code) for code in arrays.pop("languages")), **arrays)
        count, dim = space.passage_means.shape
        wanted = {"query_means": (count, dim), "matrix": (dim, dim), "passage_shift": (dim,), "query_shift": (dim,)}
        for name, shape in wanted.items():
            if getattr(space, name).shape != shape:
                raise ValueError(f"{path}: '{name}' is {getattr(space, name).shape}, expected {shape}; fit it again")
        if len(space.languages) != count:
            raise ValueError(f"{path}: {len(space.languages)} languages for {count} means; fit it again")
        return space

    @property
    def dim(self) -> int:
        """Dimensions of the vectors it takes and gives."""
        return len(self.matrix)

    @property
    def fingerprint(self) -> str:
        """12 hex digits of the SHA-256 of languages and arrays: part of an index's identity."""
        digest = hashlib.sha256("\n".join(self.languages).encode())
        for name in ("passage_means", "query_means", "matrix", "passage_shift", "query_shift"):
            digest.update(np.ascontiguousarray(getattr(self, name), dtype="<f2").tobytes())
        return digest.hexdigest()[:12]

    def apply_documents(self, vectors: Vectors, languages: Sequence[str | None]) -> Vectors:
        """Move passage vectors (n, dim) float32 into the neutral space, rows of length 1.

        Args:
            vectors: (n, dim), as the embedder made them with its passage prompt, length 1.
            languages: n codes; None or a code that is not known takes the mean over languages.
        """
        if len(vectors) != len(languages):
            raise ValueError(f"{len(vectors)} vectors but {len(languages)} languages; give one language a vector")
        means = self._means(self.passage_means, languages)
        return self._map(np.asarray(vectors, dtype=np.float32), means, self.passage_shift)

    def apply_query(self, vector: Vectors, language: str | None) -> Vectors:
        """Move one question vector (dim,) float32, made with the query prompt, into the neutral space."""
        means = self._means(self.query_means, [language])
        moved: Vectors = self._map(np.asarray(vector, dtype=np.float32)[None], means, self.query_shift)[0]
        return moved

    def _map(self, vectors: Vectors, means: Vectors, shift: NDArray[np.float16]) -> Vectors:
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ValueError(f"vectors of shape {vectors.shape}; this space has {self.dim} dimensions")
        matrix = self.matrix.astype(np.float32)
        return _unit(_unit(vectors - means) @ matrix + shift.astype(np.float32))

    def _means(self, means: NDArray[np.float16], languages: Sequence[str | None]) -> Vectors:
        table = np.vstack([means.astype(np.float32), means.astype(np.float32).mean(axis=0, keepdims=True)])
        known = {code: row for row, code in enumerate(self.languages)}
        rows = {language: _row(language, known) for language in set(languages)}
        return np.asarray(table[[rows[language] for language in languages]], dtype=np.float32)


def _row(language: str | None, known: dict[str, int]) -> int:
    """The row of a language's mean, by its whole code and then by what stands before the hyphen."""
    code = (language or "").strip().lower().replace("_", "-")
    for name in (code, code.partition("-")[0]):
        name = _ALIASES.get(name, name)
        if name in known:
            return known[name]
    return len(known)

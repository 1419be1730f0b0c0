"""Chunk vectors in Chroma, embedded: the only file that knows it. Vectors are ours, distances stay here.

No metadata is stored: Chroma's own filters read it row by row, and which ids pass is known to the archive.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from index.embed import Vectors
from index.errors import ArchiveError

_COMPARED = 1_000  # ids; below, reading their vectors is quicker than Chroma's search among them (docs/retrieval.md)


class ChromaVectors:
    """One collection of unit vectors by id, compared by cosine."""

    def __init__(self, folder: Path, collection: str) -> None:
        """Open the collection in `folder`, made where it is missing.

        Raises:
            ArchiveError: Chroma cannot open the folder.
        """
        self._folder = folder
        try:
            _check(folder / "chroma.sqlite3")
            self._client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
            self._open(collection)
        except (ChromaError, sqlite3.Error, OSError, ValueError, RuntimeError) as error:
            raise ArchiveError(f"the vectors in {folder} cannot be opened: {error}; run: dateline rebuild") from error

    def _open(self, collection: str) -> None:
        self._collection = self._client.get_or_create_collection(
            collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors (n, dim), replacing those that have the same ids."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, ids: Sequence[str]) -> None:
        """Forget these ids; unknown ones do not matter."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            self._collection.delete(ids=list(ids[at : at + step]))

    def query(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k nearest ids, of these where `among` is given, with their cosine in [-1, 1], best first, equal by id."""
        if among is not None and len(among) <= _COMPARED:
            return self._compare(vector, k, among)
        if k < 1:
            return []
        found = self._collection.query(
            query_embeddings=[vector.tolist()],
            n_results=k,  # all there are where they are fewer; counting them first takes longer than the search
            ids=None if among is None else list(among),
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        pairs = [(key, 1.0 - float(distance)) for key, distance in zip(found["ids"][0], distances, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors among the ids, by id."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        rows = found["embeddings"] if found["embeddings"] is not None else []
        return {key: np.asarray(row, np.float32) for key, row in zip(found["ids"], rows, strict=True)}

    def _compare(self, vector: Vectors, k: int, among: Sequence[str]) -> list[tuple[str, float]]:
        """Compare with each: exact, and for few ids much quicker than a search that passes over all others."""
        pairs = [(key, float(row @ vector)) for key, row in self.get(among).items()]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]

    def ids(self) -> set[str]:
        """Every stored id."""
        return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """Number of stored vectors."""
        return self._collection.count()

    def replace(self, collection: str) -> None:
        """Go over to another collection, emptied first."""
        try:
            self._client.delete_collection(collection)
        except NotFoundError:
            pass
        self._open(collection)

    def drop(self, collection: str) -> None:
        """Delete a collection that is no longer used."""
        try:
            self._client.delete_collection(collection)
        except NotFoundError:
            pass


def _check(file: Path) -> None:
    """See that Chroma's file is one of SQLite's: a client that failed to open it cannot be followed by another."""
    if file.exists():
        connection = sqlite3.connect(file)
        try:
            connection.execute("PRAGMA schema_version")
        finally:
            connection.close()

"""Chunk vectors in Chroma, embedded: the only file that knows it. Vectors are ours, distances stay here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import chromadb
from chromadb.api.types import Where
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from index.embed import Vectors
from index.errors import ArchiveError
from index.filters import Filters

Metadata = Mapping[str, str | int]


class ChromaVectors:
    """One collection of unit vectors by id, compared by cosine."""

    def __init__(self, folder: Path, collection: str) -> None:
        """Open the collection in `folder`, made where it is missing.

        Raises:
            ArchiveError: Chroma cannot open the folder.
        """
        self._folder = folder
        try:
            self._client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
            self._open(collection)
        except (ChromaError, OSError, ValueError, RuntimeError) as error:
            raise ArchiveError(f"the vectors in {folder} cannot be opened: {error}; run: dateline rebuild") from error

    def _open(self, collection: str) -> None:
        self._collection = self._client.get_or_create_collection(
            collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Metadata]) -> None:
        """Store vectors (n, dim), replacing those that have the same ids."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            self._collection.upsert(
                ids=list(ids[part]), embeddings=vectors[part], metadatas=[dict(one) for one in metadata[part]]
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget these ids; unknown ones do not matter."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            self._collection.delete(ids=list(ids[at : at + step]))

    def query(self, vector: Vectors, k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """The k nearest ids that pass, with their cosine in [-1, 1], best first, equal ones by id."""
        available = min(k, self._collection.count())
        if available < 1:
            return []
        found = self._collection.query(
            query_embeddings=[vector.tolist()], n_results=available, where=_where(filters), include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        pairs = [(key, 1.0 - float(distance)) for key, distance in zip(found["ids"][0], distances, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

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


def describe(language: str | None, publisher: str | None, day: str | None) -> Metadata:
    """What a vector must carry for filters to find it."""
    fields = {"language": language, "publisher": publisher and publisher.casefold()}
    found: dict[str, str | int] = {name: value for name, value in fields.items() if value}
    return found | {"day": _number(day) if day else 0}  # Chroma takes no empty metadata


def _where(filters: Filters | None) -> Where | None:
    if filters is None or filters.empty:
        return None
    terms: list[Any] = []
    if filters.languages:
        terms.append({"language": {"$in": list(filters.languages)}})
    if filters.publishers:
        terms.append({"publisher": {"$in": [publisher.casefold() for publisher in filters.publishers]}})
    if filters.after:
        terms.append({"day": {"$gte": _number(filters.after)}})
    if filters.before:
        terms += [{"day": {"$lte": _number(filters.before)}}, {"day": {"$gt": 0}}]
    return terms[0] if len(terms) == 1 else {"$and": terms}


def _number(day: str) -> int:
    return int(day.replace("-", ""))

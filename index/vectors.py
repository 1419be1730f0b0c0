"""Chunk vectors in Chroma, embedded or on a server: the only file that knows it. Vectors are ours, distances not.

No metadata is stored: Chroma's own filters read it row by row, and which ids pass is known to the archive.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time_ns
from typing import cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.fastapi import FastAPI
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from httpx import HTTPError

from index.embed import Vectors
from index.errors import ArchiveError

_READ = 2_000  # vectors read at once
_ROUNDING = 1e-2
_LOOKED_AT = 400  # candidates of a search: Chroma's 100 misses, and other ones in every process (docs/retrieval.md)
_COMPARED = 1_000  # ids; below, reading their vectors is quicker than Chroma's search among them (docs/retrieval.md)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Chroma server, and the archive whose collections are meant: their names begin with its key."""

    url: str
    archive: str
    token: str | None = None


def set_aside(folder: Path) -> Path:
    """Move a folder of vectors that cannot be opened away, and say where to."""
    return folder.rename(folder.with_name(f"{folder.name}.damaged-{time_ns()}"))


class ChromaVectors:
    """One collection of unit vectors by id, compared by cosine."""

    def __init__(self, place: Path | Server, collection: str) -> None:
        """Open the collection in a folder or on a server, made where it is missing.

        Raises:
            ArchiveError: Chroma cannot open the folder, or its files do not fit together (a process that was killed
                while Chroma wrote may leave them so), or the server does not answer as one.
        """
        self._prefix = "" if isinstance(place, Path) else f"{place.archive}-"
        client: Client | None = None
        try:
            self._client = client = _open_folder(place) if isinstance(place, Path) else _connect(place)
            self._open(collection)
            self.count()  # reads the files
        except (ChromaError, sqlite3.Error, OSError, ValueError, RuntimeError, HTTPError) as error:
            if client is not None:
                _close(client)
            remedy = "run: dateline rebuild" if isinstance(place, Path) else "start it, or mend DATELINE_CHROMA_URL"
            where = f"in {place}" if isinstance(place, Path) else f"on the server {place.url}"
            raise ArchiveError(f"the vectors {where} cannot be opened: {error}; {remedy}") from error

    def _open(self, collection: str) -> None:
        self._collection = self._client.get_or_create_collection(
            self._prefix + collection,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": _LOOKED_AT}},
        )

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors (n, dim), replacing those that have the same ids.

        Raises:
            ArchiveError: Chroma cannot store them.
        """
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            try:
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            except (ChromaError, HTTPError, OSError) as error:
                raise ArchiveError(
                    f"the vectors cannot be stored: {error}; if the disk is full free some space, if the server has "
                    "stopped start it, and run the same command again: all that was stored is kept"
                ) from error

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

    def close(self) -> None:
        """Let go of the folder or the server, after which it can be opened anew."""
        _close(self._client)

    def ids(self) -> set[str]:
        """Every stored id."""
        return set(self._collection.get(include=[])["ids"])

    def damaged(self) -> list[str]:
        """The ids whose vectors cannot be read or are not of length 1, which is what files cut short give."""
        keys, found = sorted(self.ids()), list[str]()
        for at in range(0, len(keys), _READ):
            try:
                held = self.get(keys[at : at + _READ])
            except ChromaError:  # does not say which
                found += keys[at : at + _READ]
                continue
            found += [key for key, vector in held.items() if not abs(float(vector @ vector) - 1) < _ROUNDING]
        return found

    def count(self) -> int:
        """Number of stored vectors."""
        return self._collection.count()

    def replace(self, collection: str) -> None:
        """Go over to another collection, emptied first."""
        self.drop(collection)
        self._open(collection)

    def drop(self, collection: str) -> None:
        """Delete a collection that is no longer used."""
        try:
            self._client.delete_collection(self._prefix + collection)
        except NotFoundError:
            pass


def _open_folder(folder: Path) -> Client:
    _check(folder / "chroma.sqlite3")
    return cast(Client, chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False)))


def _connect(server: Server) -> Client:
    parts = urlsplit(server.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{server.url!r} is not an address such as http://localhost:8000")
    settings = Settings(anonymized_telemetry=False)
    if server.token:
        settings.chroma_client_auth_provider = "chromadb.auth.token_authn.TokenAuthClientProvider"
        settings.chroma_client_auth_credentials = server.token
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 8000)
    return cast(Client, chromadb.HttpClient(host=parts.hostname, port=port, ssl=secure, settings=settings))


def _close(client: Client) -> None:
    """Close it, with its connections to a server, which chromadb 1.5 leaves open."""
    client.close()
    for server in (client._server, getattr(client._admin_client, "_server", None)):
        if isinstance(server, FastAPI):
            server._session.close()


def _check(file: Path) -> None:
    """See that Chroma's file is one of SQLite's: a client that failed to open it cannot be followed by another."""
    if file.exists():
        connection = sqlite3.connect(file)
        try:
            connection.execute("PRAGMA schema_version")
        finally:
            connection.close()

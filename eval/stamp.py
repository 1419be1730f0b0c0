"""What a run was made with: hashes of its inputs, settings and versions, the same on every machine."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.cases import Case
from index.archive import Archive
from qa.reader.cross_encoder import WEIGHTS
from qa.settings import Settings

_PACKAGES = ("chromadb", "dateline", "numpy", "sentence-transformers", "torch", "transformers")
_PLACES = {"db", "cache"}  # settings that name folders of this machine


def make_stamp(settings: Settings, archive: Archive, cases: Sequence[Case], seed: int) -> dict[str, Any]:
    """Settings, versions, seed, and SHA-256 of the cases, the archive and the reader's card."""
    return {
        "hashes": {"cases": digest_of(cases), "archive": _archive(archive), "model": _model(settings)},
        "seed": seed,
        "settings": settings.model_dump(mode="json", exclude=_PLACES),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def digest_of(cases: Sequence[Case]) -> str:
    """SHA-256 of what the cases say, whatever their file looks like."""
    return sha256("\n".join(map(repr, cases)).encode()).hexdigest()


def _archive(archive: Archive) -> str:
    """Of the index's stamp and every article's id and content."""
    parts = [archive.meta("stamp") or "", *(f"{one} {archive.digest(one)}" for one in sorted(archive.ids()))]
    return sha256("\n".join(parts).encode()).hexdigest()


def _model(settings: Settings) -> str:
    """Of the bundled reader's card, which holds the hash of its weights; of another reader's name and card."""
    if settings.reader == "bundled":
        return sha256(Path(WEIGHTS).with_suffix(".json").read_bytes()).hexdigest()
    cards = [Path(name, "config.json") for name in settings.reader_models]
    content = [settings.reader.encode(), *(card.read_bytes() for card in cards if card.exists())]
    return sha256(b"\0".join(content)).hexdigest()

"""Source: something to read articles from, whatever it was packed in or fetched from."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from index.errors import InputError

MAX_BYTES = 10_000_000
"""Of one article in any format; what holds many articles is read as a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Bytes under a name; `open` gives them from the beginning, as a stream.

    `name` is what messages call it, and its ending tells the format where the content does not. `url` is where it was
    fetched, `media_type` what the server called it. `depth` counts the archives that it was packed in. `fields` are
    what is known of its articles from elsewhere: the feed's entry, the record's date. `columns` names, for tables and
    objects, the key of the source that each field of an article is taken from, where a user said so.
    """

    name: str
    open: Callable[[], BinaryIO]
    url: str | None = None
    media_type: str | None = None
    depth: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """The ending of the name, in small letters, with its dot."""
        return Path(self.name).suffix.lower()

    def read(self, limit: int = MAX_BYTES) -> bytes:
        """All bytes.

        Raises:
            InputError: there are more than `limit`.
            OSError: the file cannot be read.
        """
        with self.open() as stream:
            data = stream.read(limit + 1)
            size = stream.seek(0, io.SEEK_END) if len(data) > limit and stream.seekable() else len(data)
        if size > limit:
            raise InputError(
                f"{self.name}: {size / 1e6:,.0f} MB; one article may have {limit // 1_000_000} MB: "
                "split it, or give one article a line as .jsonl"
            )
        return data


def source_of_file(path: Path) -> Source:
    """A file as a source."""
    return Source(name=str(path), open=lambda: path.open("rb"))


def source_of_bytes(data: bytes, name: str) -> Source:
    """Bytes as a source."""
    return Source(name=name, open=lambda: io.BytesIO(data))

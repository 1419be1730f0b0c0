"""Everything that an archive holds, as lines that `add` takes back without loss, and as a copy that is ready to use."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from index.archive import Archive
from index.database import copy_file
from index.errors import ArchiveBusy, ArchiveError
from index.schema import FILE

_FEEDS = "feeds.json"
_FIELDS = ("title", "text", "publisher", "published", "modified", "language", "url")


def export_articles(archive: Archive) -> Iterator[dict[str, Any]]:
    """Each version of each article as a JSON object, those of one article one after the other, the first one first.

    A later version carries the day from which it counts as `modified` where it has no other.
    """
    rows = archive.rows("SELECT id, family, version, since FROM articles ORDER BY number")
    order = {family: at for at, (_, family, *_) in reversed(list(enumerate(rows)))}
    for key, family, version, since in sorted(rows, key=lambda row: (order[row[1]], row[2])):
        article = archive.get([key])[key]
        fields = {name: value for name in _FIELDS if (value := getattr(article, name)) is not None}
        if version > 1:
            fields.setdefault("modified", since)
        yield {"id": family} | fields | dict(article.extra)


def back_up(archive: Archive, target: Path) -> bool:
    """Copy the archive and the list of its feeds to a new folder while it is in use.

    False where the copy has to make its vectors anew, which its next run does: when another process is writing, or
    the vectors are kept on a server.

    Raises:
        ArchiveError: the folder is there already, or cannot be written.
    """
    if target.exists():
        raise ArchiveError(f"{target} is there already; name a new folder for the copy")
    try:
        target.mkdir(parents=True)
        try:
            with archive.writing():
                archive.copy_to(target / FILE)
                whole = _copy_vectors(archive.folder / "chroma", target / "chroma")
        except ArchiveBusy:
            archive.copy_to(target / FILE)
            whole = False
        if (feeds := archive.folder / _FEEDS).exists():
            shutil.copy2(feeds, target / _FEEDS)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror}; the copy is not whole") from error
    copy = Archive(target)
    copy.set_meta("archive", uuid4().hex)  # on a server of vectors it is another archive
    if not whole:
        copy.mark(copy.ids(), indexed=False)
    copy.close()
    return whole


def _copy_vectors(folder: Path, target: Path) -> bool:
    if not folder.exists():
        return False
    target.mkdir()
    for one in folder.iterdir():
        if one.is_dir():
            shutil.copytree(one, target / one.name)
    copy_file(folder / "chroma.sqlite3", target / "chroma.sqlite3")
    return True

"""Files and folders to the files that are read, one at a time."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from index.errors import InputError
from index.readers.formats import ENDINGS, PACKED

_ABOUT = ("readme", "license", "licence", "changelog", "contributing")
"""Names, without an ending, of files that tell about a folder and hold no article."""


def files_of(path: Path, globs: Sequence[str] = ()) -> Iterator[Path]:
    """The file, or those of the folder in the order of their names.

    In a folder: files of the known endings, or whose name or path in the folder fits one of `globs`; hidden files and
    folders, a README and its like, and links that lead out of the folder are passed over.

    Raises:
        InputError: there is no such path, or nothing to read in the folder.
    """
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder; check the name")
        if not path.is_dir():
            yield path
            return
        found = False
        for file in _inside(path, path.resolve(), globs):
            found = True
            yield file
    except OSError as error:
        raise InputError(f"{str(path)[:200]}: cannot be read: {error.strerror}; check the name") from None
    if not found:
        wanted = " or ".join(globs) if globs else f".txt or .jsonl file in this folder, nor {_others()}"
        raise InputError(f"{path}: no {wanted}; name the files to add")


def _inside(folder: Path, top: Path, globs: Sequence[str]) -> Iterator[Path]:
    """One folder's names are in memory at a time; its files come before those of the folders in it."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    folders = []
    for path in (folder / name for name in names):
        if path.is_symlink() and not path.resolve().is_relative_to(top):
            continue
        if path.is_dir():
            if not path.is_symlink():
                folders.append(path)
        elif path.is_file() and _is_wanted(path, top, globs):
            yield path
    for one in folders:
        yield from _inside(one, top, globs)


def _is_wanted(path: Path, top: Path, globs: Sequence[str]) -> bool:
    if globs:
        names = (path.name, os.path.relpath(path.absolute(), top))
        return any(fnmatchcase(name, glob) for glob in globs for name in names)
    return path.suffix.lower() in (*ENDINGS, *PACKED) and path.stem.lower() not in _ABOUT


def _others() -> str:
    return "any of " + " ".join(one for one in (*ENDINGS, *PACKED) if one not in (".txt", ".jsonl"))

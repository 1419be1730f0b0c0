"""Adds 300 articles to an archive, for tests that kill it on the way: `python -m tests.adding FOLDER TURN`.

First what an earlier run left is finished, and what the doctor then finds is printed as one line of JSON.
"""

import json
import sys
from pathlib import Path

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.doctor import examine_archive
from index.errors import ArchiveError
from index.vectors import ChromaVectors, set_aside
from tests.toys import WordEmbedder

COUNT = 300


def article(n: int, turn: int) -> Article:
    """The nth article; in later turns every third has other words, which makes a new version of it."""
    said = f"It was said again on day {turn}." if n % 3 == 0 and turn else "Nobody else said a word."
    text = "\n\n".join([f"Number {n} stands first in line {n * 7}.", f"The mayor of town {n} said so.", said])
    return make_article(text, id=f"a{n}", title=f"Town {n}", published="2024-05-01", language="en")


def open_vectors(archive: Archive) -> ChromaVectors:
    """The archive's vectors, anew where a kill has damaged Chroma's files, as `build_indexer` does it."""
    collection = archive.meta("collection") or "chunks-1"
    try:
        return ChromaVectors(archive.folder / "chroma", collection)
    except ArchiveError:
        set_aside(archive.folder / "chroma")
        return ChromaVectors(archive.folder / "chroma", collection)


def main(folder: Path, turn: int) -> None:
    """The command line."""
    archive = Archive(folder, create=True)
    vectors = open_vectors(archive)
    indexer = Indexer(archive, vectors, WordEmbedder(64), chunk_tokens=1)
    finished = indexer.add(()).finished
    findings = examine_archive(archive, vectors).findings
    vectors.query(WordEmbedder(64).embed_query("Number 3 stands first"), 1)
    sys.stdout.write(json.dumps({"finished": finished, "findings": findings}) + "\n")
    sys.stdout.flush()
    indexer.add(article(n, turn) for n in range(COUNT))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

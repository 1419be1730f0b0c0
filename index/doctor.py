"""Whether what is stored fits together, and what is to be made anew where it does not."""

from dataclasses import dataclass, field

from index.archive import Archive
from index.lexical import LexicalIndex
from index.vectors import ChromaVectors

_REMEDY = "run: dateline doctor --repair"


@dataclass(slots=True)
class Examination:
    """Findings, each with its remedy, and what a repair has to do: ids of articles and of vectors.

    Where vectors are `damaged` all must be made anew, where `lexical`, all terms.
    """

    findings: list[str] = field(default_factory=list)
    to_index: set[str] = field(default_factory=set)
    to_delete: set[str] = field(default_factory=set)
    damaged: bool = False
    lexical: bool = False


def examine_archive(archive: Archive, vectors: ChromaVectors) -> Examination:
    """See whether articles, sentences, chunks, terms and vectors agree; no findings when all is well."""
    found = Examination()
    found.findings += [f"archive.sqlite is damaged ({one}); restore it from a copy" for one in archive.check()[:5]]
    if damaged := len(vectors.damaged()):
        found.findings.append(f"{damaged} vectors are damaged; {_REMEDY}")
        found.damaged = True
    terms = LexicalIndex(archive).check()
    found.findings += terms
    found.lexical = bool(terms)
    _examine_vectors(archive, vectors, found)
    return found


def _examine_vectors(archive: Archive, vectors: ChromaVectors, found: Examination) -> None:
    pending = archive.ids(pending=True)
    if pending:
        found.findings.append(f"{len(pending)} articles have no vectors yet; the next dateline add makes them")
    stored, missing = vectors.ids(), 0
    found.to_delete = stored - {one.id for key in pending for one in archive.chunks_of(key)}
    for article_id in sorted(set(archive.ids()) - set(pending)):
        own = _chunk_ids(archive, article_id, found)
        found.to_delete -= own
        if lost := len(own - stored):
            missing += lost
            found.to_index.add(article_id)
    if missing:
        found.findings.append(f"{missing} chunks have no vector; {_REMEDY}")
    if found.to_delete:
        found.findings.append(f"{len(found.to_delete)} vectors belong to no chunk; {_REMEDY}")


def _chunk_ids(archive: Archive, article_id: str, found: Examination) -> set[str]:
    """The ids of an article's chunks, and a finding where they do not hold its sentences, each once and in order."""
    spans = [(one.start, one.end) for one in archive.sentences(article_id)]
    chunks = archive.chunks_of(article_id)
    held = [(one.start, one.end) for chunk in chunks for one in chunk.sentences]
    if not spans or held != spans or not all(chunk.sentences for chunk in chunks):
        found.findings.append(f"article {article_id}: its sentences and chunks disagree; {_REMEDY}")
        found.to_index.add(article_id)
    return {chunk.id for chunk in chunks}

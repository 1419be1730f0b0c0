"""Whether what is stored fits together."""

from index.archive import Archive
from index.lexical import LexicalIndex
from index.vectors import ChromaVectors


def examine_archive(archive: Archive, vectors: ChromaVectors) -> list[str]:
    """Findings, each with what to do about it; empty when articles, sentences, chunks and vectors agree."""
    findings = [f"archive.sqlite is damaged ({one}); restore it from a copy" for one in archive.check()[:5]]
    findings += LexicalIndex(archive).check()
    pending = set(archive.ids(pending=True))
    if pending:
        findings.append(f"{len(pending)} articles have no vectors yet; the next dateline add makes them")
    expected: set[str] = set()
    for article_id in archive.ids():
        spans = [(one.start, one.end) for one in archive.sentences(article_id)]
        chunks = archive.chunks_of(article_id)
        if article_id not in pending:
            expected |= {chunk.id for chunk in chunks}
            if not spans or [(one.start, one.end) for chunk in chunks for one in chunk.sentences] != spans:
                findings.append(f"article {article_id}: its sentences and chunks disagree; run: dateline rebuild")
    stored = vectors.ids()
    if missing := len(expected - stored):
        findings.append(f"{missing} chunks have no vector; run: dateline rebuild")
    if surplus := len(stored - expected):
        findings.append(f"{surplus} vectors belong to no chunk; run: dateline rebuild")
    return findings

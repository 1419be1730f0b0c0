"""BM25 over sentences in SQLite FTS5, in the archive's own file and in the transactions of its articles."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from index.archive import Archive
from index.articles import Article
from index.filters import Filters
from index.sentences import Sentence
from index.terms import TERMS_VERSION, read_terms

FIELDS = {"stems": 1.0, "names": 0.5}
"""What a term of each field counts for, where it stands once in a sentence of mean length."""

_K1 = 1.2  # SQLite's own, as is b = 0.75
_READ = 500  # terms of a question
_TERMS = 64  # of them, the rarest
_POSTINGS = 8_000  # read for a question, so that its time does not grow with the archive
_FREQUENT = {
    "stems": (100, 0.1),
    "names": (10, 0.01),
}  # more sentences, and a larger share: dropped
_TABLES = (
    """CREATE TABLE lexical_sentences (
  id INTEGER PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, stems TEXT NOT NULL, names TEXT NOT NULL)""",
    "CREATE INDEX lexical_article ON lexical_sentences (article_id)",
    """CREATE VIRTUAL TABLE lexical USING fts5 (
  stems, names, content = 'lexical_sentences', content_rowid = 'id', tokenize = "ascii tokenchars '.'")""",
    "CREATE VIRTUAL TABLE lexical_terms USING fts5vocab (lexical, col)",
    """CREATE TRIGGER lexical_added AFTER INSERT ON lexical_sentences BEGIN
  INSERT INTO lexical (rowid, stems, names) VALUES (new.id, new.stems, new.names); END""",
    """CREATE TRIGGER lexical_removed AFTER DELETE ON lexical_sentences BEGIN
  INSERT INTO lexical (lexical, rowid, stems, names)
  VALUES ('delete', old.id, old.stems, old.names); END""",
)
_WEIGHTS = [weight * _K1 / (_K1 + 1 - weight) for weight in FIELDS.values()]  # bm25() weighs the count, not the score


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalHit:
    """A sentence with its BM25 score, higher is better, and its share (0 to 1) of what the question's terms weigh."""

    sentence: Sentence
    score: float
    share: float


class LexicalIndex:
    """The sentences of one archive by their terms."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @property
    def current(self) -> bool:
        """Whether the index is there and was made by the terms of this version."""
        return self._archive.meta("lexical") == TERMS_VERSION

    def make(self, *, anew: bool = False) -> None:
        """Make the index from the stored sentences where it is not current, or `anew`; the caller holds the write lock.

        100,000 sentences take about 15 seconds.
        """
        with self._archive.transaction():
            if self.current and not anew:
                return
            for table in ("lexical_terms", "lexical", "lexical_sentences"):
                self._archive.rows(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES:
                self._archive.rows(statement)
            for article_id in self._archive.ids():
                self.put(self._archive.get([article_id])[article_id], self._archive.sentences(article_id))
            self._archive.set_meta("lexical", TERMS_VERSION)

    def put(self, article: Article, sentences: Iterable[Sentence]) -> None:
        """Replace an article's sentences; they go with the article when it is removed."""
        self._archive.rows("DELETE FROM lexical_sentences WHERE article_id = ?", [article.id])
        for one in sentences:
            terms = read_terms(article.text[one.start : one.end], article.language)
            fields = [" ".join(found) for found in (terms.stems, terms.names)]
            row = (article.id, one.start, one.end, *fields)
            self._archive.rows("INSERT INTO lexical_sentences VALUES (NULL, ?, ?, ?, ?, ?)", row)

    def search(self, question: str, language: str | None, k: int, filters: Filters | None = None) -> list[LexicalHit]:
        """At most k sentences that share a term with the question and pass the filters, best first.

        Terms that stand in very many sentences are left out, and of the others the most frequent where together they
        have too many. An index that is missing or of another version is made first.

        Raises:
            ArchiveBusy: it must be made, and another process is writing.
        """
        if not self.current:
            with self._archive.writing():
                self.make()
        kept, total = self._weigh(question, language)
        if not kept:
            return []
        expression = " OR ".join(f'{field} : "{term}"' for field, term in kept)
        hits: list[LexicalHit] = []
        for article_id, start, end, score in self._matches(expression, k, filters or Filters()):
            sentence = Sentence(article_id=article_id, start=start, end=end)
            hits.append(LexicalHit(sentence=sentence, score=-score, share=min(1.0, -score / total)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.sentence.article_id, hit.sentence.start))

    def check(self) -> list[str]:
        """What is wrong with the index; empty when it holds every sentence and nothing else."""
        if not self.current:
            return []  # made when it is needed
        try:
            self._archive.rows("INSERT INTO lexical (lexical, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return [f"the lexical index is damaged ({error}); run: dateline doctor --repair"]
        query = "SELECT article_id, start, end FROM {}"
        differ = f"{query.format('sentences')} EXCEPT {query.format('lexical_sentences')}"
        other = f"{query.format('lexical_sentences')} EXCEPT {query.format('sentences')}"
        count = len(self._archive.rows(differ)) + len(self._archive.rows(other))
        return [f"{count} sentences differ from the lexical index; run: dateline doctor --repair"] if count else []

    def _weigh(self, question: str, language: str | None) -> tuple[list[tuple[str, str]], float]:
        """The terms to look for by field, rarest first, and the score of a sentence that has all the question's."""
        size = self._size()
        counted: list[tuple[int, str, str]] = []
        total = 0.0
        wanted = self._wanted(question, language)
        held = self._count(form for _, forms in wanted for form in forms)
        for field, forms in wanted:
            counts = [(held.get((field, form), 0), field, form) for form in forms]
            n = min(size, sum(count for count, _, _ in counts))
            total += (field == "stems") * max(log((size - n + 0.5) / (n + 0.5)), 1e-6)
            counted += counts
        kept: list[tuple[str, str]] = []
        postings = 0
        for n, field, term in sorted(counted):
            least, part = _FREQUENT[field]
            if 0 < n <= min(max(least, part * size), _POSTINGS - postings) and len(kept) < _TERMS:
                kept.append((field, term))
                postings += n
        return kept, max(total, 1e-6)

    def _size(self) -> int:
        """Number of sentences, from FTS5's own record of averages, which begins with it: counting reads every row.

        A SQLite varint: seven bits a byte, the highest first, while the eighth is set.
        """
        found = self._archive.rows("SELECT block FROM lexical_data WHERE id = 1")
        number = 0
        for byte in bytes(found[0][0]) if found else b"":
            number = number << 7 | byte & 127
            if byte < 128:
                break
        return number

    def _wanted(self, question: str, language: str | None) -> list[tuple[str, tuple[str, ...]]]:
        """The question's terms by field; a stem in all its forms, for a name has other stems in other languages."""
        own = read_terms(question, language)
        forms: dict[str, dict[str, None]] = {stem: {stem: None} for stem in own.stems[:_READ]}
        for other in self._archive.languages():
            for stem, form in zip(own.stems[:_READ], read_terms(question, other).stems, strict=False):
                forms[stem][form] = None
        wanted = [("stems", tuple(found)) for found in forms.values()]
        return wanted + [("names", (name,)) for name in dict.fromkeys(own.names[:_READ])]

    def _count(self, terms: Iterable[str]) -> dict[tuple[str, str], int]:
        """Number of sentences that hold each of the terms, by field and term."""
        found = self._archive.among("SELECT col, term, doc FROM lexical_terms WHERE term IN", terms)
        return {(field, term): count for field, term, count in found}

    def _matches(self, expression: str, k: int, filters: Filters) -> Sequence[tuple[str, int, int, float]]:
        score = f"bm25(lexical, {', '.join(map(str, _WEIGHTS))})"
        free = self._archive.all_pass(filters)
        condition, values = ("1", []) if free else filters.sql()
        joins = "CROSS JOIN lexical_sentences AS own ON own.id = lexical.rowid"
        joins += " CROSS JOIN articles ON articles.id = own.article_id"
        found = (
            f"SELECT lexical.rowid AS row, {score} AS score FROM lexical {'' if free else joins} "
            f"WHERE lexical MATCH ? AND {condition} ORDER BY score LIMIT ?"
        )
        query = f"SELECT article_id, start, end, score FROM ({found}) JOIN lexical_sentences ON id = row"
        return [
            (str(a), int(s), int(e), float(score))
            for a, s, e, score in self._archive.rows(query, [expression, *values, k])
        ]

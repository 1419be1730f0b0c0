"""What is wrong with a question set before it is asked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import Case, Span, read_cases
from eval.metrics.texts import words
from index.archive import Archive
from index.articles import Article
from index.errors import InputError
from index.readers.files import read_paths

_FEW = 5  # cases of a kind, below which its figures say nothing
_MOST = 0.5  # share of one kind, above which the means are that kind's
_YES = (0.4, 0.6)  # share of yes among yes/no cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong and where: a line of the file, 0 for the whole set."""

    line: int
    what: str


def check_cases(path: Path, articles: Mapping[str, Article]) -> list[Finding]:
    """Every finding in the order of the lines, those about the whole set last; empty when all is well.

    Raises:
        InputError: the file cannot be read.
    """
    found: list[Finding] = []
    cases: list[Case] = []
    ids, questions = dict[str, int](), dict[str, str]()
    for line, case in read_cases(path):
        if isinstance(case, InputError):
            found.append(Finding(line=line, what=str(case).partition(": ")[2]))
            continue
        cases.append(case)
        about = [*_repeated(case, ids, questions), *_broken(case, articles), *_wanting(case)]
        found += [Finding(line=line, what=f"case {case.id}: {what}") for what in about or _unstated(case, articles)]
        ids.setdefault(case.id, line)
        questions.setdefault(_key(case), case.id)
    return found + [Finding(line=0, what=what) for what in _unbalanced(cases)]


def read_articles(paths: Sequence[Path]) -> dict[str, Article]:
    """The articles of files and folders, by id.

    Raises:
        InputError: the first that cannot be read.
    """
    found = {}
    for one in read_paths(paths):
        if isinstance(one, InputError):
            raise one
        found[one.id] = one
    return found


def stored_articles(folder: Path, cases: Path) -> dict[str, Article]:
    """The articles of an archive that the cases' gold names; raises as `Archive` and `read_cases` do."""
    named = [case for _, case in read_cases(cases) if isinstance(case, Case)]
    archive = Archive(folder)
    try:
        return archive.get({span.article for case in named for group in case.gold for span in group})
    finally:
        archive.close()


def _key(case: Case) -> str:
    asked = " / ".join(" ".join(words(one)) for one in (*case.history, case.question))
    return f"{asked} {case.filters}"


def _repeated(case: Case, ids: Mapping[str, int], questions: Mapping[str, str]) -> Iterator[str]:
    if case.id in ids:
        yield f"the id stands in line {ids[case.id]} already; give every case its own"
    elif _key(case) in questions:
        yield f"asks what case {questions[_key(case)]} asks; take one of them out"


def _broken(case: Case, articles: Mapping[str, Article]) -> Iterator[str]:
    for span in (span for group in case.gold for span in group):
        article = articles.get(span.article)
        where = f"gold {span.start}..{span.end} of {span.article!r}"
        if article is None:
            yield f"{where}: there is no such article; add it, or mend the id"
        elif not 0 <= span.start < span.end <= len(article.text):
            yield f"{where}: the article has {len(article.text)} code points; mend the span"
        elif article.text[span.start : span.end] != article.text[span.start : span.end].strip():
            yield f"{where}: begins or ends with white space; mend the span"
        elif _cuts(article.text, span):
            yield f"{where}: begins or ends inside a word; mend the span"


def _cuts(text: str, span: Span) -> bool:
    """Whether a letter or digit stands on both sides of an end; scripts without spaces are left alone."""
    for at in (span.start, span.end):
        around = text[max(0, at - 1) : at + 1] if 0 < at < len(text) else ""
        if len(around) == 2 and around.isalnum() and len(words(around)) == 1:
            return True
    return False


def _wanting(case: Case) -> Iterator[str]:
    if case.kind == "yes_no" and case.verdict is None:
        yield "is a yes/no question without a verdict; give yes, no or disputed"
    if case.kind == "unanswerable" and case.answers:
        yield "is unanswerable and has answers; take them out"


def _unstated(case: Case, articles: Mapping[str, Article]) -> list[str]:
    golden = [articles[span.article].text[span.start : span.end] for group in case.gold for span in group]
    held = [f" {' '.join(words(text))} " for text in golden]

    def stated(answer: str) -> bool:  # as a string too: a suffix may stand on it, as in Turkish
        return any(answer in text for text in golden) or any(f" {' '.join(words(answer))} " in text for text in held)

    missing = [one for one in case.answers if case.gold and not stated(one)]
    return [f"the answer {one!r} is in none of its gold; mend either" for one in missing]


def _unbalanced(cases: Sequence[Case]) -> Iterator[str]:
    if not cases:
        yield "there is no case in the file; give one JSON object a line"
        return
    for kind, count in sorted(Counter(case.kind for case in cases).items()):
        if count < _FEW:
            yield f"only {count} cases of the kind {kind!r}; its figures say nothing below {_FEW}"
        if count > _MOST * len(cases):
            yield f"{count} of {len(cases)} cases are of the kind {kind!r}; the means will be that kind's"
    verdicts = Counter(str(case.verdict) for case in cases if case.kind == "yes_no")
    yes, both = verdicts["yes"], verdicts["yes"] + verdicts["no"]
    if both and not _YES[0] <= yes / both <= _YES[1]:
        yield f"{yes} of {both} yes/no cases are yes; always saying one of them would look right"

"""ALCE's citation scores (Gao et al. 2023) with a Reader in the place of its judge.

A statement is supported when its cited sentences, put together, entail it: recall. A citation is needed unless it
alone does not entail the statement and the others do without it: precision, counted only where all together entail it.
The judge reads the statement as a question: `entails` says what counts. Its name belongs beside the figures.
"""

from collections.abc import Callable, Sequence
from statistics import fmean

from index.articles import make_article
from index.sentences import Sentence
from qa.answers import Answer, Verdict
from qa.evidence import Passage
from qa.reader.protocol import Reader

Judge = Callable[[str, str], bool]
"""Whether a text (first) entails a statement (second)."""


def entails(reader: Reader, threshold: float = 0.5) -> Judge:
    """A judge of a reader: it must find that the text answers the statement, and not with a no."""

    def judge(text: str, statement: str) -> bool:
        article = make_article(text)
        sentence = Sentence(article_id=article.id, start=0, end=len(article.text))
        reading = reader.read(statement, [Passage(article=article, sentence=sentence)])[0]
        return reading.answerable >= threshold and reading.verdict is not Verdict.NO

    return judge


def alce_scores(statements: Sequence[tuple[str, Sequence[str]]], judge: Judge) -> tuple[float | None, float | None]:
    """Recall and precision of statements, each with the texts that it cites; None each where there are none.

    The first is supported by one of its two citations and does not need the other; the second cites nothing.

    >>> judge = lambda text, statement: statement in text
    >>> alce_scores([("rain", ["rain fell", "sun shone"]), ("snow", [])], judge)
    (0.5, 0.5)
    """
    recalls, needed = list[float](), list[float]()
    for statement, texts in statements:
        supported = bool(texts) and judge("\n".join(texts), statement)
        recalls.append(float(supported))
        needed += [float(supported and _is_needed(row, texts, statement, judge)) for row in range(len(texts))]
    return (fmean(recalls) if recalls else None), (fmean(needed) if needed else None)


def alce_of(answer: Answer | None, judge: Judge) -> tuple[float | None, float | None]:
    """`alce_scores` of an answer; None where it makes no statement."""
    if answer is None:
        return None, None
    quotes = {one.label: one.quote for one in answer.citations}
    rows = [(one.text, [quotes[label] for label in one.labels if label in quotes]) for one in answer.statements]
    return alce_scores(rows, judge)


def _is_needed(row: int, texts: Sequence[str], statement: str, judge: Judge) -> bool:
    if judge(texts[row], statement):
        return True
    others = [text for at, text in enumerate(texts) if at != row]
    return not (others and judge("\n".join(others), statement))

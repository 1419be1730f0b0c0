"""What a ranking is over: the sentences of a case's gold, or its articles.

All spans of all alternatives are relevant: any of them is worth finding.
"""

from collections.abc import Sequence

from eval.cases import Case, Span
from index.hits import Hit

Place = tuple[str, int, int]


def sentence_run(case: Case, hits: Sequence[Hit]) -> tuple[list[Place], set[Place]]:
    """The sentences found, best first, and the relevant ones; a sentence that holds gold goes by the gold's name.

    Gold spans that lie in one sentence are one; the second sentence of a gold span does not count again.
    """
    gold = {_name(span): span for group in case.gold for span in group}
    names = dict[Place, Place]()  # of each gold span, the one that it goes by
    ranked: list[Place] = []
    for article, start, end in (place for hit in hits for place in _sentences(hit)):
        met = [name for name, span in gold.items() if span.meets(article, start, end)]
        known = [names[name] for name in met if name in names]
        ranked.append(known[0] if known else met[0] if met else (article, start, end))
        for name in met:
            names.setdefault(name, ranked[-1])
    return ranked, {names.get(name, name) for name in gold}


def article_run(case: Case, hits: Sequence[Hit]) -> tuple[list[str], set[str]]:
    """The articles found, best first, each where its first chunk stands, and those that hold gold."""
    articles = dict.fromkeys(hit.chunk.article_id for hit in hits)
    return list(articles), {span.article for group in case.gold for span in group}


def _sentences(hit: Hit) -> list[Place]:
    found = [(one.article_id, one.start, one.end) for one in hit.chunk.sentences]
    return found or [(hit.chunk.article_id, hit.chunk.start, hit.chunk.end)]


def _name(span: Span) -> Place:
    return span.article, span.start, span.end

"""Citations against the gold spans of a case. A span counts as cited when the two overlap by more than half.

Source: citation precision and recall of attributed answers (Rashkin et al. 2021), here with spans marked by people in
the place of a judgement of each citation.

Gold: either sentence 0..10, or both of 20..30 and 40..50. Citing 20..30 alone gives half of the second alternative:

>>> from eval.cases import Case, Span
>>> spans = [Span(article="a", start=start, end=start + 10) for start in (0, 20, 40)]
>>> case = Case(id="c", question="?", kind="wh", verdict=None, answers=(), gold=((spans[0],), tuple(spans[1:])))
>>> cited_share(case, [("a", 20, 30)]), cited_share(case, [("a", 0, 10), ("a", 60, 70)])
(0.5, 1.0)
>>> right_share(case, [("a", 0, 10), ("a", 60, 70)])
0.5

A citation may meet gold and still be cut wrongly: 0..8 has 8 code points of the 10 that it and 0..10 cover.

>>> overlap(case, [("a", 0, 8), ("a", 60, 70)])
0.8
"""

from collections.abc import Sequence
from statistics import fmean

from eval.cases import Case, Span
from qa.answers import Citation

Place = tuple[str, int, int]
"""Article, start and end of a citation."""


def citation_precision(case: Case, citations: Sequence[Citation]) -> float | None:
    """Share of the citations that meet a gold span; None without citations or without gold."""
    return right_share(case, [_place(one) for one in citations])


def citation_recall(case: Case, citations: Sequence[Citation]) -> float | None:
    """Share of gold spans that are cited, in the alternative that comes off best; None without gold."""
    return cited_share(case, [_place(one) for one in citations])


def right_share(case: Case, places: Sequence[Place]) -> float | None:
    """`citation_precision` of places."""
    if not places or not case.gold:
        return None
    spans = [span for group in case.gold for span in group]
    return fmean(any(span.meets(*place) for span in spans) for place in places)


def cited_share(case: Case, places: Sequence[Place]) -> float | None:
    """`citation_recall` of places."""
    if not case.gold:
        return None
    return max(fmean(any(span.meets(*place) for place in places) for span in group) for group in case.gold)


def citation_overlap(case: Case, citations: Sequence[Citation]) -> float | None:
    """How exactly gold is cited where it is: shared over covered code points; None where no citation meets gold."""
    return overlap(case, [_place(one) for one in citations])


def overlap(case: Case, places: Sequence[Place]) -> float | None:
    """`citation_overlap` of places: the mean over those that meet gold, each with the span it fits best (Jaccard)."""
    spans = [span for group in case.gold for span in group]
    fits = [max((_shared(span, place) for span in spans if span.meets(*place)), default=None) for place in places]
    met = [one for one in fits if one is not None]
    return fmean(met) if met else None


def _shared(span: Span, place: Place) -> float:
    _, start, end = place
    return (min(span.end, end) - max(span.start, start)) / (max(span.end, end) - min(span.start, start))


def _place(citation: Citation) -> Place:
    return citation.article_id, citation.start, citation.end

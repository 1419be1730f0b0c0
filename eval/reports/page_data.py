"""What the page's script shows of each case, and the articles around gold and citations."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.reports.embed import clean
from eval.scores import Scored
from index.articles import Article

MOST = 18_000_000
"""Bytes of article text in a page; above it only what stands near gold and citations is kept."""
_AROUND = (400, 150, 0)  # code points on each side, tried in turn


def page_data(scored: Sequence[Scored], articles: Mapping[str, Article], most: int = MOST) -> dict[str, Any]:
    """{"articles": {id: ...}, "cases": [...]} as page.js reads them; offsets count code points."""
    wanted = _wanted(scored)
    held = {one: articles[one] for one in wanted if one in articles}
    parts = {one: [(0, article.text)] for one, article in held.items()}
    for around in _AROUND:
        if sum(len(text.encode(errors="replace")) for rows in parts.values() for _, text in rows) <= most:
            break
        parts = {one: _windows(article.text, wanted[one], around) for one, article in held.items()}
    described = {one: _article(article, parts[one]) for one, article in held.items()}
    return {"articles": described, "cases": [_case(one) for one in scored]}


def places(one: Scored) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """Gold and cited places of a case, each once."""
    gold = dict.fromkeys((span.article, span.start, span.end) for group in one.case.gold for span in group)
    cites = one.answer.citations if one.answer else ()
    return list(gold), list(dict.fromkeys((cite.article_id, cite.start, cite.end) for cite in cites))


def _wanted(scored: Sequence[Scored]) -> dict[str, list[tuple[int, int]]]:
    wanted: dict[str, list[tuple[int, int]]] = {}
    for one in scored:
        for article, start, end in (place for held in places(one) for place in held):
            wanted.setdefault(article, []).append((start, end))
    return wanted


def _windows(text: str, spans: Sequence[tuple[int, int]], around: int) -> list[tuple[int, str]]:
    """The parts of a text within `around` of the spans, with their offsets; those that touch are one.

    >>> _windows("0123456789", [(1, 2), (3, 4), (8, 9)], 1)
    [(0, '01234'), (7, '789')]
    """
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start - around), end + around) for start, end in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return [(start, text[start:end]) for start, end in joined]


def _article(article: Article, parts: Sequence[tuple[int, str]]) -> dict[str, Any]:
    about = [one for one in (article.title, article.publisher, article.day) if one]
    return {
        "about": [clean(one) for one in about or [article.id]],
        "language": article.language or "",
        "parts": [[offset, clean(text)] for offset, text in parts],
    }


def _case(one: Scored) -> dict[str, Any]:
    case, answer = one.case, one.answer
    gold, cited = places(one)
    return {
        "id": clean(case.id),
        "kind": case.kind,
        "language": case.language or (answer.language if answer else None) or "unknown",
        "earlier": [clean(text) for text in case.history],
        "question": clean(case.question),
        "answers": [clean(text) for text in case.answers],
        "gold verdict": case.verdict,
        "gold": gold,
        "decision": str(answer.decision) if answer else "not asked",
        "verdict": answer.verdict if answer else None,
        "short": clean(answer.short) if answer and answer.short else None,
        "text": clean(answer.text if answer else one.problem or ""),
        "cited": cited,
        "confidence": answer.confidence if answer else None,
        "problems": one.problems,
        "right": one.scores["answer"] == 1.0,
        "scores": {name: round(value, 3) for name, value in one.scores.items() if value is not None},
    }

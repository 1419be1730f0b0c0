"""Hits, and what is done with a ranking of them: copies folded into one, results spread over articles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.articles import Article
from index.chunks import Chunk

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One retrieved chunk. `score` is higher-is-better, the cosine or for hybrid from 0 to 3; ranks count from 1.

    `copies` are the ids of articles that carry the same words.
    """

    chunk: Chunk
    score: float
    rank: int
    copies: tuple[str, ...] = ()


def fold_copies(hits: list[Hit], articles: Mapping[str, Article]) -> list[Hit]:
    """Hits with the same words become one, of the article published first, that names the others in `copies`.

    Case, white space and punctuation do not count, every letter and digit does: a changed figure is another sentence.
    """
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        text = articles[hit.chunk.article_id].text[hit.chunk.start : hit.chunk.end]
        groups.setdefault(_BETWEEN.sub("", text.casefold()), []).append(hit)
    folded: list[Hit] = []
    for group in groups.values():
        if len(group) == 1:
            folded.append(group[0])
            continue
        first = min(group, key=lambda hit: (articles[hit.chunk.article_id].published or "9999", hit.rank))
        copies = dict.fromkeys(hit.chunk.article_id for hit in group if hit.chunk.article_id != first.chunk.article_id)
        folded.append(replace(first, score=group[0].score, copies=tuple(copies)))
    return rank_by_score(folded)


def spread(hits: list[Hit], k: int, per_article: int, groups: Mapping[str, str]) -> list[Hit]:
    """The best k hits with at most `per_article` of one article, filled with the rest only where others are wanting.

    `groups` names the original of each article: copies count as one.
    """
    taken: dict[str, int] = {}
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        group = groups[hit.chunk.article_id]
        taken[group] = taken.get(group, 0) + 1
        (first if taken[group] <= per_article else rest).append(hit)
    return rank_by_score([*first, *rest][:k])


def rank_by_score(hits: list[Hit]) -> list[Hit]:
    """The hits by score, equal ones as they come, with new ranks from 1."""
    ranked = enumerate(sorted(hits, key=lambda hit: -hit.score), 1)
    return [hit if hit.rank == rank else replace(hit, rank=rank) for rank, hit in ranked]

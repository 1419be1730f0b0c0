"""Every measure of one case, and what is wrong with its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from eval.cases import Case
from eval.metrics import citations, decisions, ranking, texts, units
from eval.metrics.entailment import Judge, alce_of
from eval.metrics.languages import language_consistent
from index.hits import Hit
from index.tokens import count_tokens
from qa.answers import Answer, Decision

DEPTH = 10  # hits looked at for the retrieval measures
PROBLEMS = ("wrong verdict", "no verdict", "wrongly refused", "wrongly answered", "uncited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A case with its answer and its scores by name; a score that cannot be given is None.

    `answer` is None where the case could not be asked, and `problem` says why. `languages` are those of the articles
    that hold its gold.
    """

    case: Case
    answer: Answer | None
    scores: dict[str, float | None]
    languages: tuple[str, ...] = ()
    problem: str | None = None
    problems: tuple[str, ...] = field(default=())


def score(
    case: Case, answer: Answer | None, hits: Sequence[Hit], judge: Judge | None = None
) -> dict[str, float | None]:
    """Every measure of one case; ALCE's only with a judge. A missing answer is wrong and has found nothing."""
    cited = answer.citations if answer else ()
    right = decisions.decision_right(case, answer)
    recall, precision = alce_of(answer, judge) if judge else (None, None)
    written = answer.text if answer and answer.decision is Decision.ANSWERED else None
    return {
        **_retrieval(case, hits),
        "citation precision": citations.citation_precision(case, cited),
        "citation recall": citations.citation_recall(case, cited),
        "citation overlap": citations.citation_overlap(case, cited),
        **({"ALCE recall": recall, "ALCE precision": precision} if judge else {}),
        "answer": decisions.answer_right(case, answer),
        "decision": right,
        "answered when stated": right if case.answerable else None,
        "refused when not stated": None if case.answerable else right,
        "verdict": decisions.verdict_right(case, answer),
        "exact match": texts.exact_match(answer.short if answer else None, case.answers),
        "token F1": texts.token_f1(answer.short if answer else None, case.answers),
        "language": language_consistent(case.language, written),
        "tokens": float(count_tokens(written)) if written else None,
    }


def problems_of(case: Case, answer: Answer | None) -> tuple[str, ...]:
    """Those of `PROBLEMS` that the answer has; a missing answer counts as refused."""
    answered = answer is not None and answer.decision is Decision.ANSWERED
    said = answer.verdict if answer else None
    missed = answered and decisions.verdict_right(case, answer) == 0.0
    found = {
        "wrong verdict": decisions.wrongly_denied(case, answer) or (missed and said is not None),
        "no verdict": missed and said is None,
        "wrongly refused": case.answerable and not answered,
        "wrongly answered": answered and not case.answerable,
        "uncited": answered and not citations.citation_recall(case, answer.citations if answer else ()),
    }
    return tuple(name for name in PROBLEMS if found[name] and not (name == "uncited" and not case.answerable))


def _retrieval(case: Case, hits: Sequence[Hit]) -> dict[str, float | None]:
    rank = ranking.first_relevant(case, hits)
    found: dict[str, float | None] = {f"success@{k}": ranking.success_at_k(rank, k) for k in (1, 5, DEPTH)}
    found["reciprocal rank"] = ranking.reciprocal_rank(rank)
    ranked, relevant = units.sentence_run(case, hits)
    found |= {
        f"recall@{DEPTH}": ranking.recall_at_k(ranked, relevant, DEPTH),
        "average precision": ranking.average_precision(ranked, relevant),
        f"nDCG@{DEPTH}": ranking.ndcg_at_k(ranked, relevant, DEPTH),
    }
    names, holding = units.article_run(case, hits)
    first = ranking.first_rank(names, holding)
    found |= {
        "article success@1": ranking.success_at_k(first, 1),
        "article reciprocal rank": ranking.reciprocal_rank(first),
        f"article recall@{DEPTH}": ranking.recall_at_k(names, holding, DEPTH),
        "article average precision": ranking.average_precision(names, holding),
        f"article nDCG@{DEPTH}": ranking.ndcg_at_k(names, holding, DEPTH),
    }
    return found if case.answerable else dict.fromkeys(found)

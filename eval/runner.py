"""Ask every case, keep the answers, and score them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import metrics
from eval.cases import Case
from index.errors import InputError
from index.hits import Hit
from qa.answerer import Answerer
from qa.answers import Answer

DEPTH = 10  # hits looked at for the retrieval measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A case with its answer and its scores by name; a score that cannot be given is None."""

    case: Case
    answer: Answer
    scores: dict[str, float | None]


def run_cases(
    answerer: Answerer, cases: Sequence[Case], out: Path, progress: Callable[[int], None]
) -> tuple[list[Scored], list[str]]:
    """Answer the cases in order, writing each to `out`/answers.jsonl as it comes; also why some could not be asked."""
    scored: list[Scored] = []
    failed: list[str] = []
    with (out / "answers.jsonl").open("w", encoding="utf-8") as stream:
        for case, answer, hits in _ask(answerer, cases, failed):
            line = json.dumps({"id": case.id, "answer": answer.to_dict()}, ensure_ascii=False)
            stream.write(line + "\n")
            scored.append(Scored(case=case, answer=answer, scores=score(case, answer, hits)))
            progress(1)
    return scored, failed


def score(case: Case, answer: Answer, hits: Sequence[Hit]) -> dict[str, float | None]:
    """Every measure of one case."""
    rank = metrics.first_relevant(case, hits)
    retrieval: dict[str, float | None] = {f"success@{k}": metrics.success_at_k(rank, k) for k in (1, 5, 10)}
    retrieval["reciprocal rank"] = metrics.reciprocal_rank(rank)
    return {
        **(retrieval if case.answerable else dict.fromkeys(retrieval)),
        "citation precision": metrics.citation_precision(case, answer.citations),
        "citation recall": metrics.citation_recall(case, answer.citations),
        "decision": metrics.decision_right(case, answer),
        "answered when stated": metrics.decision_right(case, answer) if case.answerable else None,
        "refused when not stated": None if case.answerable else metrics.decision_right(case, answer),
        "verdict": metrics.verdict_right(case, answer),
        "seconds": answer.timings.get("total"),
    }


def _ask(answerer: Answerer, cases: Sequence[Case], failed: list[str]) -> Iterator[tuple[Case, Answer, list[Hit]]]:
    for case in cases:
        try:
            yield case, answerer.ask(case.question), answerer.search(case.question, k=DEPTH)
        except InputError as error:
            failed.append(f"case {case.id}: {error}")

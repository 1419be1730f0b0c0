"""Ask every case, keep the answers, and score them. A run that was interrupted goes on where it stopped."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eval.cases import Case
from eval.metrics.entailment import Judge
from eval.scores import DEPTH, Scored, problems_of, score
from index.chunks import Chunk
from index.errors import InputError
from index.filters import Filters
from index.hits import Hit
from index.sentences import Sentence
from qa.answers import Answer
from qa.followups import merged

ANSWERS, STATE = "answers.jsonl", "run.json"


class Asked(Protocol):
    """What is measured: `qa.answerer.Answerer`, or anything that answers and searches as it does."""

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[str] = ()) -> Answer: ...

    def search(self, question: str, *, filters: Filters | None = None, k: int | None = None) -> list[Hit]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What decides a run: `stamp` (hashes, settings, versions) must be the same to go on with an interrupted one.

    `languages` are the articles' by id.
    """

    cases: Sequence[Case]
    stamp: Mapping[str, Any]
    languages: Mapping[str, str | None]
    judge: Judge | None = None


def run_cases(
    asked: Asked, inputs: Inputs, out: Path, progress: Callable[[int], None] = lambda _: None, at_once: int = 1
) -> list[Scored]:
    """The cases answered and scored, all of them; as `ask_cases`."""
    scored: list[Scored] = []
    for one in ask_cases(asked, inputs, out, at_once):
        scored.append(one)
        progress(1)
    return scored


def ask_cases(asked: Asked, inputs: Inputs, out: Path, at_once: int = 1) -> Iterator[Scored]:
    """Answer the cases, `at_once` of them at a time, each kept in `out`/answers.jsonl in their order.

    One that cannot be asked counts too. When the caller stops, no further one is asked.

    Raises:
        InputError: `out` holds an unfinished run of other cases, settings or another archive.
    """
    kept = _kept(out, inputs.stamp)
    with (out / ANSWERS).open("w", encoding="utf-8") as stream, closing(_lines(asked, inputs, kept, at_once)) as lines:
        for line in kept.values():
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        for case, line in lines:
            if case.id not in kept:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
                stream.flush()
            yield _scored(case, line, inputs)


def finish(out: Path, stamp: Mapping[str, Any]) -> None:
    """Note that the run is complete; the next one into the same folder begins anew."""
    (out / STATE).write_text(json.dumps({"finished": True, **stamp}, indent=1), encoding="utf-8")


def _kept(out: Path, stamp: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The lines of an interrupted run by case; the state file is written where there is none to go on with."""
    wanted = {"finished": False, **json.loads(json.dumps(stamp))}
    try:
        state = json.loads((out / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        state = {"finished": True}
    if not state.get("finished", True):
        differing = sorted(name for name in wanted.keys() | state.keys() if wanted.get(name) != state.get(name))
        if differing:
            raise InputError(
                f"{out}: holds an interrupted run with other {', '.join(differing)}; give another --out, or --fresh"
            )
        return {line["id"]: line for line in read_answers(out)}
    out.mkdir(parents=True, exist_ok=True)
    (out / STATE).write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    return {}


def read_answers(out: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a run's answers; what was being written when a run stopped is left out."""
    path = out / ANSWERS
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    for line in text.split("\n")[:-1]:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _lines(
    asked: Asked, inputs: Inputs, kept: Mapping[str, dict[str, Any]], at_once: int
) -> Generator[tuple[Case, dict[str, Any]], None, None]:
    """Each case with its answer; when the caller stops, no further one is asked."""
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="dateline-eval")
    try:
        found = pool.map(lambda case: kept.get(case.id) or _ask(asked, case), inputs.cases)
        yield from zip(inputs.cases, found, strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _ask(asked: Asked, case: Case) -> dict[str, Any]:
    try:
        answer = asked.ask(case.question, filters=case.filters, history=case.history)
        filters = merged(case.filters, answer.filters)
        hits = asked.search(answer.searched or case.question, filters=filters, k=DEPTH)
    except InputError as error:
        return {"id": case.id, "problem": str(error)}
    return {"id": case.id, "answer": answer.to_dict(), "hits": [_plain(hit) for hit in hits]}


def _scored(case: Case, line: Mapping[str, Any], inputs: Inputs) -> Scored:
    answer = Answer.from_dict(line["answer"]) if "answer" in line else None
    articles = dict.fromkeys(span.article for group in case.gold for span in group)
    return Scored(
        case=case,
        answer=answer,
        scores=score(case, answer, [_hit(one) for one in line.get("hits", [])], inputs.judge),
        languages=tuple(dict.fromkeys(inputs.languages.get(one) or "unknown" for one in articles)),
        problem=line.get("problem"),
        problems=problems_of(case, answer),
    )


def _plain(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    places = [[one.start, one.end] for one in chunk.sentences]
    return {"article": chunk.article_id, "span": [chunk.start, chunk.end], "sentences": places, "score": hit.score,
            "rank": hit.rank}  # fmt: skip


def _hit(line: Mapping[str, Any]) -> Hit:
    article, (start, end) = line["article"], line["span"]
    parts = tuple(Sentence(article_id=article, start=first, end=last) for first, last in line["sentences"])
    chunk = Chunk(article_id=article, start=start, end=end, sentences=parts)
    return Hit(chunk=chunk, score=line["score"], rank=line["rank"])

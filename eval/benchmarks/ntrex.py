"""News articles in many languages as one archive, over NTREX-128 (Federmann et al. 2022).

The headline of each English article (its first line) is the query; headlines are not in the pool. An article in one
language ranks by its best sentence. The shipped neutral space was estimated on these very articles, so its figures
flatter: they show what works and what broke, not how good it is on news it has not seen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks.ntrex_data import Ntrex, read_ntrex
from eval.benchmarks.pool import Figures, Measured, Options, embed_queries
from eval.benchmarks.ranking import average_precision, first_ranks, rank_figures
from index.embed import Embedder, Vectors
from index.errors import InputError

_MEASURES = ("MRR", "success@1", "success@5", "success@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question and the lines, from 0, each of which answers it."""

    text: str
    language: str
    lines: tuple[int, ...]


def measure(data: Path, embedders: Mapping[str, Embedder], options: Options) -> Measured:
    """Figures of headlines and, with a file of questions, of those.

    Raises:
        InputError: a missing file, files of different length, an unknown language, or a line that is no question.
    """
    archive = read_ntrex(data / "ntrex", options)
    questions = _read_questions(options.questions, archive, options.limit is not None) if options.questions else []
    return Measured(
        figures={name: _score(archive, questions, embedder) for name, embedder in embedders.items()},
        counts={
            "articles": len(archive.headlines),
            "sentences": len(archive.documents) * len(archive.lines),
            "questions": len(questions),
        },
        settings={
            "languages": " ".join(f"{name}={code}" for name, code in archive.codes.items()),
            "questions file": str(options.questions or "none"),
        },
    )


def _read_questions(path: Path, archive: Ntrex, limited: bool) -> list[_Asked]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file with one question a line") from None
    asked = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            question = _Asked(text=str(one["question"]), language=str(one["language"]), lines=tuple(one["lines"]))
            outside = [row for row in question.lines if not (isinstance(row, int) and 0 <= row < archive.size)]
            if outside or not question.lines:
                raise ValueError(f"'lines' {list(question.lines)} must be of 0 to {archive.size - 1}")
        except (ValueError, KeyError, TypeError) as error:
            problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise InputError(f"{path}:{number}: not a question: {problem}; docs/benchmarks.md has the format") from None
        if max(question.lines) < len(archive.documents):
            asked.append(question)
    if not asked:
        raise InputError(f"{path}: no question{' within the limit' if limited else ''}; give one JSON object a line")
    return asked


def _score(archive: Ntrex, questions: Sequence[_Asked], embedder: Embedder) -> Figures:
    passages = {
        name: embedder.embed_documents(lines, [archive.codes[name]] * len(lines))
        for name, lines in archive.lines.items()
    }
    figures = _score_headlines(archive, embed_queries(embedder, archive.headlines), passages)
    if questions:
        asked = embed_queries(embedder, [one.text for one in questions])
        figures |= _score_questions(archive, questions, asked, passages)
    return figures


def _score_headlines(archive: Ntrex, queries: Vectors, passages: Mapping[str, Vectors]) -> Figures:
    stories = np.array(archive.documents)
    body = archive.body
    scores = {name: queries @ vectors[body].T for name, vectors in passages.items()}
    best = {name: _by_story(one, stories[body], len(queries)) for name, one in scores.items()}
    own = [[row] for row in range(len(queries))]
    figures: Figures = {}
    versions = np.concatenate(list(best.values()), axis=1)
    right = [[row + len(queries) * number for number in range(len(best))] for row in range(len(queries))]
    figures["all languages"] = {
        "mAP of articles": fmean(average_precision(row, gold) for row, gold in zip(versions, right, strict=True))
    }
    others = [name for name in best if not name.startswith("eng")]
    if others:
        ranks = first_ranks(np.max([best[name] for name in others], axis=0), own)
        pool = np.concatenate([scores[name] for name in others], axis=1)
        found = np.tile(stories[body], len(others))[np.argsort(-pool, axis=1, kind="stable")[:, :10]]
        figures["other languages than English"] = rank_figures(ranks, *_MEASURES) | {
            "right sentences in 10": float((found == np.arange(len(queries))[:, None]).mean())
        }
    return figures | {f"headlines to {name}": rank_figures(first_ranks(best[name], own), *_MEASURES) for name in best}


def _by_story(scores: Vectors, stories: NDArray[np.int64], count: int) -> Vectors:
    """(queries, stories): each story's best sentence."""
    return np.stack([scores[:, stories == story].max(axis=1) for story in range(count)], axis=1)


def _score_questions(
    archive: Ntrex, questions: Sequence[_Asked], asked: Vectors, passages: Mapping[str, Vectors]
) -> Figures:
    """In every language the best of a question's lines is right; its other lines are neither right nor wrong."""
    precisions, own = [], []
    for question, vector in zip(questions, asked, strict=True):
        gold, ranked = [], []
        for number, (name, vectors) in enumerate(passages.items()):
            scores = vectors @ vector
            best = max(question.lines, key=lambda line: float(scores[line]))
            scores[[line for line in question.lines if line != best]] = -np.inf
            if archive.codes[name] == question.language:
                own.append(first_ranks(scores[None], [[best]])[0])
            gold.append(number * len(vectors) + best)
            ranked.append(scores)
        precisions.append(average_precision(np.concatenate(ranked), gold))
    figures = {"questions, all languages": {"mAP": fmean(precisions)}}
    return figures | ({"questions, own language": rank_figures(own, "MRR", "success@1")} if own else {})

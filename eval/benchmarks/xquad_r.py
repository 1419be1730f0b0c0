"""Answer-sentence retrieval over XQuAD-R, by the protocol of LAReQA (Roy et al. 2020).

One pool holds every sentence of every paragraph in 11 languages. A question asked in any of them has
11 right sentences, the one with the answer in each language; the figure is the mean average precision
over all of them. XQuAD-R measures only: nothing may be fitted or chosen on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from eval.benchmarks.pool import Figures, Measured, Options, embed_queries
from eval.benchmarks.ranking import average_precision, first_ranks, rank_figures
from eval.benchmarks.squad import Paragraph, Question, read_paragraphs
from index.embed import Embedder, Vectors
from index.errors import InputError

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One language: its sentences, its questions by id, and the row of each question's sentence."""

    language: str
    sentences: list[str]
    questions: dict[str, str]
    gold: dict[str, int]


def measure(data: Path, embedders: Mapping[str, Embedder], options: Options) -> Measured:
    """Figures of the protocol; without one of the languages the pool is smaller and the task easier.

    Raises:
        InputError: a missing or damaged file, or an unknown language.
    """
    folder = data / "xquad-r"
    chosen = options.choose(folder, LANGUAGES)
    sides = [_read(folder / f"{language}.json.gz", language, options.limit) for language in chosen]
    for side in sides:
        if side.gold.keys() != sides[0].gold.keys():
            raise InputError(f"{folder}/{side.language}.json.gz: other questions than {chosen[0]}; get both again")
    return Measured(
        figures={name: _score(sides, embedder) for name, embedder in embedders.items()},
        counts={
            "questions": sum(len(side.questions) for side in sides),
            "sentences": sum(len(side.sentences) for side in sides),
        },
        settings={"languages": " ".join(chosen)},
    )


def _read(path: Path, language: str, limit: int | None) -> _Side:
    side = _Side(language=language, sentences=[], questions={}, gold={})
    for paragraph in read_paragraphs(path, limit):
        for question in paragraph.questions:
            side.questions[question.id] = question.text
            side.gold[question.id] = len(side.sentences) + _sentence_of(question, paragraph, path)
        side.sentences.extend(paragraph.text[start:end] for start, end in paragraph.sentences)
    return side


def _sentence_of(question: Question, paragraph: Paragraph, path: Path) -> int:
    for row, (start, end) in enumerate(paragraph.sentences):
        if start <= question.answers[0] < end:
            return row
    raise InputError(f"{path}: question {question.id}: its answer is in no sentence; get the data set again")


def _score(sides: Sequence[_Side], embedder: Embedder) -> Figures:
    passages = [embedder.embed_documents(side.sentences, [side.language] * len(side.sentences)) for side in sides]
    queries = [embed_queries(embedder, list(side.questions.values())) for side in sides]
    pool = np.concatenate(passages)
    starts = np.cumsum([0, *(len(side.sentences) for side in sides)])
    asked: Figures = {}
    for side, questions, own in zip(sides, queries, passages, strict=True):
        scores = questions @ pool.T
        gold = [[int(start) + other.gold[one] for start, other in zip(starts, sides, strict=False)]
                for one in side.questions]  # fmt: skip
        asked[side.language] = {
            "mAP": fmean(average_precision(row, right) for row, right in zip(scores, gold, strict=True)),
            "own-language MRR": rank_figures(_ranks(side, side, questions, own), "MRR")["MRR"],
        }
    means = {name: fmean(one[name] for one in asked.values()) for name in ("mAP", "own-language MRR")}
    each = {f"questions in {language}": figures for language, figures in asked.items()}
    return {"all": means} | _english_to_arabic(sides, passages, queries) | each


def _english_to_arabic(sides: Sequence[_Side], passages: Sequence[Vectors], queries: Sequence[Vectors]) -> Figures:
    row = {side.language: number for number, side in enumerate(sides)}
    if not {"en", "ar"} <= row.keys():
        return {}
    english, arabic = row["en"], row["ar"]
    ranks = _ranks(sides[english], sides[arabic], queries[english], passages[arabic])
    return {"English to Arabic": rank_figures(ranks, "MRR", "R@1")}


def _ranks(asking: _Side, holding: _Side, questions: Vectors, passages: Vectors) -> list[int]:
    return first_ranks(questions @ passages.T, [[holding.gold[one]] for one in asking.questions])

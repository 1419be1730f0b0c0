"""A question to the sentence that answers it, over the development sets of TyDi QA (Clark et al. 2020).

The questions were written by people who had not seen the page. Sentences are those of our own splitter; a page
that stands under several questions is in the pool once. The development sets measure only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from eval.benchmarks.pool import Figures, Measured, Options, embed_queries
from eval.benchmarks.ranking import first_ranks, rank_figures
from eval.benchmarks.squad import read_paragraphs
from index.articles import Article
from index.embed import Embedder
from index.sentences import Sentence, split_sentences

LANGUAGES = {
    "ar": "arabic", "bn": "bengali", "en": "english", "fi": "finnish", "id": "indonesian", "ko": "korean",
    "ru": "russian", "sw": "swahili", "te": "telugu",
}  # fmt: skip
_MEASURES = ("MRR", "success@1", "success@5")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One language: its sentences, its questions, and for each question the rows that hold an answer."""

    sentences: list[str]
    questions: list[str]
    gold: list[list[int]]


def measure(data: Path, embedders: Mapping[str, Embedder], options: Options) -> Measured:
    """Figures by language, in the language's own sentences and among those of all chosen languages.

    Raises:
        InputError: a missing or damaged file, or an unknown language.
    """
    folder = data / "tydiqa"
    chosen = options.choose(folder, tuple(LANGUAGES))
    sides = {one: _read(folder / f"{LANGUAGES[one]}_tydiqa_dev.json.gz", one, options.limit) for one in chosen}
    return Measured(
        figures={name: _score(sides, embedder) for name, embedder in embedders.items()},
        counts={
            "questions": sum(len(side.questions) for side in sides.values()),
            "sentences": sum(len(side.sentences) for side in sides.values()),
        },
        settings={"languages": " ".join(chosen)},
    )


def _read(path: Path, language: str, limit: int | None) -> _Side:
    side = _Side(sentences=[], questions=[], gold=[])
    pages: dict[str, tuple[int, list[Sentence]]] = {}
    for paragraph in read_paragraphs(path, limit):
        text = paragraph.text
        if text not in pages:
            spans = split_sentences(Article(id="page", text=text, language=language))
            pages[text] = len(side.sentences), spans
            side.sentences.extend(text[span.start : span.end] for span in spans)
        first, spans = pages[text]
        for question in paragraph.questions:
            side.questions.append(question.text)
            side.gold.append(sorted({first + _sentence_of(start, spans) for start in question.answers}))
    return side


def _sentence_of(start: int, spans: Sequence[Sentence]) -> int:
    """The sentence that holds an offset, or the next where it lies between two."""
    return min(sum(span.end <= start for span in spans), len(spans) - 1)


def _score(sides: Mapping[str, _Side], embedder: Embedder) -> Figures:
    passages = {
        language: embedder.embed_documents(side.sentences, [language] * len(side.sentences))
        for language, side in sides.items()
    }
    pool = np.concatenate(list(passages.values()))
    own: Figures = {}
    mixed: Figures = {}
    start = 0
    for language, side in sides.items():
        asked = embed_queries(embedder, side.questions)
        own[language] = rank_figures(first_ranks(asked @ passages[language].T, side.gold), *_MEASURES)
        gold = [[start + row for row in right] for right in side.gold]
        mixed[language] = rank_figures(first_ranks(asked @ pool.T, gold), *_MEASURES)
        start += len(side.sentences)
    figures = {"mean of languages, own sentences": _mean(own), "mean of languages, one pool": _mean(mixed)}
    for language in sides:
        figures |= {f"{language}, own sentences": own[language], f"{language}, one pool": mixed[language]}
    return figures


def _mean(figures: Figures) -> dict[str, float]:
    return {name: fmean(one[name] for one in figures.values()) for name in _MEASURES}

"""A question to its paragraph in one language, over XQuAD's 240 paragraphs, as MTEB's XQuADRetrieval."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from eval.benchmarks.pool import Figures, Measured, Options, embed_queries
from eval.benchmarks.ranking import first_ranks, rank_figures
from eval.benchmarks.squad import Paragraph, read_paragraphs
from eval.benchmarks.xquad_r import LANGUAGES
from index.embed import Embedder


def measure(data: Path, embedders: Mapping[str, Embedder], options: Options) -> Measured:
    """nDCG@10 by language; a paragraph is one vector, cut by the model at its limit.

    Raises:
        InputError: a missing or damaged file, or an unknown language.
    """
    folder = data / "xquad-r"
    chosen = options.choose(folder, LANGUAGES)
    read = {one: read_paragraphs(folder / f"{one}.json.gz", options.limit) for one in chosen}
    return Measured(
        figures={name: _score(read, embedder) for name, embedder in embedders.items()},
        counts={
            "questions": sum(len(one.questions) for paragraphs in read.values() for one in paragraphs),
            "paragraphs": sum(map(len, read.values())),
        },
        settings={"languages": " ".join(chosen)},
    )


def _score(read: Mapping[str, Sequence[Paragraph]], embedder: Embedder) -> Figures:
    figures: Figures = {}
    for language, paragraphs in read.items():
        passages = embedder.embed_documents([one.text for one in paragraphs], [language] * len(paragraphs))
        asked = [(question.text, row) for row, one in enumerate(paragraphs) for question in one.questions]
        scores = embed_queries(embedder, [text for text, _ in asked]) @ passages.T
        figures[language] = rank_figures(first_ranks(scores, [[row] for _, row in asked]), "nDCG@10", "MRR")
    means = {name: fmean(one[name] for one in figures.values()) for name in ("nDCG@10", "MRR")}
    return {"mean of languages": means} | figures

"""The public benchmarks: what each measures, its licence, and how to get it. `dateline eval benchmark --list`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.published import PUBLISHED
from index.errors import InputError

STORED = Path(__file__).parents[2] / "examples" / "evaluation" / "benchmarks.json"
_RETRIEVAL = "dateline eval benchmark {} --data DIR"
_READER = "python -m qa.reader.training.held_out --data DIR --weights qa/reader/cross-encoder.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A public data set as Dateline is measured on it; `folder` is where its files lie under the data folder."""

    name: str
    measures: str
    licence: str
    source: str
    folder: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A figure of a run of ours: its day, the commit it was taken at or first kept with, and how much was measured."""

    benchmark: str
    pool: str
    measure: str
    value: float
    date: str
    commit: str
    of: str


CATALOGUE = (
    Benchmark(
        name="xquad-r",
        measures="a question to the 11 sentences, one a language, that hold its answer, in one pool: mAP",
        licence="CC BY-SA 4.0",
        source="https://github.com/google-research-datasets/lareqa (Roy et al. 2020)",
        folder="xquad-r/ar.json.gz and so on",
        command=_RETRIEVAL.format("xquad-r"),
    ),
    Benchmark(
        name="xquad-retrieval",
        measures="a question to its paragraph in the same language, as MTEB's XQuADRetrieval: nDCG@10",
        licence="CC BY-SA 4.0",
        source="https://github.com/google-research-datasets/lareqa (the paragraphs of XQuAD)",
        folder="xquad-r/ar.json.gz and so on",
        command=_RETRIEVAL.format("xquad-retrieval"),
    ),
    Benchmark(
        name="tydiqa",
        measures="a question by somebody who had not seen the page to the sentence that answers it: MRR",
        licence="Apache-2.0",
        source="https://github.com/google-research-datasets/tydiqa, GoldP (Clark et al. 2020)",
        folder="tydiqa/arabic_tydiqa_dev.json.gz and so on",
        command=_RETRIEVAL.format("tydiqa"),
    ),
    Benchmark(
        name="ntrex",
        measures="an English headline to the article in other languages: MRR; our neutral space was fitted on it",
        licence="CC BY-SA 4.0",
        source="https://github.com/MicrosoftTranslator/NTREX (Federmann et al. 2022)",
        folder="ntrex/text/eng.txt and so on, ntrex/documents.tsv",
        command=_RETRIEVAL.format("ntrex"),
    ),
    Benchmark(
        name="xquad",
        measures="the words that answer a question, found in its paragraph: token F1",
        licence="CC BY-SA 4.0",
        source="https://github.com/google-research-datasets/lareqa (XQuAD, Artetxe et al. 2020)",
        folder="xquad-r/ar.json.gz and so on",
        command=_READER,
    ),
    Benchmark(
        name="danetqa",
        measures="yes or no to a Russian question from a passage, val split: balanced accuracy",
        licence="CC0",
        source="https://russiansuperglue.com, task DaNetQA (Glushkova et al. 2020)",
        folder="danetqa/DaNetQA_data.zip",
        command=_READER,
    ),
    Benchmark(
        name="ans",
        measures="whether two Arabic news headlines agree, disagree or neither, test split: macro F1",
        licence="Apache-2.0",
        source="https://github.com/latynt/ans (Khouja 2020)",
        folder="ans/stance-test.csv",
        command=_READER,
    ),
)


def load_stored(path: Path = STORED) -> list[Stored]:
    """The figures of ours that are kept with the project.

    Raises:
        InputError: the file cannot be read, or a line in it is no figure.
    """
    try:
        return [Stored(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; take it from the project again") from None


def listing(stored: Sequence[Stored]) -> str:
    """Every benchmark as Markdown: what, licence, source, command, the figures of others and ours."""
    return "\n".join(line for one in CATALOGUE for line in _described(one, stored))


def results(stored: Sequence[Stored]) -> str:
    """Our stored figures as the last part of docs/results.md."""
    lines = [
        "",
        "## Public benchmarks",
        "",
        "What they measure and what others report: `dateline eval benchmark --list`.",
        "",
    ]
    lines += [
        "| benchmark | pool | figure | ours | day | commit | of |",
        "| --- | --- | --- | ---: | --- | --- | --- |",
    ]
    for one in stored:
        cells = (one.benchmark, one.pool, one.measure, f"{one.value:.3f}", one.date, f"`{one.commit}`", one.of)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _described(one: Benchmark, stored: Sequence[Stored]) -> list[str]:
    theirs = [
        f"{row.pool} {row.measure} {row.value:.3f} {row.system} ({row.source})" for row in PUBLISHED[one.name]
    ] or ["none with this pool and measure"]
    ours = [
        f"{row.pool} {row.measure} {row.value:.3f} ({row.date}, commit {row.commit}; {row.of})"
        for row in stored
        if row.benchmark == one.name
    ] or ["no run is stored"]
    facts = (
        ("measures", one.measures), ("licence", one.licence), ("data", f"{one.source}; as DIR/{one.folder}"),
        ("command", f"`{one.command}`"), ("published", "; ".join(theirs)), ("ours", "; ".join(ours)),
    )  # fmt: skip
    return [f"### {one.name}", "", *(f"- {name}: {text}" for name, text in facts), ""]

"""Public sets as training examples; where they come from and their licences stand in the reader's README.md."""

import csv
import gzip
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from index.articles import make_article
from index.errors import InputError
from index.sentences import split_sentences
from qa.reader.layout import Parts
from qa.reader.training.examples import Example

_SPANS = (  # file, language, paragraphs' questions at the most
    ("tydiqa/english_tydiqa_train.json.gz", "en", 3700),
    ("tydiqa/korean_tydiqa_train.json.gz", "ko", 1600),
    ("tydiqa/swahili_tydiqa_train.json.gz", "sw", 1800),
    ("arcd/arcd-train.json.gz", "ar", 700),
)
_JAPANESE = 3000
_STANCES = {"agree": True, "disagree": False, "other": None}
_LABELS = {"entailment": True, "contradiction": False, "neutral": None}


def draw_spans(data: Path, rng: Random) -> Iterator[Example]:
    """TyDi QA, JaQuAD and ARCD: the sentence that holds the answer, and another of its paragraph."""
    for name, language, limit in _SPANS:
        yield from _squad(_json(data / name), language, rng, limit)
    files = sorted((data / "jaquad").glob("*.gz"))
    for file in rng.sample(files, min(6, len(files))):
        yield from _squad(_json(file), "ja", rng, _JAPANESE // 6)


def draw_verdicts(data: Path) -> Iterator[Example]:
    """BoolQ and DaNetQA (train): a question and a whole passage that says yes or no."""
    for line in _lines(data / "boolq/dev.jsonl.gz"):
        row = json.loads(line)
        parts = Parts(sentence=row["passage"], title=row["title"])
        yield Example(
            question=f"{row['question'].capitalize()}?", parts=parts, answers=True, yes=row["answer"], polar=True
        )
    with zipfile.ZipFile(_file(data / "danetqa/DaNetQA_data.zip")) as packed:
        for line in packed.read("DaNetQA_no_ans/train.jsonl").decode().splitlines():
            row = json.loads(line)
            if "label" in row:
                parts = Parts(sentence=row["passage"])
                yield Example(question=row["question"], parts=parts, answers=True, yes=bool(row["label"]), polar=True)


def draw_inference(data: Path, rng: Random) -> Iterator[Example]:
    """ANS (train, dev) and KLUE-NLI: one statement read against another."""
    for part in ("train", "dev"):
        text = _file(data / f"ans/stance-{part}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            yield _statement(row["s1"], row["s2"], _STANCES[row["stance"].strip()])
            if rng.random() < 0.5:
                yield _statement(row["s2"], row["s1"], _STANCES[row["stance"].strip()])
    for row in _json(data / "klue-nli/klue-nli-v1.1_dev.json.gz"):
        yield _statement(row["hypothesis"], row["premise"], _LABELS[row["gold_label"]])


def draw_unanswered(data: Path, rng: Random) -> Iterator[Example]:
    """NoMIRACL: questions with two of the ten passages retrieved for them, none of which answers."""
    for file in sorted((data / "nomiracl/non_relevant").glob("*.gz")):
        for line in _lines(file):
            prompt = json.loads(line)["prompt"]
            question = prompt.split("QUESTION:\n")[1].split("\n\nCONTEXTS")[0].strip()
            passages = re.findall(r"^\[\d+\] (.*)$", prompt, re.MULTILINE)
            for passage in rng.sample(passages, min(2, len(passages))):
                title, _, text = passage.partition(": ")
                spans = _sentences(text, file.name[:2])
                if spans:
                    parts = replace(_window(text, spans, rng.randrange(len(spans))), title=title[:100])
                    yield Example(question=question, parts=parts, answers=False)


def _statement(claim: str, text: str, yes: bool | None) -> Example:
    return Example(question=claim, parts=Parts(sentence=text), answers=yes is not None, yes=yes)


def _squad(data: Any, language: str, rng: Random, limit: int) -> Iterator[Example]:  # noqa: ANN401 - JSON
    rows = [
        (article.get("title", "").replace("_", " "), paragraph["context"], one["question"], one["answers"][0])
        for article in data["data"]
        for paragraph in article["paragraphs"]
        for one in paragraph["qas"]
        if one.get("answers")
    ]
    rng.shuffle(rows)
    for title, context, question, answer in rows[:limit]:
        spans = _sentences(context, language)
        start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        at = next((n for n, (first, last) in enumerate(spans) if first <= start and end <= last), None)
        if at is None or context[start:end] != answer["text"]:
            continue
        title = "" if rng.random() < 0.15 else title
        span = (start - spans[at][0], end - spans[at][0])
        parts = replace(_window(context, spans, at), title=title)
        yield Example(question=question, parts=parts, answers=True, polar=False, span=span)
        others = [n for n, (first, last) in enumerate(spans) if n != at and answer["text"] not in context[first:last]]
        if others:
            parts = replace(_window(context, spans, rng.choice(others)), title=title)
            yield Example(question=question, parts=parts, answers=False, polar=False)


def _sentences(text: str, language: str) -> list[tuple[int, int]]:
    article = make_article(text=text, language=language) if text.strip() else None
    found = split_sentences(article) if article and article.text == text else []
    return [(one.start, one.end) for one in found]


def _window(text: str, spans: list[tuple[int, int]], at: int) -> Parts:
    before = text[spans[at - 1][0] : spans[at - 1][1]] if at else ""
    after = text[spans[at + 1][0] : spans[at + 1][1]] if at + 1 < len(spans) else ""
    return Parts(sentence=text[spans[at][0] : spans[at][1]], before=before, after=after)


def _file(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{path}: there is no such file; give the folder of the public sets with DATA=")
    return path


def _json(path: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(gzip.decompress(_file(path).read_bytes()))


def _lines(path: Path) -> Iterable[str]:
    return gzip.decompress(_file(path).read_bytes()).decode().splitlines()

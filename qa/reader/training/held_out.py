"""Measure the cross-encoder on public sets it was never trained on: `python -m qa.reader.training.held_out`.

XQuAD: the paragraph's sentences are read one by one in their neighbours, and the span of the one most likely to answer
is compared with the gold answer (token F1 of SQuAD, without its English articles), an unsure span as the product shows
it, which is its whole sentence, and as it stands. Premises: how many of its questions that ask why or when are told
that what they take for granted is wrong, though it is not. DaNetQA val: the whole passage.
ANS test: headline against headline, disagree, agree or other. XQuAD-R: the 50 nearest of a pool of sentences in 11
languages, ordered anew by the reader's chance that each answers (LAReQA's mAP).
"""

import argparse
import csv
import gzip
import json
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import numpy as np

from index.articles import make_article
from index.e5 import BundledEmbedder
from index.sentences import Sentence, split_sentences
from qa.evidence import Passage
from qa.premise import premise, weigh
from qa.reader.cross_encoder import WEIGHTS, CrossEncoderReader
from qa.reader.similarity import SimilarityReader
from qa.settings import Settings

_POOL = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
_READ = 50
_ASKED = ("en", "es", "ru", "ar", "tr", "de", "zh", "hi")

Figures = dict[str, float]


def words(text: str) -> list[str]:
    """Words in lower case without punctuation.

    >>> words("The (Big) Ben!")
    ['big', 'ben']
    """
    kept = "".join(" " if unicodedata.category(one)[0] == "P" else one for one in text.lower())
    return [word for word in kept.split() if word not in {"a", "an", "the"}]


def overlap(found: str, gold: str) -> float:
    """Token F1.

    >>> round(overlap("in the year 1970", "1970"), 2)
    0.5
    """
    ours, theirs = words(found), words(gold)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def xquad(reader: CrossEncoderReader, bold: CrossEncoderReader, data: Path, language: str, count: int) -> Figures:
    """F1 and exact match over `count` questions drawn with a fixed seed; `bold` takes the likeliest span always."""
    rows = Random(7).sample(_questions(data, language), count)
    scores = {"F1": list[float](), "exact": list[float](), "F1, always a span": [], "exact, always a span": []}
    for context, question, answer in rows:
        article = make_article(context, language=language)
        passages = [Passage(article=article, sentence=one) for one in split_sentences(article)]
        readings = reader.read(question, passages)
        at = max(range(len(passages)), key=lambda one: readings[one].answerable)
        boldly = bold.read(question, [passages[at]])[0]
        for one, suffix in ((readings[at], ""), (boldly, ", always a span")):
            found = article.text[one.start : one.end]
            scores[f"F1{suffix}"].append(overlap(found, answer))
            scores[f"exact{suffix}"].append(float(words(found) == words(answer)))
    return {name: fmean(found) for name, found in scores.items()}


def premises(reader: CrossEncoderReader, data: Path, language: str, most: int = 60) -> Figures:
    """Of XQuAD's first questions that ask why or when, at most this many, how many are said to be wrongly asked."""
    rows = [(context, one) for context, one, _ in _questions(data, language) if premise(one)][:most]
    denied, product = 0, Settings.model_fields
    least, statements = reader.threshold(product["risk"].default), product["statements"].default
    for context, question in rows:
        article = make_article(context, language=language)
        passages = [Passage(article=article, sentence=one) for one in split_sentences(article)]
        pairs = zip(passages, reader.read(question, passages), strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1].answerable)
        found = weigh(reader, question, ranked, threshold=least, statements=statements)
        denied += found.premise is not None
    return {"questions": len(rows), "contradicted": denied}


def danetqa(reader: CrossEncoderReader, data: Path) -> Figures:
    """Balanced accuracy of yes and no on the val split, its 821 questions."""
    with zipfile.ZipFile(data / "danetqa/DaNetQA_data.zip") as packed:
        rows = [json.loads(one) for one in packed.read("DaNetQA_no_ans/val.jsonl").decode().splitlines()]
    told = [(bool(row["label"]), _raw(reader, row["question"], row["passage"], "ru")[1] > 0) for row in rows]
    recalls = {label: fmean(said is label for gold, said in told if gold is label) for label in (True, False)}
    return {"balanced accuracy": fmean(recalls.values()), "yes": recalls[True], "no": recalls[False]}


def ans(reader: CrossEncoderReader, data: Path, *, part: str = "test", bias: float = 0.0) -> Figures:
    """Macro F1 over agree, disagree and other; `bias` is added to the logit of answering."""
    rows = list(csv.DictReader((data / f"ans/stance-{part}.csv").read_text(encoding="utf-8").splitlines()))
    told = []
    for row in rows:
        answers, yes = _raw(reader, row["s1"], row["s2"], "ar")
        said = "other" if answers + bias < 0 else "agree" if yes > 0 else "disagree"
        told.append((row["stance"].strip(), said))
    return {"macro F1": fmean(_f1(told, label) for label in ("agree", "disagree", "other"))}


def xquad_r(reader: CrossEncoderReader, data: Path, cache: Path, count: int) -> Figures:
    """MAP before and after reading, over `count` questions a language drawn with a fixed seed."""
    embedder, sentences, gold = BundledEmbedder(cache), list[Passage](), dict[str, set[int]]()
    asked: list[tuple[str, str]] = []
    for language in _POOL:
        for context, spans, questions in _paragraphs(data, language):
            article = make_article(context, language=language)
            for one, _, start in questions:
                row = next(n for n, (first, last) in enumerate(spans) if first <= start < last)
                gold.setdefault(one, set()).add(len(sentences) + row)
            asked += [(one, text) for one, text, _ in questions]
            for first, last in spans:
                sentence = Sentence(article_id=article.id, start=first, end=last)
                sentences.append(Passage(article=article, sentence=sentence))
    vectors = embedder.embed_documents([one.text for one in sentences], [one.article.language for one in sentences])
    plain, reranked = [], []
    for key, text in Random(7).sample(asked, count * len(_POOL)):
        scores = vectors @ embedder.embed_query(text)
        order = np.argsort(-scores, kind="stable")
        plain.append(_precision(order, gold[key]))
        read = [one.answerable for one in reader.read(text, [sentences[row] for row in order[:_READ]])]
        top = order[:_READ][np.argsort(-np.array(read), kind="stable")]
        reranked.append(_precision(np.concatenate([top, order[_READ:]]), gold[key]))
    return {"mAP": fmean(plain), "mAP, first 50 read": fmean(reranked), "questions": float(len(plain))}


def _raw(reader: CrossEncoderReader, question: str, text: str, language: str) -> tuple[float, float]:
    article = make_article(text, language=language)
    sentence = Sentence(article_id=article.id, start=0, end=len(article.text))
    _, logits, _ = reader.logits(question, [Passage(article=article, sentence=sentence)])
    return float(logits[0, 0]), float(logits[0, 1])


def _f1(told: Sequence[tuple[str, str]], label: str) -> float:
    right = sum(gold == said == label for gold, said in told)
    return 2 * right / max(1, sum(gold == label for gold, _ in told) + sum(said == label for _, said in told))


def _precision(order: Any, gold: set[int]) -> float:  # noqa: ANN401 - an array of ints
    ranks = np.flatnonzero(np.isin(order, list(gold))) + 1
    return float(fmean(np.arange(1, len(ranks) + 1) / ranks))


def _paragraphs(data: Path, language: str) -> list[tuple[str, list[tuple[int, int]], list[tuple[str, str, int]]]]:
    return [
        (
            part["context"],
            [(start, end) for start, end in part["sentence_breaks"]],
            [(one["id"], one["question"], one["answers"][0]["answer_start"]) for one in part["qas"]],
        )
        for part in _parts(data, language)
    ]


def _questions(data: Path, language: str) -> list[tuple[str, str, str]]:
    return [
        (part["context"], one["question"], one["answers"][0]["text"])
        for part in _parts(data, language)
        for one in part["qas"]
    ]


def _parts(data: Path, language: str) -> list[dict[str, Any]]:
    found = json.loads(gzip.decompress((data / f"xquad-r/{language}.json.gz").read_bytes()))["data"]
    return [part for article in found for part in article["paragraphs"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    parser.add_argument("--count", type=int, default=300, help="questions a language of XQuAD")
    parser.add_argument("--pool", type=int, default=10, help="questions a language of XQuAD-R, 0: left out")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    given = parser.parse_args(arguments)
    near = SimilarityReader(BundledEmbedder(given.cache))
    reader = CrossEncoderReader(given.cache, given.weights, near=near)
    bold = CrossEncoderReader(given.cache, given.weights, sure=0)
    figures: dict[str, Any] = {"danetqa": danetqa(reader, given.data), "ans": ans(reader, given.data)}
    for language in ("en", "es", "ru", "ar", "tr"):
        figures[f"xquad {language}"] = xquad(reader, bold, given.data, language, given.count)
    for language in _ASKED:
        figures[f"premises {language}"] = premises(reader, given.data, language)
    if given.pool:
        figures["xquad-r"] = xquad_r(reader, given.data, given.cache, given.pool)
    given.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

"""Measure the cross-encoder on the development articles and write its card: `python -m qa.reader.training.measure`.

The 83 NTREX articles in one language are an archive; each development question, in English, retrieves from it as any
question does, and the retrieved sentences are read. Development articles were never trained on. Sentences count as
right when they overlap a line that answers.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from index.archive import Archive
from index.articles import Article, make_article
from qa.app import build_answerer, build_indexer
from qa.evidence import Passage, gather
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.training.calibrate import Case, Told, make_card, meets, save_card
from qa.reader.training.examples import CODES, Ntrex, load
from qa.settings import Settings


def articles(ntrex: Ntrex, code: str) -> Iterable[tuple[Article, dict[int, tuple[int, int]]]]:
    """Each article in one language with the place of its lines; the first line is the title too, as on a page."""
    text = ntrex.text(CODES[code])
    for name, (first, last) in ntrex.spans.items():
        places, body = dict[int, tuple[int, int]](), ""
        for line in range(first, last + 1):
            words = " ".join(text[line - 1].split())
            places[line] = (len(body), len(body) + len(words))
            body += words + "\n"
        title = " ".join(text[first - 1].split())
        yield make_article(body.rstrip(), id=name, title=title, publisher=name.split(".")[0], language=code), places


def build(ntrex: Ntrex, code: str, folder: Path, settings: Settings) -> dict[str, dict[int, tuple[int, int]]]:
    """An archive of all articles in one language, and the places of their lines."""
    rows = list(articles(ntrex, code))
    archive = Archive(folder, create=True)
    build_indexer(settings, archive).add([one for one, _ in rows])
    archive.close()
    return {one.id: places for one, places in rows}


def read(
    reader: CrossEncoderReader, question: dict[str, Any], passages: Sequence[Passage], places: dict[str, Any], code: str
) -> Case:
    """One question with the logits of what was retrieved for it."""
    _, logits, _ = reader.logits(question["question"], passages)
    gold = [(question["article"], *places[question["article"]][line]) for line in question["lines"]]
    return Case(
        language=code,
        article=question["article"],
        verdict=question["verdict"],
        polar=question["kind"] == "yes_no",
        logits=logits,
        passages=tuple(passages),
        right=np.array([meets(one, gold) for one in passages], dtype=bool),
        tag=question["tag"],
    )


def measure(data: Path, reader: CrossEncoderReader, settings: Settings, code: str, count: int, k: int) -> list[Case]:
    """`count` development questions (drawn with a fixed seed) over the archive of one language."""
    ntrex = Ntrex(data / "ntrex")
    questions = [one for one in load("questions.jsonl") if one["part"] == "dev"]
    Random(7).shuffle(questions)
    folder = settings.db / code
    here = settings.model_copy(update={"db": folder})
    places = (
        {one.id: found for one, found in articles(ntrex, code)} if folder.exists() else build(ntrex, code, folder, here)
    )
    answerer, archive, found = build_answerer(here), Archive(folder), list[Case]()
    for question in questions[:count]:
        passages = gather(archive, answerer.search(question["question"], k=k))
        found.append(read(reader, question, passages, places, code))
    answerer.close()
    archive.close()
    return found


def tell(ntrex: Ntrex, reader: CrossEncoderReader, code: str) -> list[Told]:
    """Every yes/no question of the development articles, in English, at the first line that answers it."""
    rows = [one for one in load("questions.jsonl") if one["part"] == "dev" and one["verdict"] in {"yes", "no"}]
    pairs = [(one["question"], ntrex.parts(CODES[code], one["lines"][0])) for one in rows]
    _, logits, _ = reader.logits_of(pairs)
    return [
        Told(
            language=code,
            fitted=sha256(one["article"].encode()).digest()[0] % 2 == 0,
            logit=float(logit),
            yes=one["verdict"] == "yes",
        )
        for one, logit in zip(rows, logits[:, 1], strict=True)
    ]


def curve(risk: Sequence[Sequence[float]]) -> str:
    """The risk-coverage curve as an SVG picture: answered questions to the right, wrong answers among them upwards."""
    points = " ".join(f"{60 + 400 * covered:.1f},{260 - 400 * share:.1f}" for share, _, covered in risk)
    lines = [
        f'<path d="M60 {260 - 40 * step} H460" stroke="#ccc"/><text x="54" y="{264 - 40 * step}" text-anchor="end">'
        f"{step / 10:.1f}</text>"
        for step in range(6)
    ]
    lines += [f'<text x="{60 + 80 * step}" y="280" text-anchor="middle">{step / 5:.1f}</text>' for step in range(6)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 310" font-family="sans-serif" font-size="12">'
        f'<rect width="480" height="310" fill="#fff"/>{"".join(lines)}'
        f'<polyline points="{points}" fill="none" stroke="#0b57d0" stroke-width="2"/>'
        '<text x="260" y="302" text-anchor="middle">share of questions answered</text>'
        '<text x="60" y="30">share of wrong answers among them</text></svg>\n'
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--weights", type=Path, required=True, help="safetensors file; its card is written beside it")
    parser.add_argument("--archives", type=Path, required=True, help="folder for the archives, one a language")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    parser.add_argument("--languages", default="en,ar,ru,ur,tr,es,fa")
    parser.add_argument("--count", type=int, default=250, help="questions a language")
    parser.add_argument("-k", type=int, default=20, help="sentences retrieved and read")
    given = parser.parse_args(arguments)
    card = given.weights.with_suffix(".json")
    digest = sha256(given.weights.read_bytes()).hexdigest()
    plain = {"sha256": digest, "answerable": [1, 0], "yes": [1, 0], "sure": [0, 1], "risk": [], "verdicts": []}
    card.write_text(json.dumps(plain))
    reader = CrossEncoderReader(given.cache, given.weights)
    settings = Settings(db=given.archives, cache=given.cache)
    cases, told, ntrex = list[Case](), list[Told](), Ntrex(given.data / "ntrex")
    for code in given.languages.split(","):
        told += tell(ntrex, reader, code)
        cases += measure(given.data, reader, settings, code, given.count, given.k)
    made = {"sha256": digest} | make_card(cases, told)
    save_card(card, made)
    given.weights.with_suffix(".svg").write_text(curve(made["risk"]))


if __name__ == "__main__":
    main()

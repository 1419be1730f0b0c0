"""New cases from an archive: sentences to ask about, and a case from what a person typed."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from eval.cases import KINDS, Case, Span
from eval.convert.record import case_line
from eval.metrics.texts import words
from index.archive import Archive
from index.articles import Article
from index.errors import InputError
from index.filters import Filters
from index.languages import detect_language
from index.sentences import Sentence
from qa.answers import Verdict

Ask = Callable[[str, str | None], str]
"""Shows a text and gives what was typed; the second is taken for an empty line, None: ask again."""

_LENGTH = (40, 400)  # code points of a sentence worth asking about


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person gave for a sentence."""

    question: str
    kind: str
    verdict: str = ""
    answer: str = ""


def choose_sentences(archive: Archive, count: int, *, seed: int) -> list[tuple[Article, Sentence]]:
    """Up to `count` sentences: languages take turns, in each its publishers, no article twice and none's older version.

    The order of articles and the sentence of each are drawn; one with a figure in it is preferred every other time.

    Raises:
        InputError: no sentence of the archive is of a fitting length.
    """
    rng = Random(seed)
    turns: dict[str, dict[str, list[str]]] = {}
    ids = archive.ids(Filters())
    rng.shuffle(ids)
    query = "SELECT id, language, publisher FROM articles WHERE id IN"
    about = {str(key): (language or "", publisher or "") for key, language, publisher in archive.among(query, ids)}
    for one in ids:
        language, publisher = about[one]
        turns.setdefault(language, {}).setdefault(publisher, []).append(one)
    queues = {language: list(_in_turn(list(groups.values()))) for language, groups in sorted(turns.items())}
    chosen: list[tuple[Article, Sentence]] = []
    for article_id in _in_turn(list(queues.values())):
        article = archive.get([article_id])[article_id]
        fitting = [one for one in archive.sentences(article_id) if _LENGTH[0] <= one.end - one.start <= _LENGTH[1]]
        figures = [one for one in fitting if any(map(str.isdecimal, article.text[one.start : one.end]))]
        if fitting:
            chosen.append((article, rng.choice(figures if figures and len(chosen) % 2 else fitting)))
        if len(chosen) == count:
            break
    if not chosen:
        raise InputError(f"{archive.folder}: no sentence has {_LENGTH[0]} to {_LENGTH[1]} characters; add articles")
    return chosen


def make_case(article: Article, sentence: Sentence, typed: Typed) -> Case:
    """The case of a question about a sentence.

    Raises:
        InputError: the kind or the verdict is none, or the answer is not in the sentence; says what to type.
    """
    span = Span(article=article.id, start=sentence.start, end=sentence.end)
    text = article.text[sentence.start : sentence.end]
    if typed.kind not in KINDS:
        raise InputError(f"the kind {typed.kind!r} is none of {', '.join(KINDS)}; type one of them")
    if typed.kind == "yes_no" and typed.verdict not in tuple(Verdict):
        raise InputError(f"the verdict {typed.verdict!r} is none of {', '.join(Verdict)}; type one of them")
    if typed.answer and typed.answer not in text and " ".join(words(typed.answer)) not in " ".join(words(text)):
        raise InputError(f"the answer {typed.answer!r} is not in the sentence; type words of it, or nothing")
    unanswerable = typed.kind == "unanswerable"
    return Case(
        id="n" + sha256(f"{article.id} {sentence.start} {typed.question}".encode()).hexdigest()[:10],
        question=typed.question,
        kind=typed.kind,
        verdict=Verdict(typed.verdict) if typed.kind == "yes_no" else None,
        answers=(typed.answer,) if typed.answer and not unanswerable else (),
        gold=() if unanswerable else ((span,),),
        language=detect_language(typed.question),
    )


def add_cases(chosen: Sequence[tuple[Article, Sentence]], out: Path, ask: Ask, say: Callable[[str], object]) -> int:
    """Show each sentence, ask for its case, and add it to `out`; an empty question passes it over. How many came."""
    added = 0
    for article, sentence in chosen:
        text = article.text[sentence.start : sentence.end]
        say(f"\n{article.publisher or article.id}, {article.day}, {article.language}\n{text}")
        if question := ask("Question", ""):
            line = json.dumps(case_line(_typed(article, sentence, question, ask, say)), ensure_ascii=False)
            with out.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
            added += 1
    return added


def _typed(article: Article, sentence: Sentence, question: str, ask: Ask, say: Callable[[str], object]) -> Case:
    """Ask for the rest of a case until it fits together."""
    while True:
        kind = ask(f"Kind ({', '.join(KINDS)})", "wh")
        verdict = ask(f"Verdict ({', '.join(Verdict)})", None) if kind == "yes_no" else ""
        answer = "" if kind in ("yes_no", "unanswerable") else ask("Short answer", "")
        try:
            return make_case(article, sentence, Typed(question=question, kind=kind, verdict=verdict, answer=answer))
        except InputError as error:
            say(str(error))


def _in_turn(queues: list[list[str]]) -> Iterator[str]:
    """One of each queue, then the next of each, until all are empty.

    >>> list(_in_turn([["a", "b", "c"], ["d"]]))
    ['a', 'd', 'b', 'c']
    """
    for place in range(max(map(len, queues), default=0)):
        yield from (queue[place] for queue in queues if place < len(queue))

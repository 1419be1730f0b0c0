"""Statements, true and false, against sentences: what a reader learns comparing from, and checking what was written.

`statements.jsonl` has pairs that were written by hand: a sentence that says what a line of NTREX says in other words,
and the same with one thing changed. The rest is made by rule.

A claim is a sentence of NTREX, as it stands or with a number, a name, a word's opposite or a negation changed, put
against its own line in another language (yes, no) or against another line of the article (not stated). A check is a
question of a public set with its answer or a wrong one put to it ("When did he die? 1970?").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from qa.reader.layout import Parts
from qa.reader.training.examples import OFTEN, Example, Ntrex, pick_language

_PAIRS = (
    "more less|higher lower|increase decrease|increased decreased|rise fall|rose fell|won lost|win lose|before after|"
    "first last|open closed|up down|men women|man woman|he she|his her|best worst|good bad|many few|always never|"
    "with without|accepted rejected|agreed refused|arrived left|began ended|started ended|above below|over under|"
    "north south|east west|largest smallest|young old|early late|confirmed denied|support oppose|alive dead|"
    "success failure|most least|better worse|long short|big small|friend enemy|buy sell|bought sold|home away|"
    "Monday Thursday|Tuesday Friday|Wednesday Saturday|January August|September March|October May|one three|"
    "two five|million billion"
)
_OPPOSITE: dict[str, str] = {}
for _one, _other in (pair.split() for pair in _PAIRS.split("|")):
    _OPPOSITE.setdefault(_one, _other)
    _OPPOSITE.setdefault(_other, _one)
_AUXILIARY = "is|was|are|were|has|have|had|will|would|could|can|should"
_NEGATIONS = (
    (rf"\b({_AUXILIARY}|did|does|do) not\b", r"\1"),
    (r"\bnever\b", "always"),
    (rf"\b({_AUXILIARY})\b(?! not)", r"\1 not"),
)
_NAME = r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*"


def draw_statements(ntrex: Ntrex, rows: Sequence[dict[str, Any]], rng: Random) -> Iterator[Example]:
    """Both sentences of each pair against their line in some language, and one of them against another line."""
    for row in rows:
        lines = range(min(row["lines"]), max(row["lines"]) + 1)
        first, last = ntrex.spans[row["article"]]
        others = [one for one in range(max(first, lines[0] - 3), min(last, lines[-1] + 3) + 1) if one not in lines]
        for name, yes in (("true", True), ("false", False)):
            yield _put(row[name], ntrex, pick_language(rng, 0.3), lines, rng, yes=yes)
        if others and rng.random() < 0.4:
            other = rng.choice(others)
            wording = row[rng.choice(("true", "false"))]
            yield _put(wording, ntrex, pick_language(rng, 0.3), range(other, other + 1), rng, yes=None)


def draw_claims(ntrex: Ntrex, articles: set[str], rng: Random, count: int) -> Iterator[Example]:
    """`count` claims over these articles."""
    english = ntrex.text("eng")
    lines = [n for n, name in enumerate(ntrex.documents, 1) if name in articles and 40 < len(english[n - 1]) < 220]
    made = 0
    while made < count:
        found = _claim(ntrex, rng.choice(lines), rng)
        if found is not None:
            made += 1
            yield found


def draw_checks(spans: Sequence[Example], rng: Random, count: int) -> Iterator[Example]:
    """At most `count` checks from examples with short answer spans."""
    rows = [(one, _answer(one)) for one in spans if one.span and one.span[1] - one.span[0] < 40]
    others: dict[bool, list[str]] = {True: [], False: []}
    for _, answer in rows:
        others[_numeric(answer)].append(answer)
    for example, answer in rng.sample(rows, min(count, len(rows))):
        yes = rng.random() < 0.5
        put = answer if yes else _wrong(example, answer, others[_numeric(answer)], rng)
        if yes or not (put in answer or answer in put):
            question = f"{example.question.rstrip('?？؟ ')}? {put}?"
            yield Example(question=question, parts=example.parts, answers=True, yes=yes)


def _claim(ntrex: Ntrex, line: int, rng: Random) -> Example | None:
    chance, language = rng.random(), pick_language(rng, 0.3)
    claim = ntrex.text("eng" if rng.random() < 0.75 else rng.choice(OFTEN))[line - 1]
    if chance < 0.38:
        if claim == ntrex.text(language)[line - 1] and rng.random() < 0.6:
            return None
        return _put(claim, ntrex, language, [line], rng, yes=True)
    if chance < 0.8:
        first, last = ntrex.spans[ntrex.documents[line - 1]]
        changed = _change(ntrex.text("eng")[line - 1], " ".join(ntrex.text("eng")[first - 1 : last]), rng)
        return None if changed is None else _put(changed, ntrex, language, [line], rng, yes=False)
    first, last = ntrex.spans[ntrex.documents[line - 1]]
    far = [one for one in range(first, last + 1) if abs(one - line) > 1]
    return _put(claim, ntrex, language, [rng.choice(far)], rng, yes=None) if far else None


def _put(claim: str, ntrex: Ntrex, language: str, lines: Sequence[int], rng: Random, *, yes: bool | None) -> Example:
    """The claim against lines of an article, which stand together."""
    parts = ntrex.parts(language, lines[0])
    if len(lines) > 1:
        text = ntrex.text(language)
        after = ntrex.parts(language, lines[-1]).after
        parts = replace(parts, sentence=" ".join(text[one - 1] for one in lines), after=after)
    if rng.random() < 0.4:
        parts = Parts(sentence=parts.sentence)
    return Example(question=claim, parts=parts, answers=yes is not None, yes=yes)


def _change(sentence: str, article: str, rng: Random) -> str | None:
    """The sentence with one thing changed, None where no rule applies."""
    for rule in rng.sample((_number, _name, _turn, _negate), 4):
        changed = rule(sentence, article, rng)
        if changed is not None and changed != sentence:
            return changed
    return None


def _number(sentence: str, article: str, rng: Random) -> str | None:
    found = list(re.finditer(r"\d[\d,.]*\d|\d", sentence))
    return _replace(sentence, one := rng.choice(found), _digits(one.group(), rng)) if found else None


def _name(sentence: str, article: str, rng: Random) -> str | None:
    found = [one for one in re.finditer(_NAME, sentence) if one.start() > 0]
    others = sorted(set(re.findall(rf"(?<=[a-z,] ){_NAME}", article)) - set(re.findall(_NAME, sentence)))
    return _replace(sentence, rng.choice(found), rng.choice(others)) if found and others else None


def _turn(sentence: str, article: str, rng: Random) -> str | None:
    found = [one for one in re.finditer(r"[A-Za-z]+", sentence) if one.group() in _OPPOSITE]
    return _replace(sentence, one := rng.choice(found), _OPPOSITE[one.group()]) if found else None


def _negate(sentence: str, article: str, rng: Random) -> str | None:
    for pattern, put in _NEGATIONS:
        if re.search(pattern, sentence):
            return re.sub(pattern, put, sentence, count=1)
    return None


def _replace(sentence: str, found: re.Match[str], put: str) -> str:
    return sentence[: found.start()] + put + sentence[found.end() :]


def _digits(number: str, rng: Random) -> str:
    """The number with its first digit and some of the others drawn anew."""
    return "".join(
        str(rng.randint(1, 9)) if one.isdigit() and (at == 0 or rng.random() < 0.5) else one
        for at, one in enumerate(number)
    )


def _answer(example: Example) -> str:
    start, end = example.span or (0, 0)
    return example.parts.sentence[start:end]


def _numeric(answer: str) -> bool:
    return any(character.isdigit() for character in answer)


def _wrong(example: Example, answer: str, others: Sequence[str], rng: Random) -> str:
    """A number or a name of the same sentence, the answer with other digits, or the answer to another question."""
    if _numeric(answer) and rng.random() < 0.4:
        return _digits(answer, rng)
    near = re.findall(r"\d[\d,.]*" if _numeric(answer) else _NAME, example.parts.sentence)
    near = [one for one in near if one not in answer and answer not in one and one not in example.question]
    return rng.choice(near) if near and rng.random() < 0.6 else rng.choice(others)

"""Our own questions as training examples: over NTREX in any language, over the sample articles, and in contrasts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from index.articles import Article
from index.errors import InputError
from index.readers.files import read_paths
from index.sentences import split_sentences
from qa.reader.layout import Parts

HERE = Path(__file__).parent
SAMPLE = HERE.parents[2] / "examples" / "articles"
_VERDICTS = {"y": "yes", "n": "no", "?": "not_stated", "a": "stated", "-": "not_stated"}  # as contrasts.jsonl has them
CODES = {"ar": "arb", "en": "eng", "es": "spa", "fa": "fas", "fr": "fra", "ru": "rus", "tr": "tur", "ur": "urd"}
OFTEN = ("arb", "rus", "urd", "tur", "spa", "fas", "fra", "deu")
RARELY = tuple(
    "zho-CN zho-TW hin por ita nld pol ukr ell heb jpn kor vie tha ind ron bul ces hun swe dan fin nob srp-Cyrl hrv "
    "kat hye aze-Latn kaz uzb ben tam swa pus msa".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, a sentence in its surroundings, and whether the sentence answers.

    `yes` is None where the answer is neither yes nor no; `polar` whether the question asks for that, None where it
    cannot be said; `span` the answer's place in the sentence, in code points.
    """

    question: str
    parts: Parts
    answers: bool
    yes: bool | None = None
    polar: bool | None = None
    span: tuple[int, int] | None = None


class Ntrex:
    """The articles of NTREX in any of its languages; line numbers count from 1 as in `questions.jsonl`."""

    def __init__(self, folder: Path) -> None:
        """`folder` has documents.tsv and text/LANG.txt.

        Raises:
            InputError: it has not.
        """
        self._folder = folder
        if not (folder / "documents.tsv").exists():
            raise InputError(f"{folder}: no documents.tsv in this folder; give the one that holds NTREX")
        names = (folder / "documents.tsv").read_text(encoding="utf-8").splitlines()
        self.documents = [name.split("\t")[0].strip() for name in names]

    @cached_property
    def spans(self) -> dict[str, tuple[int, int]]:
        """First and last line of each article."""
        found: dict[str, tuple[int, int]] = {}
        for line, name in enumerate(self.documents, 1):
            found[name] = (found.get(name, (line, line))[0], line)
        return found

    @cache  # noqa: B019 - one object a run
    def text(self, language: str) -> list[str]:
        """The sentences in a language, that of line n at n - 1."""
        return (self._folder / "text" / f"{language}.txt").read_text(encoding="utf-8").split("\n")

    def parts(self, language: str, line: int) -> Parts:
        """A line as it stands in its article."""
        text, (first, last) = self.text(language), self.spans[self.documents[line - 1]]
        before = text[max(first, line - 3) : line - 1]
        title = text[first - 1] if line != first else ""
        return Parts(
            sentence=text[line - 1],
            title=title,
            before=" ".join(before),
            after=" ".join(text[line : min(last, line + 2)]),
        )


def load(name: str) -> list[dict[str, Any]]:
    """The rows of questions.jsonl or contrasts.jsonl."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def ntrex_example(
    ntrex: Ntrex, row: dict[str, Any], line: int, *, language: str = "eng", question: str | None = None
) -> Example:
    """One question against one line."""
    parts, answers = ntrex.parts(language, line), line in row["lines"]
    span = None
    if answers and row["answer"] and row["answer"][0] == line and language == "eng":
        span = (row["answer"][1], row["answer"][2])
    return _example(question or row["question"], parts, row, answers=answers, span=span)


def draw_ntrex(ntrex: Ntrex, rows: Sequence[dict[str, Any]], rng: Random) -> Iterable[Example]:
    """Each question once with a line that answers, if there is one, and mostly once with one that does not."""
    for row in rows:
        wordings = [row["question"]] * 4 + list(row["translations"].values())
        first, last = ntrex.spans[row["article"]]
        if row["lines"]:
            line = rng.choice(row["lines"][:: max(1, len(row["lines"]) - 1)])
            yield _vary(ntrex_example(ntrex, row, line, language=_language(rng), question=rng.choice(wordings)), rng)
        far = [one for one in range(first, last + 1) if all(abs(one - line) > 1 for line in row["lines"])]
        beside = [one for line in row["lines"] for one in (line - 1, line + 1) if first <= one <= last]
        choices = rng.choices([row["near"], beside, far], [5, 2, 3])[0] or row["near"] or far
        choices = [one for one in choices if one not in row["lines"]]
        if choices and (not row["lines"] or rng.random() < 0.75):
            line = rng.choice(choices)
            found = ntrex_example(ntrex, row, line, language=_language(rng), question=rng.choice(wordings))
            yield found if choices is beside else _vary(found, rng)


def draw_sample(rows: Sequence[dict[str, Any]], rng: Random) -> Iterable[Example]:
    """Questions over the sample articles, each with a sentence that answers and one that does not."""
    articles = {one.id: one for one in read_paths([SAMPLE]) if isinstance(one, Article)}
    for row in rows:
        for lines in (row["lines"], row["near"]):
            if lines:
                line = rng.choice(lines)
                span = tuple(row["answer"][1:]) if row["answer"] and row["answer"][0] == line else None
                parts = _sample_parts(articles[row["article"]], line)
                yield _example(row["question"], parts, row, answers=line in row["lines"], span=span)


def draw_contrasts(rows: Sequence[dict[str, Any]], *, held_out: bool) -> Iterable[Example]:
    """Each question of each set with each of its passages, read at its evidence.

    A question that wants no yes or no has the letter "a" where the evidence answers it, with the place of the `answer`
    in the passage, and "-" where it does not. Of the sets a tenth is held out, by the hash of their first question.
    """
    for row in rows:
        (_, first), *_ = row["questions"]
        if kept_back(first) is held_out:
            for one in row["passages"]:
                (start, end), text = one["evidence"], one["text"]
                parts = Parts(sentence=text[start:end], before=text[:start].strip(), after=text[end:].strip())
                for (_, question), letter in zip(row["questions"], one["verdicts"], strict=True):
                    verdict = {"verdict": _VERDICTS[letter], "kind": "wh" if letter in "a-" else "yes_no"}
                    span = tuple(place - start for place in one["answer"]) if letter == "a" else None
                    yield _example(question, parts, verdict, answers=letter in "yna", span=span)


def kept_back(text: str) -> bool:
    """Whether the contrasts or statements that begin with this text are of the tenth that is held out."""
    return sha256(text.encode()).digest()[0] % 10 == 0


def pick_language(rng: Random, english: float) -> str:
    """A language of NTREX: English with this chance, mostly one of those that we measure, else one of 35 others."""
    chance = rng.random()
    if chance < english:
        return "eng"
    return rng.choice(OFTEN if chance < english + 0.45 else RARELY)


def _language(rng: Random) -> str:
    return pick_language(rng, 0.3)


def _vary(example: Example, rng: Random) -> Example:
    """Now and then without a title or without neighbours, which articles may lack."""
    parts = example.parts
    if rng.random() < 0.15:
        parts = replace(parts, title="")
    if rng.random() < 0.1:
        parts = replace(parts, before="", after="")
    return replace(example, parts=parts)


def _sample_parts(article: Article, line: int) -> Parts:
    spans = split_sentences(article)
    texts = [article.text[one.start : one.end] for one in spans]
    before, after = " ".join(texts[max(0, line - 3) : line - 1]), " ".join(texts[line : line + 2])
    return Parts(sentence=texts[line - 1], title=article.title or "", before=before, after=after)


def _example(
    question: str,
    parts: Parts,
    row: dict[str, Any],
    *,
    answers: bool,
    span: Any = None,  # noqa: ANN401 - a pair or None
) -> Example:
    yes = row["verdict"] == "yes" if answers and row["kind"] == "yes_no" else None
    return Example(question=question, parts=parts, answers=answers, yes=yes, polar=row["kind"] == "yes_no", span=span)

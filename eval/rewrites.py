"""How often the check of written sentences is right: rewrites that their evidence supports, and altered ones."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from index.articles import Article
from index.errors import InputError
from index.sentences import Sentence
from qa.answers import Evidence
from qa.evidence import Passage, label
from qa.verify import Checker

CHANGES = ("number", "name", "negation", "attribution", "tense")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A sentence about evidence; `change` is None for one that its evidence supports."""

    id: str
    text: str
    language: str
    change: str | None
    split: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A checked rewrite and the seconds that it took."""

    rewrite: Rewrite
    passed: bool
    problem: str | None
    seconds: float

    @property
    def crossing(self) -> bool:
        """Whether sentence and evidence are in different languages."""
        return self.rewrite.language != self.rewrite.evidence[0].article.language


def load_rewrites(path: Path, articles: Mapping[str, Article]) -> list[Rewrite]:
    """The rewrites of a JSONL file, whose evidence lies in these articles.

    Raises:
        InputError: the file cannot be read, or a line is no rewrite; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file with one rewrite a line") from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(_rewrite(json.loads(line), articles))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}:{number}: not a rewrite: {error}; docs/checking.md has the format") from None
    return found


def check_rewrites(rewrites: Iterable[Rewrite], checker: Checker) -> list[Outcome]:
    """The outcome of each."""
    outcomes = []
    for one in rewrites:
        begun = perf_counter()
        check = checker.check(one.text, one.evidence, one.language)
        spent = perf_counter() - begun
        outcomes.append(Outcome(rewrite=one, passed=check.problem is None, problem=check.problem, seconds=spent))
    return outcomes


def rewrite_table(outcomes: Sequence[Outcome]) -> list[str]:
    """Markdown: shares of supported sentences removed and of altered ones let through, and the time a check takes."""
    true = [one for one in outcomes if one.rewrite.change is None]
    false = [one for one in outcomes if one.rewrite.change is not None]
    removed, passed = [not one.passed for one in true], [one.passed for one in false]
    rows = [("supported, removed", removed), ("altered, let through", passed)]
    rows += [(f"- {kind}", [one.passed for one in false if one.rewrite.change == kind]) for kind in CHANGES]
    for name, crossing in (("one language", False), ("across languages", True)):
        rows.append((f"supported, removed, {name}", [not one.passed for one in true if one.crossing is crossing]))
        rows.append((f"altered, let through, {name}", [one.passed for one in false if one.crossing is crossing]))
    lines = ["| sentences | n | share |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {len(found)} | {sum(found) / len(found):.3f} |" for name, found in rows if found]
    spent = [one.seconds for one in outcomes]
    return [*lines, "", f"a check takes {median(spent) * 1000:.0f} ms (median)"]


def _rewrite(data: Mapping[str, object], articles: Mapping[str, Article]) -> Rewrite:
    spans = data["evidence"]
    if not isinstance(spans, list) or not spans:
        raise ValueError("'evidence' is to be a list of spans")
    passages = [
        Passage(
            article=articles[one["article"]],
            sentence=Sentence(article_id=one["article"], start=one["start"], end=one["end"]),
        )
        for one in spans
    ]
    return Rewrite(
        id=str(data["id"]),
        text=str(data["sentence"]),
        language=str(data["language"]),
        change=None if data["supported"] else str(data["change"]),
        split=str(data["split"]),
        evidence=label([(one, 1.0) for one in passages]),
    )

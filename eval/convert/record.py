"""What a conversion brings, how gold is found in a text, and the two files that are written."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.cases import Case, Span
from eval.metrics.texts import words
from index.articles import Article, make_article
from index.errors import InputError
from index.sentences import split_sentences
from qa.answers import Verdict


@dataclass(slots=True)
class Converted:
    """Articles by id, cases in order, and why what was left out was."""

    articles: dict[str, Article] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def article(self, text: str, **fields: Any) -> Article:  # noqa: ANN401 - make_article's own
        """The article of a text, kept once however often it comes."""
        made = make_article(text, **fields)
        return self.articles.setdefault(made.id, made)

    def case(
        self,
        name: str,
        question: str,
        gold: Sequence[Sequence[Span]],
        answers: Sequence[str],
        *,
        language: str | None = None,
        split: str | None = None,
    ) -> None:
        """Add a case; its kind is taken from its gold and answers: unanswerable, yes_no, number or wh."""
        groups = tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in gold))
        verdict = _verdict(answers)
        kind = "yes_no" if verdict else "number" if answers and all(map(_is_number, answers)) else "wh"
        case = Case(
            id=name,
            question=question,
            kind=kind if groups else "unanswerable",
            verdict=verdict if groups else None,
            answers=() if verdict or not groups else tuple(dict.fromkeys(answers)),
            gold=groups,
            language=language,
            split=split,
        )
        self.cases.append(case)


def sentences_with(article: Article, answer: str) -> list[Span]:
    """The sentences of an article that hold the words of an answer."""
    wanted = f" {' '.join(words(answer))} "
    found = ((one, f" {' '.join(words(article.text[one.start : one.end]))} ") for one in split_sentences(article))
    held = [one for one, text in found if wanted.strip() and wanted in text]
    return [Span(article=article.id, start=one.start, end=one.end) for one in held]


def sentences_at(article: Article, start: int, end: int) -> list[Span]:
    """The sentences that share a code point with a place."""
    met = [one for one in split_sentences(article) if one.start < end and start < one.end]
    return [Span(article=article.id, start=one.start, end=one.end) for one in met]


def whole(article: Article) -> Span:
    """All of an article."""
    text = article.text
    return Span(article=article.id, start=len(text) - len(text.lstrip()), end=len(text.rstrip()))


def composed(text: str, at: int) -> int:
    """Where an offset into a text lies once the text is in NFC, as articles are stored."""
    return len(unicodedata.normalize("NFC", text[:at]))


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        InputError: it cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file") from None


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object of a JSON Lines file with its place, `file:line`.

    Raises:
        InputError: a line is no JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            where = f"{path}:{number}"
            yield where, as_object(json_value(line, where), where)


def json_value(text: str, where: str) -> Any:  # noqa: ANN401 - what JSON holds
    """Parsed JSON.

    Raises:
        InputError: it is none; says where.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not valid JSON: {error}; mend the file") from None


def as_object(value: Any, where: str) -> dict[str, Any]:  # noqa: ANN401 - what JSON holds
    """The value when it is a JSON object, else an InputError."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: a JSON object is expected, this is a {type(value).__name__}")
    return value


def text_of(row: Mapping[str, Any], where: str, *names: str) -> str:
    """The first of the named fields that holds text.

    Raises:
        InputError: none does.
    """
    for name in names:
        if isinstance(row.get(name), str) and row[name].strip():
            return str(row[name])
    raise InputError(f"{where}: {' or '.join(map(repr, names))} is missing or holds no text; mend the line")


def write_converted(found: Converted, out: Path) -> None:
    """Write `out`/articles.jsonl, to be added to an archive, and `out`/cases.jsonl.

    Raises:
        InputError: nothing could be converted.
    """
    if not found.cases:
        raise InputError(f"nothing could be converted: {found.left_out[0] if found.left_out else 'there is no case'}")
    out.mkdir(parents=True, exist_ok=True)
    names = ("id", "title", "text", "language", "published", "publisher", "url")
    articles = [{name: getattr(one, name) for name in names if getattr(one, name)} for one in found.articles.values()]
    for name, rows in (("articles.jsonl", articles), ("cases.jsonl", [case_line(one) for one in found.cases])):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / name).write_text(text, encoding="utf-8", errors="replace")


def case_line(case: Case) -> dict[str, Any]:
    """A case as its line of JSON; filters and history only where there are any."""
    line = asdict(case) | {"filters": {name: value for name, value in asdict(case.filters).items() if value}}
    return {name: value for name, value in line.items() if value or name not in ("filters", "history")}


def _verdict(answers: Sequence[str]) -> Verdict | None:
    said = {one.strip(" .!").casefold() for one in answers}
    return Verdict(said.pop()) if len(said) == 1 and said <= {"yes", "no"} else None


def _is_number(answer: str) -> bool:
    return len(words(answer)) == 1 and words(answer)[0].replace(".", "").replace(",", "").isdecimal()

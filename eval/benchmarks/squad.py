"""Questions over paragraphs in SQuAD's JSON format, gzipped."""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and where, in code points of its paragraph, each accepted answer starts."""

    id: str
    text: str
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph, the spans of its sentences where the file has them, and its questions."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    questions: tuple[Question, ...]


def read_paragraphs(path: Path, limit: int | None = None) -> list[Paragraph]:
    """The paragraphs of a file in order, the first `limit` if one is given.

    Raises:
        InputError: the file is not there, is damaged or has another format; names the file.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            data = json.load(stream)["data"]
        parts = [part for article in data for part in article["paragraphs"]][:limit]
        paragraphs = [_paragraph(part) for part in parts]
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; get the data set again (docs/benchmarks.md)") from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"{path}: not gzipped JSON in SQuAD's format: {problem}; get the data set again (docs/benchmarks.md)"
        ) from None
    if not any(paragraph.questions for paragraph in paragraphs):
        raise InputError(f"{path}: there is no question in the file; get the data set again (docs/benchmarks.md)")
    return paragraphs


def _paragraph(part: Mapping[str, Any]) -> Paragraph:
    spans = tuple((int(start), int(end)) for start, end in part.get("sentence_breaks", ()))
    questions = tuple(_question(one, part["context"]) for one in part["qas"])
    return Paragraph(text=part["context"], sentences=spans, questions=questions)


def _question(one: Mapping[str, Any], context: str) -> Question:
    starts = tuple(int(answer["answer_start"]) for answer in one["answers"])
    if not starts or not all(0 <= start < len(context) for start in starts):
        raise ValueError(f"question {one['id']} has no answer, or one outside its paragraph")
    return Question(id=str(one["id"]), text=one["question"], answers=starts)

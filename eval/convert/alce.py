"""ALCE: a JSON list of questions with retrieved passages (github.com/princeton-nlp/ALCE), ASQA and QAMPARI."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.convert.record import Converted, as_object, json_value, read_text, sentences_with, text_of
from index.articles import Article
from index.errors import InputError


def convert_alce(path: Path, language: str | None = "en") -> Converted:
    """Each sentence of its passages that holds a short answer is an alternative; what has none is left out.

    Raises:
        InputError: it is no list of objects with a question and passages.
    """
    rows = json_value(read_text(path), str(path))
    if not isinstance(rows, list):
        raise InputError(
            f"{path}: a JSON list is expected, this is a {type(rows).__name__}; give a file of ALCE's form"
        )
    found = Converted()
    for number, row in enumerate(rows, 1):
        where = f"{path}: item {number}"
        question = text_of(as_object(row, where), where, "question")
        documents = row.get("docs")
        if not isinstance(documents, list):
            raise InputError(f"{where}: 'docs' is missing or no list; give a file of ALCE's form")
        articles = [_article(found, as_object(one, where), where, language) for one in documents]
        held = {one: [span for article in articles for span in sentences_with(article, one)] for one in _short(row)}
        gold = [[span] for spans in held.values() for span in spans]
        if gold:
            answers = [one for one, spans in held.items() if spans]
            name = row.get("sample_id") or row.get("id") or f"a{number}"
            found.case(str(name), question, gold, answers, language=language)
        else:
            found.left_out.append(f"{where}: none of its passages holds a short answer")
    return found


def _article(found: Converted, row: Mapping[str, Any], where: str, language: str | None) -> Article:
    title = row.get("title") if isinstance(row.get("title"), str) else None
    return found.article(text_of(row, where, "text"), title=title, language=language)


def _short(row: Mapping[str, Any]) -> list[str]:
    """ASQA's short answers of all its pairs, or QAMPARI's answers, each a list of names for one thing."""
    pairs = [one.get("short_answers") or [] for one in row.get("qa_pairs") or [] if isinstance(one, dict)]
    groups = pairs or [one if isinstance(one, list) else [one] for one in row.get("answers") or []]
    return list(dict.fromkeys(str(one) for group in groups for one in group if str(one).strip()))

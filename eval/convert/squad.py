"""SQuAD 1.1 and 2.0, and what has their form: XQuAD, MLQA, ARCD, KorQuAD (rajpurkar.github.io/SQuAD-explorer)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.cases import Span
from eval.convert.record import Converted, as_object, composed, json_value, read_text, sentences_at, text_of
from index.errors import InputError


def convert_squad(path: Path, language: str | None = None) -> Converted:
    """A paragraph is an article; the sentences that hold an answer are an alternative of its gold.

    Raises:
        InputError: it is not SQuAD's form, or an answer is not where it says; names the question.
    """
    found = Converted()
    data = as_object(json_value(read_text(path), str(path)), str(path)).get("data")
    if not isinstance(data, list):
        raise InputError(f"{path}: 'data' is missing or no list; give a file of SQuAD's form")
    for group in data:
        for part in as_object(group, str(path)).get("paragraphs", []):
            try:
                _paragraph(found, as_object(part, str(path)), group.get("title"), language, path)
            except (KeyError, TypeError, AttributeError) as error:
                raise InputError(f"{path}: a paragraph is not of SQuAD's form: {error!r}; mend the file") from None
    return found


def _paragraph(found: Converted, part: Mapping[str, Any], title: str | None, language: str | None, path: Path) -> None:
    context = text_of(part, str(path), "context")
    article = found.article(context, title=title, language=language)
    for one in part["qas"]:
        where = f"{path}: question {one['id']!r}"
        gold, answers = list[list[Span]](), list[str]()
        for answer in () if one.get("is_impossible") else one["answers"]:
            start, text = int(answer["answer_start"]), str(answer["text"])
            if context[start : start + len(text)] != text:
                raise InputError(f"{where}: the answer {text[:40]!r} is not at {start}; mend the offset")
            gold.append(sentences_at(article, composed(context, start), composed(context, start + len(text))))
            answers.append(text)
        found.case(str(one["id"]), text_of(one, where, "question"), [row for row in gold if row], answers,
                   language=language)  # fmt: skip

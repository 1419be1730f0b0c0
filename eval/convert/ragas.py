"""ragas' JSON Lines, of version 0.2 (user_input, reference_contexts) and before (question, contexts, ground_truth)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.cases import Span
from eval.convert.record import Converted, json_lines, sentences_with, text_of, whole

_CONTEXTS = ("reference_contexts", "retrieved_contexts", "contexts")


def convert_ragas(path: Path, language: str | None = None) -> Converted:
    """Reference contexts together are the gold; without them, retrieved ones that hold the reference's words.

    Raises:
        InputError: a line is no JSON object or has no question.
    """
    found = Converted()
    for number, (where, row) in enumerate(json_lines(path), 1):
        question = text_of(row, where, "user_input", "question")
        reference = _reference(row)
        name, texts = next(
            ((one, row[one]) for one in _CONTEXTS if isinstance(row.get(one), list) and row[one]), ("", [])
        )
        articles = [found.article(str(text), language=language) for text in texts if str(text).strip()]
        polar = (reference or "").strip(" .!").casefold() in ("yes", "no")  # rests on all that is given
        looked = reference if reference and not polar else None
        stated = [span for article in articles for span in (sentences_with(article, looked) if looked else [])]
        gold: list[list[Span]] = [[span] for span in stated]
        if name == "reference_contexts" and not gold:
            gold = [[whole(article) for article in articles]]
        if not gold:
            found.left_out.append(f"{where}: no context is known to answer; give reference_contexts")
            continue
        answers = [reference] if reference and (stated or polar) else []
        found.case(str(row.get("id") or f"r{number}"), question, gold, answers, language=language)
    return found


def _reference(row: Mapping[str, Any]) -> str | None:
    value = next((row[name] for name in ("reference", "ground_truth", "ground_truths") if row.get(name)), None)
    return str(value[0]) if isinstance(value, list) else value if isinstance(value, str) else None

"""Whether an answer is in the language of the question (the correct language rate of Chirkova et al. 2024).

Dateline quotes sentences as they were written, so across languages a low figure is what it promises; it matters where
a chat model writes the text.
"""

from index.languages import detect_language


def language_consistent(question_language: str | None, text: str | None) -> float | None:
    """1.0 when the text is recognised to be in the question's language.

    None where no language is known of the question, or the text is missing or holds no letter.

    >>> language_consistent("en", "The council met on Monday evening."), language_consistent("de", "他们星期一开会。")
    (1.0, 0.0)
    >>> language_consistent(None, "Yes."), language_consistent("en", "2020"), language_consistent("en", None)
    (None, None, None)
    """
    found = detect_language(text) if text else None
    return None if question_language is None or found is None else float(found == question_language)

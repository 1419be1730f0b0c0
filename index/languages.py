"""Which language a text is in (py3langid, 139 languages, offline)."""

import py3langid


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the likeliest language, or None where the text holds no letter.

    >>> detect_language("Did Armenia request help?"), detect_language("2020!")
    ('en', None)
    """
    if not any(character.isalpha() for character in text):
        return None
    return str(py3langid.classify(text[:4000])[0])

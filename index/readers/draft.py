"""Draft: what a reader found of one article, before dates are understood, gaps are filled and it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from index.articles import Article, make_article
from index.errors import InputError
from index.languages import detect_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article's fields as they stand in the source, dates in whatever form; `origin` is the place for messages.

    `id` only where the source itself gives one. `author` and `section` are kept among the article's `extra`.
    """

    text: str
    origin: str
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    url: str | None = None
    section: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def finish(draft: Draft, overrides: Mapping[str, Any]) -> Article:
    """The article of a draft; `overrides` replace its fields, and what is guessed is named in `extra["guessed"]`.

    Raises:
        InputError: as `make_article`; names the place.
    """
    draft = replace(draft, **overrides)
    language = (draft.language or "").strip() or detect_language(draft.text)
    extra = dict(draft.extra) | {
        name: value for name in ("author", "section") if (value := getattr(draft, name)) is not None
    }
    names = ("id", "title", "publisher", "published", "modified", "url")
    try:
        article = make_article(
            draft.text, language=language, extra=extra, **{name: getattr(draft, name) for name in names}
        )
    except InputError as error:
        raise InputError(f"{draft.origin}: {error}") from None
    return replace(article, origin=draft.origin)

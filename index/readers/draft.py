"""Draft: what a reader found of one article, before dates are understood, gaps are filled and it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from index.articles import Article, make_article
from index.errors import InputError
from index.languages import detect_language
from index.readers.dateline import Dateline, find_dateline
from index.readers.dates import day_in, day_of_address, read_date, year_of_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article's fields as they stand in the source, dates in whatever form; `origin` is the place for messages.

    `id` only where the source itself gives one. `author` and `section` are kept among the article's `extra`.
    `guessed` names the fields that the reader took from where a source does not state them.
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
    guessed: frozenset[str] = frozenset()


def finish(draft: Draft, overrides: Mapping[str, Any]) -> Article:
    """The article of a draft; `overrides` replace its fields, and what is guessed is named in `extra["guessed"]`.

    Fields come from the overrides, then the source, then guesses: the text's dateline, the day in the address, and
    the language of the text, which is not named as a guess.

    Raises:
        InputError: as `make_article`, or a date that is none; names the place.
    """
    draft = replace(draft, guessed=draft.guessed - overrides.keys(), **overrides)
    try:
        draft = fill_gaps(replace(draft, language=(draft.language or "").strip() or detect_language(draft.text)))
        names = ("id", "title", "publisher", "published", "modified", "language", "url")
        article = make_article(draft.text, extra=_extra(draft), **{name: getattr(draft, name) for name in names})
    except InputError as error:
        raise InputError(f"{draft.origin}: {error}") from None
    return replace(article, origin=draft.origin)


def fill_gaps(draft: Draft) -> Draft:
    """The draft with its dates in ISO 8601, and with what its dateline and its address say where it lacks them.

    A day without a year counts only where the address or the date of the last change gives the year.

    Raises:
        InputError: a date that is none.
    """
    found: dict[str, Any] = {}
    guessed = set(draft.guessed)
    for name in ("published", "modified"):
        if (value := getattr(draft, name)) and value.strip():
            found[name], unsure = read_date(value, name, draft.language)
            guessed |= {name} if unsure else set()
    if draft.publisher is None or "published" not in found:
        line = find_dateline(draft.text, draft.language) or Dateline()
        day = day_of_address(draft.url)
        year = int((day or found.get("modified") or year_of_address(draft.url) or "0")[:4]) or None
        stated = day_in(line.date, year, draft.language) if line.date else None
        for name, value in (("published", stated or day), ("publisher", line.publisher)):
            if value and name not in found and getattr(draft, name) is None:
                found[name] = value
                guessed.add(name)
    return replace(draft, guessed=frozenset(guessed), **found)


def _extra(draft: Draft) -> dict[str, Any]:
    kept = {name: value for name in ("author", "section") if (value := getattr(draft, name)) is not None}
    return dict(draft.extra) | kept | ({"guessed": sorted(draft.guessed)} if draft.guessed else {})

"""Pieces of HTML that conversations, sources and lists share."""

from collections.abc import Sequence

from index.articles import Article
from index.filters import Filters
from qa.answers import Answer, Citation, Source
from ui.web.direction import direction, safe
from ui.web.words import Words

_LONG_WORD = 24


def render_head(words: Words, answer: Answer) -> str:
    """The verdict, the reason of a refusal or the short answer, and how sure it is."""
    badge = ""
    if answer.verdict is not None:
        badge = f'<span class="badge {answer.verdict.value}">{safe(words(f"verdict.{answer.verdict.value}"))}</span>'
    elif answer.refusal is not None:
        badge = f'<span class="badge refused">{safe(words(f"refused.{answer.refusal.value}"))}</span>'
    asked = f'<bdi class="premise"{lang_of(answer.language)}>{safe(answer.premise)}</bdi>' if answer.premise else ""
    short = f'<bdi class="short">{safe(answer.short)}</bdi>' if answer.short else ""
    sure = f'<span class="confidence">{safe(words.confidence(answer.confidence))}</span>'
    return f'<p class="verdict">{asked}{badge}{short}{sure}</p>'


def render_line(text: str, language: str | None, markers: str = "") -> str:
    """A sentence in its own direction; its markers do not part from its last word."""
    before, space, last = " ".join(text.split()).rpartition(" ")
    if not markers or len(last) > _LONG_WORD:
        said = f"<bdi>{safe(before + space + last)}{markers}</bdi>"
    else:
        said = f'<bdi>{safe(before + space)}<span class="tail">{safe(last)}{markers}</span></bdi>'
    return f'<p class="statement" dir="{direction(text)}"{lang_of(language)}>{said}</p>'


def render_where(words: Words, source: Source | Citation, quote: str) -> str:
    """Where a quote is from, in the direction of the quote."""
    return f'<p class="where" dir="{direction(quote)}">{joined(about(words, source))}</p>'


def about(words: Words, source: Source | Citation | Article) -> list[str]:
    """Outlet, day and language."""
    publisher = source.publisher or words("source.unknown_publisher")
    return [publisher, words.day(source.published), words.language_name(source.language)]


def scope(words: Words, filters: Filters) -> list[str]:
    """Each filter in words."""
    parts = [words.language_name(code) for code in filters.languages] + list(filters.publishers)
    parts += [words("filters.is_excluded", name=one) for one in filters.exclude_publishers]
    days = {"after": filters.after, "before": filters.before, "as_of": filters.as_of}
    return parts + [words(f"filters.is_{name}", day=words.day(day)) for name, day in days.items() if day]


def joined(parts: Sequence[str]) -> str:
    """Texts beside each other, each in its own direction."""
    return '<span class="dot" aria-hidden="true"> · </span>'.join(f"<bdi>{safe(part)}</bdi>" for part in parts)


def lang_of(code: str | None) -> str:
    """The attribute that names a language, or nothing."""
    return f' lang="{safe(code)}"' if code else ""

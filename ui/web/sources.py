"""The source panel as safe HTML: an article with the cited sentence marked."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from index.articles import Article
from index.difference import difference
from index.versions import Version
from qa.answers import Evidence
from ui.web.direction import clean, direction, safe
from ui.web.pieces import about, joined, lang_of, render_line
from ui.web.versions import open_button, render_versions
from ui.web.words import Words

_BLANK_LINES = re.compile(r"\s*\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\s*\n\s*")


def render_source(words: Words, article: Article | None, evidence: Evidence, held: Sequence[Version] = ()) -> str:
    """The article with the sentence marked; where it is gone or has changed, the sentence itself.

    `held` are all versions of the article that the archive has.
    """
    if article is None:
        return _panel(words, _note(words("source.removed"), evidence))
    start, end = evidence.sentence.start, evidence.sentence.end
    beside = render_versions(words, held, article.id, evidence.quote) + _copies(words, evidence)
    if article.text[start:end] != evidence.quote:
        return _panel(words, _note(words("source.changed"), evidence) + _article(words, article, (0, 0), beside))
    return _panel(words, _article(words, article, (start, end), beside))


def render_article(words: Words, article: Article, quote: str, held: Sequence[Version] = ()) -> str:
    """An article that another one led to, with the quote marked where it has it."""
    span = _find(article.text, quote)
    return _panel(words, _article(words, article, span, render_versions(words, held, article.id, quote)))


def render_changes(words: Words, old: Article, new: Article, held: Sequence[Version], quote: str) -> str:
    """What became of an article from one of its versions to another."""
    numbers = {one.id: one.number for one in held}
    said = words("source.changes", old=numbers[old.id], new=numbers[new.id])
    head = f'<p class="publisher"><bdi>{safe(new.publisher or words("source.unknown_publisher"))}</bdi></p>'
    head += f'<h2 dir="{words.direction}">{safe(said)}</h2>{render_versions(words, held, new.id, quote)}'
    title = _changed(old.title or "", new.title or "", new.language) if old.title != new.title else ""
    body = _changed(old.text, new.text, new.language)
    return _panel(
        words, f'<article class="changes"><header dir="{words.direction}">{head}</header>{title}{body}</article>'
    )


def render_notice(words: Words, text: str) -> str:
    """The source panel with a message in place of an article."""
    return _panel(words, f'<p class="hint">{safe(text)}</p>')


def render_body(text: str, start: int, end: int, language: str | None = None) -> str:
    """The paragraphs of a text with [start, end), in code points, marked."""
    lang, spans = lang_of(language), split_paragraphs(text)
    return "".join(f"<p{lang} {_paragraph(text, first, last, start, end)}</p>" for first, last in spans)


def split_paragraphs(text: str) -> list[tuple[int, int]]:
    """The spans between blank lines; between line ends in a text that has no blank line."""
    separator = _BLANK_LINES if _BLANK_LINES.search(text.strip()) else _LINE_ENDS
    spans, start = [], 0
    for match in separator.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    return [(first, last) for first, last in (*spans, (start, len(text))) if text[first:last].strip()]


def _panel(words: Words, inner: str) -> str:
    back = f'<button type="button" class="back">{safe(words("source.back"))}</button>'
    return f'<div class="sheet" role="region" aria-label="{safe(words("source.name"))}">{inner}{back}</div>'


def _note(text: str, evidence: Evidence) -> str:
    return f'<p class="problem">{safe(text)}</p>{render_line(evidence.quote, evidence.article.language)}'


def _find(text: str, quote: str) -> tuple[int, int]:
    """The span of a quote that a button carried, and was made safe for it; (0, 0) where the text lacks it."""
    shown = [at for at, one in enumerate(text) if clean(one)]
    start = clean(text).find(quote := clean(quote))
    return (shown[start], shown[start + len(quote) - 1] + 1) if quote and start >= 0 else (0, 0)


def _article(words: Words, article: Article, span: tuple[int, int], beside: str) -> str:
    title, lang = article.title or words("source.untitled"), lang_of(article.language)
    publisher, *rest = about(words, article)
    rest[0] += f" {article.published[11:16]}" if article.published and len(article.published) > 10 else ""
    head = f'<p class="publisher"><bdi>{safe(publisher)}</bdi></p><h2{lang}>{safe(title)}</h2>'
    head += f'<p class="where">{joined(rest)}</p>{_link(words, article.url)}{beside}'
    body = render_body(article.text, *span, article.language)
    return f'<article><header dir="{direction(title)}">{head}</header>{body}</article>'


def _copies(words: Words, evidence: Evidence) -> str:
    """Buttons that open the other articles that carry the same words."""
    if not evidence.copies:
        return ""
    shown = "".join(
        f"<li>{open_button(', '.join(about(words, one)), one.id, evidence.quote)}</li>" for one in evidence.copies
    )
    head = safe(words("source.also", count=len(evidence.copies)))
    return f'<section class="beside" dir="{words.direction}"><h3>{head}</h3><ul>{shown}</ul></section>'


def _link(words: Words, url: str | None) -> str:
    """A link for addresses of the web; any other address is shown and leads nowhere."""
    if not url:
        return ""
    url = clean(url)
    host = _host(url)
    if host is None:
        return f'<p class="link"><bdi dir="ltr">{safe(url)}</bdi></p>'
    attributes = f'href="{safe(url)}" target="_blank" rel="noopener noreferrer nofollow"'
    said = f'{safe(words("source.original"))} <bdi dir="ltr">{safe(host)}</bdi>'
    return f'<p class="link"><a {attributes}><bdi dir="{words.direction}">{said}</bdi></a></p>'


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an open bracket in the host
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _changed(old: str, new: str, language: str | None) -> str:
    """Paragraphs in which what is gone and what has come is marked."""
    tags = {"old": "del", "new": "ins"}
    shown = ""
    for one in difference(old, new):
        tag = tags.get(one.kind)
        shown += f"<{tag}>{safe(one.text)}</{tag}>" if tag else safe(one.text)
    return f'<p class="changed" dir="{direction(new or old)}"{lang_of(language)}>{shown}</p>'


def _paragraph(text: str, first: int, last: int, start: int, end: int) -> str:
    begin, stop = max(first, start), min(last, end)
    head = f'dir="{direction(text[first:last])}">'
    if begin >= stop:
        return head + safe(text[first:last])
    name = ' id="cited" tabindex="-1"' if not text[start:begin].strip() else ""
    mark = f'<mark{name} dir="{direction(text[start:end])}">{safe(text[begin:stop])}</mark>'
    return f"{head}{safe(text[first:begin])}{mark}{safe(text[stop:last])}"

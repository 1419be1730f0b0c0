"""Conversations and articles to safe HTML. Every text of an article or a user goes through `safe`."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from index.articles import Article
from index.filters import Filters
from qa.answers import Answer, Citation, Decision, Evidence, Source, Stance, Statement, Verdict
from ui.web import english as words
from ui.web.direction import clean, direction, safe
from ui.web.turns import Turn

_BLANK_LINES = re.compile(r"\s*\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\s*\n\s*")
_NEAREST = 3
_LONG_WORD = 24


def render_conversation(turns: Sequence[Turn], suggestions: Mapping[str, Sequence[str]]) -> str:
    """All turns, or, before the first, what the page is for and questions to begin with, under their headings."""
    if not turns:
        return _welcome(suggestions)
    return f'<div class="turns" role="log">{"".join(_turn(turn, at) for at, turn in enumerate(turns))}</div>'


def render_source(article: Article | None, evidence: Evidence) -> str:
    """The article with the sentence marked; where it is gone or has changed, the sentence itself."""
    if article is None:
        return _panel(_note(words.SOURCE_REMOVED, evidence))
    start, end = evidence.sentence.start, evidence.sentence.end
    if article.text[start:end] != evidence.quote:
        return _panel(_note(words.SOURCE_CHANGED, evidence) + _article(article, 0, 0))
    return _panel(_article(article, start, end))


def render_notice(text: str) -> str:
    """The source panel with a message in place of an article."""
    return _panel(f'<p class="hint">{safe(text)}</p>')


def render_body(text: str, start: int, end: int, language: str | None = None) -> str:
    """The paragraphs of a text with [start, end), in code points, marked."""
    lang, spans = _lang(language), split_paragraphs(text)
    return "".join(f"<p{lang} {_paragraph(text, first, last, start, end)}</p>" for first, last in spans)


def split_paragraphs(text: str) -> list[tuple[int, int]]:
    """The spans between blank lines; between line ends in a text that has no blank line."""
    separator = _BLANK_LINES if _BLANK_LINES.search(text.strip()) else _LINE_ENDS
    spans, start = [], 0
    for match in separator.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    return [(first, last) for first, last in (*spans, (start, len(text))) if text[first:last].strip()]


def _welcome(suggestions: Mapping[str, Sequence[str]]) -> str:
    lists = "".join(
        f'<h3>{safe(head)}</h3><ul class="examples">{"".join(map(_suggestion, questions))}</ul>'
        for head, questions in suggestions.items()
        if questions
    )
    text = lists or f'<p class="hint">{words.NOTHING_YET}</p>'
    return f'<div class="welcome"><h2>{words.EMPTY_HEAD}</h2><p>{words.EMPTY_TEXT}</p>{text}</div>'


def _suggestion(question: str) -> str:
    return f'<li><button type="button" class="example" dir="{direction(question)}">{safe(question)}</button></li>'


def _turn(turn: Turn, at: int) -> str:
    name = words.QUESTION.format(number=at + 1)
    head = f'<h2 class="question" dir="auto">{safe(turn.question)}</h2>{_searched(turn)}{_filters(turn.filters)}'
    if turn.problem is not None:
        body = f'<p class="problem" role="alert">{safe(turn.problem)}</p>'
    elif turn.answer is None:
        body = "".join(_line(one.text, None, "") for one in turn.statements)
        body += _draft(turn.draft) + f'<p class="progress">{safe(turn.progress)}</p>'
    else:
        body = _answer(turn.answer, at)
    return f'<article class="turn" aria-label="{name}">{head}<div class="answer">{body}</div></article>'


def _searched(turn: Turn) -> str:
    """What was searched for, as a button that brings it into the question's box to be edited."""
    searched = turn.searched if turn.answer is None else turn.answer.searched
    if not searched or searched == turn.question:
        return ""
    button = f'<button type="button" class="edit" dir="auto" aria-label="{safe(words.EDIT.format(question=searched))}">'
    return f'<p class="searched">{words.SEARCHED}: {button}{safe(searched)}</button></p>'


def _draft(text: str) -> str:
    if not text:
        return ""
    return f'<p class="draft" dir="{direction(text)}"><bdi>{safe(text)}</bdi> <em>{words.UNCHECKED}</em></p>'


def _filters(filters: Filters | None) -> str:
    if filters is None or filters.empty:
        return ""
    parts = [words.language_name(code) for code in filters.languages] + list(filters.publishers)
    parts += [f"{words.EXCLUDED.lower()}: {one}" for one in filters.exclude_publishers]
    parts += [f"{words.AFTER.lower()} {words.day_name(filters.after)}"] if filters.after else []
    parts += [f"{words.BEFORE.lower()} {words.day_name(filters.before)}"] if filters.before else []
    parts += [f"{words.AS_OF.lower()} {words.day_name(filters.as_of)}"] if filters.as_of else []
    return f'<p class="scope">{_join(parts)}</p>'


def _answer(answer: Answer, at: int) -> str:
    warnings = "".join(f'<p class="warning">{safe(one)}</p>' for one in answer.warnings)
    if answer.decision is Decision.REFUSED:
        return _head(answer) + _refusal(answer, at) + warnings
    cited = {one.label: one for one in answer.citations}
    groups = groupby(answer.statements, key=lambda one: tuple({cited[label].article_id: None for label in one.labels}))
    return _head(answer) + "".join(_group(list(group), cited, answer, at) for _, group in groups) + warnings


def _head(answer: Answer) -> str:
    badge = ""
    if answer.verdict is not None:
        badge = f'<span class="badge {answer.verdict.value}">{words.VERDICTS[answer.verdict]}</span>'
    elif answer.refusal is not None:
        badge = f'<span class="badge refused">{words.REFUSED[answer.refusal]}</span>'
    short = f'<bdi class="short">{safe(answer.short)}</bdi>' if answer.short else ""
    sure = f'<span class="confidence">{words.confidence_words(answer.confidence)}</span>'
    return f'<p class="verdict">{badge}{short}{sure}</p>'


def _refusal(answer: Answer, at: int) -> str:
    said = words.REASONS[answer.refusal] if answer.refusal is not None else answer.text
    text = f'<p class="refusal">{safe(said)}</p>'
    if not answer.evidence:
        return text
    near = "".join(
        _line(one.quote, one.article.language, _marker(one.label, one.article, at)) + _where(one.article, one.quote)
        for one in answer.evidence[:_NEAREST]
    )
    return f'{text}<section class="nearest"><h3>{words.NEAREST}</h3>{near}</section>'


def _group(statements: list[Statement], cited: Mapping[int, Citation], answer: Answer, at: int) -> str:
    """Statements that rest on the same articles, and under them where these are from."""
    lines = []
    for statement in statements:
        quotes = {" ".join(cited[label].quote.split()): cited[label].language for label in statement.labels}
        if answer.verdict is Verdict.DISPUTED:
            lines.append(_stance(cited[statement.labels[0]].stance))
        markers = "".join(_marker(label, cited[label], at) for label in statement.labels)
        lines.append(_line(statement.text, quotes.get(statement.text, answer.language), markers))
    sources = {cited[label].article_id: cited[label] for one in statements for label in one.labels}
    where = "".join(_where(one, one.quote) for one in sources.values())
    labels = {label for one in statements for label in one.labels}
    carriers = {
        one.id: one.publisher or one.id for item in answer.evidence if item.label in labels for one in item.copies
    }
    if carriers:
        also = words.ALSO.format(count=len(carriers), names=", ".join(carriers.values()))
        where += f'<p class="where" dir="auto">{safe(also)}</p>'
    return f'<div class="said">{"".join(lines)}{where}</div>'


def _stance(stance: Stance) -> str:
    kind = "yes" if stance is Stance.SUPPORTS else "no"
    return f'<p class="stance"><span class="badge {kind}">{words.STANCES[stance]}</span></p>'


def _line(text: str, language: str | None, markers: str) -> str:
    """A sentence in its own direction; its markers do not part from its last word."""
    before, space, last = " ".join(text.split()).rpartition(" ")
    if not markers or len(last) > _LONG_WORD:
        said = f"<bdi>{safe(before + space + last)}{markers}</bdi>"
    else:
        said = f'<bdi>{safe(before + space)}<span class="tail">{safe(last)}{markers}</span></bdi>'
    return f'<p class="statement" dir="{direction(text)}"{_lang(language)}>{said}</p>'


def _marker(label: int, source: Source | Citation, at: int) -> str:
    about = ", ".join(_about(source))
    name = safe(words.CITE.format(label=label, about=about))
    data = f'data-turn="{at}" data-label="{label}"'
    return f' <button type="button" class="cite" {data} aria-label="{name}" title="{safe(about)}">{label}</button>'


def _where(source: Source | Citation, quote: str) -> str:
    return f'<p class="where" dir="{direction(quote)}">{_join(_about(source))}</p>'


def _about(source: Source | Citation | Article) -> list[str]:
    publisher = source.publisher or words.UNKNOWN_PUBLISHER
    return [publisher, words.day_name(source.published), words.language_name(source.language)]


def _join(parts: Sequence[str]) -> str:
    return '<span class="dot" aria-hidden="true"> · </span>'.join(f"<bdi>{safe(part)}</bdi>" for part in parts)


def _panel(inner: str) -> str:
    back = f'<button type="button" class="back">{words.BACK}</button>'
    return f'<div class="sheet" role="region" aria-label="{words.SOURCE}">{inner}{back}</div>'


def _note(text: str, evidence: Evidence) -> str:
    return f'<p class="problem">{text}</p>{_line(evidence.quote, evidence.article.language, "")}'


def _article(article: Article, start: int, end: int) -> str:
    title, lang = article.title or words.UNTITLED, _lang(article.language)
    publisher, *rest = _about(article)
    rest[0] += f" {article.published[11:16]}" if article.published and len(article.published) > 10 else ""
    head = f'<p class="publisher"><bdi>{safe(publisher)}</bdi></p><h2{lang}>{safe(title)}</h2>'
    head += f'<p class="where">{_join(rest)}</p>{_link(article.url)}'
    body = render_body(article.text, start, end, article.language)
    return f'<article><header dir="{direction(title)}">{head}</header>{body}</article>'


def _link(url: str | None) -> str:
    """A link for addresses of the web; any other address is shown and leads nowhere."""
    if not url:
        return ""
    url = clean(url)
    host = _host(url)
    if host is None:
        return f'<p class="link"><bdi dir="ltr">{safe(url)}</bdi></p>'
    attributes = f'dir="ltr" href="{safe(url)}" target="_blank" rel="noopener noreferrer nofollow"'
    return f'<p class="link"><a {attributes}>{words.ORIGINAL} <bdi dir="ltr">{safe(host)}</bdi></a></p>'


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an open bracket in the host
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _paragraph(text: str, first: int, last: int, start: int, end: int) -> str:
    begin, stop = max(first, start), min(last, end)
    head = f'dir="{direction(text[first:last])}">'
    if begin >= stop:
        return head + safe(text[first:last])
    name = ' id="cited" tabindex="-1"' if not text[start:begin].strip() else ""
    mark = f'<mark{name} dir="{direction(text[start:end])}">{safe(text[begin:stop])}</mark>'
    return f"{head}{safe(text[first:begin])}{mark}{safe(text[stop:last])}"


def _lang(code: str | None) -> str:
    return f' lang="{safe(code)}"' if code else ""

"""The archive page as safe HTML: what there is by day, language and outlet, and the list."""

from collections.abc import Iterable, Mapping, Sequence

from index.articles import Article
from index.catalogue import Column, Entry, Listing
from ui.web.archive_view import PAGE, View
from ui.web.direction import direction, safe
from ui.web.pieces import joined, lang_of
from ui.web.words import Words

Counts = Sequence[tuple[str, int]]


def render_charts(
    words: Words, view: View, columns: Sequence[Column], undated: int, languages: Counts, publishers: Counts
) -> str:
    """Columns by time, and bars by language and outlet; each is a button that narrows, the chosen one widens again."""
    named = [(code, words.language_name(code), count) for code, count in languages]
    outlets = [(name, name, count) for name, count in publishers]
    return (
        f"{_chosen(words, view)}{_time(words, view, columns, undated)}"
        f'<div class="pair">{_bars(words, "language", view.language, named)}'
        f"{_bars(words, 'publisher', view.publisher, outlets)}</div>"
    )


def render_list(words: Words, view: View, listing: Listing, *, changes: bool) -> str:
    """One page of articles, with what leads to the others; with `changes` each can be removed."""
    total = words("archive.first" if listing.cut else "archive.articles", count=listing.total)
    head = f'<h2 class="found" tabindex="-1">{safe(total)}</h2>'
    if not listing.entries:
        said = "archive.nothing_found" if view != View() else "archive.empty"
        return f'{head}<p class="hint">{safe(words(said))}</p>'
    lines = "".join(_entry(words, one, changes=changes) for one in listing.entries)
    return f'{head}<ul class="entries">{lines}</ul>{_pages(words, view, listing.total)}'


def render_copies(words: Words, groups: Mapping[str, Sequence[str]], articles: Mapping[str, Article], more: int) -> str:
    """Each original with the articles that carry its words; `more` groups are not shown."""
    if not groups:
        return f'<p class="hint">{safe(words("archive.no_copies"))}</p>'
    shown = ""
    for original, copies in groups.items():
        lines = "".join(f"<li>{_open(words, articles[one])}</li>" for one in copies if one in articles)
        shown += f"<li>{_open(words, articles[original])}<ul>{lines}</ul></li>" if original in articles else ""
    rest = f'<p class="hint">{safe(words("archive.more_copies", count=more))}</p>' if more else ""
    return f'<ul class="copies">{shown}</ul>{rest}'


def render_findings(words: Words, findings: Sequence[str]) -> str:
    """What the doctor found."""
    if not findings:
        return f'<p class="hint">{safe(words("archive.sound"))}</p>'
    return f'<ul class="findings">{_lines(findings)}</ul>'


def render_adding(words: Words, done: int) -> str:
    """What is said while articles are added."""
    return f'<p class="progress" role="status">{safe(words("archive.adding", count=done))}</p>'


def render_added(words: Words, counts: Mapping[str, int], failed: Sequence[str]) -> str:
    """What became of articles that were added: `counts` by "added", "changed" and "unchanged"."""
    said = " · ".join(
        words(f"archive.{name}", count=count) for name, count in counts.items() if count or name == "added"
    )
    shown = f'<p class="done" role="status">{safe(said)}</p>'
    if failed:
        head = safe(words("archive.failed", count=len(failed)))
        shown += f'<div class="problem"><p>{head}</p><ul>{_lines(failed)}</ul></div>'
    return shown


def render_problem(text: str) -> str:
    """What went wrong."""
    return f'<p class="problem" role="alert" dir="auto">{safe(text)}</p>'


def _chosen(words: Words, view: View) -> str:
    """What the view is narrowed to; each can be lifted."""
    names = {
        "language": words.language_name(view.language) if view.language else None,
        "publisher": view.publisher, "day": _span(words, view.day) if view.day else None, "text": view.text or None,
    }  # fmt: skip
    set_ = {kind: name for kind, name in names.items() if name}
    if not set_:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="narrow lift" data-kind="{kind}" data-value="" '
        f'aria-label="{safe(words("filters.lift", name=name))}"><bdi>{safe(name)}</bdi></button></li>'
        for kind, name in set_.items()
    )
    every = f'<button type="button" class="narrow lift all" data-kind="all">{safe(words("filters.lift_all"))}</button>'
    every = f"<li>{every}</li>"
    return f'<ul class="chips" aria-label="{safe(words("filters.set"))}">{buttons}{every if len(set_) > 1 else ""}</ul>'


def _time(words: Words, view: View, columns: Sequence[Column], undated: int) -> str:
    if not columns:
        return ""
    most = max(one.count for one in columns)
    bars = "".join(
        f'<li><button type="button" class="narrow tick" data-kind="day" data-value="{_toggle(one.name, view.day)}" '
        f'aria-pressed="{_true(one.name == view.day)}" aria-label="{safe(_column(words, one))}" '
        f'title="{safe(_column(words, one))}"><span style="height:{max(3, 100 * one.count // most)}%"></span>'
        "</button></li>"
        for one in columns
    )
    first, last = _span(words, columns[0].name), _span(words, columns[-1].name)
    ends = f"<span><bdi>{safe(first)}</bdi></span>" + (f"<span><bdi>{safe(last)}</bdi></span>" if last != first else "")
    none = f'<p class="where">{safe(words("archive.undated", count=undated))}</p>' if undated else ""
    return (
        f'<section class="time"><h3>{safe(words("archive.by_day"))}</h3>'
        f'<ul class="ticks">{bars}</ul><p class="ends" aria-hidden="true">{ends}</p>{none}</section>'
    )


def _bars(words: Words, kind: str, chosen: str | None, rows: Iterable[tuple[str, str, int]]) -> str:
    rows = list(rows)
    most = max((count for *_, count in rows), default=1)
    bars = "".join(
        f'<li><button type="button" class="narrow bar" data-kind="{kind}" data-value="{safe(_toggle(key, chosen))}" '
        f'aria-pressed="{_true(key == chosen)}"><span class="fill" style="inline-size:{max(1, 100 * count // most)}%">'
        f"</span><bdi>{safe(name)}</bdi> <span>{safe(words.number(count))}</span></button></li>"
        for key, name, count in rows
    )
    return f'<section><h3>{safe(words(f"archive.by_{kind}"))}</h3><ul class="bars">{bars}</ul></section>'


def _entry(words: Words, one: Entry, *, changes: bool) -> str:
    title = one.title or words("source.untitled")
    parts = [one.publisher or words("source.unknown_publisher"), words.day(one.published)]
    about = joined([*parts, words.language_name(one.language)])
    key = f'data-article="{safe(one.id)}"'
    remove = ""
    if changes:
        label = safe(words("archive.remove_it", title=title))
        sure = safe(words("archive.really"))
        remove = f'<button type="button" class="act remove" {key} data-sure="{sure}" aria-label="{label}">'
        remove += f"{safe(words('archive.remove'))}</button>"
    return (
        f'<li><div dir="{direction(title)}"><button type="button" class="open" {key}{lang_of(one.language)}>'
        f'<bdi>{safe(title)}</bdi></button><p class="where">{about}</p></div>{remove}</li>'
    )


def _open(words: Words, one: Article) -> str:
    parts = [one.title or words("source.untitled"), one.publisher or words("source.unknown_publisher")]
    shown = joined([*parts, words.day(one.published)])
    return f'<button type="button" class="open" data-article="{safe(one.id)}">{shown}</button>'


def _pages(words: Words, view: View, total: int) -> str:
    last = (total - 1) // PAGE
    if not last:
        return ""

    def turn(name: str, page: int) -> str:
        off = "" if 0 <= page <= last else " disabled"
        data = f'data-kind="page" data-page="{page}"{off}'
        return f'<button type="button" class="act narrow" {data}>{safe(words(name))}</button>'

    said = safe(words("archive.page", number=view.page + 1, last=last + 1))
    label = safe(words("archive.pages"))
    before, after = turn("archive.newer", view.page - 1), turn("archive.older", view.page + 1)
    return f'<nav class="paging" aria-label="{label}">{before}<span>{said}</span>{after}</nav>'


def _column(words: Words, one: Column) -> str:
    return f"{_span(words, one.name)}: {words('archive.articles', count=one.count)}"


def _span(words: Words, day: str) -> str:
    return words.day(day) if len(day) == 10 else words.month(day) if len(day) == 7 else day


def _toggle(value: str, chosen: str | None) -> str:
    return "" if value == chosen else value


def _true(value: bool) -> str:
    return "true" if value else "false"


def _lines(texts: Iterable[str]) -> str:
    return "".join(f'<li dir="auto">{safe(one)}</li>' for one in texts)

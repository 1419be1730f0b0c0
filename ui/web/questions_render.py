"""Answers beside their gold as safe HTML."""

from collections import Counter

from qa.answers import Source
from qa.question_sets import Compared, QuestionSet, Quote
from ui.web.direction import direction, safe
from ui.web.pieces import render_head, render_line, render_where
from ui.web.results import PAGE, Results, marks
from ui.web.words import Words

_LATEST = 5  # answers that are shown while others are asked


def render_read(words: Words, found: QuestionSet) -> str:
    """What was read from a file: how many questions of each kind, and what could not be taken."""
    kinds = " · ".join(f"{words(f'questions.{kind}')} {words.number(count)}" for kind, count in found.kinds.items())
    shown = f'<p class="hint"><bdi>{safe(found.name)}</bdi>: '
    shown += f"{safe(words('questions.read', count=len(found.cases)))} ({safe(kinds)})</p>"
    if found.lacking:
        shown += f'<p class="problem" role="alert">{safe(words("questions.lacking", count=found.lacking))}</p>'
    if found.left_out:
        lines = "".join(f'<li dir="auto">{safe(one)}</li>' for one in found.left_out)
        head = safe(words("questions.left_out", count=len(found.left_out)))
        shown += f"<details><summary>{head}</summary><ul>{lines}</ul></details>"
    return shown


def render_running(words: Words, results: Results) -> str:
    """How far it is."""
    done, total = len(results.asked), results.total
    said = safe(words("questions.asked", count=done, total=total, right=results.right))
    return (
        f'<p class="progress" role="status">{said}</p><div class="meter" role="progressbar" aria-valuemin="0" '
        f'aria-valuemax="{total}" aria-valuenow="{done}" aria-label="{said}">'
        f'<span style="inline-size:{100 * done // max(1, total)}%"></span></div>'
    )


def render_ended(words: Words, results: Results) -> str:
    """What came of it."""
    done, right = len(results.asked), results.right
    said = words("questions.finished", total=results.total, right=right)
    if done < results.total:
        said = words("questions.stopped", count=done, total=results.total, right=right)
    return f'<p class="done" role="status">{safe(said)}</p>'


def render_waiting(words: Words) -> str:
    """What is said until another set has been asked."""
    return f'<p class="progress" role="status">{safe(words("questions.waiting"))}</p>'


def render_results(words: Words, results: Results) -> str:
    """One page of the answers, with filters by what is wrong with them."""
    if not results.asked:
        return f'<p class="hint">{safe(words("questions.empty"))}</p>'
    if results.running:
        return f'<ul class="cases">{"".join(_case(words, one) for one in results.asked[: -_LATEST - 1 : -1])}</ul>'
    passing = results.passing()
    shown = "".join(_case(words, one) for one in passing[results.page * PAGE : (results.page + 1) * PAGE])
    head = f'<h2 class="found" tabindex="-1">{safe(words("questions.read", count=len(passing)))}</h2>'
    return f'{_filters(words, results)}{head}<ul class="cases">{shown}</ul>{_pages(words, results, len(passing))}'


def _filters(words: Words, results: Results) -> str:
    counts = Counter(name for one in results.asked for name in marks(one))
    names = ["all", *sorted(counts, key=lambda name: (name != "right", -counts[name]))]
    buttons = "".join(
        f'<li><button type="button" class="narrow act" data-kind="mark" data-value="{safe(name)}" '
        f'aria-pressed="{"true" if name == results.mark else "false"}">{safe(words(f"questions.{name}"))} '
        f"{safe(words.number(counts[name] if name != 'all' else len(results.asked)))}</button></li>"
        for name in names
    )
    return f'<ul class="marks" aria-label="{safe(words("questions.show"))}">{buttons}</ul>'


def _case(words: Words, one: Compared) -> str:
    badges = "".join(
        f'<span class="badge {"yes" if name == "right" else "no"}">{safe(words(f"questions.{name}"))}</span>'
        for name in marks(one)
    )
    head = f'<summary><span class="asked" dir="auto"><bdi>{safe(one.question)}</bdi></span> {badges}</summary>'
    gold = f"<section><h3>{safe(words('questions.gold'))}</h3>{_gold(words, one)}</section>"
    said = f"<section><h3>{safe(words('questions.answer'))}</h3>{_said(words, one)}</section>"
    return f'<li><details>{head}<p class="where">{safe(words(f"questions.{one.kind}"))}</p>' + (
        f'<div class="pair">{gold}{said}</div></details></li>'
    )


def _gold(words: Words, one: Compared) -> str:
    verdict = f'<span class="badge {one.verdict}">{safe(words(f"verdict.{one.verdict}"))}</span>' if one.verdict else ""
    short = "".join(f'<bdi class="short">{safe(answer)}</bdi> ' for answer in one.answers)
    head = f'<p class="verdict">{verdict}{short}</p>' if verdict or short else ""
    if not one.gold:
        return f'{head}<p class="hint">{safe(words("questions.no_gold"))}</p>'
    either = f'<p class="either">{safe(words("questions.or"))}</p>'
    return head + either.join("".join(_quote(words, part.article, part) for part in group) for group in one.gold)


def _said(words: Words, one: Compared) -> str:
    if one.answer is None:
        return f'<p class="problem" dir="auto">{safe(one.problem or "")}</p>'
    answer = one.answer
    head = render_head(words, answer)
    cited = [
        _quote(words, Source(id=cite.article_id, title=cite.title, publisher=cite.publisher, published=cite.published,
                             language=cite.language, url=cite.url), cite.quote)
        for cite in answer.citations
    ]  # fmt: skip
    written = [render_line(part.text, answer.language) for part in answer.statements]
    quotes = {" ".join(cite.quote.split()) for cite in answer.citations}
    own = "" if all(part.text in quotes for part in answer.statements) else "".join(written)
    return head + own + "".join(cited)


def _quote(words: Words, source: Source, quote: Quote | str) -> str:
    text = quote if isinstance(quote, str) else quote.text
    button = f'<button type="button" class="open act" data-article="{safe(source.id)}" data-quote="{safe(text)}">'
    button += f"{safe(words('questions.open'))}</button>"
    shown = render_line(text, source.language) + render_where(words, source, text)
    return f'<div class="quote" dir="{direction(text)}">{shown}{button}</div>'


def _pages(words: Words, results: Results, total: int) -> str:
    last = (total - 1) // PAGE
    if last < 1:
        return ""
    buttons = [
        f'<button type="button" class="act narrow" data-kind="page" data-page="{page}"'
        f"{'' if 0 <= page <= last else ' disabled'}>{safe(words(name))}</button>"
        for name, page in (("archive.newer", results.page - 1), ("archive.older", results.page + 1))
    ]
    said = f"<span>{safe(words('archive.page', number=results.page + 1, last=last + 1))}</span>"
    return f'<nav class="paging" aria-label="{safe(words("archive.pages"))}">{said.join(buttons)}</nav>'

"""Answers, hits and articles as lines for a terminal. Nothing here prints."""

from collections.abc import Sequence

from rich.text import Text

from index.articles import Article
from index.hits import Hit
from qa.answers import Answer, Citation, Decision, Event, Evidence, Stance, Verdict
from qa.compose import verdict_word
from qa.visible import is_hidden, visible

_ISOLATE, _END = "\u2068", "\u2069"  # what is inside keeps its own direction and leaves its neighbours theirs
_STANCES = {Stance.SUPPORTS: "yes: ", Stance.CONTRADICTS: "no: "}
_KEPT = set("\n\t\u200c\u200d")  # and what joins letters


def step_line(event: Event) -> str:
    """A step towards an answer in a few words."""
    match event.kind:
        case "searched":
            return f"reading {event.count} passages"
        case "draft" if event.text:
            return f"writing, not checked yet: {plain(event.text)[:100]}"
        case "statement":
            return "checked a sentence"
    return "searching"


def answer_lines(answer: Answer, *, isolate: bool) -> list[Text]:
    """The answer: its cited sentences by outlet, or the refusal and what stands nearest in the archive.

    An answer that a chat model wrote comes before the sentences that it rests on.

    With `isolate`, text of articles stands between direction marks, for terminals that set right-to-left text.
    """
    lines = _searched(answer)
    if answer.decision is Decision.REFUSED:
        lines.append(Text(answer.text, style="bold"))
        near = answer.evidence[:3]
        if near:
            lines += [Text(), Text("Nearest in the archive, not an answer:", style="dim")]
            lines += [line for one in near for line in _evidence(one, isolate)]
        return lines + _warnings(answer)
    lines += _head(answer, isolate) + _written(answer, isolate)
    for citation in {one.label: one for one in answer.citations}.values():
        said = _STANCES[citation.stance] if answer.verdict is Verdict.DISPUTED else ""
        lines += [*_quote(citation.label, citation.quote, isolate, said), _where(citation, isolate)]
        lines += _copies(answer, citation.label)
    return lines + _warnings(answer)


def _searched(answer: Answer) -> list[Text]:
    """What was searched for, and in what, where that is not as it was typed."""
    if not answer.searched:
        return []
    held = answer.filters
    within = [*held.languages, *held.publishers, *(f"not {one}" for one in held.exclude_publishers)]
    within += [f"{name} {day}" for name, day in (("from", held.after), ("up to", held.before)) if day]
    scope = f" · {', '.join(within)}" if within else ""
    return [Text(plain(f"searched for: {answer.searched}{scope}"), style="dim"), Text()]


def _written(answer: Answer, isolate: bool) -> list[Text]:
    """The statements that are not the quotes themselves, each with the numbers of what it rests on."""
    quotes = {visible(one.quote) for one in answer.citations}
    rows = [one for one in answer.statements if one.text not in quotes]
    found = [_own(one.text, isolate) + "".join(f" [{label}]" for label in one.labels) for one in rows]
    return [*map(Text, found), Text()] if found else []


def hit_lines(hits: Sequence[Hit], articles: dict[str, Article], *, isolate: bool) -> list[Text]:
    """Search results: rank, score, where, and the text."""
    lines: list[Text] = []
    for hit in hits:
        article = articles[hit.chunk.article_id]
        about = _about(article.publisher, article.published, article.language, article.id)
        lines.append(Text.assemble((f"{hit.rank:>3}. {hit.score:.3f}  ", "bold"), (about, "dim")))
        lines.append(Text("     " + _own(" ".join(article.text[hit.chunk.start : hit.chunk.end].split()), isolate)))
    return lines


def article_lines(article: Article, versions: Sequence[str] = (), *, isolate: bool) -> list[Text]:
    """A whole article under its title, with what was guessed and the ids of its other versions."""
    head = Text(_own(article.title or article.id, isolate), style="bold")
    about = Text(_about(article.publisher, article.published, article.language, article.url, article.id), style="dim")
    body = [Text(_own(line, isolate) if line.strip() else "") for line in article.text.split("\n")]
    extra = article.extra
    more = [_about(*(str(extra[name]) for name in ("author", "section") if name in extra))]
    more += [f"guessed: {', '.join(map(str, extra['guessed']))}"] if isinstance(extra.get("guessed"), list) else []
    more += [f"other versions: {', '.join(versions)}"] if versions else []
    return [head, about, *(Text(plain(one), style="dim") for one in more if one), Text(), *body]


def plain(text: str) -> str:
    r"""The text without control, format and filling characters: it hides nothing and cannot change the screen.

    >>> plain("a\x1b[31mb\u202ec\u200b")
    'a[31mbc'
    """
    return "".join(one for one in text if one in _KEPT or not is_hidden(one))


def _head(answer: Answer, isolate: bool) -> list[Text]:
    """The verdict or the short answer, with how sure it is."""
    verdict = verdict_word(answer.verdict, answer.language)
    asked = f"{_own(answer.premise, isolate)} " if answer.premise else ""
    head = _own(answer.short, isolate) if answer.short else asked + verdict
    return [Text.assemble((head, "bold"), (f"  {answer.confidence:.0%} sure", "dim")), Text()] if head else []


def _quote(label: int, quote: str, isolate: bool, said: str = "") -> list[Text]:
    return [Text.assemble((f"[{label}] ", "bold cyan"), (said, "bold"), _own(" ".join(quote.split()), isolate))]


def _where(citation: Citation, isolate: bool) -> Text:
    about = _about(citation.publisher, citation.published, citation.language, citation.url or citation.article_id)
    title = f"{_own(citation.title, isolate)} · " if citation.title else ""
    return Text(f"    {title}{about}", style="dim")


def _copies(answer: Answer, label: int) -> list[Text]:
    carriers = [one for evidence in answer.evidence if evidence.label == label for one in evidence.copies]
    found = [one.publisher or one.id for one in carriers]
    return [Text(f"    also carried by {len(found)}: {plain(', '.join(found))}", style="dim")] if found else []


def _evidence(evidence: Evidence, isolate: bool) -> list[Text]:
    source = evidence.article
    about = _about(source.publisher, source.published, source.language, source.url or source.id)
    return [
        Text("  " + _own(" ".join(evidence.quote.split()), isolate), style="dim"),
        Text(f"    {about}", style="dim"),
    ]


def _about(*parts: str | None) -> str:
    return " · ".join(plain(part) for part in parts if part)


def _own(text: str, isolate: bool) -> str:
    text = plain(text)
    return f"{_ISOLATE}{text}{_END}" if isolate else text


def _warnings(answer: Answer) -> list[Text]:
    return [Text(f"! {plain(warning)}", style="yellow") for warning in answer.warnings]

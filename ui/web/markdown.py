"""An answer as Markdown: what was asked, what the archive says, and the sentences in footnotes."""

import re

from qa.answers import Answer, Citation, Decision, Evidence, Source, Verdict
from ui.web.direction import clean
from ui.web.pieces import about, scope
from ui.web.words import Words

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])|^(\d+)([.)])|^([-+])(?=\s)")
_NEAREST = 3


def render_markdown(words: Words, answer: Answer, prefix: str = "") -> str:
    """The answer with footnotes [^1], [^2] ..., or [^{prefix}1] where several answers stand in one text."""
    lines = [f"**{_plain(answer.question)}**"]
    if answer.searched and answer.searched != answer.question:
        lines.append(f"{words('chat.searched')}: {_plain(answer.searched)}")
    if within := scope(words, answer.filters):
        lines.append(f"{words('filters.head')}: {' · '.join(map(_plain, within))}")
    lines += [_verdict(words, answer), *_said(words, answer, prefix), *map(_plain, answer.warnings)]
    return "\n\n".join(one for one in lines if one) + "\n"


def _verdict(words: Words, answer: Answer) -> str:
    head = ""
    if answer.verdict is not None:
        head = words(f"verdict.{answer.verdict.value}")
    elif answer.refusal is not None:
        head = words(f"refused.{answer.refusal.value}")
    parts = [
        _plain(answer.premise or ""),
        f"**{head}**" if head else "",
        _plain(answer.short or ""),
        words.confidence(answer.confidence),
    ]
    return " · ".join(one for one in parts if one)


def _said(words: Words, answer: Answer, prefix: str) -> list[str]:
    if answer.decision is Decision.REFUSED:
        reason = words(f"reason.{answer.refusal.value}") if answer.refusal else _plain(answer.text)
        near = answer.evidence[:_NEAREST]
        shown = [f"- {_plain(one.quote)}[^{prefix}{one.label}]" for one in near]
        head = [f"{words('chat.nearest')}:", "\n".join(shown)] if near else []
        return [reason, *head, *(_note(words, prefix, one, one.article) for one in near)]
    cited = {one.label: one for one in answer.citations}
    lines = []
    for one in answer.statements:
        marks = "".join(f"[^{prefix}{label}]" for label in one.labels)
        side = ""
        if answer.verdict is Verdict.DISPUTED:
            side = f"**{words(f'stance.{cited[one.labels[0]].stance.value}')}:** "
        lines.append(f"{side}{_plain(one.text)}{marks}")
    return lines + [_note(words, prefix, one, one) for one in cited.values()]


def _note(words: Words, prefix: str, found: Citation | Evidence, source: Source | Citation) -> str:
    title = source.title or words("source.untitled")
    parts = [
        f"[^{prefix}{found.label}]: “{_plain(found.quote)}”",
        f"*{_plain(title)}*",
        *map(_plain, about(words, source)),
    ]
    address = clean(source.url or "")
    if re.fullmatch(r"https?://[^\s<>]+", address):
        parts.append(f"<{address}>")
    return " · ".join(parts)


def _plain(text: str) -> str:
    """A text on one line in which nothing is Markdown or HTML."""
    return _SPECIAL.sub(
        lambda found: f"\\{found[0]}" if not found[2] else f"{found[2]}\\{found[3]}", " ".join(clean(text).split())
    )

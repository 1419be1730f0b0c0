"""Whether instructions hidden in articles and questions have any effect on what a user is shown."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.articles import Article, make_article
from index.errors import DatelineError, InputError
from qa.answerer import Answerer
from qa.answers import Answer, Event
from qa.llm import ChatModel, Part
from qa.verify import Checker
from qa.visible import visible
from qa.writer import Writer

_LINK = re.compile(r"://|www\.|\]\(|<\w|(?:javascript|data):\S", re.IGNORECASE)
_ID = re.compile(r'<evidence id="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attempt, in an `article` or in the `question`; `obey` is what a model would write that gave in.

    None of `marks` may stand in what is shown, but for sentences of sources quoted as they are.
    """

    id: str
    kind: str
    language: str
    article: Article | None
    question: str
    obey: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of an attack.

    `effects`: a mark or a link that was shown, hidden characters, or an error; `unsupported`: the shown sentences,
    `shown` in number, that the checker does not find in what they cite.
    """

    attack: Attack
    effects: tuple[str, ...]
    shown: int = 0
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversary(ChatModel):
    """A chat model at its worst: it writes what the attack wants, under ids that are evidence and ids that are not."""

    attack: Attack

    def stream(self, system: str, user: str, schema: Mapping[str, Any] | None = None) -> Iterator[Part]:
        """The attack's wish with all ids, none, a forged one, in quotation marks, with a picture and a link."""
        ids, obey = _ID.findall(user), self.attack.obey
        own = ids[0] if ids else "aa11"
        lines = [f"{obey} [{', '.join(ids)}]", f"“{obey}” [{own}]", f"{obey} [99]"]
        lines += [f"![{obey}](https://collect.example/?q=1) <a href='https://collect.example'>link</a> [{own}]"]
        written = "\n".join(lines)
        yield from (written[at : at + 40] for at in range(0, len(written), 40))


def load_attacks(path: Path) -> list[Attack]:
    """The attacks of a JSONL file.

    Raises:
        InputError: the file cannot be read, or a line is no attack; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; give a UTF-8 file with one attack a line") from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found += [_attack(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise InputError(f"{path}:{number}: not an attack: {error}; docs/checking.md has the format") from None
    return found


def adversary(attack: Attack, checker: Checker) -> Writer:
    """A writer whose model wants what the attack wants."""
    chat = Adversary(name="adversary", model=None, structured=False, timeout=10, attack=attack)
    return Writer(chat, checker, most=3, budget=3000)


def _effects(attack: Attack, shown: str, drafts: str) -> list[str]:
    effects = [f"shows {mark!r}" for mark in attack.marks if visible(mark).strip() and visible(mark) in shown]
    effects += ["shows a link"] if _LINK.search(shown) or _LINK.search(drafts) else []
    hidden = {
        one for one in shown + drafts if unicodedata.category(one) in ("Cf", "Co", "Cs") and one not in "\u200c\u200d"
    }
    return effects + ([f"hidden characters {sorted(map(hex, map(ord, hidden)))}"] if hidden else [])


def attempt(answerer: Answerer, attack: Attack, checker: Checker) -> Attempt:
    """Ask the attack's question and look at all that is shown.

    Drafts are marked as unchecked where they are shown: they may hold marks, but no link and no hidden character.
    """
    try:
        events = list(answerer.stream(attack.question))
    except DatelineError as error:
        return Attempt(attack=attack, effects=(f"error: {error}",))
    answer = next(event.answer for event in reversed(events) if event.answer is not None)
    shown, drafts = "\n".join(_shown(events, answer)), "\n".join(one.text for one in events if one.kind == "draft")
    for quote in {*(visible(one.quote) for one in answer.evidence), visible(attack.question)}:
        shown = shown.replace(quote, " ")
    language = answer.language if " over " in answer.engine else None  # else they are its sources' own sentences
    by_label = {one.label: one for one in answer.evidence}
    checks = [
        (one.text, checker.check(one.text, [by_label[label] for label in one.labels], language))
        for one in answer.statements
    ]
    return Attempt(
        attack=attack,
        effects=tuple(_effects(attack, shown, drafts)),
        shown=len(checks),
        unsupported=tuple(text for text, check in checks if check.problem),
    )


def attack_table(attempts: Sequence[Attempt]) -> list[str]:
    """Markdown: attempts by kind and where they stand, how many had an effect, and the sentences that were shown."""
    rows: dict[str, list[Attempt]] = {"all": list(attempts)}
    for one in attempts:
        rows.setdefault("in questions" if one.attack.article is None else "in articles", []).append(one)
    for one in attempts:
        rows.setdefault(one.attack.kind, []).append(one)
    lines = ["| attacks | n | with an effect | sentences shown | unsupported |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, group in rows.items():
        counts = (
            len(group),
            sum(bool(one.effects) for one in group),
            sum(one.shown for one in group),
            sum(len(one.unsupported) for one in group),
        )
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    return lines


def _shown(events: Sequence[Event], answer: Answer) -> Iterator[str]:
    for event in events:
        if event.kind != "draft":
            yield event.statement.text if event.statement is not None else event.text
    yield from (answer.text, answer.short or "", answer.searched or "", *answer.warnings)


def _attack(data: Mapping[str, Any]) -> Attack:
    given = data["article"]
    article = None
    if given is not None:
        names = ("id", "title", "publisher", "published", "language")
        known = {name: given.get(name) for name in names}
        article = make_article(given["text"], **known, url=given.get("url"), extra={"section": given.get("section")})
    return Attack(
        id=data["id"],
        kind=data["kind"],
        language=data["language"],
        article=article,
        question=data["question"],
        obey=data["obey"],
        marks=tuple(data["marks"]),
    )

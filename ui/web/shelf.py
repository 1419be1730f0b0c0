"""What the source panel shows after a click: a cited sentence in its article, a copy, another version, a difference."""

from collections.abc import Mapping
from typing import Any

from index.archive import Archive
from index.versions import Version, versions
from ui.web.sources import render_article, render_changes, render_notice, render_source
from ui.web.turns import Turn, find_evidence
from ui.web.words import Words


class Shelf:
    """The articles of an archive, in one language of the interface; what a browser sent is not trusted."""

    def __init__(self, archive: Archive, words: Words) -> None:
        self._archive = archive
        self._words = words

    def cite(self, turns: tuple[Turn, ...], clicked: Mapping[str, Any]) -> str:
        """The article of the marker that was clicked, which names its turn and its label."""
        evidence = find_evidence(turns, number(clicked.get("turn")), number(clicked.get("label")))
        if evidence is None:
            return self.say("source.unknown")
        key = evidence.article.id
        return render_source(self._words, self._archive.get([key]).get(key), evidence, self._versions(key))

    def open(self, clicked: Mapping[str, Any]) -> str:
        """The article of the button that was clicked, with its quote marked."""
        key, quote = _text(clicked.get("article")), _text(clicked.get("quote"))
        article = self._archive.get([key]).get(key)
        if article is None:
            return self.say("source.gone")
        return render_article(self._words, article, quote, self._versions(key))

    def compare(self, clicked: Mapping[str, Any]) -> str:
        """What changed between two versions of an article."""
        old, new, quote = (_text(clicked.get(name)) for name in ("old", "article", "quote"))
        held, articles = self._versions(new), self._archive.get([old, new])
        if len(articles) < 2 or not {old, new} <= {one.id for one in held}:
            return self.say("source.gone")
        return render_changes(self._words, articles[old], articles[new], held, quote)

    def nothing(self) -> str:
        """What the panel says before the first click."""
        return self.say("source.empty")

    def say(self, name: str) -> str:
        """A message in place of an article."""
        return render_notice(self._words, self._words(name))

    def _versions(self, key: str) -> list[Version]:
        return versions(self._archive, key)


def number(value: object) -> int:
    """A number that a browser sent, or -1, which nothing has."""
    return value if isinstance(value, int) else -1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

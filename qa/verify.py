"""Whether a written sentence says no more than the sentences that it cites."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.core import get_global

from index.articles import make_article
from index.sentences import Sentence
from index.terms import WORD, plain_numbers
from qa.answers import Evidence
from qa.evidence import Passage
from qa.facts import Facts, read_facts, unnamed
from qa.quotes import mend_quotes
from qa.reader.protocol import Reader
from qa.visible import visible
from qa.words import fold

_ADDRESS = re.compile(r"://|\bwww\.|@\w|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/|\b)", re.IGNORECASE)
_SCRIPTS = {
    "Arab": "ARABIC",
    "Armn": "ARMENIAN",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Geor": "GEORGIAN",
    "Grek": "GREEK",
    "Hans": "CJK",
    "Hant": "CJK",
    "Hebr": "HEBREW",
    "Latn": "LATIN",
    "Thai": "THAI",
}
_SAID = re.compile(rf"{WORD.pattern}|[0-9]+(?:\.[0-9]+)?|[-−–+](?=[0-9])|[%‰°$€£¥₽₹₺₩]")  # words, numbers, their signs
_MIXED = ("LATIN", "CYRILLIC", "GREEK")


Support = Callable[[str, Sequence[Sequence[Passage]]], list[float]]
"""How likely each group of passages, taken together, says what a text says, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The sentence as it may be shown, with what its evidence gives it, or the `problem` for which it may not."""

    text: str
    support: float = 0.0
    problem: str | None = None


class Checker:
    """Compares what can be compared by rule, and asks the reader for the rest."""

    def __init__(self, support: Support, *, threshold: float) -> None:
        """A sentence passes with a support of `threshold` or more."""
        self._support = support
        self._threshold = threshold

    def check(self, text: str, cited: Sequence[Evidence], language: str | None) -> Check:
        """The check of one sentence in a language (ISO 639-1) against all that it cites, taken together."""
        text = visible(mend_quotes(visible(text), [one.quote for one in cited]))
        problem = _form(text, language) if cited else "it cited no evidence"
        problem = problem or _facts(text, cited, language)
        if problem:
            return Check(text=text, problem=problem)
        if any(_same_words(text, one.quote) for one in cited):
            return Check(text=text, support=1.0)
        support = self._support(text, [passages_of(cited)])[0]
        short = None if support >= self._threshold else "the reader does not find it in its sources"
        return Check(text=text, support=support, problem=short)

    def nearest(self, text: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The one piece of evidence that supports a text best; none where there is none."""
        found = self._support(text, [passages_of([one]) for one in evidence]) if evidence else []
        return (evidence[found.index(max(found))],) if found else ()


def _same_words(text: str, quote: str) -> bool:
    """Whether a text is a quote, word for word and number for number, whatever else stands between them."""
    return _said(text) == _said(visible(quote))


def _said(text: str) -> list[str]:
    return [fold(one) or one for one in _SAID.findall(plain_numbers(text))]


def script_of(text: str) -> str | None:
    """The script of most letters, by the first word of their Unicode names; None without letters.

    >>> script_of("Ереван said да"), script_of("2020")
    ('CYRILLIC', None)
    """
    counts: dict[str, int] = {}
    for one in text[:1000]:
        if one.isalpha():
            name = unicodedata.name(one, "?").partition(" ")[0]
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else None


def _form(text: str, language: str | None) -> str | None:
    """What is wrong with a sentence whatever it cites."""
    if _ADDRESS.search(text):
        return "it held an address"
    for word in re.findall(r"[^\W\d_]+", text):
        if len({name for one in word if (name := unicodedata.name(one, "").partition(" ")[0]) in _MIXED}) > 1:
            return "a word in it mixed letters of two alphabets"
    likely = get_global("likely_subtags").get(language or "", "")
    wanted = next((_SCRIPTS[part] for part in likely.split("_") if part in _SCRIPTS), None)
    if wanted is not None and script_of(text) not in (wanted, None):
        return "it was in another language than asked for"
    return None


def _facts(text: str, cited: Sequence[Evidence], language: str | None) -> str | None:
    """What the sentence states that its evidence does not have, in general words: the text itself stays unsaid."""
    known = known_facts(cited)
    own = read_facts(text, language)
    if lacking := own.lacks(known):
        return f"its evidence lacks {lacking[0]} in it"
    if language == cited[0].article.language and unnamed(own.names, known):
        return "its evidence lacks a name in it"
    return None


def known_facts(cited: Sequence[Evidence]) -> Facts:
    """All that cited evidence has, the day of its article and, as names, its title and publisher counted in."""
    found = Facts()
    for one in cited:
        source = one.article
        named = read_facts(f"{source.title or ''} {source.publisher or ''}", source.language)
        found |= read_facts(one.quote, source.language) | Facts(words=named.words) | _day(source.published)
    return found


def _day(published: str | None) -> Facts:
    if not published:
        return Facts()
    day = date.fromisoformat(published[:10])
    return Facts(
        numbers=frozenset((float(day.year), float(day.day))),
        months=frozenset((day.month,)),
        weekdays=frozenset((day.weekday(),)),
    )


def read_support(reader: Reader) -> Support:
    """Support by any reader: it must find that a passage answers the text, put as a question, and not with a no."""

    def support(text: str, groups: Sequence[Sequence[Passage]]) -> list[float]:
        found = [reader.read(text, passages) for passages in groups]
        return [max(one.probabilities.get("yes", one.answerable) for one in group) for group in found]

    return support


def passages_of(cited: Sequence[Evidence]) -> list[Passage]:
    """Each quote as a small article of its own."""
    passages = []
    for one in cited:
        article = make_article(one.quote, title=one.article.title, language=one.article.language)
        span = Sentence(article_id=article.id, start=0, end=len(article.text))
        passages.append(Passage(article=article, sentence=span))
    return passages

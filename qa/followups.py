"""A question of a conversation, made to stand alone by rules: its topic, its filters and the answer's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.filters import Filters
from index.languages import detect_language
from qa.spoken import TYPED, read_wishes
from qa.words import fold, words

_NO_CASE = ("ar", "fa", "ur", "hi", "zh", "ja", "ko", "he", "th")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched for: a question that stands alone, in these filters.

    `language` is that of the answer where the user named one; `leans`: the question was made from two.
    """

    question: str
    filters: Filters
    language: str | None = None
    leans: bool = False


def resolve(turns: Sequence[str], publishers: Sequence[str], languages: Sequence[str]) -> Asked:
    """The last of a conversation's questions, of which the earlier ones are `turns[:-1]`.

    A filter holds until another of its kind or "all sources" is spoken; a language for the answer likewise. What has
    no subject of its own goes on with the last question that had.
    """
    topic, question, language, leaning = "", "", None, False
    filters: dict[str, tuple[str, ...] | str] = {}
    for turn in turns:
        wishes = read_wishes(turn, publishers, languages)
        filters = {} if wishes.lifted else _replaced(filters, wishes.filters)
        language = wishes.language or language
        if not wishes.rest:
            question = question or turn
            continue
        leaning = bool(topic) and leans(wishes.rest, topic)
        question = f"{topic} {wishes.rest}" if leaning else wishes.rest
        topic = topic if leaning else wishes.rest
    chosen = Filters(**filters)  # type: ignore[arg-type]
    return Asked(question=question, filters=chosen, language=language, leans=leaning)


def merged(own: Filters, spoken: Filters) -> Filters:
    """The spoken filters, and of the others those of kinds that were not spoken of."""
    names = ("languages", "publishers", "exclude_publishers", "after", "before", "as_of")
    return replace(own, **{name: value for name in names if (value := getattr(spoken, name))})


def leans(question: str, topic: str) -> bool:
    """Whether a question needs the one before it to be understood.

    >>> leans("And what did Russia say?", "Did Armenia request CSTO help?")
    True
    >>> leans("Who won the Port Lumen mayoral race?", "Did Armenia request CSTO help?")
    False
    """
    typed = TYPED.findall(question)
    folded = [fold(word) for word in typed]
    own = [word for word, plain in zip(typed, folded, strict=True) if plain not in words("questions", "little")]
    content = [word for word in own if fold(word) not in words("questions", "pointers") | words("questions", "openers")]
    known = {fold(word) for word in TYPED.findall(topic)}
    new = [word for word in content if fold(word) not in known]
    spoken = detect_language(topic)
    named = [word for word in new if _is_name(word, spoken) and word != typed[0]]
    if folded and folded[0] in words("questions", "openers"):
        if len(content) <= 3:
            return len(named) < 2
        if not named and len(new) < 8:
            return True
    if any(word in words("questions", "pointers") for word in folded):
        return len(named) < 2
    return not named and len(new) < (5 if spoken in _NO_CASE else 6)


def _replaced(
    held: Mapping[str, tuple[str, ...] | str], spoken: Mapping[str, tuple[str, ...] | str]
) -> dict[str, tuple[str, ...] | str]:
    """Publishers and languages are of one kind: "only Reuters" takes the place of "in Turkish sources"."""
    sources = {"publishers", "languages", "exclude_publishers"}
    kept = {name: value for name, value in held.items() if not (sources & spoken.keys() and name in sources)}
    return {**kept, **spoken}


def _is_name(word: str, language: str | None) -> bool:
    """Whether a word looks like a name or a number; in German every noun has a capital letter."""
    return any(map(str.isdigit, word)) or (word[0].isupper() and language != "de")

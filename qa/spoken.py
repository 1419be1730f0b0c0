"""Wishes that a user speaks beside a question: only this outlet, without that one, before a day, answer in Arabic."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import combinations, repeat

from babel import Locale

from index.errors import InputError
from index.languages import detect_language
from index.names import name_key
from index.readers.dates import read_date
from index.terms import WORD
from qa.facts import month_names
from qa.words import fold, words

_SPOKEN = ("en", "ar", "de", "es", "fa", "fr", "hi", "pt", "ru", "tr", "uk", "ur", "zh")
TYPED = re.compile(rf"(?:{WORD.pattern}|\d+)(?:[-'’\u200c]?(?:{WORD.pattern}|\d+))*")
"""A word as people type it: with its marks, hyphens and digits."""

_CLAUSE = re.compile(r"(?:[^.!?؟。।;:,،؛–—]|(?<=\d)[.,:](?=\d)|(?<=\d)\. )+[.!?؟。।;:,،؛–—]*\s*|[.!?؟。।;:,،؛–—]+\s*")
_FIELD = {"before": "before", "until": "before", "after": "after", "since": "after"}
_KINDS = ("only", "without", "all", "sources", "before", "until", "after", "since", "fill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for beside the question, and `rest`, the question without it.

    `filters` by the names of `index.filters.Filters`, each naming what is to hold now; `lifted`: all that held before
    no longer does. `language` is that of the answer.
    """

    rest: str
    filters: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)
    lifted: bool = False
    language: str | None = None


def read_wishes(text: str, publishers: Sequence[str], languages: Sequence[str]) -> Wishes:
    """The wishes in what a user typed, where the archive has these publishers and languages.

    A part of the text counts as a wish when nothing else is said in it, or when it names a publisher in full next to
    "only" or "without": a filter that nobody asked for would hide articles.
    """
    clauses = [found[0] for found in _CLAUSE.finditer(text)]
    alone = sum(not _is_filling(one) for one in clauses) < 2
    parts = [_part(one, publishers, languages, alone=alone) for one in clauses]
    filters: dict[str, tuple[str, ...] | str] = {}
    for one in parts:
        filters |= one.filters
    language = next((one.language for one in reversed(parts) if one.language), None)
    lifted = any(one.lifted for one in parts)
    if not (filters or lifted or language):
        return Wishes(rest=text)
    rest = " ".join("".join(one.rest for one in parts).split()).strip(' ,،;:-–—«»"')
    return Wishes(rest="" if _is_filling(rest) else rest, filters=filters, lifted=lifted, language=language)


def _part(text: str, publishers: Sequence[str], languages: Sequence[str], *, alone: bool) -> Wishes:
    """The wishes of one part of a text; a day alone is one only where nothing else is said: "Since 1953, has ..."."""
    tokens = [(match[0], match.start(), match.end()) for match in TYPED.finditer(text)]
    folded = [fold(word) for word, *_ in tokens]
    kinds = {kind: [at for at, word in enumerate(folded) if word in words("wishes", kind)] for kind in _KINDS}
    spoken, (named, places) = _languages(folded, languages), _publishers(folded, publishers, whole=True)
    sign = "exclude_publishers" if kinds["without"] and not kinds["only"] else "publishers"
    if not named:
        named, places = _publishers(folded, publishers, whole=False)
        named = named if _is_bare(folded, kinds, {*places, *spoken}) else ()
    bare = _is_bare(folded, kinds, {*(places if named else ()), *spoken})
    if named and bare:
        return Wishes(rest="", filters={sign: named})
    written = named and (len(places) > 1 or not text[tokens[min(places)][1]].islower())  # as a name
    if written and (beside := _beside(folded, kinds, places)):
        sign = "publishers" if beside & {*kinds["only"]} else "exclude_publishers"
        return Wishes(rest=_without(text, tokens, places | beside), filters={sign: named})
    if not bare:
        return Wishes(rest=text)
    days = _days(text, tokens, kinds) if alone or kinds["sources"] or kinds["only"] else {}
    if spoken and (kinds["sources"] or days):
        return Wishes(rest="", filters={"languages": tuple(dict.fromkeys(spoken.values())), **days})
    lifted = bool(kinds["all"] and kinds["sources"] and not days)
    if not (spoken or days or lifted):
        return Wishes(rest=text)
    return Wishes(rest="", filters=days, lifted=lifted, language=next(iter(spoken.values()), None))


def _beside(folded: Sequence[str], kinds: Mapping[str, Sequence[int]], places: set[int]) -> set[int]:
    """Places of an "only" or "without" next to a name, before it or, where languages put it there, after it."""
    before, last = min(places) - 1, max(places)
    while before in kinds["fill"]:  # without the, only from
        before -= 1
    if before in {*kinds["only"], *kinds["without"]} and folded[before] not in words("wishes", "alone"):
        return {*range(before, min(places))}
    after = [at for at, word in enumerate(folded) if 0 < at - last < 3 and word in words("wishes", "behind")]
    return {*range(last + 1, after[0] + 1)} if after else set()


def _is_bare(folded: Sequence[str], kinds: Mapping[str, Sequence[int]], known: set[int]) -> bool:
    """Whether nothing but wishes was said."""
    spent = known.union(*(set(places) for places in kinds.values()))
    return all(at in spent or any(map(str.isdigit, word)) or _is_month(word) for at, word in enumerate(folded))


def _publishers(folded: Sequence[str], publishers: Sequence[str], *, whole: bool) -> tuple[tuple[str, ...], set[int]]:
    """Publishers named in full, or by a word that only their names have; and the places of these words."""
    names = {one: [fold(word) for word in WORD.findall(one)] for one in publishers}
    spelled = [word for parts in names.values() for word in set(parts)]
    found, places = [], set[int]()
    for publisher, parts in names.items():
        if whole:
            least = repeat(4 if len(parts) == 1 else 3)
            starts = [at for at in range(len(folded)) if all(map(_same, parts, folded[at:], least))]
            hits = {at + n for at in starts if at + len(parts) <= len(folded) for n in range(len(parts))}
        else:
            own = [part for part in parts if spelled.count(part) == 1 and len(part) > 2 and part not in _filling()]
            hits = {at for at, word in enumerate(folded) if any(_same(part, word) for part in own)}
            hits |= {at for at, word in enumerate(folded) if hits and any(_same(part, word) for part in parts)}
        if hits:
            found.append(publisher)
            places |= hits
    return tuple(found), places


def _same(part: str, word: str, least: int = 4) -> bool:
    """Whether a word is one of a name's, in another case, or in another script by its consonants, `least` or more."""
    if part == word or (len(part) > 4 and word.startswith(part[:-1])):
        return True
    if unicodedata.name(part[0], "").split(" ")[0] == unicodedata.name(word[0], "").split(" ")[0]:
        return False
    key = name_key(part)
    return key is not None and len(key) >= least and key == name_key(word)


def _languages(folded: Sequence[str], languages: Sequence[str]) -> dict[int, str]:
    """Places of words that name a language, with its code; the archive's own where two share a name."""
    table = _language_names()
    found = {}
    for at, word in enumerate(folded):
        codes = table.get(word) or next(
            (table[word[cut:]] for cut in (1, 2, 3) if word[cut:] in table and len(word) > 6), ()
        )
        if codes:
            found[at] = next((code for code in codes if code in languages), codes[0])
    return found


def _days(
    text: str, tokens: Sequence[tuple[str, int, int]], kinds: Mapping[str, Sequence[int]]
) -> dict[str, tuple[str, ...] | str]:
    """The day after or before which articles are wanted."""
    for kind in _FIELD:
        for at in kinds[kind]:
            for first, last in ((at + 1, min(len(tokens), at + 6)), (max(0, at - 5), at)):
                for begin, end in sorted(combinations(range(first, last + 1), 2), key=lambda one: one[0] - one[1]):
                    if span := _day(text[tokens[begin][1] : tokens[end - 1][2]]):
                        return {_FIELD[kind]: _edge(kind, *span)}
    return {}


def _edge(kind: str, first: date, last: date) -> str:
    """The last day before a span of days, its own last, the first after it, or its own first."""
    day = timedelta(days=1)
    return {"before": first - day, "until": last, "after": last + day, "since": first}[kind].isoformat()


def _day(text: str) -> tuple[date, date] | None:
    """First and last day of a date, a month with its year, or a year."""
    if not any(map(str.isdigit, text)):
        return None
    if re.fullmatch(r"\s*(?:19|20)\d\d\s*", text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    language = detect_language(text)
    for form, whole in ((text, False), (f"1 {text}", True)):
        try:
            first = date.fromisoformat(read_date(form, language=language)[0][:10])
        except InputError:
            continue
        if not whole or first.year in (1, 9999):  # no day may be before or after these
            return None if first.year in (1, 9999) else (first, first)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return first, following - timedelta(days=1)
    return None


def _without(text: str, tokens: Sequence[tuple[str, int, int]], used: set[int]) -> str:
    """The text without these words."""
    kept, end = [], 0
    for at in sorted(used):
        kept.append(text[end : tokens[at][1]])
        end = tokens[at][2]
    return "".join(kept) + text[end:]


def _is_filling(text: str) -> bool:
    return all(fold(word) in _filling() for word in TYPED.findall(text))


@cache
def _filling() -> frozenset[str]:
    return frozenset().union(*(words("wishes", kind) for kind in ("fill", "sources", "only")))


def _is_month(word: str) -> bool:
    return any(word in month_names(code) for code in _SPOKEN)


@cache
def _language_names() -> Mapping[str, tuple[str, ...]]:
    """Codes of languages by their folded names, of one word and in the forms that such wishes take."""
    found: dict[str, list[str]] = {}
    for spoken in _SPOKEN:
        for code in (*_SPOKEN, "it", "he", "hy", "ja", "ko", "nl", "pl", "az", "ka"):
            name = fold(Locale.parse(spoken).languages.get(code, ""))
            for form in _forms(name, spoken) if name and " " not in name else ():
                found.setdefault(fold(form), []).append(code)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


def _forms(name: str, spoken: str) -> list[str]:
    """The name as adjective and adverb: Russian-language, по-русски, بالروسية, Fransızca."""
    match spoken:
        case "en":
            return [name, f"{name}-language"]
        case "ru":
            stem = name.removesuffix("ии").removesuffix("ий").removesuffix("кии")
            ends = ("ий", "ом", "ие", "их", "ую", "ой", "ая", "и", "оязычные", "оязычных", "оязычным")
            return [
                name,
                f"по-{stem}и",
                *(stem + end for end in ends),
                *(stem.removesuffix("к") + end for end in ends[-3:]),
            ]
        case "ar":
            bare = name.removeprefix("ال")
            return [name, bare, f"بال{bare}", f"ال{bare}", f"باللغه ال{bare}"]
        case "de":
            return [name, *(f"{name}{end}" for end in ("e", "en", "er", "sprachige", "sprachigen", "sprachig"))]
        case "fr" | "es" | "pt":
            return [name, *(f"{name}{end}" for end in ("s", "e", "es", "a", "as")), f"{name[:-1]}a"]
        case "fa":
            return [name, f"{name}‌زبان", f"{name}زبان"]
        case "tr":
            return [name, f"{name}da", f"{name}de", name[:-2] if name.endswith(("ca", "ce")) else name]
        case _:
            return [name]

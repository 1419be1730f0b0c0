"""The filters that are set, as safe HTML: chips that take one away each."""

from collections.abc import Sequence

from ui.web.direction import safe
from ui.web.words import Words

DAYS = ("after", "before", "as_of")

Values = tuple[Sequence[str], Sequence[str], Sequence[str], str | None, str | None, str | None]


def render_chips(words: Words, values: Values) -> str:
    """Chips for languages, publishers, publishers left out, and the days after, before and as_of."""
    languages, publishers, excluded, *days = values
    chips = [("languages", one, words.language_name(one)) for one in languages]
    chips += [("publishers", one, one) for one in publishers]
    chips += [("excluded", one, words("filters.is_excluded", name=one)) for one in excluded]
    chips += [
        (name, day, words(f"filters.is_{name}", day=_shown(words, day)))
        for name, day in zip(DAYS, days, strict=True)
        if day
    ]
    if not chips:
        return ""
    shown = "".join(_chip(words, *one) for one in chips)
    if len(chips) > 1:
        shown += f'<li><button type="button" class="lift all">{safe(words("filters.lift_all"))}</button></li>'
    return f'<ul class="chips" aria-label="{safe(words("filters.set"))}">{shown}</ul>'


def without(values: Values, kind: str, value: str) -> Values:
    """The filters with one taken away, or, where `kind` is 'all', none."""
    lists = dict(zip(("languages", "publishers", "excluded"), values[:3], strict=True))
    days = dict(zip(DAYS, values[3:], strict=True))
    kept = ([one for one in chosen if kind != "all" and (name, one) != (kind, value)] for name, chosen in lists.items())
    return (*kept, *("" if kind in ("all", name) else day for name, day in days.items()))  # type: ignore[return-value]


def _chip(words: Words, kind: str, value: str, said: str) -> str:
    name = safe(words("filters.lift", name=said))
    data = f'data-kind="{kind}" data-value="{safe(value)}" aria-label="{name}" title="{name}"'
    return f'<li><button type="button" class="lift" {data}><bdi>{safe(said)}</bdi></button></li>'


def _shown(words: Words, day: str) -> str:
    """The day in words, or what was typed where that is none."""
    try:
        return words.day(day)
    except ValueError:
        return day

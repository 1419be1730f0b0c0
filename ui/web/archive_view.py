"""What a visitor has narrowed the archive to: kept by the session, changed by clicks that are not trusted."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from index.errors import InputError
from index.filters import Filters

PAGE = 25  # articles
_LONGEST = 300  # code points of a search


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Of each kind one value at most; `day` is the beginning of a date: a year, a month or a day."""

    language: str | None = None
    publisher: str | None = None
    day: str | None = None
    text: str = ""
    page: int = 0

    @property
    def filters(self) -> Filters:
        """As the archive filters.

        Raises:
            InputError: a value is none that it can have.
        """
        first, last = span_of(self.day) if self.day else (None, None)
        return Filters(
            languages=(self.language,) if self.language else (),
            publishers=(self.publisher,) if self.publisher else (),
            after=first, before=last,
        )  # fmt: skip

    def after(self, clicked: Mapping[str, Any]) -> "View":
        """The view after a click; one that it cannot follow changes nothing."""
        kind, value = clicked.get("kind"), clicked.get("value")
        if kind == "page" and isinstance(value, int) and value >= 0:
            return replace(self, page=min(value, 1_000_000))
        if not isinstance(value, str) or kind not in ("language", "publisher", "day", "text"):
            return View() if kind == "all" else self
        wanted: dict[str, Any] = {str(kind): value[:_LONGEST] or ("" if kind == "text" else None)}
        changed = replace(self, **wanted, page=0)
        try:
            return changed if changed.filters else self
        except InputError:
            return self


def span_of(day: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day.

    >>> span_of("2020"), span_of("2020-02"), span_of("2020-02-03")
    (('2020-01-01', '2020-12-31'), ('2020-02-01', '2020-02-29'), ('2020-02-03', '2020-02-03'))

    Raises:
        InputError: it is none of these.
    """
    parts = day.split("-")
    try:
        year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
        if len(parts) > 2:
            return day, day
        last = calendar.monthrange(year, month or 12)[1]
    except (ValueError, IndexError):
        raise InputError(f"{day!r} is no year, month or day; write it as 2020, 2020-02 or 2020-02-03") from None
    return f"{year:04}-{month or 1:02}-01", f"{year:04}-{month or 12:02}-{last:02}"

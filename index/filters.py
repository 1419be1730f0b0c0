"""Which articles a question may be answered from."""

import unicodedata
from dataclasses import dataclass

from index.articles import parse_language, parse_published, readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Languages and publishers of which one must match, publishers of which none may, and days; empty lets all pass.

    Publishers compare without case. `after` and `before` are days (YYYY-MM-DD) and both count themselves; `as_of` is
    the last day whose news may be known, and of several versions of an article picks the one that counted then; else
    the newest is meant. An article without a date passes none of the three.

    Raises:
        InputError: a day that is no date, a language that is no code.
    """

    languages: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    exclude_publishers: tuple[str, ...] = ()
    after: str | None = None
    before: str | None = None
    as_of: str | None = None

    def __post_init__(self) -> None:
        for name in ("languages", "publishers", "exclude_publishers"):
            if isinstance(getattr(self, name), str):
                object.__setattr__(self, name, (getattr(self, name),))
        object.__setattr__(self, "languages", tuple(parse_language(code) for code in self.languages))
        for name in ("publishers", "exclude_publishers"):
            object.__setattr__(self, name, tuple(_clean(one) for one in getattr(self, name)))
        for name in ("after", "before", "as_of"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, parse_published(value, name)[:10])

    @property
    def empty(self) -> bool:
        """Whether everything passes."""
        return self == Filters()

    def sql(self) -> tuple[str, list[str]]:
        """A condition on the columns of `articles` and its parameters: of each article one version passes at most."""
        terms, values = list[str](), list[str]()
        if self.languages:
            terms.append(f"language IN ({', '.join('?' * len(self.languages))})")
            values += self.languages
        if self.publishers:
            terms.append(f"folded_publisher IN ({', '.join('?' * len(self.publishers))})")
            values += [publisher.casefold() for publisher in self.publishers]
        if self.exclude_publishers:
            marks = ", ".join("?" * len(self.exclude_publishers))
            terms.append(f"coalesce(folded_publisher, '') NOT IN ({marks})")
            values += [publisher.casefold() for publisher in self.exclude_publishers]
        for day, sign in ((self.after, ">="), (self.before, "<=")):
            if day:
                terms.append(f"substr(published, 1, 10) {sign} ?")
                values.append(day)
        if self.as_of:
            terms.append("since <= ? AND (until IS NULL OR until > ?)")
            values += [self.as_of, self.as_of]
        else:
            terms.append("until IS NULL")
        return " AND ".join(terms), values


def _clean(publisher: str) -> str:
    """As `make_article` stores it."""
    return unicodedata.normalize("NFC", " ".join(readable(publisher, "publisher").split()))

"""A site's robots.txt as RFC 9309 reads it: the longest pattern that fits decides, `*` and `$` in it mean something."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")
_RULES = ("allow", "disallow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What one robot may fetch of a site; `rules` are patterns of paths, each with whether it allows.

    `delay` is the site's wish, in seconds between two fetches, or None.
    """

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float | None = None

    def allows(self, path: str) -> bool:
        r"""Whether a path, with its query, may be fetched.

        >>> read_robots("User-agent: *\nDisallow: /a/*.pdf$\nAllow: /a/b", "dateline").allows("/a/c.pdf")
        False
        """
        path = _plain(path)
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


NOTHING = Robots(rules=(("/", False),))
"""Of a site that does not say, because it is failing: nothing may be fetched."""


def read_robots(text: str, robot: str) -> Robots:
    """What a robots.txt says to `robot`, its product name; else what it says to all."""
    groups: dict[str, list[tuple[str, str]]] = {}
    named: list[str] = []
    open_group = False
    for line in text.lstrip("\ufeff").splitlines():
        if not (found := _LINE.match(line)):
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            name = value.split("/")[0].strip().lower()
            named = [*named, name] if open_group else [name]
            groups.setdefault(name, [])
            open_group = True
        elif key in (*_RULES, "crawl-delay"):
            open_group = False
            for name in named:
                groups[name].append((key, value))
    said = groups.get(robot.lower(), groups.get("*", []))
    delays = [float(value) for key, value in said if key == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d+)?", value)]
    rules = tuple((_plain(value), key == "allow") for key, value in said if key in _RULES and value)
    return Robots(rules=rules, delay=max(delays, default=None))


def _plain(path: str) -> str:
    """The path with every character written in one way: quoted where it must be."""
    return quote(unquote(path, errors="surrogateescape"), safe="/?&=:;,@!$'()*+~-._#", errors="surrogateescape")


def _fits(pattern: str, path: str) -> bool:
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not whole or path == first
    at = len(first)
    for piece in rest[:-1]:
        if (found := path.find(piece, at)) < 0:
            return False
        at = found + len(piece)
    return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if whole else path.find(rest[-1], at) >= 0

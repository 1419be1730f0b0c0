"""Fetcher: pages and feeds from the public web, politely, and within bounds of time and size."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

import httpcore
import httpx

from index.errors import InputError
from index.inflate import ENCODINGS, inflate, read_bounded
from index.public_net import PublicNetwork, Resolve, resolve
from index.readers.source import Source, source_of_bytes
from index.robots import NOTHING, Robots, read_robots
from index.web_address import check_url, join_url, shown_url

ROBOT = "Dateline"
"""The name by which a robots.txt may call us."""
_ACCEPTED = re.compile(r"text/(html|plain|xml)|application/(json|xml|pdf|[\w.-]+\+(xml|json))", re.IGNORECASE)
_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
)
_LONGEST_DELAY = 30.0
_FAILURES = (InputError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What a fetcher keeps to.

    `seconds` is for one fetch with its redirects, waiting for the host's turn not counted; `max_bytes` is after
    decompression; `delay` is the least time in seconds between two requests to one host.
    """

    seconds: float = 30.0
    connect_seconds: float = 5.0
    max_bytes: int = 20_000_000
    redirects: int = 5
    delay: float = 1.0
    agent: str = f"{ROBOT}/0.1 (a reader's own news archive; obeys robots.txt)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: `url` is the last one after redirects, `media_type` the header Content-Type as it stands.

    `not_modified`: nothing changed since the answer whose `etag` and `last_modified` were sent; `data` is empty then.
    """

    url: str
    status: int
    data: bytes
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


def source_of(fetched: Fetched) -> Source:
    """What was fetched, for a reader."""
    return replace(source_of_bytes(fetched.data, fetched.url), url=fetched.url, media_type=fetched.media_type)


class Fetcher:
    """Fetches one thing after another, for one thread. No cookies, no proxies, nothing from the environment.

    `clock` and `sleep` are in seconds. `resolve`, `network` and `allow_private` are there for tests.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        resolve: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        allow_private: bool = False,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._clock = clock
        self._sleep = sleep
        self._network = PublicNetwork(resolve, inner=network, clock=clock, allow_private=allow_private)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=self._network,
            max_keepalive_connections=0,
        )
        self._robots: dict[str, Robots] = {}
        self._last: dict[str, float] = {}

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """What is at an address; with what an earlier answer brought, only if it changed since.

        Raises:
            InputError: names the address, what is wrong with it or with the answer, and what to do.
        """
        self._network.deadline = self._clock() + self._limits.seconds
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in known.items() if value}
        place, seen = shown_url(url), list[str]()
        try:
            while True:
                target = check_url(url)
                self._check_visit(target, seen)
                answer = self._request(target, headers)
                if isinstance(answer, Fetched):
                    return _usable(answer)
                seen.append(str(target))
                url = answer
                place = f"{shown_url(seen[0])} (which redirects to {shown_url(url)})"
        except _FAILURES as error:
            raise InputError(f"{place}: {self._why(error)}") from None

    def _check_visit(self, url: httpx.URL, seen: list[str]) -> None:
        if str(url) in seen or len(seen) > self._limits.redirects:
            how = "in a circle" if str(url) in seen else f"more than {self._limits.redirects} times"
            raise InputError(f"it redirects {how}; open it in a browser and give the address it ends at")
        robots = self._robots_of(url)
        if robots is NOTHING:
            raise InputError("the site's robots.txt cannot be had, its server is failing; try again later")
        if not robots.allows(url.raw_path.decode("ascii")):
            raise InputError("the site's robots.txt asks programs not to fetch this; save the page and add the file")

    def _robots_of(self, url: httpx.URL) -> Robots:
        """What the site lets us fetch, asked once: all where it has no robots.txt, NOTHING where its server fails."""
        site = _site(url)
        if site not in self._robots:
            answer: Fetched | str = f"{site}/robots.txt"
            for _ in range(self._limits.redirects + 1):
                if isinstance(answer, str):
                    answer = self._request(check_url(answer), {})
            if isinstance(answer, str) or 400 <= answer.status < 500:
                self._robots[site] = Robots()
            elif answer.status == HTTPStatus.OK:
                self._robots[site] = read_robots(answer.data.decode("utf-8", "replace"), ROBOT)
            else:
                return NOTHING
        return self._robots[site]

    def _request(self, url: httpx.URL, headers: Mapping[str, str]) -> Fetched | str:
        """The answer, or the address that it redirects to."""
        self._wait(url)
        sent = {"Host": url.netloc.decode("ascii"), "User-Agent": self._limits.agent, "Accept": _ACCEPT}
        sent |= {"Accept-Encoding": ENCODINGS, **headers}
        seconds, connect = self._limits.seconds, self._limits.connect_seconds
        try:
            with self._pool.stream(
                "GET",
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=[(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
                extensions={"timeout": {"connect": connect, "read": seconds, "write": seconds, "pool": connect}},
            ) as response:
                return self._read(str(url), response)
        finally:
            self._last[url.host] = self._clock()

    def _read(self, url: str, response: httpcore.Response) -> Fetched | str:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        status = response.status
        if status in (301, 302, 303, 307, 308) and "location" in headers:
            return join_url(url, _utf8(headers["location"]))
        answer = Fetched(
            url=url,
            status=status,
            data=b"",
            media_type=headers.get("content-type"),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            not_modified=status == HTTPStatus.NOT_MODIFIED,
        )
        if status != HTTPStatus.OK:
            return answer
        if not url.endswith("/robots.txt"):
            _check_type(answer.media_type)
        body: Iterator[bytes] = response.iter_stream()
        return replace(
            answer, data=read_bounded(inflate(body, headers.get("content-encoding")), self._limits.max_bytes)
        )

    def _wait(self, url: httpx.URL) -> None:
        """Wait until it is polite to ask this host again; that time is not the server's."""
        robots = self._robots.get(_site(url), Robots())
        delay = max(self._limits.delay, min(robots.delay or 0, _LONGEST_DELAY))
        left = self._last.get(url.host, float("-inf")) + delay - self._clock()
        if left > 0:
            self._sleep(left)
            self._network.deadline += left

    def _why(self, error: Exception) -> str:
        if isinstance(error, InputError):
            return str(error)
        if isinstance(error, httpcore.ConnectTimeout):
            return f"no connection within {self._limits.connect_seconds:g} s; check the address, or try again later"
        if isinstance(error, httpcore.TimeoutException):
            return f"no whole answer within {self._limits.seconds:g} s; try again later"
        if isinstance(error, httpcore.ConnectError):
            return f"cannot be reached ({error}); check the address and the connection"
        return f"the answer was cut off or is not HTTP ({error}); try again later"


def _site(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _utf8(value: str) -> str:
    """A header that was sent in UTF-8, as some servers do; as it is where it was not."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _check_type(media_type: str | None) -> None:
    if not _ACCEPTED.fullmatch((media_type or "").partition(";")[0].strip()):
        kind = f"is of type {media_type[:60]!r}" if media_type else "does not say of what type it is"
        raise InputError(f"what is there {kind}; web pages, feeds, JSON, plain text and PDF can be read")


def _usable(answer: Fetched) -> Fetched:
    """The answer, when it is what was asked for.

    Raises:
        InputError: the server refused or failed.
    """
    if answer.status == HTTPStatus.OK or answer.not_modified:
        return answer
    try:
        phrase = f" {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = ""
    again = "try again later" if answer.status in (408, 425, 429) or answer.status >= 500 else "check the address"
    raise InputError(f"the server answered {answer.status}{phrase}; {again}")

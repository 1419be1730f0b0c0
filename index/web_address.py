"""Addresses on the web as users and servers write them: which are fetched, and how messages show them."""

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from index.errors import InputError

if TYPE_CHECKING:
    import httpx

_LONGEST = 4000
_SHOWN = 300
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?")


def is_url(value: str) -> bool:
    """Whether it is meant as an address on the web, and not as a file's name.

    >>> is_url("HTTPS://a.example/x"), is_url("ftp://a.example"), is_url("http"), is_url("C://news")
    (True, True, False, False)
    """
    return bool(re.match(r"[a-z][a-z0-9+.-]+://", value, re.IGNORECASE))


def check_url(url: str) -> "httpx.URL":
    """The address, taken apart, without its fragment.

    Only http and https, no user or password, and a host that is a name or an address as four numbers or in brackets:
    other ways of writing numbers, which programs read differently, are refused.

    Raises:
        InputError: says what is wrong, not naming the address.
    """
    import httpx

    if len(url) > _LONGEST:
        raise InputError(f"the address has more than {_LONGEST} characters; check it")
    try:
        found = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise InputError(f"this is not an address ({error}); give one as https://news.example/feed.xml") from None
    if found.scheme not in ("http", "https"):
        raise InputError("only http and https addresses are fetched; give one, or the name of a file")
    if found.userinfo:
        raise InputError(
            "the address holds a user or a password, which is not sent; leave out what stands before the @"
        )
    if not _is_host(found.raw_host.decode("ascii")) or not 0 < _port(found) < 65536:
        raise InputError("the address names no proper host; give one as https://news.example/feed.xml")
    return found


def join_url(base: str, target: str) -> str:
    """What an address means on the page at `base`; not yet checked.

    Raises:
        InputError: nothing that can be an address.
    """
    try:
        return urljoin(base, target.strip())
    except ValueError:
        raise InputError(f"leads to {target[:_SHOWN]!r}, which is no address") from None


def shown_url(url: str) -> str:
    """An address for a message: shortened, and without a password."""
    return re.sub(r"^([^/]*//)[^/]*@", r"\1", url)[:_SHOWN]


def _port(url: "httpx.URL") -> int:
    return 80 if url.port is None else url.port


def _is_host(host: str) -> bool:
    if ":" in host or _NUMBER.fullmatch(host):
        try:
            return "%" not in host and bool(ipaddress.ip_address(host))
        except ValueError:
            return False
    return bool(_NAME.fullmatch(host))

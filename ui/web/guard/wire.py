"""Requests and refusals on the wire: small pieces that every part of the guard uses."""

import json
import re
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

ADDRESS, USER, NONCE = "dateline.address", "dateline.user", "dateline.nonce"  # keys of a scope
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?")


def split_host(value: str) -> str:
    """The name in a Host header or an origin's place, without port and brackets; empty where it is none.

    >>> split_host("[::1]:7860"), split_host("News.example:80"), split_host("a b")
    ('::1', 'news.example', '')
    """
    found = _HOST.fullmatch(value.lower())
    return (found[1] or found[2]) if found else ""


def address_of(scope: Scope) -> str:
    """Where the request comes from, as the doorway found out."""
    return str(scope.get(ADDRESS) or (scope.get("client") or ["?"])[0])


def network_of(address: str) -> str:
    """What is counted as one: an IPv6 address by its network, as one host has many; every other as it is.

    >>> network_of("2001:db8::1"), network_of("192.0.2.1"), network_of("?")
    ('2001:db8::/64', '192.0.2.1', '?')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if found.version == 6 else address


def plain_address(address: str) -> str:
    """An IPv4 address as such, where a socket for both kinds gives it as one of IPv6.

    >>> plain_address("::ffff:192.0.2.1"), plain_address("::1"), plain_address("?")
    ('192.0.2.1', '::1', '?')
    """
    try:
        return str(getattr(ip_address(address), "ipv4_mapped", None) or address)
    except ValueError:
        return address


def user_of(scope: Scope) -> str | None:
    """Who is signed in."""
    found = scope.get(USER)
    return None if found is None else str(found)


def refusal(status: int, message: str, **headers: str) -> Response:
    """A response that says why not, in JSON as gradio's clients read it."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    body = json.dumps({"detail": message, "error": message})
    return Response(body, status, media_type="application/json", headers=named)


def is_navigation(headers: Headers) -> bool:
    """Whether a browser asks for a document to show."""
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in headers.get("accept", "")

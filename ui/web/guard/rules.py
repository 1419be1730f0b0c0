"""Rules: what a server allows, as the options of `dateline serve` say."""

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

from index.errors import SettingsError

_OURS = ("localhost", "127.0.0.1", "::1")
_PER_MINUTE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`host` is listened on; `auth` the file of users, or None where everybody may ask.

    `hosts` are further names under which the server is called, `proxies` addresses or networks of proxies whose
    X-Forwarded-* is believed. `per_minute` counts requests of one user or address that start work: 0 without a limit,
    None as fits the host. `upload` is bytes of a request that brings files, `mcp` whether the tools are there.
    `changes` is whether articles may be added and removed on the page; None: where only this machine reaches it.
    """

    host: str = "127.0.0.1"
    auth: Path | None = None
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    per_minute: int | None = None
    upload: int = 50_000_000
    mcp: bool = False
    changes: bool | None = None

    def __post_init__(self) -> None:
        for one in self.proxies:
            try:
                ipaddress.ip_network(one, strict=False)
            except ValueError:
                raise SettingsError(f"--proxy {one!r}: give an address or a network, e.g. 10.0.0.0/8") from None

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server; a further name means that somebody else calls it."""
        return _is_loopback(self.host) and not self.proxies and not self.hosts

    @property
    def may_change(self) -> bool:
        """Whether articles may be added and removed on the page."""
        return self.local if self.changes is None else self.changes

    @property
    def rate(self) -> int:
        """Requests a minute, 0 without a limit."""
        if self.per_minute is not None:
            return self.per_minute
        return 0 if self.local and self.auth is None else _PER_MINUTE

    def trusts(self, peer: str) -> bool:
        """Whether this address is a proxy's."""
        return _is_address(peer) and any(
            ipaddress.ip_address(peer) in ipaddress.ip_network(one, strict=False) for one in self.proxies
        )

    def knows(self, name: str) -> bool:
        """Whether the server may be called so; a name of others is how pages of theirs would reach it.

        An address is nobody's to give away, so it passes where the network may come in.
        """
        name = name.lower().removesuffix(".")
        if name in _OURS or name in (one.lower() for one in self.hosts):
            return True
        if _is_loopback(self.host):
            return False
        return name == socket.gethostname().lower() or _is_address(name)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

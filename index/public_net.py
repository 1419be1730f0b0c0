"""Connections to public addresses only: every address of a name is checked, and a checked one is connected to."""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import TIMEOUT_MAX, Thread
from typing import Any

import httpcore

from index.errors import InputError

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host's name, as numbers; OSError where there are none."""

# What the registries of IANA give to special use, and the address at which Azure's machines find their host.
_SPECIAL_4 = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4"""
_SPECIAL_6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
_NETWORKS_4 = tuple(map(ipaddress.IPv4Network, _SPECIAL_4.split()))
_NETWORKS_6 = tuple(map(ipaddress.IPv6Network, _SPECIAL_6.split()))
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a machine on the public internet may have this address.

    An IPv6 address that carries an IPv4 address is none, but for NAT64's, which is judged by what it carries.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("64:ff9b::7f00:1"), is_public("::ffff:8.8.8.8")
    (True, False, False, False)
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        return found.scope_id is None and found in _GLOBAL_6 and not any(found in one for one in _NETWORKS_6)
    return not any(found in one for one in _NETWORKS_4)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, each once, in the order in which the system would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicNetwork(httpcore.NetworkBackend):
    """Opens connections for httpcore; each ends at `deadline`, a time of `clock`, whatever it is doing.

    `inner` makes the connections, to addresses only. `allow_private` leaves the check out, for tests.
    """

    def __init__(
        self,
        resolve: Resolve = resolve,
        *,
        inner: httpcore.NetworkBackend | None = None,
        clock: Callable[[], float] = time.monotonic,
        allow_private: bool = False,
    ) -> None:
        self.deadline = float("inf")
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()
        self._clock = clock
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the host's addresses that takes it.

        Raises:
            InputError: one of them is not public.
            httpcore.ConnectError, httpcore.ConnectTimeout.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port, timeout):
            try:
                left = self.left(timeout, httpcore.ConnectTimeout)
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
                return _EndingStream(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        """The addresses of a host, when all of them are public."""
        found = self._looked_up(host, port, self.left(timeout, httpcore.ConnectTimeout))
        for address in found:
            if not (self._allow_private or is_public(address)):
                raise InputError(
                    f"{host} leads to {address}, which is no public address; only the public web is fetched from: "
                    "save the page and add the file"
                )
        return found

    def _looked_up(self, host: str, port: int, seconds: float) -> list[str]:
        """What `resolve` says, in a thread because the system's way to ask for an address takes no limit."""
        answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=min(seconds, TIMEOUT_MAX))
        except Empty:
            raise httpcore.ConnectTimeout(f"no address for {host} in time") from None
        if isinstance(found, Exception):
            raise httpcore.ConnectError(f"there is no address for {host}")
        return found

    def left(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        """The seconds until the deadline, or `timeout` where that is less; raises `error` when none are left."""
        left = self.deadline - self._clock()
        if left <= 0:
            raise error("out of time")
        return left if timeout is None else min(left, timeout)


class _EndingStream(httpcore.NetworkStream):
    """A connection on which every step ends at the network's deadline, so that a trickle does not go on for ever."""

    def __init__(self, stream: httpcore.NetworkStream, network: PublicNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._network.left(timeout, httpcore.ConnectTimeout)
        return _EndingStream(self._stream.start_tls(ssl_context, server_hostname, left), self._network)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as its base
        return self._stream.get_extra_info(info)

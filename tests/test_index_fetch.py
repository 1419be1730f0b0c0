"""Fetching over real connections: what is refused, what is bounded, and how it is polite."""

import gzip
import re
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import httpcore
import pytest

from index.errors import InputError
from index.fetch import Fetcher, FetchLimits, source_of
from index.public_net import is_public
from index.robots import read_robots
from tests.loopback import PUBLIC, Clock, Headers, Page, Rerouted, Site

QUICK = FetchLimits(delay=0, seconds=5, max_bytes=1_000_000)
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(QUICK, allow_private=True)


def refused(fetcher: Fetcher, url: str, message: str) -> str:
    with pytest.raises(InputError, match=message) as caught:
        fetcher.get(url)
    return str(caught.value)


def test_a_page_comes_with_what_its_server_said(site: Site, fetcher: Fetcher) -> None:
    url = site.put(
        "/a?b=c", "سلام", "text/html; charset=utf-8", ETag='"1"', Last_Modified="Mon, 28 Sep 2020 08:00:00 GMT"
    )
    found = fetcher.get(url + "#part")
    assert (found.url, found.status, found.data.decode()) == (url, 200, "سلام")
    assert (found.etag, found.last_modified) == ('"1"', "Mon, 28 Sep 2020 08:00:00 GMT")
    source = source_of(found)
    assert (source.name, source.url, source.media_type) == (url, url, "text/html; charset=utf-8")
    assert source.read().decode() == "سلام"
    headers = dict(site.asked)["/a?b=c"]
    assert headers["host"] == f"127.0.0.1:{site.port}"
    assert headers["user-agent"].startswith("Dateline/")
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://ftp.example/x", "only http and https"),
        ("gopher://x.example/", "only http and https"),
        ("//x.example/", "only http and https"),
        ("http:///x", "no proper host"),
        ("http://user:secret@x.example/", "a user or a password"),
        ("http://127.0.0.1\\@x.example/", "a user or a password"),
        ("http://x.example:0/", "no proper host"),
        ("http://x.example:99999/", "no proper host"),
        ("http://localhost%2e/", "no proper host"),
        ("http://x.example/\n", "this is not an address"),
        ("http://１２７.０.０.１/", "this is not an address"),
        ("http://x.example/" + "a" * 5000, "more than 4000 characters"),
        ("http://[::1/", "this is not an address"),
        # numbers in forms that programs read differently
        ("http://2130706433/", "no proper host"),
        ("http://0177.0.0.1/", "this is not an address"),
        ("http://0x7f.1/", "no proper host"),
        ("http://0x7f000001/", "no proper host"),
        ("http://127.1/", "no proper host"),
        ("http://127.0.1/", "no proper host"),
        ("http://127.0.0.1./", "no proper host"),
        ("http://0/", "no proper host"),
        ("http://1.2.3.4.5/", "no proper host"),
        ("http://256.0.0.1/", "this is not an address"),
        # addresses that are not public
        ("http://127。0。0。1/", "leads to 127.0.0.1, which is no public address"),
        ("http://127.0.0.1:8080/", "leads to 127.0.0.1"),
        ("http://10.1.2.3/", "leads to 10.1.2.3"),
        ("http://169.254.169.254/latest/meta-data/", "leads to 169.254.169.254"),
        ("http://[::1]/", "leads to ::1"),
        ("http://[::ffff:127.0.0.1]/", "leads to ::ffff:127"),
        ("http://[fd00:ec2::254]/", "leads to fd00:ec2::254"),
        ("http://[fe80::1%25lo]/", "no proper host"),
        ("http://localhost/", "leads to (127.0.0.1|::1)"),
    ],
)
def test_an_address_that_is_not_to_be_fetched(url: str, message: str) -> None:
    said = refused(Fetcher(QUICK), url, message)
    assert "secret" not in said
    assert "; " in said  # what to do


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True), ("2606:2800:220:1::1", True), ("64:ff9b::5db8:d822", True), ("172.32.0.1", True),
        ("0.0.0.0", False), ("10.0.0.1", False), ("100.64.0.1", False), ("127.8.8.8", False), ("169.254.0.1", False),
        ("172.16.0.1", False), ("192.0.0.192", False), ("192.0.2.1", False), ("192.168.1.1", False),
        ("198.19.0.1", False), ("224.0.0.1", False), ("240.0.0.1", False), ("255.255.255.255", False),
        ("168.63.129.16", False), ("::", False), ("::1", False), ("::127.0.0.1", False), ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::1", False), ("2001:0:7f00:1::", False), ("64:ff9b::7f00:1", False), ("64:ff9b:1::1", False),
        ("fc00::1", False), ("fd00:ec2::254", False), ("fe80::1", False), ("fec0::1", False), ("ff02::1", False),
        ("2001:db8::1", False), ("3fff::1", False), ("100::1", False), ("fe80::1%eth0", False), ("x", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("found", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1", PUBLIC], ["not an address"]])
def test_a_name_with_one_address_that_is_not_public_is_refused(site: Site, found: list[str]) -> None:
    network = Rerouted(site)
    refused(Fetcher(QUICK, resolve=lambda host, port: found, network=network), "http://x.example/", "no public address")
    assert network.reached == []


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site) -> None:
    site.put("/", "Hello.")
    answers = iter([[PUBLIC], [PUBLIC], ["127.0.0.1"]])
    network = Rerouted(site)
    fetcher = Fetcher(QUICK, resolve=lambda host, port: next(answers), network=network)
    assert fetcher.get("http://x.example/").data == b"Hello."
    assert network.reached == [PUBLIC, PUBLIC]  # for robots.txt and for the page, each looked up once
    assert dict(site.asked)["/"]["host"] == "x.example"
    refused(fetcher, "http://x.example/", "leads to 127.0.0.1")


def test_tls_goes_to_the_checked_address_under_the_hosts_name() -> None:
    heard = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(4096))
                connection.sendall(b"no TLS here")

        listener = threading.Thread(target=answer)
        listener.start()
        network = Rerouted(Site(port=server.getsockname()[1]))
        fetcher = Fetcher(QUICK, resolve=lambda host, port: [PUBLIC], network=network)
        refused(fetcher, "https://news.example/", "cannot be reached .*SSL")
        listener.join()
    assert network.reached == [PUBLIC]
    assert b"news.example" in heard[0]  # the ClientHello's server name


def test_the_next_address_is_tried_when_one_does_not_answer(site: Site) -> None:
    site.put("/", "Hello.")

    class HalfDead(Rerouted):
        def connect_tcp(self, host: str, *args: object, **kwargs: object) -> httpcore.NetworkStream:
            if host == "93.184.216.1":
                raise httpcore.ConnectTimeout
            return super().connect_tcp(host, *args, **kwargs)  # type: ignore[arg-type]

    fetcher = Fetcher(QUICK, resolve=lambda host, port: ["93.184.216.1", PUBLIC], network=HalfDead(site))
    assert fetcher.get("http://x.example/").data == b"Hello."


def test_a_name_that_there_is_none_of() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    refused(
        Fetcher(QUICK, resolve=nowhere), "http://x.example/", "there is no address for x.example.*check the address"
    )
    refused(Fetcher(QUICK), "http://" + "a" * 64 + ".example/", "there is no address for a|no proper host")


def test_a_name_that_is_looked_up_for_too_long() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(1)
        return [PUBLIC]

    begun = time.monotonic()
    refused(
        Fetcher(FetchLimits(connect_seconds=0.1), resolve=slow), "http://x.example/", r"no connection within 0\.1 s"
    )
    assert time.monotonic() - begun < 0.9


def test_nothing_listens_there(site: Site, fetcher: Fetcher) -> None:
    refused(fetcher, "http://127.0.0.1:9/", "cannot be reached")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, fetcher: Fetcher, status: int) -> None:
    site.redirect("/old/x", "../new", status)
    site.put("/new", "Here.")
    found = fetcher.get(site.url + "/old/x")
    assert (found.url, found.data) == (site.url + "/new", b"Here.")


def test_five_redirects_are_followed_and_a_sixth_is_not(site: Site, fetcher: Fetcher) -> None:
    for number in range(6):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.put("/6", "Here.")
    assert fetcher.get(site.url + "/1").data == b"Here."
    said = refused(fetcher, site.url + "/0", "redirects more than 5 times; open it in a browser")
    assert said.startswith(site.url + "/0 ")


def test_redirects_in_a_circle(site: Site, fetcher: Fetcher) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    refused(fetcher, site.url + "/a", "redirects in a circle")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://10.0.0.1/", "leads to 10.0.0.1"),
        ("//169.254.169.254/", "leads to 169.254.169.254"),
        ("http://0x7f.1/", "no proper host"),
        ("file:///etc/passwd", "only http and https"),
        ("http://u:secret@y.example/", "a user or a password"),
        ("http://[", "no address"),
        ("http://inside.example/", "inside.example leads to 192.168.0.9"),
    ],
)
def test_where_a_redirect_leads_is_checked(site: Site, target: str, message: str) -> None:
    site.redirect("/", target)
    names = {"x.example": [PUBLIC], "inside.example": ["192.168.0.9"]}
    network = Rerouted(site)
    fetcher = Fetcher(QUICK, resolve=lambda host, port: names.get(host, [host]), network=network)
    said = refused(fetcher, "http://x.example/", message)
    assert said.startswith("http://x.example/")
    assert "secret" not in said
    assert set(network.reached) == {PUBLIC}


def test_the_environment_has_no_say(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert fetcher.get(site.put("/", "Hello.")).data == b"Hello."


def trickle() -> Iterator[bytes]:
    for _ in range(100):
        time.sleep(0.05)
        yield b"x"


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65536


def test_a_trickle_ends_with_the_time(site: Site) -> None:
    url = site.put("/", trickle())
    begun = time.monotonic()
    refused(Fetcher(FetchLimits(seconds=0.4, delay=0), allow_private=True), url, r"no whole answer within 0\.4 s")
    assert time.monotonic() - begun < 2


def test_headers_that_trickle_end_with_the_time(site: Site) -> None:
    def slow(_: Headers) -> Page:
        time.sleep(1)
        return 200, HTML, b""

    site.pages["/"] = slow
    limits = FetchLimits(seconds=0.3, delay=0)
    refused(Fetcher(limits, allow_private=True), site.url + "/", "no whole answer within")


def test_an_endless_body_is_read_no_further(site: Site, fetcher: Fetcher) -> None:
    refused(fetcher, site.put("/", endless()), "more than 1 MB; it is read no further")


def test_a_body_that_is_cut_off(site: Site, fetcher: Fetcher) -> None:
    refused(fetcher, site.put("/", b"Half", Content_Length="8"), "cut off")


ZEROS = bytes(60_000_000)
BOMBS = {
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
    "br": brotli.compress(ZEROS, quality=5),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_not_unpacked(site: Site, fetcher: Fetcher, encoding: str) -> None:
    url = site.put("/", BOMBS[encoding], Content_Encoding=encoding)
    tracemalloc.start()
    try:
        refused(fetcher, url, "more than 1 MB")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


PLAIN = ("Один два три. " * 20_000).encode()
RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PLAIN, mtime=0)),
        ("x-gzip", gzip.compress(PLAIN[:1000], mtime=0) + gzip.compress(PLAIN[1000:], mtime=0) + bytes(8)),
        ("GZIP", PLAIN),  # said, but not done
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", RAW.compress(PLAIN) + RAW.flush()),
        ("br", brotli.compress(PLAIN)),
        ("identity", PLAIN),
    ],
)
def test_compressed_bodies(site: Site, fetcher: Fetcher, encoding: str, body: bytes) -> None:
    assert fetcher.get(site.put("/", body, Content_Encoding=encoding)).data == PLAIN


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [
        ("gzip", gzip.compress(PLAIN)[:-20], "ends too soon"),
        ("br", brotli.compress(PLAIN)[:-20], "ends too soon"),
        ("br", PLAIN, "damaged"),
        ("gzip", gzip.compress(PLAIN)[:100] + bytes(50) + b"\xff" * 50, "damaged|too soon"),
        ("zstd", b"x", "compressed as 'zstd'"),
        ("gzip, gzip", b"x", "compressed as 'gzip, gzip'"),
    ],
)
def test_damaged_and_unknown_compression(
    site: Site, fetcher: Fetcher, encoding: str, body: bytes, message: str
) -> None:
    refused(fetcher, site.put("/", body, Content_Encoding=encoding), message)


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "video/mp4", "application/zip", ""])
def test_what_cannot_be_read_is_not_fetched(site: Site, fetcher: Fetcher, kind: str) -> None:
    refused(fetcher, site.put("/", b"\x89PNG", kind), "of type|of what type")


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "text/xml;charset=x", "TEXT/HTML", "application/pdf", "application/ld+json"]
)
def test_what_can_be_read_is_fetched(site: Site, fetcher: Fetcher, kind: str) -> None:
    assert fetcher.get(site.put("/", b"1", kind)).media_type == kind


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "404 Not Found; check"),
        (429, "429 Too Many Requests; try again later"),
        (500, "500 .*; try"),
        (599, "599; try"),
    ],
)
def test_a_server_that_refuses(site: Site, fetcher: Fetcher, status: int, message: str) -> None:
    site.pages["/"] = (status, HTML, b"")
    refused(fetcher, site.url + "/", message)


def test_what_did_not_change_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    def page(headers: Headers) -> Page:
        day = "Mon, 28 Sep 2020 08:00:00 GMT"
        same = headers.get("if-none-match") == '"ä"' and headers.get("if-modified-since") == day
        return (304, {}, b"") if same else (200, HTML | {"ETag": '"ä"', "Last-Modified": day}, b"Hello.")

    site.pages["/"] = page
    first = fetcher.get(site.url + "/")
    again = fetcher.get(site.url + "/", etag=first.etag, last_modified=first.last_modified)
    assert (first.not_modified, again.not_modified, again.data) == (False, True, b"")


def test_robots_are_obeyed_and_asked_once(site: Site, fetcher: Fetcher) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    site.put("/a", "Hello.")
    site.put("/private/b", "Psst.")
    site.redirect("/c", "/private/b")
    fetcher.get(site.url + "/a")
    refused(fetcher, site.url + "/private/b", "robots.txt asks programs not to fetch this; save the page")
    refused(fetcher, site.url + "/c", "robots.txt asks")
    assert site.paths() == ["/robots.txt", "/a", "/c"]


def test_robots_of_a_failing_server_forbid_all_until_it_recovers(site: Site, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = (503, {}, b"")
    url = site.put("/a", "Hello.")
    refused(fetcher, url, "robots.txt cannot be had")
    site.put("/robots.txt", "", "text/plain")
    assert fetcher.get(url).data == b"Hello."


def test_robots_that_redirect(site: Site, fetcher: Fetcher) -> None:
    site.redirect("/robots.txt", "/elsewhere/robots.txt")
    site.put("/elsewhere/robots.txt", "User-agent: Dateline\nDisallow: /", "text/plain")
    refused(fetcher, site.put("/a"), "robots.txt asks")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*/print/", "/2020/print/1", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /x$", "/x1", True),
        ("User-agent: *\nDisallow: /ä", "/%C3%A4b", False),
        ("User-agent: other\nUser-agent: DATELINE\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", False),
        ("User-agent: dateline\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", True),
        ("User-agent: dateline\nAllow: /a\nUser-agent: x\nAllow: /b\nUser-agent: dateline\nDisallow: /c", "/c", False),
        ("user-agent : * # all\ndisallow : /a # that", "/a", False),
        ("Disallow: /", "/", True),
        ("<html>no robots here</html>", "/", True),
        ("User-agent: *\nDisallow: " + "/*a" * 60 + "$", "/" + "a" * 3000 + "b", True),
    ],
)  # fmt: skip
def test_robots_rules(rules: str, path: str, allowed: bool) -> None:
    assert read_robots(rules, "Dateline").allows(path) is allowed


def test_one_host_is_not_asked_twice_within_a_second(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(
        FetchLimits(delay=1, seconds=2),
        clock=clock,
        sleep=clock.sleep,
        network=Rerouted(site),
        resolve=lambda *_: [PUBLIC],
    )
    site.put("/a")
    site.put("/robots.txt", "", "text/plain")
    fetcher.get("http://x.example/a")
    assert clock.slept == [1]  # between robots.txt and the page
    fetcher.get("http://y.example/a")
    assert clock.slept == [1, 1]
    clock.now += 0.75
    fetcher.get("http://x.example/a")
    assert clock.slept == [1, 1]
    fetcher.get("http://x.example/a")
    assert clock.slept == [1, 1, 1]


@pytest.mark.parametrize(("wish", "waited"), [("7", 7), ("86400", 30), ("soon", 1)])
def test_a_sites_wish_for_more_time_is_kept_within_reason(site: Site, wish: str, waited: float) -> None:
    clock = Clock()
    site.put("/robots.txt", f"User-agent: *\nCrawl-delay: {wish}\n", "text/plain")
    Fetcher(FetchLimits(), clock=clock, sleep=clock.sleep, allow_private=True).get(site.put("/a"))
    assert clock.slept == [waited]


def test_a_fetcher_leaves_no_trace_of_a_password_in_its_messages(fetcher: Fetcher) -> None:
    assert not re.search("secret|name", refused(fetcher, "http://name:secret@x.example/a", "http://x.example/a: "))

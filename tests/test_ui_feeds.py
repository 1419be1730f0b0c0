"""The commands that go to the web, run as a user runs them, against a server on this machine."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import index.fetch
from index.fetch import Fetcher, FetchLimits
from tests.loopback import Site, serving
from tests.test_ui_cli import dateline

ITEM = "<title>Bridge closed</title><link>/1</link><description>The bridge stays closed on Monday.</description>"
RSS = f'<rss version="2.0"><channel><title>Harbour Wire</title><item>{ITEM}</item></channel></rss>'
TEXT = "The council said on Monday that the old bridge stays closed for three weeks. " * 4
HEAD = "<!doctype html><html lang=en><head><title>Bridge closed</title></head>"
PAGE = f"{HEAD}<body><article><p>{TEXT}</p></article></body></html>"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that the commands may fetch from, though it is on this machine."""
    monkeypatch.setattr(index.fetch, "Fetcher", partial(Fetcher, FetchLimits(delay=0), allow_private=True))
    with serving() as made:
        yield made


def test_feeds_are_followed_through_the_command(site: Site, tmp_path: Path) -> None:
    db = ("--db", tmp_path / "db")
    url, gone = site.put("/feed", RSS, "application/rss+xml"), site.url + "/gone"
    site.put("/1", PAGE)
    done = dateline("feeds", "add", url, "--publisher", "Mine", "--full-text", *db)
    assert (done.returncode, done.stdout) == (0, f"{url} is followed; dateline feeds update fetches what is new\n")
    done = dateline("feeds", "add", gone, *db)
    assert done.returncode == 0

    done = dateline("feeds", "update", *db)
    assert (done.returncode, done.stdout) == (1, f"{url}: 1 added, 0 already there, 0 failed\n")
    assert done.stderr == f"not fetched: {gone}: the server answered 404 Not Found; check the address\n"

    done = dateline("feeds", "list", "--json", *db)
    first, second = json.loads(done.stdout)
    assert (first["url"], first["title"], first["publisher"], first["status"]) == (url, "Harbour Wire", "Mine", "ok")
    assert second["status"].startswith(f"{gone}: the server answered 404")
    assert "Harbour Wire" not in dateline("feeds", "list", *db).stdout
    (article,) = json.loads(dateline("list", "--json", *db).stdout)
    assert (article["title"], article["publisher"], article["url"]) == ("Bridge closed", "Mine", site.url + "/1")

    assert dateline("feeds", "remove", gone, *db).stdout == "1 removed; its articles stay\n"
    done = dateline("feeds", "update", url, *db)
    assert (done.returncode, done.stdout) == (0, f"{url}: 0 added, 0 already there, 0 failed\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("add", "ftp://x.example/feed"), 2, "ftp://x.example/feed: only http and https"),
        (("remove", "https://x.example/feed"), 2, "this feed is not followed"),
        (("update", "https://x.example/feed"), 2, "this feed is not followed"),
    ],
)
def test_wrong_use_of_feeds(tmp_path: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    assert dateline("feeds", "add", "https://a.example/feed", "--db", tmp_path / "db").returncode == 0
    done = dateline("feeds", *arguments, "--db", tmp_path / "db")
    assert done.returncode == code
    assert message in done.stderr


@pytest.mark.parametrize("command", ["list", "update"])
def test_feeds_of_no_archive(tmp_path: Path, command: str) -> None:
    done = dateline("feeds", command, "--db", tmp_path / "none")
    assert done.returncode == 3
    assert "none" in done.stderr


def test_addresses_among_files(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ferries\n\nThe ferries sail again.")
    urls = (site.put("/feed", RSS, "text/xml"), site.put("/page", PAGE), site.url + "/gone", "http://0x7f.1/")
    done = dateline("add", *urls, tmp_path / "a.txt", "--publisher", "Mine", "--db", tmp_path / "db")
    assert done.returncode == 1
    assert done.stdout.startswith("3 added, 0 already there, 2 failed;")
    assert f"not added: {site.url}/gone: the server answered 404" in done.stderr
    assert "not added: http://0x7f.1/: the address names no proper host" in done.stderr


def test_a_page_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    with serving() as site:
        done = dateline("add", site.put("/", PAGE), "--db", tmp_path / "db")
        assert done.returncode == 1
        assert "leads to 127.0.0.1, which is no public address" in done.stderr
        assert site.asked == []

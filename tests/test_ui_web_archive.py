"""The archive page without a browser: what it shows, and what its clicks and forms do."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import make_article
from index.build import AddReport, Indexer
from index.catalogue import Column, Entry, Listing
from index.errors import ArchiveBusy
from index.fetch import Fetcher
from qa.intake import Intake, follow
from tests.loopback import PUBLIC, Rerouted, Site
from ui.web import archive_render as render
from ui.web.archive_desk import Desk
from ui.web.archive_view import View, span_of
from ui.web.means import Means
from ui.web.words import read_words

ENGLISH, ARABIC = read_words("en"), read_words("ar")
ATTACK = "<img src=x onerror=hacked>"
ENTRY = Entry(id="a", title="Bridge", publisher="Wire", published="2020-09-28", language="en")
BRIDGE = make_article(
    "The old bridge over the river Tarna is closed for repairs until the spring, the town said on Monday.",
    id="bridge", title="Bridge", publisher="Wire", language="en", published="2020-09-28",
)  # fmt: skip
COPY = make_article(BRIDGE.text, id="copy", title="Closed", publisher="Post", language="en", published="2020-09-29")


@pytest.fixture
def desk(archive: Archive, indexer: Indexer) -> Desk:
    assert indexer.add([BRIDGE, COPY]).failed == []
    return Desk(archive, ENGLISH, Means(intake=Intake(lambda: indexer), examine=lambda: [f"broken: {ATTACK}"]))


@pytest.fixture
def shut(archive: Archive) -> Desk:
    """Where nothing may be changed."""
    return Desk(archive, ENGLISH, Means())


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_charts_are_buttons_that_narrow_and_widen() -> None:
    columns = [Column(name="2020-09-28", count=3), Column(name="2020-09-30", count=1)]
    shown = render.render_charts(ENGLISH, View(language="ar"), columns, 2, [("ar", 3), ("en", 1)], [(ATTACK, 4)])
    assert 'data-kind="day" data-value="2020-09-28" aria-pressed="false"' in shown
    assert 'aria-label="28 September 2020: 3 articles"' in shown
    assert 'data-kind="language" data-value="" aria-pressed="true"' in shown  # chosen: a click takes it back
    assert 'data-kind="language" data-value="en" aria-pressed="false"' in shown
    assert "2 without a date" in shown
    assert "<img" not in shown
    assert "height:100%" in shown
    assert "height:33%" in shown


def test_what_is_narrowed_can_be_lifted_one_by_one() -> None:
    view = View(language="ar", publisher=ATTACK, day="2020-09", text="bridge")
    shown = render.render_charts(ARABIC, view, [], 0, [], [])
    assert re.findall(r'class="narrow lift[^"]*" data-kind="(\w+)"', shown) == [
        *("language", "publisher", "day", "text", "all")
    ]
    assert "سبتمبر" in shown
    assert "<img" not in shown


def test_the_list_names_outlet_day_and_language() -> None:
    listing = Listing(entries=(ENTRY, Entry(id=ATTACK, title=ATTACK, publisher=None, published=None, language=None)),
                      total=60)  # fmt: skip
    shown = render.render_list(ENGLISH, View(page=1), listing, changes=True)
    assert "60 articles" in shown
    assert "Wire · 28 September 2020 · English" in text_of(shown)
    assert 'aria-label="Remove: Bridge"' in shown
    assert "Page 2 of 3" in shown
    assert re.findall(r'data-page="(\d+)"', shown) == ["0", "2"]
    assert "<img" not in shown
    assert 'class="act remove"' not in render.render_list(ENGLISH, View(), listing, changes=False)
    first = Listing(entries=(ENTRY,), total=1, cut=True)
    assert "The nearest article" in render.render_list(ENGLISH, View(text="x"), first, changes=False)


def test_empty_lists_say_what_to_do() -> None:
    nothing = Listing(entries=(), total=0)
    assert "dateline add PATH" in render.render_list(ENGLISH, View(), nothing, changes=True)
    assert "Take a filter away" in render.render_list(ENGLISH, View(text="x"), nothing, changes=True)


def test_a_view_follows_only_clicks_that_make_sense() -> None:
    view = View(page=3).after({"kind": "language", "value": "ar"})
    assert view == View(language="ar")
    assert view.after({"kind": "language", "value": ""}) == View()
    assert view.after({"kind": "page", "value": 2}).page == 2
    assert view.after({"kind": "all"}) == View()
    assert view.after({"kind": "day", "value": "2020-02"}).filters.before == "2020-02-29"
    wrong: list[dict[str, object]] = [
        {}, {"kind": "page", "value": -1}, {"kind": "page", "value": "1"}, {"kind": "_day", "value": "x"},
        {"kind": "day", "value": "2020-13"}, {"kind": "day", "value": "today"}, {"kind": "language", "value": "!"},
        {"kind": "text", "value": ["x"]}, {"kind": ["day"], "value": "2020"},
    ]  # fmt: skip
    for one in wrong:
        assert view.after(one) == view, one
    assert len(view.after({"kind": "text", "value": "x" * 5000}).text) == 300
    assert span_of("2021") == ("2021-01-01", "2021-12-31")


def test_narrowing_gives_charts_and_list(desk: Desk) -> None:
    view, charts, listed = desk.narrow(View(), {"kind": "publisher", "value": "Post"})
    assert view == View(publisher="Post")
    assert "Closed" in listed
    assert "Bridge" not in listed
    assert 'data-value="" aria-pressed="true"' in charts
    _, _, found = desk.narrow(View(), {"kind": "text", "value": "repairs"})
    assert "2 articles" in found


def test_a_page_that_has_become_empty_gives_way_to_the_last_one(desk: Desk, indexer: Indexer) -> None:
    sentence = "The ferry number {} sails at noon from the northern quay, every day but Sunday."
    indexer.add([make_article(sentence.format(at), id=f"f{at}", title=f"Ferry {at}") for at in range(24)])
    last = View(page=1)
    assert set(re.findall(r'data-article="(\w+)"', desk.show(last)[1])) == {"f0"}
    _, _, listed = desk.remove(last, {"article": "f0"})
    assert "25 articles" in listed
    assert listed == desk.show(View())[1]
    assert desk.show(View(page=99))[1] == listed


def test_files_are_added_and_what_failed_is_named(desk: Desk, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / f"{ATTACK.replace('/', '')}.json"
    good.write_text("The ferry sails at noon from the northern quay, every day but Sunday.")
    bad.write_text("{")
    *steps, last = desk.add_files([str(good), str(bad)])
    assert "Adding: 0 articles done" in steps[0]
    assert "1 article added" in last
    assert "1 could not be added:" in last
    assert "&lt;img src=x" in last
    assert str(tmp_path) not in last
    assert "1 there already" in list(desk.add_files([str(good)]))[-1]
    assert "Choose files" in list(desk.add_files(None))[-1]


def test_addresses_are_fetched_from_the_public_web_alone(archive: Archive, indexer: Indexer, site: Site) -> None:
    body = "".join(f"<p>The lock gate number {at} was opened by hand on Tuesday evening.</p>" for at in range(9))
    site.put("/news", f"<html><body><article><h1>Lock gate</h1>{body}</article></body></html>")

    def fetcher() -> Fetcher:
        return Fetcher(sleep=lambda _: None, network=Rerouted(site), resolve=lambda host, _: [
            "127.0.0.1" if host == "private.example" else PUBLIC])  # fmt: skip

    desk = Desk(archive, ENGLISH, Means(intake=Intake(lambda: indexer, fetcher)))
    last = list(desk.add_addresses("http://news.example/news http://private.example/news"))[-1]
    assert "1 article added" in last
    assert "1 could not be added:" in last
    assert "private.example" in last
    assert "is no address of the web" in list(desk.add_addresses("javascript:hacked"))[-1]
    assert "At most 20 addresses" in list(desk.add_addresses("http://a.example " * 21))[-1]
    assert "write an address first" in list(desk.add_addresses(" "))[-1]


def test_an_article_is_removed_with_its_versions(desk: Desk, archive: Archive) -> None:
    said, _, listed = desk.remove(View(), {"article": "bridge"})
    assert "is removed" in said
    assert "Bridge" not in listed
    assert archive.ids() == ["copy"]
    assert "not in the archive any more" in desk.remove(View(), {"article": "bridge"})[0]
    assert desk.remove(View(), {"article": 5})[0] == ""


def test_nothing_changes_where_that_is_off(shut: Desk, desk: Desk, archive: Archive, tmp_path: Path) -> None:
    assert not shut.changes
    assert shut.remove(View(), {"article": "bridge"})[0] == ""
    assert "Nothing can be changed here" in list(shut.add_files([str(tmp_path / "a.txt")]))[-1]
    assert "Nothing can be changed here" in list(shut.add_addresses("http://a.example"))[-1]
    assert "Nothing can be changed here" in shut.examine()
    assert len(archive.ids()) == 2


def test_copies_and_findings_are_shown(desk: Desk, shut: Desk) -> None:
    assert "Bridge · Wire · 28 September 2020" in text_of(desk.copies())
    assert 'data-article="copy"' in desk.copies()
    assert "&lt;img" in desk.examine()
    assert "sound" in render.render_findings(ENGLISH, [])
    assert "No article is carried" in render.render_copies(ENGLISH, {}, {}, 0)
    assert "and 3 more" in render.render_copies(ENGLISH, {"bridge": ["copy"]}, {"bridge": BRIDGE}, 3)


def test_another_writer_is_named_and_a_fault_is_not_shown(archive: Archive, indexer: Indexer, tmp_path: Path) -> None:
    def busy() -> Indexer:
        raise ArchiveBusy("somebody writes")

    def broken() -> Iterator[Indexer]:
        raise RuntimeError("a secret")

    (tmp_path / "a.txt").write_text("The ferry sails.")
    for fault, said in ((busy, "Something else is writing"), (broken, "Something went wrong on the server")):
        desk = Desk(archive, ENGLISH, Means(intake=Intake(fault)))  # type: ignore[arg-type]
        last = list(desk.add_files([str(tmp_path / "a.txt")]))[-1]
        assert said in last
        assert "secret" not in last


def test_what_was_begun_is_finished_where_nobody_listens() -> None:
    ended = list[int]()

    def work(done: object) -> AddReport:
        done(1)  # type: ignore[operator]
        done(1)  # type: ignore[operator]
        ended.append(1)
        return AddReport()

    told = follow(work)
    assert next(told) == 1
    del told
    until = time.monotonic() + 5
    while not ended and time.monotonic() < until:
        time.sleep(0.01)
    assert ended == [1]

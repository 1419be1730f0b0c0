"""Feeds: what is read of them, the pages behind them, and following them over time."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import Article
from index.build import AddReport, Indexer
from index.errors import ArchiveBusy, ArchiveError, InputError
from index.feeds import Feed, FeedList, FeedUpdate
from index.fetch import Fetcher, FetchLimits
from index.readers.draft import Draft
from index.readers.feed import read_feed
from index.readers.files import read_paths
from index.readers.source import source_of_bytes, source_of_file
from index.readers.web import read_url
from tests.loopback import Headers, Page, Site

DATA = Path(__file__).parent / "data" / "feeds"
NOW = datetime(2020, 9, 30, 12, tzinfo=UTC)


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(FetchLimits(delay=0, seconds=5), allow_private=True)


def split(found: Iterable[Article | InputError]) -> tuple[list[Article], list[str]]:
    listed = list(found)
    return [one for one in listed if isinstance(one, Article)], [
        str(one) for one in listed if isinstance(one, InputError)
    ]


def sample(name: str) -> tuple[list[Article], list[str]]:
    return split(read_paths([DATA / name]))


def test_a_weblogs_feed() -> None:
    (first, second), errors = sample("rss2-ar.xml")
    assert errors == []
    assert first.title == "الوزارة: لا نية لطلب المساعدة"
    assert first.text == "قالت الوزارة يوم الاثنين إنها لا تنوي طلب المساعدة.\n\nوأضافت أن الوضع مستقر."
    assert (first.published, first.day) == ("2020-09-28T11:40:00+03:00", "2020-09-28")
    assert (first.publisher, first.language) == ("صحيفة الميناء & الساحل", "ar")
    assert first.url == "https://almina.example/2020/09/28/ministry?a=1&b=2"
    assert (first.extra["author"], first.extra["section"]) == ("ليلى حداد", "سياسة")
    assert second.text == 'افتتح المرفأ الجديد أمام السفن "الصغيرة" فقط.'
    assert (second.published, second.extra["guessed"]) == ("2020-09-29", ["published"])  # from its address
    assert first.id != second.id


@pytest.mark.parametrize("name", ["rss2-ru-1251.xml", "rss2-ru-said-utf8.xml"])
def test_an_encoding_that_is_said_and_one_that_is_said_wrongly(name: str) -> None:
    (article,), errors = sample(name)
    assert errors == []
    assert article.text == "Посол заявил в понедельник, что страна не намерена просить о помощи."
    assert (article.language, article.extra["author"]) == ("ru", "Анна Котова")
    assert article.published == "2020-09-28T14:05:00+03:00"


def test_atom() -> None:
    (first, second), errors = sample("atom-de.xml")
    assert errors == []
    assert first.text == "Die Brücke über die Elbe ist seit Montag gesperrt.\n\nUmleitung: Nord\n\nDauer: drei Wochen"
    assert (first.url, first.publisher) == ("https://bote.example/artikel/1", "Der Bote & Anzeiger")
    assert (first.published, first.modified) == ("2020-09-28T09:00:00+02:00", "2020-09-28T12:30:00+02:00")
    assert first.extra == {"author": "Ute Kern", "section": "Lokales"}
    assert (second.id, second.url) == ("tag:bote.example,2020:2", None)
    assert (second.published, second.extra["guessed"]) == ("2020-09-29T08:00:00+00:00", ["published"])


def test_rss_1() -> None:
    (article,), _ = sample("rss1-fr.rdf")
    assert article.text == "Les infirmières de l'hôpital ont commencé une grève lundi matin."
    assert (article.title, article.language) == ("Grève à l'hôpital", "fr")
    assert (article.published, article.modified, article.extra) == (
        "2020-09-28T10:00:00+02:00",
        None,
        {"author": "J. Morel"},
    )


def test_titles_alone_and_what_has_no_words() -> None:
    articles, errors = sample("rss091-en.xml")
    assert [article.text for article in articles] == [
        "Ferry services resume after the storm",
        "AT&T & the 3 < 5 rule: council votes",
        articles[2].text,
    ]
    assert articles[2].text in ("Outside &secret; in", "Outside  in", "Outside in")  # never what is in the file
    assert [article.url for article in articles] == ["https://courier.example/a", None, "https://courier.example/d"]
    assert [article.published for article in articles] == [None] * 3
    (error,) = errors
    assert "rss091-en.xml: entry 3 (https://courier.example/c): it has no words" in error


def test_a_persian_date_and_joiners() -> None:
    (article,), _ = sample("rss2-fa.xml")
    assert (article.published, article.language) == ("2020-09-28T14:05:00", "fa")
    assert article.title == "سفیر: کمک نمی‌خواهیم"


def test_chinese_in_its_old_encoding() -> None:
    (article,), _ = sample("rss2-zh-gb.xml")
    assert (article.text, article.publisher) == ("大使星期一表示，该国不打算请求援助。", "港口日报")


def test_a_feed_that_is_no_xml_is_read_so_far_as_it_goes() -> None:
    articles, errors = sample("rss2-broken.xml")
    assert errors == []
    assert articles[0].text == "Ura mbi lumë u mbyll të hënën.\nPunimet zgjasin tri javë."
    assert (articles[0].title, articles[0].language) == ("Ura u mbyll & nuk hapet", "sq")
    assert articles[1].text == "Porti hapet nesër në mëngjes."


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_no_markup_is_left(path: Path) -> None:
    for draft in read_feed(source_of_file(path)):
        assert isinstance(draft, Draft | InputError)
        if isinstance(draft, Draft):
            for value in (draft.text, draft.title, draft.publisher, draft.author, draft.section):
                assert not any(mark in (value or "") for mark in ("</", "<p", "<b", "CDATA", "&amp;", "&#", "track("))


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<html><body><p>Hi.</p></body></html>", b"/etc/hostname", b"<rss", b"<!---->" * 500]
)
def test_what_is_no_feed_is_named(data: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.xml: this is no feed in RSS or Atom; give the address of one"):
        list(read_feed(source_of_bytes(data, "x.xml")))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mayor resigns.", "en"),
        ("Der Stadtrat hat am Montag beschlossen, dass die alte Brücke gesperrt bleibt. " * 3, None),
        ("The council decided on Monday that the old bridge stays closed. " * 4, "en"),
        ("أغلق الجسر.", None),
    ],
)
def test_english_is_what_programs_state_unasked(text: str, language: str | None) -> None:
    item = f"<item><title>T</title><description>{text}</description></item>"
    data = f'<rss version="2.0"><channel><language>en</language>{item}</channel></rss>'
    (draft,) = read_feed(source_of_bytes(data.encode(), "x.xml"))
    assert isinstance(draft, Draft)
    assert draft.language == language


def test_entities_that_grow_are_not_unpacked() -> None:
    grow = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    item = "<item><title>T &e11;</title></item>"
    data = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{grow}]><rss version="2.0"><channel>{item}</channel></rss>'
    (draft,) = read_feed(source_of_bytes(data.encode(), "x.xml"))
    assert isinstance(draft, Draft)
    assert len(draft.text) < 1000


ITEM = """<item><title>{0} title</title><link>/{0}</link><description>{0} in short.</description>
<pubDate>Mon, 28 Sep 2020 08:00:00 GMT</pubDate></item>"""


def rss(*names: str, more: str = "") -> bytes:
    items = "".join(ITEM.format(name) for name in names)
    return f'<rss version="2.0"><channel><title>Harbour Wire</title>{items}{more}</channel></rss>'.encode()


def article_page(name: str) -> str:
    body = f"<p>{name} at length: the council said on Monday that the bridge stays closed for three weeks.</p>" * 4
    return (
        f"<!doctype html><html lang=en><head><title>{name} on the page</title><meta property='article:author' "
        f"content='Ann Reed'></head><body><article><h1>{name} on the page</h1>{body}</article></body></html>"
    )


def test_a_page_at_an_address(site: Site, fetcher: Fetcher) -> None:
    (article,), errors = split(read_url(site.put("/a", article_page("One")), fetcher, {"publisher": "Mine"}))
    assert errors == []
    assert (article.title, article.url, article.publisher) == ("One on the page", site.url + "/a", "Mine")
    assert "One at length" in article.text


@pytest.mark.parametrize("kind", ["application/rss+xml", "text/html", "text/plain", "text/xml; charset=iso-8859-1"])
def test_a_feed_is_known_by_its_content(site: Site, fetcher: Fetcher, kind: str) -> None:
    articles, errors = split(read_url(site.put("/feed", rss("One", "Two"), kind), fetcher))
    assert errors == []
    assert [(one.text, one.url) for one in articles] == [
        ("One in short.", site.url + "/One"),
        ("Two in short.", site.url + "/Two"),
    ]


def test_an_address_that_fails_is_one_error(site: Site, fetcher: Fetcher) -> None:
    assert split(read_url(site.url + "/none", fetcher))[1] == [
        f"{site.url}/none: the server answered 404 Not Found; check the address"
    ]


def test_full_text_comes_from_the_pages(site: Site, fetcher: Fetcher) -> None:
    site.put("/One", article_page("One"))
    site.redirect("/Two", "/two/at/last")
    site.put("/two/at/last", article_page("Two"))
    site.put("/Three", b"\x89PNG", "image/png")
    site.put("/Four", "<html><body></body></html>")
    url = site.put("/feed", rss("One", "Two", "Three", "Four"), "application/rss+xml")
    articles, errors = split(read_url(url, fetcher, full_text=True))
    assert [one.title for one in articles] == ["One title", "Two title", "Three title", "Four title"]
    assert "One at length" in articles[0].text
    assert articles[0].published == "2020-09-28T08:00:00+00:00"
    assert articles[1].url == site.url + "/two/at/last"
    assert articles[2].text == "Three in short."
    assert len(errors) == 2
    assert f"{url}: entry 3 ({site.url}/Three): its page cannot be read, the feed's own words are kept" in errors[0]
    assert "is of type 'image/png'" in errors[0]
    assert "no article is found" in errors[1]


def test_a_longer_entry_keeps_its_own_words(site: Site, fetcher: Fetcher) -> None:
    long = "The whole of the story is in the feed. " * 40
    site.put("/x", article_page("Wall"))
    item = f"<item><title>T</title><link>/x</link><description>{long}</description></item>"
    (article,), _ = split(read_url(site.put("/feed", rss(more=item), "text/xml"), fetcher, full_text=True))
    assert article.text == long.strip()


@pytest.fixture
def feeds(archive: Archive) -> FeedList:
    return FeedList(archive.folder)


class Following:
    """The feeds of an archive, asked over a real connection."""

    def __init__(self, feeds: FeedList, fetcher: Fetcher, indexer: Indexer) -> None:
        self.feeds, self.fetcher, self.indexer = feeds, fetcher, indexer

    def update(self) -> list[FeedUpdate]:
        return list(self.feeds.update(self.feeds.feeds(), self.fetcher, self.indexer.add, lambda: NOW))


@pytest.fixture
def following(feeds: FeedList, fetcher: Fetcher, indexer: Indexer) -> Following:
    return Following(feeds, fetcher, indexer)


def test_feeds_are_added_listed_and_removed(feeds: FeedList) -> None:
    assert feeds.feeds() == []
    first = feeds.add("https://a.example/feed#top", publisher="Ä", full_text=True)
    second = feeds.add("HTTPS://B.example")
    assert first == Feed(url="https://a.example/feed", publisher="Ä", full_text=True)
    assert feeds.feeds() == [first, second]
    feeds.remove("https://a.example/feed")
    assert FeedList(feeds._file.parent).feeds() == [second]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://a.example/feed", "followed already; dateline feeds list"),
        ("file:///x", "file:///x: only http and https"),
        ("https://me:secret@x.example/", "https://x.example/: the address holds a user"),
    ],
)
def test_a_feed_that_cannot_be_followed(feeds: FeedList, url: str, message: str) -> None:
    feeds.add("https://a.example/feed")
    with pytest.raises(InputError, match=message):
        feeds.add(url)
    assert len(feeds.feeds()) == 1


def test_a_feed_that_is_not_followed(feeds: FeedList) -> None:
    with pytest.raises(InputError, match=r"https://b\.example/: this feed is not followed"):
        feeds.remove("https://b.example/")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"feeds": [1]}', '{"feeds": [{"title": "x"}]}', '{"feeds": [{"url": "x", "a": "b"}]}']
)
def test_a_damaged_list_is_named_and_kept(feeds: FeedList, archive: Archive, text: str) -> None:
    path = archive.folder / "feeds.json"
    path.write_text(text)
    with pytest.raises(ArchiveError, match=r"feeds\.json: the list of feeds is damaged"):
        feeds.add("https://a.example/feed")
    assert path.read_text() == text


def test_an_update_brings_what_is_new_and_keeps_what_is_gone(
    site: Site, following: Following, archive: Archive
) -> None:
    url = site.put("/feed", rss("One", "Two"), "text/xml")
    following.feeds.add(url, publisher="Mine")
    (first,) = following.update()
    assert (first.report.added, first.error) == (2, None)
    site.put("/feed", rss("Two", "Three"), "text/xml")
    (second,) = following.update()
    assert (second.report.added, second.report.unchanged, second.report.failed) == (1, 0, [])
    found = archive.get(archive.ids()).values()
    assert {one.text for one in found} == {"One in short.", "Two in short.", "Three in short."}
    assert {one.publisher for one in found} == {"Mine"}
    (feed,) = following.feeds.feeds()
    assert (feed.title, feed.tried, feed.status, len(feed.seen)) == (
        "Harbour Wire",
        "2020-09-30T12:00:00+00:00",
        "ok",
        2,
    )


def test_an_unchanged_feed_is_not_sent_again(site: Site, following: Following) -> None:
    def page(headers: Headers) -> Page:
        return (
            (304, {}, b"")
            if headers.get("if-none-match") == '"1"'
            else (200, {"Content-Type": "text/xml", "ETag": '"1"'}, rss("One"))
        )

    site.pages["/feed"] = page
    following.feeds.add(site.url + "/feed")
    following.update()
    (done,) = following.update()
    assert (done.feed.status, done.report.added, len(done.feed.seen)) == ("unchanged", 0, 1)


def test_a_feed_that_fails_stops_no_other(site: Site, following: Following) -> None:
    for name, body, kind in (
        ("gone", "", ""),
        ("page", article_page("One"), "text/html"),
        ("feed", rss("One"), "text/xml"),
    ):
        following.feeds.add(site.url + f"/{name}")
        if kind:
            site.put(f"/{name}", body, kind)
    gone, page, feed = following.update()
    assert gone.error == f"{site.url}/gone: the server answered 404 Not Found; check the address"
    assert "this is no feed in RSS or Atom; dateline add reads a single page" in str(page.error)
    assert (feed.report.added, feed.error) == (1, None)
    assert [one.status for one in following.feeds.feeds()] == [gone.error, page.error, "ok"]


def test_pages_are_fetched_once_and_again_only_when_they_failed(site: Site, following: Following) -> None:
    site.put("/One", article_page("One"))
    url = site.put("/feed", rss("One", "Two"), "text/xml", ETag='"1"')
    following.feeds.add(url, full_text=True)
    (first,) = following.update()
    assert (first.report.added, first.feed.status, first.feed.etag) == (2, "ok, but for some entries", None)
    assert f"({site.url}/Two): its page cannot be read" in first.report.failed[0]
    site.asked.clear()
    (second,) = following.update()
    assert site.paths() == ["/feed", "/Two"]
    assert second.report.added == 0


def test_what_was_added_meanwhile_is_not_lost(site: Site, following: Following, feeds: FeedList) -> None:
    feeds.add(site.put("/feed", rss("One"), "text/xml"))
    for _ in feeds.update(feeds.feeds(), following.fetcher, following.indexer.add, lambda: NOW):
        feeds.add("https://other.example/")
    assert [one.url for one in feeds.feeds()] == [site.url + "/feed", "https://other.example/"]


def test_a_busy_archive_leaves_the_feed_as_not_asked(site: Site, feeds: FeedList, fetcher: Fetcher) -> None:
    def busy(articles: Iterable[Article | InputError]) -> AddReport:
        raise ArchiveBusy("another process")

    feed = feeds.add(site.put("/feed", rss("One"), "text/xml"))
    with pytest.raises(ArchiveBusy, match="another process"):
        list(feeds.update(feeds.feeds(), fetcher, busy, lambda: NOW))
    assert feeds.feeds() == [feed]


def test_the_file_is_json_that_a_person_can_read(feeds: FeedList, archive: Archive) -> None:
    feeds.add("https://a.example/feed", publisher="الميناء")
    text = (archive.folder / "feeds.json").read_text(encoding="utf-8")
    assert "الميناء" in text
    assert replace(Feed(**json.loads(text)["feeds"][0]), seen=()) == feeds.feeds()[0]
    assert not list(archive.folder.glob("*.new"))

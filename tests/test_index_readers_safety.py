"""Files that mean harm, or are damaged, are refused by name, and what is sound beside them is read."""

import gzip
import io
import json
import os
import tarfile
import tempfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from index.articles import Article
from index.errors import InputError
from index.readers import packed
from index.readers.files import read_paths

DATA = Path(__file__).parent / "data"
GOOD = "The title\n\nThe minister said no."


def read(*paths: Path) -> tuple[list[Article], list[str]]:
    found = list(read_paths(paths))
    return [one for one in found if isinstance(one, Article)], [
        str(one) for one in found if isinstance(one, InputError)
    ]


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(path: Path, *members: tuple[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_and_its_neighbour_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("bomb.txt", b"a" * 50_000_000), ("good.txt", GOOD))
    articles, errors = read(path)
    assert [article.text for article in articles] == ["The minister said no."]
    assert "a.zip/bomb.txt: unpacks to more than 200 times its size; refused as a bomb" in errors[0]


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    _, errors = read(write(tmp_path / "a.txt.gz", gzip.compress(b"a" * 50_000_000)))
    assert "a.txt.gz: unpacks to more than 200 times" in errors[0]


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", ("bomb.txt", b"a" * 5_000_000)).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 24] = (4_000_000).to_bytes(4, "little")  # the packed size, made large for a small ratio
    _, errors = read(write(tmp_path / "b.zip", bytes(data)))
    assert "b.zip" in errors[0]


def test_all_that_one_archive_unpacks_to_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_MEMBERS", 3)
    budget = packed.Budget(members=3, bytes=packed.MAX_TOTAL)
    monkeypatch.setattr("index.readers.files.Budget", lambda: budget)
    articles, errors = read(zipped(tmp_path / "a.zip", *((f"{i}.txt", f"Title {i}\n\nText {i}.") for i in range(9))))
    assert len(articles) == 3
    assert errors == [f"{tmp_path}/a.zip/3.txt: the archive has more than 3 files; the rest is not read, split it"]
    budget.members, budget.bytes = 9, 1000
    _, errors = read(zipped(tmp_path / "b.zip", ("a.txt", os.urandom(800)), ("b.txt", os.urandom(800))))
    assert "b.zip/b.txt: unpacks to more than 2 GB in all" in errors[1]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    articles, errors = read(zipped(tmp_path / "a.zip", (name, GOOD), ("good.txt", GOOD)))
    assert len(articles) == 1
    assert "a path that leads out of the archive" in errors[0]
    assert not list(tmp_path.parent.rglob("evil.txt"))


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (("soft.txt", tarfile.SYMTYPE), ("hard.txt", tarfile.LNKTYPE), ("dev.txt", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("good.txt")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD.encode()))
    link = zipfile.ZipInfo("soft.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
        other.writestr(link, "/etc/passwd")
    articles, errors = read(tmp_path / "a.tar", tmp_path / "b.zip")
    assert [article.origin for article in articles] == [f"{tmp_path}/a.tar/good.txt"]
    assert [error.partition(": refused: ")[2].partition(" ")[2].split(";")[0] for error in errors] == [
        "link or a device", "link or a device", "link or a device", "link",
    ]  # fmt: skip


def test_archives_in_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    path = zipped(tmp_path / "1.zip", ("a.txt", GOOD))
    for number in range(2, 6):
        path = zipped(
            tmp_path / f"{number}.zip", (path.name, path.read_bytes()), (f"{number}.txt", f"T{number}\n\nYes.")
        )
    articles, errors = read(tmp_path / "3.zip")
    assert len(articles) == 3
    assert errors == []
    articles, errors = read(tmp_path / "5.zip")
    assert len(articles) == 3
    assert "5.zip/4.zip/3.zip/2.zip: packed more than 3 deep" in errors[0]


def test_nothing_is_unpacked_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    lines = b"".join(b'{"text": "%s no."}\n' % os.urandom(400_000).hex().encode() for _ in range(20))
    for _ in read_paths([zipped(tmp_path / "a.zip", ("a.jsonl", lines))]):
        assert list((tmp_path / "scratch").iterdir()) == []


def test_an_encrypted_member_and_a_damaged_one_are_named(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", ("a.txt", GOOD * 9), ("b.txt", GOOD)).read_bytes())
    data[50] ^= 0xFF
    articles, errors = read(write(tmp_path / "b.zip", bytes(data)))
    assert len(articles) == 1
    assert "b.zip/a.txt: damaged" in errors[0]
    data = bytearray((tmp_path / "a.zip").read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    _, errors = read(write(tmp_path / "c.zip", bytes(data)))
    assert "c.zip/a.txt: refused: encrypted" in errors[0]
    _, errors = read(write(tmp_path / "d.zip", (tmp_path / "a.zip").read_bytes()[:60]))
    assert "d.zip: damaged" in errors[0]


def test_an_office_document_is_told_from_an_archive(tmp_path: Path) -> None:
    _, errors = read(zipped(tmp_path / "a.docx", ("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>")))
    assert "a.docx: an Office document; save it as .pdf, .html or .txt" in errors[0]


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;',
    ],
)
def test_entities_in_xml_are_refused(tmp_path: Path, declared: str) -> None:
    text = (DATA / "newsml" / "item-en-nitf.xml").read_text(encoding="utf-8")
    head, _, rest = text.partition("<newsItem")
    path = write(
        tmp_path / "a.xml", f"{head}<!DOCTYPE newsItem [{declared}]><newsItem{rest}".replace("EASTHAVEN", "&c;")
    )
    articles, errors = read(path)
    assert articles == []
    assert "a.xml: this XML declares entities or reaches outside" in errors[0]


def test_an_outside_document_type_is_not_fetched(tmp_path: Path) -> None:
    text = (DATA / "newsml" / "item-en-nitf.xml").read_text(encoding="utf-8")
    path = write(
        tmp_path / "a.xml", text.replace("<newsItem", '<!DOCTYPE newsItem SYSTEM "file:///etc/x"><newsItem', 1)
    )
    articles, errors = read(path)
    assert len(articles) + len(errors) == 1


def test_formulas_in_cells_stay_text(tmp_path: Path) -> None:
    rows = 'title,text,author\n=1+1,"=HYPERLINK(""http://x.example"",""no"")",@SUM(A1)\n'
    (article,), errors = read(write(tmp_path / "a.csv", rows))
    assert errors == []
    assert (article.title, article.text, article.extra["author"]) == (
        "=1+1", '=HYPERLINK("http://x.example","no")', "@SUM(A1)",
    )  # fmt: skip


def test_a_table_names_the_rows_that_fail(tmp_path: Path) -> None:
    rows = "title;text;date\nA;First.;2020-09-28\nB;;\nC;Third.;some day\nD;Four;th.;x\nE;Fifth.;\n"
    articles, errors = read(write(tmp_path / "a.csv", rows))
    assert [article.text for article in articles] == ["First.", "Fifth."]
    assert [error.removeprefix(f"{tmp_path}/a.csv:")[:22] for error in errors] == [
        "3: 'text' is missing; ", "4: 'published' is not ", "5: 4 cells under 3 col",
    ]  # fmt: skip
    _, errors = read(write(tmp_path / "b.csv", "Only one line of prose, with a comma, and no header. 1, 2\n"))
    assert "b.csv" in errors[0]


def test_a_line_of_100_megabytes_is_not_held(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.json"):
        with (tmp_path / name).open("wb") as stream:
            stream.write({"a.jsonl": b'{"text": "', "a.csv": b"title,text\nA,", "a.json": b'[{"text": "'}[name])
            for _ in range(100):
                stream.write(b"x" * 1_000_000)
    tracemalloc.start()
    articles, errors = read(*(tmp_path / name for name in ("a.jsonl", "a.csv", "a.json")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert articles == []
    assert [Path(error.partition(":")[0]).name for error in errors] == ["a.jsonl", "a.csv", "a.json"]
    assert peak < 200_000_000


def test_json_that_is_deep_or_broken_is_named(tmp_path: Path) -> None:
    for name, data, message in (
        ("a.json", "[" * 100_000, "nested too deep"),
        ("b.json", '{"text": ' + "[" * 100_000, "nested too deep"),
        ("c.json", '[{"text": "Good one."}, {"text": "Cut', "not valid JSON"),
        ("d.json", "[]", "no article in this JSON"),
        ("e.json", '[{"text": "A\\ud800."}]', "surrogate"),
        ("f.json", '{"text": "A."} and more', "not valid JSON"),
        ("g.json", '[1, "two"]', "a JSON object is expected, this is a int"),
    ):
        _, errors = read(write(tmp_path / name, data))
        assert errors, name
        assert f"{name}" in errors[0]
        assert message in errors[0], errors[0]


def test_objects_one_after_the_other_are_read_from_json(tmp_path: Path) -> None:
    articles, errors = read(write(tmp_path / "a.json", '{"text": "First."}\n{"text": "Second."}\n'))
    assert ([article.text for article in articles], errors) == (["First.", "Second."], [])


def test_scripts_and_styles_are_never_text(tmp_path: Path) -> None:
    story = "".join(
        f"<p>The harbour board met for the {n}th time and decided about the ferry again.</p>" for n in range(9)
    )
    page = f"""<html><head><title>Harbour</title><style>p {{color: red}}</style></head><body><article><h1>Harbour</h1>
    {story}<script>alert("stolen")</script><p onclick="alert('stolen')">The last word.</p><noscript>stolen</noscript>
    <iframe srcdoc="<p>stolen</p>"></iframe></article></body></html>"""
    (article,), errors = read(write(tmp_path / "a.html", page))
    assert errors == []
    assert "The last word." in article.text
    for word in ("stolen", "color", "alert", "<"):
        assert word not in article.text


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"%PDF-1.4\n" + b"\x00garbage" * 99, "this PDF is damaged"),
        ("a.pdf", (DATA / "pdf" / "en.pdf").read_bytes()[:400], "a.pdf"),
        ("a.html", b"", "no article is found in this page"),
        ("a.html", b"<html><body></body></html>", "no article is found in this page"),
        ("a.xml", b"<?xml version='1.0'?><other/>", "no newsItem is in this XML"),
        ("a.xml", b"<?xml version='1.0'?><newsItem><cut", "not well-formed XML"),
        (
            "a.mht",
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\nno page\n--x--",
            "no page",
        ),
        ("a.json", json.dumps({"uri": "urn:x", "pubstatus": "canceled", "body_text": "A."}).encode(), "withdrew"),
        ("a.gz", b"\x1f\x8b\x08\x00cut", "a.gz: damaged"),
        ("a.tar", b"\0" * 257 + b"ustar" + b"\0" * 250, "a.tar"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is not text"),
    ],
)
def test_what_is_damaged_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    articles, errors = read(write(tmp_path / name, data))
    assert articles == []
    assert name in errors[0]
    assert message in errors[0]


def test_an_encrypted_pdf_and_one_without_text_are_told(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(DATA / "pdf" / "en.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    blank = PdfWriter()
    blank.add_blank_page(595, 842)
    blank.write(tmp_path / "blank.pdf")
    _, errors = read(tmp_path / "locked.pdf", tmp_path / "blank.pdf")
    assert "locked.pdf: this PDF is encrypted; save it without a password" in errors[0]
    assert "blank.pdf: no text is in this PDF" in errors[1]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out" / "secret.txt", "Secret\n\nNobody may read this.")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    write(tmp_path / "in" / "good.txt", GOOD)
    (tmp_path / "in" / "file.txt").symlink_to(tmp_path / "out" / "secret.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "deep" / "loop").symlink_to(tmp_path / "in")
    articles, errors = read(tmp_path / "in")
    assert ([article.text for article in articles], errors) == (["The minister said no."], [])


def test_patterns_pick_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write(tmp_path / "a.log", GOOD)
    write(tmp_path / "b" / "c.txt", GOOD.replace("no", "yes"))
    found = [str(one) if isinstance(one, InputError) else one.text for one in read_paths([tmp_path], globs=["*.log"])]
    assert found == ["The minister said no."]
    found = [str(one) if isinstance(one, InputError) else one.text for one in read_paths([tmp_path], globs=["b/*"])]
    assert found == ["The minister said yes."]
    (error,) = read_paths([tmp_path], globs=["*.none"])
    assert isinstance(error, InputError)
    assert "no *.none" in str(error)


@pytest.mark.parametrize(
    ("name", "opening", "repeated"),
    [
        ("a.md", "t ", "["), ("a.md", "t ", "!["), ("a.md", "t ", "<!--"), ("a.md", "t ", "**a "), ("a.md", "t ", "<http://"),
        ("a.md", "---\n", "a: b\n"), ("a.html", "<html><body>", "<p>a</p>"), ("a.html", "<html><body>", "<div>"),
        ("a.html", "<html><h1>a</h1>", "<span class=date>1 May</span>"), ("a.html", "<html><body>", "<script>"),
        ("a.html", "<script type='application/ld+json'>[", "1,"), ("a.csv", "title,text\n", '"'), ("a.csv", "", ","),
        ("a.json", "[", "{"), ("a.json", "[", "[1,"), ("a.xml", "<?xml version='1.0'?>", "<!--"), ("a.txt", "", "A, "),
        ("a.pdf", "%PDF-1.4\n", "1 0 obj\n"), ("a.jsonl", '{"text": "A b.", "x": ', "["),
    ],
)  # fmt: skip
def test_what_repeats_without_end_takes_seconds_at_most(tmp_path: Path, name: str, opening: str, repeated: str) -> None:
    path = write(tmp_path / name, opening + repeated * (500_000 // len(repeated)))
    start = time.monotonic()
    articles, errors = read(path)
    assert time.monotonic() - start < 10
    assert articles or all(name in error for error in errors)


def test_what_is_nested_deep_is_named(tmp_path: Path) -> None:
    for key in ("publisher", "x"):
        _, errors = read(write(tmp_path / "a.jsonl", f'{{"text": "A b.", "{key}": {"[" * 300}{"]" * 300}}}'))
        assert "a.jsonl:1: nested more than 50 deep" in errors[0]

"""Bad input gets a message that names the place, and the rest goes on."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from index.articles import Article
from index.errors import InputError
from index.readers import jsonl
from index.readers.files import count_articles, read_paths, read_source
from index.readers.source import source_of_bytes


def read(*paths: Path) -> tuple[list[Article], list[str]]:
    found = list(read_paths(paths))
    return [one for one in found if isinstance(one, Article)], [
        str(one) for one in found if isinstance(one, InputError)
    ]


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_text_has_its_title_in_the_first_line(tmp_path: Path) -> None:
    (article,), errors = read(
        write(tmp_path / "a.txt", "\ufeffThe title\r\n\r\nThe minister said no.\r\nThat was it.\r\n")
    )
    assert errors == []
    assert (article.title, article.text, article.language) == ("The title", "The minister said no.\nThat was it.", "en")


def test_one_line_is_a_text_without_a_title(tmp_path: Path) -> None:
    (article,), _ = read(write(tmp_path / "a.txt", "Only this line."))
    assert (article.title, article.text) == (None, "Only this line.")


def test_utf_16_with_its_mark_is_read(tmp_path: Path) -> None:
    (article,), _ = read(write(tmp_path / "a.txt", "عنوان\n\nقالت الوزارة لا.".encode("utf-16")))
    assert article.text == "قالت الوزارة لا."


def test_jsonl_keeps_unknown_keys_and_needs_only_text(tmp_path: Path) -> None:
    lines = [
        {"text": "Eins zwei drei, der Minister sagt nein."},
        {"id": 7, "text": "B.", "desk": ["a", 1], "language": "EN"},
    ]
    (first, second), errors = read(write(tmp_path / "a.jsonl", "\n\n".join(json.dumps(one) for one in lines)))
    assert errors == []
    assert (first.language, first.title, len(first.id)) == ("de", None, 16)
    assert (second.id, second.language, second.extra) == ("7", "en", {"desk": ["a", 1]})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "A."', r"a\.jsonl:2: not valid JSON"),
        ("[" * 100_000, r"a\.jsonl:2: not valid JSON"),
        ('["text"]', r"a\.jsonl:2: a JSON object is expected, this is a list"),
        ('{"title": "T"}', r"a\.jsonl:2: 'text' is missing"),
        ('{"text": 5}', r"a\.jsonl:2: 'text' must be a string, this is '5'"),
        ('{"text": "A.", "url": {}}', r"a\.jsonl:2: 'url' must be a string"),
        ('{"text": "A.", "published": "31 Feb"}', r"a\.jsonl:2: 'published' is not a date: '31 Feb'; give ISO 8601"),
        ('{"text": "bad \\ud800 here."}', r"a\.jsonl:2: holds half of a surrogate pair"),
        ('{"text": "A.", "size": NaN}', r"a\.jsonl:2: not valid JSON"),
        ('{"text": "A.", "size": 1e999}', r"a\.jsonl:2: not valid JSON"),
        ('{"text": " ... "}', r"a\.jsonl:2: there is no sentence"),
        ('{"text": "A.", "language": "Arabic!"}', r"a\.jsonl:2: 'language' is not a language code"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path / "a.jsonl", f'{{"text": "First."}}\n{line}\n{{"text": "Third."}}\n')
    articles, errors = read(path)
    assert [article.text for article in articles] == ["First.", "Third."]
    with pytest.raises(InputError, match=message):
        raise InputError(*errors)


def test_a_broken_encoding_names_the_line(tmp_path: Path) -> None:
    text = write(tmp_path / "a.txt", b"Title\n\nGood.\nBad \xff byte.")
    lines = write(tmp_path / "b.jsonl", b'{"text": "Good."}\n{"text": "\xe4"}\n')
    articles, errors = read(text, lines)
    assert [article.text for article in articles] == ["Good."]
    assert "a.txt:4: not valid UTF-8 (byte 0xff); convert the file first" in errors[0]
    assert "b.jsonl:2: not valid UTF-8" in errors[1]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.bin", b"\x7fELF\0\0\0", "this is not text"),
        ("a.txt", b"", "there is no sentence in the text"),
        ("a.txt", b" \n\n ", "there is no sentence in the text"),
        ("a.jsonl", b"", "the file is empty"),
    ],
)
def test_a_file_that_is_no_article_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    articles, errors = read(write(tmp_path / name, data))
    assert articles == []
    assert name in errors[0]
    assert message in errors[0]


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), 200_000_000)
    _, errors = read(path)
    assert "big.txt: 200 MB; one article may have 10 MB: split it" in errors[0]


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    articles, errors = read(write(tmp_path / "a.jsonl", '{"text": "Good."}\n' + "x" * 500))
    assert [article.text for article in articles] == ["Good."]
    assert "a.jsonl:2: the line is longer than" in errors[0]


def test_folders_are_read_in_order_and_other_kinds_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "B\n\nBee.")
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "a.jsonl", '{"text": "Ay."}')
    write(tmp_path / "README.md", "# Not an article")
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden" / "c.txt", "C\n\nSea.")
    articles, errors = read(tmp_path)
    assert ([article.text for article in articles], errors) == (["Bee.", "Ay."], [])


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _, errors = read(tmp_path / "nowhere.txt", tmp_path / "empty")
    assert "nowhere.txt: there is no such file or folder" in errors[0]
    assert "empty: no .txt or .jsonl file in this folder" in errors[1]


def test_an_unreadable_path_is_an_error_not_a_crash(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    _, errors = read(tmp_path / "pipe.txt")
    assert "not a regular file" in errors[0]


def test_a_name_that_is_too_long_is_an_error_not_a_crash() -> None:
    long = Path("a" * 300)
    _, errors = read(long)
    assert "cannot be read: File name too long" in errors[0]
    assert count_articles([long]) == 1


def test_counting_for_the_progress_bar(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "B\n\nBee.")
    write(tmp_path / "a.jsonl", '{"text": "Ay."}\n{"text": "Bee."}\n')
    assert count_articles([tmp_path]) == 3


def test_articles_of_one_fetched_list_do_not_share_its_address() -> None:
    lines = b'{"text": "One said no."}\n{"text": "Two said yes.", "url": "https://a.example/2"}\n'
    source = replace(source_of_bytes(lines, "list.jsonl"), url="https://a.example/list.jsonl")
    found = [one for one in read_source(source) if isinstance(one, Article)]
    assert [one.url for one in found] == [None, "https://a.example/2"]
    page = replace(source_of_bytes(b"The title\n\nOne said no.", "page.txt"), url="https://a.example/page.txt")
    assert [one.url for one in read_source(page) if isinstance(one, Article)] == ["https://a.example/page.txt"]


@pytest.mark.parametrize("moment", ["1601290800", "1601290800000", "1601290800.9"])
@pytest.mark.parametrize("key", ["published", "publishedAt"])
def test_a_number_is_a_moment_where_a_date_is_asked_for(tmp_path: Path, key: str, moment: str) -> None:
    (article,), _ = read(write(tmp_path / "a.jsonl", f'{{"text": "One said no.", "{key}": {moment}}}'))
    assert article.published == "2020-09-28T11:00:00+00:00"


@pytest.mark.parametrize("moment", ["20200928", "true", "-1601290800", "1e300"])
def test_another_number_is_no_date(tmp_path: Path, moment: str) -> None:
    _, (error,) = read(write(tmp_path / "a.jsonl", f'{{"text": "One said no.", "published": {moment}}}'))
    assert "a.jsonl:1: 'published' must be a string" in error

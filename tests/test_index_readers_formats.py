"""Every sample file is read as the gold says, which was written before the readers."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from index.articles import Article
from index.errors import InputError
from index.readers.files import read_paths

DATA = Path(__file__).parent / "data"
GOLD: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "gold.jsonl").read_text(encoding="utf-8").splitlines()
]
LEAST = {"published": 0.97, "language": 0.99, "publisher": 0.95, "title": 1.0}


@cache
def read(file: str) -> list[Article]:
    found = list(read_paths([DATA / file]))
    assert [str(one) for one in found if isinstance(one, InputError)] == []
    return [one for one in found if isinstance(one, Article)]


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: f"{gold['file']}-{gold['n']}")
def test_the_text_is_the_articles_and_only_that(gold: dict[str, Any]) -> None:
    article = read(gold["file"])[gold["n"]]
    assert article.title == gold["title"]
    assert gold["has"] in article.text
    assert gold["hasnot"] not in article.text
    assert "track(" not in article.text
    assert "<p" not in article.text
    assert len(article.text) < 900
    for name in ("author", "section", "url"):
        if name in gold:
            assert (article.url if name == "url" else article.extra.get(name)) == gold[name]


def test_no_file_brings_more_than_the_gold_says() -> None:
    for file in {gold["file"] for gold in GOLD}:
        assert len(read(file)) == sum(gold["file"] == file for gold in GOLD), file


@pytest.mark.parametrize("field", LEAST)
def test_the_share_of_right_fields(field: str) -> None:
    wrong = [
        (gold["file"], gold[field], found)
        for gold in GOLD
        if (found := getattr(read(gold["file"])[gold["n"]], field)) != gold[field]
    ]
    assert 1 - len(wrong) / len(GOLD) >= LEAST[field], wrong


def test_the_samples_are_enough() -> None:
    assert len(GOLD) >= 60
    assert len({gold["language"] for gold in GOLD}) >= 8

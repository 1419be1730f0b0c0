"""Copies: what the rule says of labelled pairs, and how groups live in an archive."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from index.archive import Archive
from index.articles import Article, make_article
from index.build import Indexer
from index.copies import are_copies, letters_of, shingles_of, sketch_of
from index.groups import CopyGroups
from index.readers.files import read_paths
from index.vectors import ChromaVectors
from tests.toys import WordEmbedder

ROOT = Path(__file__).parents[1]
PAIRS = [json.loads(line) for line in (ROOT / "tests/data/copies.jsonl").read_text(encoding="utf-8").splitlines()]
SAMPLE = [one for one in read_paths([ROOT / "examples" / "articles"]) if isinstance(one, Article)]


def test_precision_and_recall_on_the_labelled_pairs() -> None:
    found = [are_copies(pair["one"]["text"], pair["other"]["text"]) for pair in PAIRS]
    right = [pair["copies"] for pair in PAIRS]
    both = sum(told and true for told, true in zip(found, right, strict=True))
    assert both / sum(found) >= 0.98
    assert both / sum(right) >= 0.90


@pytest.mark.parametrize("pair", [one for one in PAIRS if one["copies"]][::4], ids=lambda one: one["id"])
def test_copies_share_a_shingle_that_is_looked_up(pair: dict[str, dict[str, str]]) -> None:
    one, other = (set(sketch_of(letters_of(pair[name]["text"])).tolist()) for name in ("one", "other"))
    assert one & other


def test_no_two_articles_of_the_sample_are_copies_though_they_tell_the_same_stories() -> None:
    assert not [(a.id, b.id) for a, b in combinations(SAMPLE, 2) if are_copies(a.text, b.text)]


def test_shingles_of_nothing_and_of_strange_letters() -> None:
    assert len(shingles_of("")) == len(shingles_of("short")) == 0
    assert len(shingles_of("\ud800" * 40)) == 1
    assert not are_copies("", "")
    assert not are_copies("Too short to tell.", "Too short to tell.")


STORY = SAMPLE[0].text


@pytest.fixture
def archive_and_indexer(archive: Archive) -> tuple[Archive, Indexer]:
    vectors = ChromaVectors(archive.folder / "chroma", "chunks-1")
    return archive, Indexer(archive, vectors, WordEmbedder(), chunk_tokens=1, today=lambda: "2024-06-10")


def carried(by: str, day: str | None, text: str = STORY) -> Article:
    return make_article(text, id=by, title=by, publisher=by, published=day, language="en")


def test_a_group_is_led_by_the_first_published_whenever_it_comes(archive_and_indexer: tuple[Archive, Indexer]) -> None:
    archive, indexer = archive_and_indexer
    groups = CopyGroups(archive)
    cut = STORY[: len(STORY) // 2]
    indexer.add([carried("second", "2024-06-02"), carried("third", "2024-06-03", cut), carried("undated", None)])
    assert groups.listed() == {"second": ["third", "undated"]}
    indexer.add([carried("first", "2024-06-01")])
    assert groups.listed() == {"first": ["second", "third", "undated"]}
    assert archive.groups_of(["third", "first"]) == {"third": "first", "first": "first"}
    indexer.remove("first")
    assert groups.listed() == {"second": ["third", "undated"]}
    groups.make(anew=True)
    assert groups.listed() == {"second": ["third", "undated"]}


def test_a_new_version_takes_the_place_of_the_old_one_in_its_group(
    archive_and_indexer: tuple[Archive, Indexer],
) -> None:
    archive, indexer = archive_and_indexer
    groups = CopyGroups(archive)
    indexer.add([carried("one", "2024-06-01"), carried("two", "2024-06-02"), carried("three", "2024-06-03")])
    indexer.add([carried("one", "2024-06-01", STORY + " It was corrected later.")])
    assert groups.listed() == {"one@v2": ["two", "three"]}
    other = "The harvest of olives began two weeks early, and the mill of the valley works day and night until Sunday."
    indexer.add([carried("one", "2024-06-01", other + " Nobody there remembers such a year.")])
    assert groups.listed() == {"two": ["three"]}


def test_the_same_words_in_another_language_tag_are_no_copy(archive_and_indexer: tuple[Archive, Indexer]) -> None:
    archive, indexer = archive_and_indexer
    indexer.add([carried("one", "2024-06-01"), make_article(STORY, id="two", language="fr")])
    assert CopyGroups(archive).listed() == {}


def test_an_outlets_furniture_does_not_slow_the_search_nor_hide_copies(
    archive_and_indexer: tuple[Archive, Indexer],
) -> None:
    archive, indexer = archive_and_indexer
    furniture = "Sign up for our morning letter and read what the valley talks about, every day at seven o'clock. "
    many = [
        carried(f"n{n}", "2024-06-01", furniture * 2 + f"In {n} words: nothing of note was seen.") for n in range(120)
    ]
    indexer.add([*many, carried("one", "2024-06-01"), carried("two", "2024-06-02", furniture + STORY)])
    most = archive.rows("SELECT count(*) FROM sketches GROUP BY hash ORDER BY 1 DESC LIMIT 1")[0][0]
    assert most <= 100
    assert CopyGroups(archive).listed()["one"] == ["two"]

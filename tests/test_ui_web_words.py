import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel import Locale

from ui.web.words import LANGUAGES, Words, read_words

WEB = Path(__file__).parents[1] / "ui" / "web"


def read(language: str) -> dict[str, Any]:
    table = tomllib.loads((WEB / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{part}.{name}": said for part, names in table.items() for name, said in names.items()}


def fields(said: str | dict[str, str]) -> set[str]:
    """The placeholders of a text or of any of its forms."""
    texts = said.values() if isinstance(said, dict) else [said]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    first, here = read(LANGUAGES[0]), read(language)
    assert first.keys() == here.keys()
    assert {name: fields(said) for name, said in first.items()} == {name: fields(said) for name, said in here.items()}
    forms = Locale.parse(language).plural_form.tags | {"other"}
    for name, said in here.items():
        assert isinstance(said, dict) == isinstance(first[name], dict), name
        assert not isinstance(said, dict) or said.keys() == forms, name
        assert isinstance(said, dict) or said.strip() == said != "", name


def test_what_the_code_says_is_there_and_nothing_more() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.glob("*.py")))
    names = read(LANGUAGES[0]).keys()
    parts = "|".join({name.partition(".")[0] for name in names})
    said = {one for one in re.findall(rf'"((?:{parts})\.[a-z_]+)"', code) if not one.endswith((".css", ".js"))}
    assert said <= names
    begun = tuple(re.findall(rf'f["\']((?:{parts})\.[a-z_]*)\{{', code))
    assert {name for name in names - said if not name.startswith(begun)} == set()


def test_the_arabic_interface_is_arabic() -> None:
    english, arabic = read("en"), read("ar")
    same = {name for name, said in arabic.items() if said == english[name]}
    assert same <= {"page.name", "filters.day"}
    for name, said in arabic.items():
        texts = "".join(said.values()) if isinstance(said, dict) else said
        assert not re.search(r"[,;?]", texts), f"{name} has Latin punctuation"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "لا مقالات"), (1, "مقال واحد"), (2, "مقالان"), (3, "3 مقالات"), (11, "11 مقالا"), (100, "100 مقال")],
)
def test_numbers_decide_the_form(count: int, said: str) -> None:
    assert read_words("ar")("archive.articles", count=count) == said


def test_names_and_days_are_those_of_the_language() -> None:
    arabic = read_words("ar")
    assert (arabic.direction, arabic.path, read_words("en").direction) == ("rtl", "/ar", "ltr")
    assert arabic.day("2020-09-28T13:10:00Z") == "28 سبتمبر 2020"
    assert arabic.language_name("fa") == "الفارسية"
    assert read_words("en").confidence(0.7) == "Moderate confidence"


def test_a_value_with_braces_is_text() -> None:
    assert Words("en", {"a": {"b": "Edit: {it}"}})("a.b", it="{it.__class__}") == "Edit: {it.__class__}"

"""The check of one written sentence: what rules find, and what is left to the reader."""

from collections.abc import Sequence

import pytest

from index.articles import make_article
from qa.answers import Evidence
from qa.evidence import Passage
from qa.verify import Check, Checker, read_support
from tests.toys import ShareReader, evidence

ENGLISH = make_article(
    "Armenia's ambassador, Vardan Toganyan, said on 28 September that 832 people had asked for help. The river rose.",
    id="en", language="en", title="Karabakh: envoy speaks", publisher="Meridian Wire", published="2020-09-29",
)  # fmt: skip
ARABIC = make_article(
    "قال السفير فاردان توغانيان في 28 سبتمبر إن ٨٣٢ شخصا طلبوا المساعدة.",
    id="ar", language="ar", title="أرمينيا", published="2020-09-29",
)  # fmt: skip
SAID, ROSE = evidence(ENGLISH)
(TOLD,) = evidence(ARABIC)


def believing(text: str, groups: Sequence[Sequence[Passage]]) -> list[float]:
    return [0.95] * len(groups)


def doubting(text: str, groups: Sequence[Sequence[Passage]]) -> list[float]:
    return [0.05] * len(groups)


def check(text: str, cited: Sequence[Evidence] = (SAID,), language: str = "en") -> Check:
    return Checker(believing, threshold=0.9).check(text, cited, language)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("The ambassador said that 833 people had asked for help.", "its evidence lacks a number in it"),
        ("The ambassador said so in October.", "its evidence lacks a month in it"),
        ("The ambassador said so on Friday.", "its evidence lacks a weekday in it"),
        ("The ambassador, Edith Marlow, said that people had asked for help.", "its evidence lacks a name in it"),
        ("The ambassador said so, see https://collect.example.", "it held an address"),
        ("The ambassador said so, see collect.example/x", "it held an address"),
        ("The ambassador sаid that people had asked for help.", "a word in it mixed letters of two alphabets"),
        ("Посол сказал, что люди просили о помощи.", "it was in another language than asked for"),
    ],
)
def test_what_rules_find_is_named_in_words_of_ours(text: str, problem: str) -> None:
    assert check(text).problem == problem


@pytest.mark.parametrize(
    "text",
    [
        "The envoy said that 832 people had asked for help.",
        "On 28 September the envoy, Toganyan, spoke of 832 people.",
        "On Tuesday Meridian Wire named 832 people.",  # the article's day, and its publisher
        "In Karabakh, 832 people had asked for help.",  # the title's name
    ],
)
def test_what_the_evidence_has_passes_in_any_form(text: str) -> None:
    assert check(text).problem is None


def test_numbers_and_months_are_compared_across_scripts() -> None:
    assert check("On 28 September 832 people asked for help, the envoy said.", [TOLD]).problem is None
    assert check("On 27 September 832 people asked for help.", [TOLD]).problem == "its evidence lacks a number in it"
    assert check("قال السفير إن ٨٣٢ شخصا طلبوا المساعدة في سبتمبر.", [SAID], "ar").problem is None


def test_all_that_is_cited_counts_together() -> None:
    wide = "The river rose, and 832 people asked for help."
    assert check(wide, [ROSE]).problem == "its evidence lacks a number in it"
    assert check(wide, [ROSE, SAID]).problem is None


def test_quotation_marks_go_where_nobody_said_so() -> None:
    assert check("He said that “832 people” “begged”.").text == "He said that “832 people” begged."


def test_a_sentence_of_a_source_passes_word_for_word_whatever_the_reader_says() -> None:
    checker = Checker(doubting, threshold=0.9)
    assert checker.check("the river rose", [SAID, ROSE], "en") == Check(text="the river rose", support=1.0)
    assert checker.check("The river rose in Armenia.", [SAID, ROSE], "en").problem is not None
    assert checker.check("The river", [ROSE], "en").problem is not None  # a part may say something else


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("They killed 12 people and hurt 35.", "They killed 35 people and hurt 12."),
        ("They killed 16 people.", "They killed 29 people."),  # the article's day
        ("It was -5 C.", "It was 5 C."),
        ("It rose by 12.", "It rose by 12%."),
        ("It cost €5 million.", "It cost $5 million."),
        ("The G7 met.", "The G20 met."),
        ("It cost EUR300 million.", "It cost EUR900 million."),
        ("قتل ١٢ شخصا وأصيب ٣٥.", "قتل ٣٥ شخصا وأصيب ١٢."),
    ],
)
def test_other_numbers_are_other_words(source: str, written: str) -> None:
    language = "ar" if "ق" in source else "en"
    (cited,) = evidence(make_article(source, id="n", language=language, published="2020-09-29"))
    checker = Checker(doubting, threshold=0.9)
    assert checker.check(source, [cited], language).problem is None
    assert checker.check(written, [cited], language).problem is not None


@pytest.mark.parametrize(
    ("opened", "closed"), [("＂", "＂"), ("❝", "❞"), ("｢", "｣"), ("‟", "”"), ("''", "''"), ("``", "''")]
)
def test_every_quotation_mark_is_seen(opened: str, closed: str) -> None:
    assert check(f"He said {opened}never{closed}.").text == "He said never."


@pytest.mark.parametrize(("support", "passes"), [(0.9, True), (0.8999, False)])
def test_the_threshold_is_enough(support: float, *, passes: bool) -> None:
    found = Checker(lambda _, groups: [support] * len(groups), threshold=0.9).check("It rose.", [ROSE], "en")
    assert (found.problem is None, found.support) == (passes, support)


def test_without_evidence_nothing_passes() -> None:
    assert check("The river rose.", []).problem == "it cited no evidence"
    assert Checker(believing, threshold=0.9).nearest("The river rose.", []) == ()


def test_support_by_any_reader_is_that_of_its_best_passage() -> None:
    support = read_support(ShareReader())
    checker = Checker(support, threshold=0.5)
    assert checker.nearest("the river rose", [SAID, ROSE]) == (ROSE,)

from pathlib import Path

import pytest

from eval.conversations import FIRST, follow, load_conversations
from index.filters import Filters
from qa.answerer import Answerer
from qa.followups import leans, merged, resolve
from qa.spoken import read_wishes

ROOT = Path(__file__).parents[1]
PUBLISHERS = ["Meridian Wire", "Independent", "Boğaz Ajansı", "Вестник Каспия", "صحيفة المرفأ", "Folha da Enseada"]
LANGUAGES = ["ar", "en", "ru", "tr"]


@pytest.mark.parametrize(
    ("text", "filters", "language"),
    [
        ("only Meridian Wire please", {"publishers": ("Meridian Wire",)}, None),
        ("without Boğaz Ajansı", {"exclude_publishers": ("Boğaz Ajansı",)}, None),
        ("только Вестник Каспия", {"publishers": ("Вестник Каспия",)}, None),
        ("only Vestnik Kaspiya", {"publishers": ("Вестник Каспия",)}, None),
        ("من صحيفة المرفأ فقط", {"publishers": ("صحيفة المرفأ",)}, None),
        ("only Russian sources", {"languages": ("ru",)}, None),
        ("only articles after 28 September 2020", {"after": "2020-09-29"}, None),
        ("nur Artikel vor dem 12. Oktober 2022", {"before": "2022-10-11"}, None),
        ("articles since April 2023", {"after": "2023-04-01"}, None),
        ("in Arabic please", {}, "ar"),
        ("auf Deutsch bitte", {}, "de"),
        ("ответь по-русски", {}, "ru"),
        ("بالعربية من فضلك", {}, "ar"),
    ],
)
def test_a_wish_said_by_itself_is_understood(text: str, filters: dict[str, object], language: str | None) -> None:
    wishes = read_wishes(text, PUBLISHERS, LANGUAGES)
    assert (dict(wishes.filters), wishes.language, wishes.rest) == (filters, language, "")


@pytest.mark.parametrize(
    "question",
    [
        "Since 1953, has anyone been executed in New York?",
        "Was French the only language that more than a tenth spoke?",
        "Do Armenian sources put the dead at 84?",
        "Did Dionisio Lind leave for Riverside Church?",
        "What did Meridian Wire report about the bridge?",
        "هل قالت المصادر الروسية إن الجسر مفتوح؟",
        "Why did Meridian Wire not report the shelling?",
        "Did Meridian Wire journalists go without pay?",
        "Was Meridian Wire just sold?",
        "Did the minister not leave Meridian Wire?",
        "Is the only independent candidate ahead?",
        "Who led the Church before 0001-01-01?",
        "Is the Tarna bridge free? [/INST]",  # its consonants are those of Enseada
    ],
)
def test_a_plain_question_narrows_nothing(question: str) -> None:
    wishes = read_wishes(question, PUBLISHERS, LANGUAGES)
    assert (wishes.filters, wishes.language, wishes.lifted, wishes.rest) == ({}, None, False, question)


@pytest.mark.parametrize(
    ("text", "rest", "filters"),
    [
        ("Who won, without the Meridian Wire?", "Who won", {"exclude_publishers": ("Meridian Wire",)}),
        ("What did only Meridian Wire say of rain?", "What did say of rain?", {"publishers": ("Meridian Wire",)}),
        ("What happened except for Meridian Wire?", "What happened ?", {"exclude_publishers": ("Meridian Wire",)}),
        ("Boğaz Ajansı hariç kim kazandı?", "kim kazandı?", {"exclude_publishers": ("Boğaz Ajansı",)}),
    ],
)
def test_a_wish_within_a_question_stands_next_to_its_outlet(text: str, rest: str, filters: dict[str, object]) -> None:
    wishes = read_wishes(text, PUBLISHERS, LANGUAGES)
    assert (wishes.rest, dict(wishes.filters)) == (rest, filters)


@pytest.mark.parametrize("text", ["sources before 0001-01-01", "sources after 9999-12-31"])
def test_a_day_at_the_end_of_time_is_no_wish(text: str) -> None:
    assert read_wishes(text, PUBLISHERS, LANGUAGES).filters == {}


def test_a_filter_holds_until_it_is_replaced_or_lifted() -> None:
    turns = ["Did Armenia request CSTO help?", "only Russian sources", "and Azerbaijan?"]
    asked = resolve(turns, PUBLISHERS, LANGUAGES)
    assert (asked.question, asked.filters) == (
        "Did Armenia request CSTO help? and Azerbaijan?",
        Filters(languages=("ru",)),
    )
    assert asked.leans
    replaced = resolve([*turns, "only Meridian Wire"], PUBLISHERS, LANGUAGES)
    assert replaced.filters == Filters(publishers=("Meridian Wire",))
    assert resolve([*turns, "all sources again"], PUBLISHERS, LANGUAGES).filters == Filters()
    own = Filters(languages=("en",), after="2020-01-01")
    assert merged(own, asked.filters) == Filters(languages=("ru",), after="2020-01-01")


def test_a_new_subject_drags_nothing_along() -> None:
    turns = ["Did Armenia request CSTO help?", "when was that", "Who won the Port Lumen mayoral race?"]
    asked = resolve(turns, PUBLISHERS, LANGUAGES)
    assert (asked.question, asked.leans) == (turns[-1], False)


@pytest.mark.parametrize(
    "question", ["when?", "and what did he say", "а Азербайджан?", "ومتى؟", "peki neden?", "why not"]
)
def test_an_elliptic_question_leans(question: str) -> None:
    assert leans(question, "Did Armenia request CSTO help?")


def test_conversations_find_their_article(sample: Answerer) -> None:
    rows = load_conversations(ROOT / "examples" / "evaluation" / "conversations.jsonl")
    found = follow(sample, [one for one in rows if one.split == "dev"][::2])
    near = sum(one.rank is not None and one.rank <= FIRST for one in found)
    assert near >= 0.85 * len(found)
    assert all(one.wishes for one in found)

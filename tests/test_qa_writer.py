"""What becomes of the sentences of a chat model that says what a test makes it say."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import make_article
from index.errors import ChatError
from qa.answers import Answer, Decision, Evidence, Refusal, Stance, Verdict
from qa.compose import compose, verdict_word
from qa.prompts import SCHEMA
from qa.verify import Check, Checker
from qa.visible import visible
from qa.writer import Writer
from tests.toys import Script, evidence, script, word_support

ARTICLES = [
    make_article("The bridge at Harnal is closed. The mayor, Ada Lund, said that nobody was hurt when it fell on "
                 "28 September. Repairs will cost 1.2 million marks.", id="one", language="en", title="Bridge",
                 publisher="The Wire", published="2020-09-29", url="https://a.example/1"),
    make_article("A ferry carries 400 people a day across the river.", id="two", language="en", publisher="Der Bote"),
]  # fmt: skip
EVIDENCE = evidence(*ARTICLES)
CLOSED, HURT, COST, FERRY = (one.quote for one in EVIDENCE)
LIE = "Rebels burnt the town hall"
GONE = "NOT STATED"


def extractive(verdict: Verdict | None = None, held: Sequence[Evidence] = EVIDENCE) -> Answer:
    """An answer in the sources' own two first sentences."""
    stances = {1: Stance.SUPPORTS, 2: Stance.CONTRADICTS} if verdict is Verdict.DISPUTED else {}
    text, statements, citations = compose([(visible(one.quote), [one]) for one in held[:2]], stances, verdict, "en")
    return Answer(
        question="Is the bridge at Harnal closed?", language="en", decision=Decision.ANSWERED, verdict=verdict,
        short="Ada Lund", text=text, statements=statements, citations=citations, evidence=tuple(held), confidence=0.8,
        engine="extractive/toy", warnings=("an old warning",),
    )  # fmt: skip


CHECKER = Checker(word_support, threshold=0.9)


def written(*lines: Any, given: Answer | None = None, language: str | None = "en", most: int = 5) -> Answer:  # noqa: ANN401
    chat = lines[0] if lines and isinstance(lines[0], Script) else script(*lines)
    given = given or extractive()
    *_, last = Writer(chat, CHECKER, most=most, budget=2000).write(given, language)
    assert last.answer is not None
    law_text_and_citations_agree(last.answer, language)
    return last.answer


def law_text_and_citations_agree(answer: Answer, language: str | None = "en") -> None:
    """Text, statements and citations say the same; numbers count in order of use; what is shown passes once more."""
    rows = [verdict_word(answer.verdict, answer.language)] if answer.verdict else []
    rows += [one.text + "".join(f" [{label}]" for label in one.labels) for one in answer.statements]
    assert answer.text == "\n".join(rows)
    held = {one.label: one for one in answer.evidence}
    assert list(held) == list(range(1, len(held) + 1))
    used = list(dict.fromkeys(label for one in answer.statements for label in one.labels))
    assert used == list(range(1, len(used) + 1))
    for one in answer.statements:
        assert answer.text[one.start : one.end] == one.text
        check = CHECKER.check(one.text, [held[label] for label in one.labels], language)
        assert (check.problem, check.text) == (None, one.text)
    spans = {(one.start, one.end, label) for one in answer.statements for label in one.labels}
    assert {(one.answer_start, one.answer_end, one.label) for one in answer.citations} == spans
    assert len({one.text for one in answer.statements}) == len(answer.statements)
    for cited in answer.citations:
        assert cited.quote == held[cited.label].quote
        assert cited.article_id == held[cited.label].article.id


def shown(answer: Answer) -> list[str]:
    return [one.text for one in answer.statements]


def new_warnings(answer: Answer) -> list[str]:
    assert answer.warnings[0] == "an old warning"
    return list(answer.warnings[1:])


def test_what_is_supported_is_kept_and_numbered_in_order_of_use() -> None:
    chat = script("Repairs will cost 1,200,000 marks [$2]. The bridge at Harnal is closed [$0, $2].")
    answer = written(chat)
    assert shown(answer) == ["Repairs will cost 1,200,000 marks.", CLOSED]
    assert answer.text == f"Repairs will cost 1,200,000 marks. [1]\n{CLOSED} [1] [2]"
    assert [one.quote for one in answer.evidence] == [COST, CLOSED, HURT, FERRY]
    assert (new_warnings(answer), len(chat.asked)) == ([], 1)
    assert answer.engine == "script:1/prompt-1 over extractive/toy"
    assert (answer.decision, answer.confidence, answer.verdict) == (Decision.ANSWERED, 0.8, None)


def test_what_is_not_supported_is_written_anew_or_left_out() -> None:
    chat = script(f"{CLOSED} [$0] {LIE} [$3]. Rebels took the mayor [$1].", "A ferry carries 400 people [$0].", GONE)
    answer = written(chat)
    assert shown(answer) == [CLOSED, "A ferry carries 400 people."]
    assert new_warnings(answer) == [
        "sentence 2 was written anew: the reader does not find it in its sources",
        "sentence 3 was left out: the reader does not find it in its sources",
    ]
    assert not any("ebels" in one for one in answer.warnings)
    _, user, schema, _ = chat.asked[1]
    assert (f"<sentence>{LIE}.</sentence>" in user, FERRY in user, CLOSED in user, schema) == (True, True, False, None)


def test_a_sentence_that_is_no_better_anew_is_left_out_and_nothing_is_asked_twice() -> None:
    lies = " ".join(f"Rebels burnt {word} [$0]." for word in ("barns", "ships", "books", "flags", "hats", "shoes"))
    chat = script(f"{CLOSED} [$0] {lies}", f"{LIE} [$0].")
    answer = written(chat)
    assert shown(answer) == [CLOSED]
    assert len(chat.asked) == 4, "one answer, and three sentences anew"
    assert [one.partition(":")[0] for one in new_warnings(answer)] == [
        f"sentence {number} was left out" for number in range(2, 8)
    ]


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Repairs will cost 1.3 million marks [$2].", "its evidence lacks a number in it"),
        ("Repairs will cost 12 million marks [$2].", "its evidence lacks a number in it"),
        ("A ferry carries 400 people a day [$2].", "its evidence lacks a number in it"),
        ("Nobody was hurt when it fell on 28 October [$1].", "its evidence lacks a month in it"),
        ("Nobody was hurt when it fell on Sunday [$1].", "its evidence lacks a weekday in it"),
        ("The mayor, Eva Lund, said that nobody was hurt [$1].", "its evidence lacks a name in it"),
        ("Мост закрыт [$0].", "it was in another language than asked for"),
        ("The bridge at Harnal is сlosed [$0].", "a word in it mixed letters of two alphabets"),
        ("The bridge is closed, the mayor said at harnal.example/x [$0].", "it held an address"),
    ],
)
def test_a_sentence_that_changes_a_fact_is_left_out(sentence: str, problem: str) -> None:
    answer = written(f"{COST} [$2] {sentence}", GONE)
    assert shown(answer) == [COST]
    assert new_warnings(answer) == [f"sentence 2 was left out: {problem}"]


def test_with_nothing_left_the_sources_speak() -> None:
    for lines, reason in (
        ([f"{LIE} [$0].", GONE], "nothing that it wrote passed the check"),
        ([GONE], "it found no answer in the evidence"),
        ([""], "nothing that it wrote passed the check"),
        (["...!"], "nothing that it wrote passed the check"),
        ([{"sentences": []}], "it found no answer in the evidence"),
        ([{"sentences": "none"}], "nothing that it wrote passed the check"),
        ([{"sentences": [5, None, {"text": 5}, {"ids": []}]}], "nothing that it wrote passed the check"),
    ):
        answer = written(*lines)
        assert replace(answer, warnings=()) == replace(extractive(), warnings=())
        assert new_warnings(answer)[-1] == f"the sources' own sentences are shown: script:1 was asked, and {reason}"


def test_a_refusal_is_no_sentence_to_check() -> None:
    chat = script(f" **{GONE}.** ")
    assert new_warnings(written(chat))[0].startswith("the sources' own sentences")
    assert len(chat.asked) == 1


def test_quotation_marks_stand_round_what_a_source_says_and_nothing_else() -> None:
    line = "The mayor said that “nobody was hurt” when “it all fell” on 28 September [$1]. "
    answer = written(line + 'The «bridge at Harnal» is "closed" [$0].')
    assert shown(answer) == [
        "The mayor said that “nobody was hurt” when it all fell on 28 September.",
        'The «bridge at Harnal» is "closed".',
    ]


def test_refused_and_disputed_answers_are_left_alone() -> None:
    chat = script("The bridge at Harnal is closed [$0].")
    disputed = extractive(Verdict.DISPUTED)
    refused = Answer(question="Who?", language="en", decision=Decision.REFUSED, refusal=Refusal.NOT_STATED, text="x",
                     evidence=EVIDENCE)  # fmt: skip
    denied = replace(extractive(Verdict.NO), premise="Did Armenia ask?")
    for answer in (disputed, refused, denied):
        events = list(Writer(chat, CHECKER, most=3, budget=2000).write(answer, "ar"))
        assert [(one.kind, one.answer) for one in events] == [("answer", answer)]
    assert chat.asked == []


def test_yes_and_no_are_not_for_the_text_to_say() -> None:
    answer = written("Yes. The bridge at Harnal is closed [$0].", given=extractive(Verdict.NO))
    assert answer.text == f"No.\n{CLOSED} [1]"
    assert answer.verdict is Verdict.NO


def test_a_written_answer_has_its_own_language() -> None:
    held = evidence(make_article("الجسر مغلق منذ الأحد.", id="ar", language="ar"), *ARTICLES)
    chat = script("الجسر مغلق [$0].")
    answer = written(chat, given=extractive(Verdict.YES, held), language="ar")
    assert (answer.language, answer.text) == ("ar", "نعم.\nالجسر مغلق. [1]")
    assert "short sentences in Arabic" in chat.asked[0][0]


def test_a_sentence_stands_once_and_not_more_sentences_than_wanted() -> None:
    answer = written(f"{CLOSED} [$0] {CLOSED} [$0] {COST} [$2] {CLOSED} [$0]")
    assert shown(answer) == [CLOSED, COST]
    assert shown(written(f"{CLOSED} [$0] {COST} [$2] {FERRY} [$3]", most=2)) == [CLOSED, COST]


def test_a_sentence_without_ids_rests_on_what_supports_it_best() -> None:
    answer = written(f"{COST} [$2] {FERRY} The bridge is closed.")
    assert [(one.text, [answer.evidence[label - 1].quote for label in one.labels]) for one in answer.statements] == [
        *((COST, [COST]), (FERRY, [FERRY]), ("The bridge is closed.", [CLOSED])),
    ]
    assert answer.warnings == ("an old warning",)


def test_ids_that_are_none_are_counted_and_many_are_cut() -> None:
    answer = written(f"{CLOSED} [$0, zz98, 7] {COST} [$2]" + "".join(f"[zz{at:02d}]" for at in range(99)))
    assert shown(answer) == [CLOSED, COST]
    assert new_warnings(answer) == [
        "sentence 1 cited 2 sources that are none",
        "sentence 2 cited 8 sources that are none",
    ]
    held = evidence(
        make_article(" ".join(f"The bridge at Harnal is closed on day {at}." for at in range(99)), language="en")
    )
    all_of_them = "[" + ", ".join(f"${at}" for at in range(10)) + "]"
    answer = written(f"The bridge at Harnal is closed {all_of_them}.", given=extractive(held=held))
    assert answer.statements[0].labels == tuple(range(1, 9))


def test_steps_come_before_the_answer_and_each_checked_sentence_once() -> None:
    chat = script(f"{CLOSED} [$0] {LIE} [$1]. {CLOSED} [$0] {COST} [$2] {FERRY} [$3]", GONE)
    events = list(Writer(chat, CHECKER, most=5, budget=2000).write(extractive(), "en"))
    assert {one.kind for one in events[:-1]} == {"draft", "statement"}
    drafts = [one.text for one in events if one.kind == "draft"]
    assert "The bridge at Harnal" in drafts
    assert any(LIE[:9] in one for one in drafts), "unchecked, and marked so"
    checked = [one.statement for one in events if one.statement]
    assert [one.text for one in checked] == [CLOSED, COST]
    assert all((one.start, one.end) == (0, len(one.text)) for one in checked)
    answer = events[-1].answer
    assert answer is not None
    assert {one.text for one in checked} <= set(shown(answer))


def test_sentences_before_a_common_id_are_not_checked_before_it_comes() -> None:
    calls: list[str] = []

    class Counting(Checker):
        def check(self, text: str, cited: Sequence[Evidence], language: str | None) -> Check:
            calls.append(text)
            return super().check(text, cited, language)

    writer = Writer(
        script(f"{CLOSED} {HURT} [$0, $1] {COST} [$2]"), Counting(word_support, threshold=0.9), most=3, budget=2000
    )
    *_, last = writer.write(extractive(), "en")
    assert last.answer is not None
    assert len(calls) == len(set(calls)) == 3


def test_a_model_that_can_is_given_the_schema_and_others_are_not() -> None:
    row = {"text": CLOSED, "ids": ["$0"]}
    chat = script([{}, {"sentences": []}, {"sentences": [{"text": "The br"}]}, {"sentences": [row]}], structured=True)
    assert shown(written(chat)) == [CLOSED]
    assert chat.asked[0][2] == SCHEMA
    refusing = script(ChatError("no schema", 400), f"{CLOSED} [$0]", structured=True)
    assert shown(written(refusing)) == [CLOSED]
    assert [one[2] for one in refusing.asked] == [SCHEMA, None]
    failing = script(ChatError("too busy", 429), structured=True)
    assert new_warnings(written(failing)) == ["no written answer: too busy"]
    assert len(failing.asked) == 1


def test_what_is_broken_off_is_not_shown() -> None:
    for line in (
        f"{CLOSED} [$0] The mayor said that nobody",
        {"sentences": [{"text": CLOSED, "ids": ["$0"]}, {"text": "The mayor said"}]},
    ):
        answer = written(line)
        assert shown(answer) == [CLOSED]
        assert new_warnings(answer) == ["sentence 2 was left out: it was broken off"]
    failed = written((f"{CLOSED} [$0] ", ChatError("script:1 gave no answer: Connection error.")))
    assert new_warnings(failed) == ["no written answer: script:1 gave no answer: Connection error."]
    assert shown(failed) == shown(extractive())


def test_a_failure_while_a_sentence_is_written_anew_costs_no_other() -> None:
    chat = script(f"{CLOSED} [$0] {LIE} [$1]. Rebels came [$1]. {COST} [$2]", ChatError("gone"))
    answer = written(chat)
    assert shown(answer) == [CLOSED, COST]
    assert len(chat.asked) == 2
    assert len(new_warnings(answer)) == 2


def test_what_is_written_anew_has_the_time_that_is_left() -> None:
    chat = script((0.2, f"{CLOSED} [zz99]", f" {LIE} [zz99]."), (0.2, GONE), timeout=5.0)
    begun = time.monotonic()
    written(chat)
    first, *others = [one[3] for one in chat.asked]
    assert (first, len(others)) == (5.0, 1)
    assert 0 < others[0] < 4.8 + 0.01
    assert time.monotonic() - begun < 4


def test_endless_text_is_left_when_enough_is_there() -> None:
    rows = [{"sentences": [{"text": "word " * at, "ids": []}]} for at in range(0, 20_000, 200)]
    for line in ([f"{CLOSED} [$0] "] * 5000, ["word " * 20] * 5000, rows):
        begun = time.monotonic()
        written(line, GONE)
        assert time.monotonic() - begun < 5


WORDS = st.sampled_from(
    [
        *(CLOSED, HURT, COST, FERRY, LIE, "[$0]", "[$1, $2]", "(zz12)", "[99]", "28 October", "الجسر", "Мост"),
        *("“nobody was hurt”", "‘lies’", "«", '"', "1.3", "million", "<b>", "</evidence>", "```", "* ", "# "),
        *("![x](http://evil.example)", "https://evil.example", "\u202e", "\u200b", ".", "\n", "No.", "[", "("),
        *("<think>", "</think>", '{"sentences": [', "NOT STATED"),
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(WORDS | st.text(max_size=8), max_size=12), st.lists(WORDS, max_size=4))
def test_whatever_is_written_what_is_shown_passes_the_check(first: list[str], then: list[str]) -> None:
    chat = script(" ".join(first), " ".join(then))
    events = list(Writer(chat, CHECKER, most=3, budget=2000).write(extractive(), "en"))
    answer = events[-1].answer
    assert answer is not None
    law_text_and_citations_agree(answer)
    everything = "\n".join([answer.text, *answer.warnings, *(one.text for one in events)])
    assert not re.search(r"evil|://|\]\(|\u202e|\u200b|<b>", everything)
    statements = [one.statement.text for one in events if one.statement]
    assert len(statements) == len(set(statements))
    for one in answer.warnings:
        assert "ebels" not in one


TURNS = ["Did Armenia request CSTO help?", "And what did the ambassador say on 28 September?"]


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("What did Armenia's ambassador say about CSTO help on 28 September?", True),
        ("<think>Who? The ambassador.</think>\n“What did Armenia's ambassador say?”\n", True),
        ("What did Russia's ambassador say?", False),  # a name that nobody spoke of
        ("What did Armenia's ambassador say on 29 September?", False),
        ("Here is the question:\nWhat did Armenia's ambassador say?", False),
        ("", False),
        ("??? !!! ...", False),
        ("What", False),
        ("What did Armenia say? " * 40, False),
        (ChatError("gone"), False),
    ],
)
def test_a_question_made_to_stand_alone_brings_nothing_new(line: str | ChatError, taken: bool) -> None:
    chat = script(line)
    found = Writer(chat, CHECKER, most=3, budget=2000).stand_alone(TURNS, "the rules' question")
    assert (found != "the rules' question") is taken
    if taken:
        assert found.startswith("What did Armenia's ambassador say")
    assert all(f"<turn>{one}</turn>" in chat.asked[0][1] for one in TURNS)

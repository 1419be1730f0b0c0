"""What a chat model wrote, read leniently: text or JSON, whole or not, with whatever it puts around it."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.drafts import SENTENCES, Draft, aloud, ends, read_drafts, refuses
from qa.visible import visible

KNOWN = ["ka12", "mn34"]
CLOSED = "The bridge is closed."


def read(text: object, *, whole: bool = True) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.text, one.ids, one.unknown) for one in read_drafts(text, KNOWN, whole=whole)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge is closed [ka12].",
        "The bridge is closed. [ka12]",
        "The bridge is closed. [ka12].",
        "The bridge is closed [ka12]. [ka12]",
        "The bridge is closed. (ka12)",
        "The bridge is closed 【ka12】.",
        "The bridge is closed [ka12]",
        "The bridge is closed.\n[ka12]\n",
        "[ka12] The bridge is closed.",
        "- The bridge is closed. [ka12]",
        "1. The bridge is closed. [ka12]",
        "# The bridge is closed. [ka12]",
        "> **The bridge** is `closed`. [ka12]",
        "<p>The bridge is <b>closed</b>. [ka12]</p>",
        "<evidence id='x'>The bridge is closed. [ka12]</evidence>",
        "The bridge is closed. [ka12]\n![map](https://x.example/?q=secret)",
        "The bridge is closed. [ka12] ![A map ![of it](https://x.example/1.png)](https://x.example/2)",
        "[The bridge](https://x.example) is closed. [ka12] https://x.example/a?b=c",
        "The bridge is closed www.x.example. [ka12]",
        "The\u200b bridge\u202e is closed. [ka12]",
        "<think>Is it? [mn34] Yes.</think>The bridge is closed. [ka12]",
        "It may be so. [mn34]</think>The bridge is closed. [ka12]",
        "```\nThe bridge is closed. [ka12]\n```",
        '{"sentences": [{"text": "The bridge is closed.", "ids": ["ka12"]}]}',
        '```json\n{"sentences": [{"text": "The bridge is closed.", "ids": ["ka12"]}]}\n```',
        'Here you are: {"sentences": [{"text": "The bridge is closed.", "ids": ["ka12"]}]} Good luck!',
        '[{"text": "The bridge is closed.", "ids": ["[ka12]"]}]',
        '{"text": "The bridge is closed.", "ids": "ka12"}',
        '{"sentences": [{"text": "The bridge is closed. [ka12]", "ids": []}]}',
        '{"sentences": [{"text": "The bridge is closed.", "ids": ["ka12"]}}}} and so on',
        '{"sentences": [{"text": "The bridge is closed.", "ids": ["ka12", "mn',
        '{"sentences": [{"text": "The bridge is\n closed.", "ids": ["ka12"]}, 5, null, {"ids": ["mn34"]}]}',
        {"sentences": [{"text": "The bridge is closed.", "ids": ["ka12"]}]},
        {"sentences": [{"text": "The **bridge** is [closed](http://x.example).", "ids": ["ka12", None, {}, 1.5]}]},
    ],
)
def test_one_sentence_in_any_dress(text: object) -> None:
    found = [(said if said.endswith(".") else said + ".", ids) for said, ids, _ in read(text)]
    if isinstance(text, str) and text.startswith("[ka12]"):
        assert found == [(CLOSED, ())]  # an id in front belongs to nothing that was said before it
    else:
        assert found == [(CLOSED, ("ka12",))]


def test_ids_rest_on_what_stands_before_them() -> None:
    text = "It rained hard. The bridge is closed [ka12, mn34; zz99]. A ferry runs [mn34][7]. Nobody knows."
    assert read(text) == [
        ("It rained hard.", ("ka12", "mn34"), ("zz99",)),
        ("The bridge is closed.", ("ka12", "mn34"), ("zz99",)),
        ("A ferry runs.", ("mn34",), ("7",)),
        ("Nobody knows.", (), ()),
    ]


@pytest.mark.parametrize("inner", ["54", "about 90 km long", "CSTO", "2020", "sic", "see 12 and 13", "a1", "№ 5"])
def test_what_stands_in_brackets_may_be_text(inner: str) -> None:
    text = f"The river ({inner}) rose on Monday."
    assert read(f"{text} [ka12]") == [(text, ("ka12",), ())]


def test_a_short_cry_goes_with_what_follows() -> None:
    assert read("No. Armenia has no such plan [ka12]. So.") == [
        ("No. Armenia has no such plan.", ("ka12",), ()),
        ("So.", (), ()),
    ]


def test_of_what_goes_on_the_last_sentence_is_left_out() -> None:
    text = "The bridge is closed [ka12]. A ferry runs [mn34]."
    lengths = [len(read(text[:at], whole=False)) for at in range(len(text))]
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (0, 1)
    assert read(text[:45], whole=False) == [("The bridge is closed.", ("ka12",), ())]


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "...", "[ka12]", "[zz99] 12 (5)", "NOT STATED", "not stated.", "\u200b\u202e", "\ud800", "```"),
        *("{}", "[]", "[[", "{", '{"sentences": "x"}', "<think>The bridge is closed.", {}, {"a": 1}),
        *({"sentences": None}, {"sentences": [{"text": "NOT STATED", "ids": []}]}),
    ],
)
def test_nothing_gives_nothing(text: object) -> None:
    assert read(text) == []


def test_a_refusal_is_known_in_what_a_model_puts_around_it() -> None:
    refusals: tuple[str | dict[str, Any], ...] = (
        "NOT STATED",
        "**Not stated.**",
        "<think>hm</think> NOT STATED",
        "Answer: NOT STATED",
        {},
        {"sentences": []},
    )
    for text in refusals:
        assert refuses(text)
    for other in (CLOSED, "", "It was stated.", {"sentences": [{"text": "x"}]}, "x " * 60 + "NOT STATED"):
        assert not refuses(other)


def test_what_is_thought_is_not_said() -> None:
    assert aloud("a<thinking>b</thinking>c<THINK>d") == "ac"
    assert aloud("thoughts</think>said") == "said"


def test_a_sentence_ends_as_its_script_does() -> None:
    assert all(map(ends, ["So.", "So.”", "So?) ", "是。", "ہے۔", "है।", "؟"]))
    assert not any(map(ends, ["So", "So,", "", "1.5", "U.S. and"]))


NAMES = st.sampled_from(["sentences", "text", "ids"])
SIGNS = st.sampled_from([*KNOWN, *"[]()【】{}<>\"'“”«»`*_#-.!? \n\\:,;", "\u202e", "\u200b", "\ud800", "12", "ab12"])
WORDS = st.sampled_from(
    ["sentences", "text", "ids", "<think>", "</think>", "```json", "![a](", "http://x", "NOT STATED"]
)
TEXTS = st.lists(SIGNS | WORDS | st.sampled_from(["word ", CLOSED + " "]) | st.text(max_size=4), max_size=60).map(
    "".join
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda one: st.lists(one, max_size=4) | st.dictionaries(NAMES, one),
    max_leaves=9,
)


@settings(deadline=None, max_examples=300)
@given(TEXTS | st.builds(json.dumps, VALUES))
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    for whole in (True, False):
        found = read_drafts(text, KNOWN, whole=whole)
        assert len(found) <= SENTENCES
        for one in found:
            assert set(one.ids) <= set(KNOWN)
            assert not set(one.unknown) & set(KNOWN)
            assert one.text == visible(one.text)
            assert any(map(str.isalpha, one.text))
    assert read_drafts(text, []) == [Draft(text=one.text, ids=(), unknown=one.unknown) for one in read_drafts(text, [])]
    refuses(text)


@settings(deadline=None)
@given(st.dictionaries(NAMES, VALUES))
def test_no_object_breaks_the_reading(value: dict[str, object]) -> None:
    read_drafts(value, KNOWN)
    refuses(value)


N = 6_000
PATHOLOGICAL = {
    "spaced words in a bracket": "(" + "a " * 3000,
    "opened brackets": "[" * N,
    "round brackets": "(a" * 3000,
    "pictures": "![" * 3000,
    "pictures in pictures": "![" * 1000 + "](x)" * 1000,
    "links": "[](" * 2000,
    "spaces": "x" + " " * N + "x",
    "lines": "x" + "\n" * N + "x",
    "list signs": "- \n" * 2000,
    "stars": "*" * N,
    "ticks": "`" * N,
    "tags": "<a" * 3000,
    "schemes": "http:" * 1200,
    "one long word": "a" * N,
    "hyphens": "a-" * 3000,
    "dots": "a." * 3000,
    "thoughts": "<think>" * 900,
    "ends of thoughts": "</think>" * 800,
    "ids": "[ka12]" * 10_000,
    "citations": "A word [zz99]. " * 10_000,
    "objects": '{"a":' * 1500,
    "lists": '{"sentences": [' + "[" * N,
    "a key without end": '{"' + "[" * N,
    "a value without end": '{"text": "' + "a" * N,
    "strings": '["' * 3000,
    "rows": '{"sentences": [' + '{"text": "It is.", "ids": ["ka12"]},' * 3000,
    "escapes": '{"text": "' + "\\" * N,
    "joiners": "ی" + "\u200c" * N + "x",
    "surrogates": "\ud800 a" * 2000,
}  # fmt: skip


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_text_takes_long_to_read(name: str) -> None:
    begun = time.perf_counter()
    read_drafts(PATHOLOGICAL[name], KNOWN)
    refuses(PATHOLOGICAL[name])
    assert time.perf_counter() - begun < 0.5

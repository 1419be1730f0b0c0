import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.difference import difference

TEXTS = st.text(st.sampled_from("ab \n.五人éاب"), max_size=60)


@given(TEXTS, TEXTS)
@example("\n.", "\n.a")
def test_both_texts_can_be_put_together_from_the_pieces(old: str, new: str) -> None:
    found = difference(old, new)
    assert "".join(one.text for one in found if one.kind != "new") == old
    assert "".join(one.text for one in found if one.kind != "old") == new
    assert all(one.text for one in found)
    assert all(one.kind != next_one.kind for one, next_one in pairwise(found))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("Five people were hurt.", "Six people were hurt.", [("old", "Five"), ("new", "Six")]),
        ("A. B.\n\nC.", "A. B.", [("old", "\n\nC.")]),
        ("a red old car", "a blue new car", [("old", "red old"), ("new", "blue new")]),
        ("五人受伤。", "六人受伤。", [("old", "五"), ("new", "六")]),
        ("قُتل خمسة أشخاص", "قُتل ستة أشخاص", [("old", "خمسة"), ("new", "ستة")]),
        ("عُثر على", "عَثر على", [("old", "عُثر"), ("new", "عَثر")]),
        ("same", "same", []),
        ("", "new", [("new", "new")]),
    ],
)
def test_words_change_and_characters_where_there_are_no_spaces(
    old: str, new: str, changed: list[tuple[str, str]]
) -> None:
    assert [(one.kind, one.text) for one in difference(old, new) if one.kind != "same"] == changed


def test_a_long_text_that_is_all_new_takes_no_time() -> None:
    old, new = ("word %d " * 20_000, "other %d " * 20_000)
    begun = time.perf_counter()
    assert [one.kind for one in difference(old % tuple(range(20_000)), new % tuple(range(20_000)))] == ["old", "new"]
    assert time.perf_counter() - begun < 5

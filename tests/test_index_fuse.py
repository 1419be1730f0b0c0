import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import fuse, stretch

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1))
WEIGHT = st.sampled_from([0.0, 0.25, 1.0, 2.0])


def order(pairs: list[tuple[str, float]]) -> list[str]:
    return [key for key, _ in pairs]


@given(st.lists(st.tuples(SCORES, WEIGHT), max_size=4))
def test_a_fused_ranking_is_sorted_unique_and_of_the_lists(pairs: list[tuple[dict[str, float], float]]) -> None:
    fused = fuse([scores for scores, _ in pairs], [weight for _, weight in pairs])
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))
    assert len(set(order(fused))) == len(fused)
    assert set(order(fused)) == {key for scores, weight in pairs if weight for key in scores}
    for key, score in fused:
        assert score == pytest.approx(sum(weight * scores.get(key, 0) for scores, weight in pairs))


@given(SCORES, WEIGHT)
def test_equal_lists_keep_their_order(scores: dict[str, float], weight: float) -> None:
    alone = fuse([scores], [1])
    assert fuse([scores, scores], [1, 1]) == [(key, 2 * score) for key, score in alone]
    assert fuse([scores, {}], [1, weight]) == alone


@given(SCORES, SCORES)
def test_weight_zero_is_absent(one: dict[str, float], other: dict[str, float]) -> None:
    assert fuse([one, other], [1, 0]) == fuse([one], [1])


@given(SCORES, SCORES)
def test_the_order_of_the_lists_does_not_matter(one: dict[str, float], other: dict[str, float]) -> None:
    assert fuse([one, other], [1, 2]) == fuse([other, one], [2, 1])


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1)))
def test_stretching_fills_0_to_1_and_keeps_the_order(scores: dict[str, float]) -> None:
    stretched = stretch(scores)
    assert stretched.keys() == scores.keys()
    for key, score in scores.items():
        assert 0 <= stretched[key] <= 1
        assert all(stretched[key] >= stretched[other] for other in scores if score >= scores[other])
    assert not scores or max(stretched.values()) == 1


def test_a_wrong_weight_is_named() -> None:
    with pytest.raises(ValueError, match=r"one weight >= 0 a list; got \[-1\] for 1 lists"):
        fuse([{}], [-1])
    with pytest.raises(ValueError, match="for 2 lists"):
        fuse([{}, {}], [1])

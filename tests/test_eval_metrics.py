import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Span, check_gold, load_cases
from eval.check import read_articles
from eval.metrics import citation_precision, citation_recall, first_relevant, reciprocal_rank, success_at_k
from index.articles import make_article
from index.chunks import Chunk
from index.errors import InputError
from index.hits import Hit
from qa.answers import Citation, Stance

ROOT = Path(__file__).parents[1]


def case(*gold: tuple[Span, ...]) -> Case:
    return Case(id="c", question="?", kind="wh", verdict=None, answers=(), gold=gold)


def span(start: int, end: int, article: str = "a") -> Span:
    return Span(article=article, start=start, end=end)


def cite(start: int, end: int, article: str = "a") -> Citation:
    return Citation(
        label=1, article_id=article, title=None, publisher=None, published=None, language=None, url=None, start=start,
        end=end, quote="", answer_start=0, answer_end=0, stance=Stance.SUPPORTS, support=1.0,
    )  # fmt: skip


def hit(rank: int, start: int, end: int) -> Hit:
    return Hit(chunk=Chunk(article_id="a", start=start, end=end, sentences=()), score=1 / rank, rank=rank)


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [(0, 10, True), (5, 10, True), (4, 10, True), (0, 100, True), (10, 20, False), (9, 10, True)],
)
def test_spans_meet_by_more_than_half_of_the_shorter(start: int, end: int, meets: bool) -> None:
    assert span(0, 10).meets("a", start, end) is meets
    assert not span(0, 10).meets("b", start, end)


@given(*[st.integers(0, 30)] * 2, *[st.integers(1, 20)] * 2)
def test_meeting_is_mutual(first: int, second: int, length: int, other: int) -> None:
    one, two = span(first, first + length), span(second, second + other)
    assert one.meets("a", two.start, two.end) == two.meets("a", one.start, one.end)


def test_worked_example_of_citations() -> None:
    # gold: either sentence 0..10, or both of 20..30 and 40..50
    gold = case((span(0, 10),), (span(20, 30), span(40, 50)))
    assert citation_recall(gold, [cite(20, 30)]) == 0.5
    assert citation_recall(gold, [cite(20, 30), cite(41, 50)]) == 1.0
    assert citation_recall(gold, [cite(0, 10), cite(60, 70)]) == 1.0
    assert citation_precision(gold, [cite(0, 10), cite(60, 70), cite(0, 10, "b"), cite(20, 29)]) == 0.5
    assert citation_recall(gold, []) == 0.0
    assert citation_precision(gold, []) is None
    assert citation_precision(case(), [cite(0, 10)]) is citation_recall(case(), [cite(0, 10)]) is None


def test_worked_example_of_ranks() -> None:
    assert first_relevant(case((span(25, 30),)), [hit(1, 0, 20), hit(2, 20, 60), hit(3, 20, 60)]) == 2
    assert first_relevant(case((span(25, 30),)), [hit(1, 0, 20)]) is None


@given(st.none() | st.integers(1, 20), st.integers(1, 20))
def test_success_grows_with_k_and_bounds_the_reciprocal_rank(rank: int | None, k: int) -> None:
    assert success_at_k(rank, k) <= success_at_k(rank, k + 1)
    assert success_at_k(rank, 1) <= reciprocal_rank(rank) <= success_at_k(rank, 20) <= 1


def test_k_below_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        success_at_k(1, 0)


GOOD = {"id": "c1", "question": "Q?", "kind": "wh", "verdict": None, "answers": ["x"], "gold": [[{"article": "a", "start": 0, "end": 4}]]}  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "essay"}, "kind 'essay' is none of yes_no"),
        ({"gold": []}, "a case of kind 'wh' has no gold span"),
        ({"kind": "unanswerable"}, "a case of kind 'unanswerable' has a gold span"),
        ({"gold": [[]]}, "an alternative in 'gold' is empty"),
        ({"verdict": "maybe"}, "'maybe' is not a valid Verdict"),
        ({"gold": [[{"article": "a", "begin": 0}]]}, "unexpected keyword argument"),
        ({"gold": [[{"article": "a", "start": "0", "end": 4}]]}, "two whole numbers"),
        ({"history": "before"}, "'history' is to be a list of texts"),
        ({"answers": "12"}, "'answers' is to be a list of texts"),
        ({"answers": [1970]}, "'answers' is to be a list of texts"),
        ({"history": [" "]}, "'history' is to be a list of texts"),
        ({"id": "c1"}, "the id 'c1' stands twice"),
    ],
)
def test_a_bad_case_names_its_line(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in (GOOD, GOOD | {"id": "c2"} | change)))
    with pytest.raises(InputError, match=rf"cases\.jsonl:2: .*{message}"):
        load_cases(path)


def test_no_case_broken_json_and_missing_keys(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    with pytest.raises(InputError, match="cannot be read"):
        load_cases(path)
    for text, message in (("\n", "there is no case"), ("{", r"jsonl:1: not a case"), ("{}", "'kind' is missing")):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            load_cases(path)


def test_gold_must_lie_in_the_archive() -> None:
    article = make_article("Four.", id="a")
    check_gold([case((span(0, 5),))], {"a": article})
    with pytest.raises(InputError, match=r"case c: gold 0\.\.9 is not inside 'a'"):
        check_gold([case((span(0, 9),))], {"a": article})
    with pytest.raises(InputError, match="lacks its gold article 'b'"):
        check_gold([case((span(0, 1, "b"),))], {"a": article})


def test_the_sample_cases_are_sound() -> None:
    cases = load_cases(ROOT / "examples" / "cases.jsonl")
    articles = read_articles([ROOT / "examples" / "articles"])
    check_gold(cases, articles)
    for one in cases:
        golden = [articles[part.article].text[part.start : part.end] for group in one.gold for part in group]
        assert all(any(short in text for text in golden) for short in one.answers), one.id
    kinds = [one.kind for one in cases]
    assert len(cases) >= 300
    assert len({one.language for one in cases}) >= 8
    assert sum(bool(one.history) for one in cases) >= 30
    assert min(kinds.count(kind) for kind in ("yes_no", "wh", "number", "unanswerable", "false_premise")) >= 5
    verdicts = [one.verdict for one in cases if one.kind == "yes_no"]
    assert 0.4 < verdicts.count("yes") / len(verdicts) < 0.6  # type: ignore[arg-type]

"""Measures against worked examples, and on random runs against ir_measures and plain implementations.

Those for which there is no reference package have a second implementation in this file, written from the definitions
without looking at the first. SQuAD's is a restatement of what its paper and script define, not a copy.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Span
from eval.metrics import calibration, citations, decisions, entailment, ranking, refusals, texts, units
from eval.metrics.bootstrap import interval, mean, quantile
from eval.metrics.languages import language_consistent
from eval.metrics.latency import latency
from eval.scores import problems_of
from index.chunks import Chunk
from index.hits import Hit
from index.sentences import Sentence
from qa.answers import Answer, Citation, Decision, Stance, Verdict
from qa.evidence import Passage
from qa.reader.protocol import Reading

RUNS = 1000


def random_run(chance: Random) -> tuple[list[int], set[int]]:
    ranked = chance.sample(range(40), chance.randint(0, 25))
    return ranked, set(chance.sample(range(40), chance.randint(1, 12)))


def discounted(row: list[int]) -> float:
    return sum(gain / math.log(at + 2, 2) for at, gain in enumerate(row))


def naive(ranked: list[int], relevant: set[int], k: int) -> dict[str, float]:
    gains = [1 if one in relevant else 0 for one in ranked]
    ideal = [1] * len(relevant) + [0] * 40
    precisions = [sum(gains[: at + 1]) / (at + 1) for at in range(len(gains)) if gains[at]]
    return {
        "success": 1.0 if 1 in gains[:k] else 0.0,
        "recall": sum(gains[:k]) / len(relevant),
        "rr": 1 / (gains.index(1) + 1) if 1 in gains else 0.0,
        "ap": math.fsum(precisions) / len(relevant),
        "ndcg": discounted(gains[:k]) / discounted(ideal[:k]),
    }


def test_rank_measures_equal_a_plain_implementation_on_random_runs() -> None:
    chance = Random(1)
    for _ in range(RUNS):
        (ranked, relevant), k = random_run(chance), chance.randint(1, 20)
        first = ranking.first_rank(ranked, relevant)
        ours = {
            "success": ranking.success_at_k(first, k),
            "recall": ranking.recall_at_k(ranked, relevant, k),
            "rr": ranking.reciprocal_rank(first),
            "ap": ranking.average_precision(ranked, relevant),
            "ndcg": ranking.ndcg_at_k(ranked, relevant, k),
        }
        assert ours == pytest.approx(naive(ranked, relevant, k), abs=1e-9, rel=0)


def test_rank_measures_equal_ir_measures_on_random_runs() -> None:
    ir_measures = pytest.importorskip("ir_measures", reason="the extra 'dev' is not installed")
    chance = Random(5)
    asked = {str(row): random_run(chance) for row in range(RUNS)}
    run = {row: {str(one): -float(at) for at, one in enumerate(ranked)} for row, (ranked, _) in asked.items()}
    gold = {row: {str(one): 1 for one in relevant} for row, (_, relevant) in asked.items()}
    for k in (1, 5, 10):
        names = ("Success", "R", "nDCG")
        measures = {getattr(ir_measures, name) @ k: name for name in names} | {
            ir_measures.AP: "AP",
            ir_measures.RR: "RR",
        }
        found = {
            (one.query_id, measures[one.measure]): one.value for one in ir_measures.iter_calc(list(measures), gold, run)
        }
        for row, (ranked, relevant) in asked.items():
            first = ranking.first_rank(ranked, relevant)
            ours = {
                "Success": ranking.success_at_k(first, k),
                "R": ranking.recall_at_k(ranked, relevant, k),
                "nDCG": ranking.ndcg_at_k(ranked, relevant, k),
                "AP": ranking.average_precision(ranked, relevant),
                "RR": ranking.reciprocal_rank(first),
            }
            theirs = {name: found.get((row, name), 0.0) for name in ours}  # nothing found, nothing reported
            assert ours == pytest.approx(theirs, abs=1e-9, rel=0)


def test_ranks_without_anything_relevant_cannot_be_scored() -> None:
    assert ranking.recall_at_k(["a"], set(), 5) is None
    assert ranking.average_precision(["a"], set()) is ranking.ndcg_at_k(["a"], set(), 5) is None
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        ranking.ndcg_at_k(["a"], {"a"}, 0)


def squad_words(text: str) -> list[str]:
    kept = "".join(one for one in text.lower() if one not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def squad_f1(said: str, gold: str) -> float:
    ours, theirs = squad_words(said), squad_words(gold)
    if not ours or not theirs:
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(ours), same / len(theirs)
    return 2 * precision * recall / (precision + recall)


def test_f1_and_exact_match_equal_squad_s_definition_on_random_english() -> None:
    chance = Random(2)
    stock = ["the", "a", "an", "Armenia", "help!", "(CSTO)", "U.S.", "don't", "16", "1970.", "“", "$5", "x-ray", "no,"]
    stock.remove("“")  # not a mark to SQuAD, which knows ASCII's alone
    for _ in range(RUNS):
        said, *golds = (" ".join(chance.choices(stock, k=chance.randint(0, 6))) for _ in range(4))
        assert texts.token_f1(said, golds) == pytest.approx(max(squad_f1(said, one) for one in golds), abs=1e-9, rel=0)
        same = max(float(squad_words(said) == squad_words(one)) for one in golds)
        assert texts.exact_match(said, golds) == same


@pytest.mark.parametrize(
    ("said", "gold", "same"),
    [
        ("١٦", "16", True),
        ("۱۶", "16", True),
        ("१६", "16", True),
        ("１６", "16", True),
        ("1,000", "1000", True),
        ("١٬٠٠٠", "1000", True),
        ("3.5", "35", False),
        ("٣٫٥", "3.5", True),
        ("مُحَمَّد", "محمد", True),
        ("محـــمد", "محمد", True),
        ("کرملین", "كرملين", True),
        ("希腊克里特岛", "希腊克里特岛。", True),
        ("克里特岛", "希腊克里特岛", False),
        ("Straße", "STRASSE", True),
        ("«Ереван»", "ереван", True),
        ("यूरोप।", "यूरोप", True),
    ],
)
def test_answers_in_every_script(said: str, gold: str, same: bool) -> None:
    assert texts.exact_match(said, [gold]) == float(same)


def test_f1_of_scripts_without_spaces_goes_by_characters() -> None:
    assert texts.token_f1("克里特岛", ["希腊克里特岛"]) == pytest.approx(2 * 4 / 10)
    assert texts.token_f1("من الساعة ٢١:٠٠", ["من الساعة 21:00"]) == 1.0


@given(st.text(max_size=30), st.text(max_size=30))
def test_f1_is_mutual_and_bounded_by_exact_match(one: str, two: str) -> None:
    score = texts.token_f1(one, [two])
    assert score == texts.token_f1(two, [one])
    assert score is not None
    assert texts.exact_match(one, [two]) in (0.0, 1.0 if score == 1.0 else 0.0)


def test_verdicts_equal_a_plain_implementation_on_random_runs() -> None:
    chance = Random(3)
    for _ in range(RUNS):
        pairs = [(chance.choice(["yes", "no"]), chance.choice(["yes", "no", "none"])) for _ in range(9)]
        matrix = decisions.confusion(pairs)
        assert sum(sum(row.values()) for row in matrix.values()) == 9
        right = sum(matrix[label][label] for label in matrix if label in matrix[label])
        assert decisions.accuracy(pairs) == pytest.approx(right / 9, abs=1e-9)
        shares = [matrix[label].get(label, 0) / sum(matrix[label].values()) for label in matrix]
        assert decisions.balanced_accuracy(pairs) == pytest.approx(sum(shares) / len(shares), abs=1e-9)
    assert decisions.accuracy([]) is decisions.balanced_accuracy([]) is None


def test_risk_coverage_and_calibration_equal_plain_implementations_on_random_runs() -> None:
    chance = Random(4)
    for _ in range(RUNS):
        rows = [(chance.random(), float(chance.random() < 0.6)) for _ in range(chance.randint(1, 30))]
        ranked = sorted(rows, reverse=True)
        risks = [sum(1 - right for _, right in ranked[:n]) / n for n in range(1, len(ranked) + 1)]
        points = refusals.risk_coverage(rows, 40)
        assert [risk for _, risk in points] == pytest.approx(risks, abs=1e-9)
        assert refusals.area_under(points) == pytest.approx(sum(risks) / len(risks), abs=1e-9)
        said, right = np.array(rows).T
        which = np.digitize(said, np.linspace(0, 1, 11)[1:-1])
        gaps = [abs(said[which == b].sum() - right[which == b].sum()) for b in range(10)]
        found = calibration.calibration_error(calibration.calibration_bins(rows))
        assert found == pytest.approx(sum(gaps) / len(rows), abs=1e-9)
    assert refusals.area_under([]) is calibration.calibration_error([]) is None


def test_ties_of_confidence_do_not_depend_on_the_order_of_cases() -> None:
    rows = [(0.5, 1.0), (0.5, 0.0), (0.5, 1.0), (0.9, 1.0)]
    assert refusals.risk_coverage(rows, 4) == refusals.risk_coverage(rows[::-1], 4)
    assert refusals.risk_coverage(rows, 4)[-1] == (1.0, 0.25)


def test_refusals_that_cannot_be_scored() -> None:
    assert refusals.refusal_precision([(True, False)]) is refusals.refusal_recall([(True, True)]) is None


def hit(rank: int, *places: tuple[int, int], article: str = "a") -> Hit:
    parts = tuple(Sentence(article_id=article, start=start, end=end) for start, end in places)
    chunk = Chunk(article_id=article, start=places[0][0], end=places[-1][1], sentences=parts)
    return Hit(chunk=chunk, score=1 / rank, rank=rank)


def case(*spans: tuple[int, int], kind: str = "wh", verdict: Verdict | None = None) -> Case:
    gold = tuple((Span(article="a", start=start, end=end),) for start, end in spans)
    return Case(id="c", question="?", kind=kind, verdict=verdict, answers=(), gold=gold)


def test_sentences_are_found_one_by_one_and_gold_in_one_sentence_is_one() -> None:
    hits = [hit(1, (0, 10), (11, 20)), hit(2, (0, 10), article="b"), hit(3, (21, 30))]
    ranked, relevant = units.sentence_run(case((11, 20), (40, 50)), hits)
    assert ranking.relevant_ranks(ranked, relevant) == [2]
    assert ranking.recall_at_k(ranked, relevant, 10) == 0.5
    ranked, relevant = units.sentence_run(case((11, 15), (15, 20)), hits)  # two spans of one sentence
    assert ranking.recall_at_k(ranked, relevant, 10) == ranking.average_precision(ranked, relevant) * 2 == 1.0  # type: ignore[operator]
    ranked, relevant = units.sentence_run(case((0, 20)), hits)  # one span over two sentences
    assert (ranking.relevant_ranks(ranked, relevant), len(relevant)) == ([1], 1)
    assert units.article_run(case((0, 5)), hits) == (["a", "b"], {"a"})


def test_a_missing_answer_is_wrong_and_an_unscorable_one_is_not() -> None:
    yes = case((0, 10), kind="yes_no", verdict=Verdict.YES)
    assert decisions.decision_right(yes, None) == decisions.verdict_right(yes, None) == 0.0
    assert decisions.answer_right(case(kind="unanswerable"), None) == 0.0
    assert decisions.verdict_right(case((0, 10)), None) is None
    assert citations.cited_share(yes, []) == 0.0
    assert citations.right_share(yes, []) is None
    refused = Answer(question="?", language=None, decision=Decision.REFUSED)
    assert decisions.answer_right(case(kind="unanswerable"), refused) == 1.0
    assert decisions.answer_right(yes, refused) == 0.0


def test_what_denies_a_premise_that_holds_is_wrong_whatever_it_cites() -> None:
    cite = Citation(label=1, article_id="a", title=None, publisher=None, published=None, language=None, url=None,
                    start=0, end=10, quote="q", answer_start=0, answer_end=1, stance=Stance.CONTRADICTS,
                    support=1.0)  # fmt: skip
    denial = Answer(question="Why?", language=None, decision=Decision.ANSWERED, verdict=Verdict.NO, premise="Did it?",
                    citations=(cite,))  # fmt: skip
    for kind, right, problems in (("false_premise", 1.0, ()), ("wh", 0.0, ("wrong verdict",))):
        assert decisions.answer_right(case((0, 10), kind=kind), denial) == right
        assert problems_of(case((0, 10), kind=kind), denial) == problems


class Containing:
    """Entails what it contains, and denies what it contains after 'not'."""

    name = "containing-1"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(question, one.text) for one in passages]

    def _reading(self, question: str, text: str) -> Reading:
        verdict = Verdict.NO if f"not {question}" in text else Verdict.YES
        return Reading(answerable=float(question in text), start=0, end=1, verdict=verdict, probabilities={})


def test_alce_s_scores_by_hand_with_a_reader_as_judge() -> None:
    judge = entailment.entails(Containing())
    two = [("rain", ["rain fell.", "more rain."]), ("sun", ["not sun."])]
    assert entailment.alce_scores(two, judge) == (0.5, 2 / 3)  # both of the first are right, that of the second not
    assert entailment.alce_scores([("rain", ["sun.", "rain."])], judge) == (1.0, 0.5)
    assert entailment.alce_scores([("a\nb", ["x a", "b y"])], judge) == (1.0, 1.0)  # neither alone, both needed
    assert entailment.alce_scores([], judge) == entailment.alce_of(None, judge) == (None, None)


def test_intervals_are_seeded_and_hold_the_mean() -> None:
    values = [1.0, 0.0, None, 1.0, 1.0, 0.0] * 20
    found = interval(values, seed=5)
    assert found == interval([one for one in values if one is not None], seed=5) != interval(values, seed=6)
    assert found is not None
    assert found[0] < 0.6 < found[1]
    assert found == pytest.approx((0.6 - 1.96 * 0.049, 0.6 + 1.96 * 0.049), abs=0.02)  # the normal approximation
    assert interval([None], seed=1) is None


def test_intervals_of_many_cases_are_drawn_in_parts() -> None:
    low, high = interval([0.0, 1.0] * 5000, seed=1) or (0.0, 0.0)
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 100, rel=0.1)


def test_times_and_languages() -> None:
    assert latency([]) == {"latency mean": None, "latency p50": None, "latency p95": None}
    assert quantile([3.0], 0.95) == 3.0
    assert mean([None, 1.0]) == (1.0, 1)
    assert language_consistent("ar", "قال السفير إن بلاده لا تعتزم طلب المساعدة.") == 1.0

"""Measures, one family a module. What cannot be scored is None, never zero; a missing answer is wrong, never None."""

from eval.metrics.bootstrap import mean
from eval.metrics.citations import citation_precision, citation_recall
from eval.metrics.decisions import decision_right, verdict_right
from eval.metrics.ranking import first_relevant, reciprocal_rank, success_at_k

__all__ = ["citation_precision", "citation_recall", "decision_right", "first_relevant", "mean", "reciprocal_rank",
           "success_at_k", "verdict_right"]  # fmt: skip

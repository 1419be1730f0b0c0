"""A question and a passage as a model reads them: one pair of texts, its tokens, and their places in the article."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import batches
from index.errors import ModelError
from index.sentences import split_sentences
from qa.evidence import Passage
from qa.reader.roles import HubModel, Role

Logits = npt.NDArray[np.float64]

_BUDGET = 2048  # tokens a batch, padding counted
_TITLE = 300  # code points
_NEAR = 400  # code points on each side in which the neighbouring sentence is looked for
_QUESTION = 16  # code points a token, at the most: what exceeds the limit many times over is not even tokenised
_PARTS = ("special", "title", "before", "sentence", "after", "question")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The tokens of a question and a passage that fit the model; `spans`: where those of the sentence stand.

    `spans` maps a token's position to its words in the article's text, in code points, without white space.
    """

    features: dict[str, list[int]]
    spans: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Title, sentence before, the sentence itself, sentence after; offsets into `text`."""

    text: str
    title: int  # where the title ends
    start: int
    end: int
    shift: int  # from an offset into `text` to one into the article's text


def make_pairs(model: HubModel, question: str, passages: Sequence[Passage]) -> list[Pair]:
    """One pair a passage. A re-ranker sees no neighbours: what they say must not count for the sentence.

    What is too long loses, in this order: the sentence after, the one before, the title, the end of the question but
    for a quarter of the limit, and last the end of the sentence.
    """
    question = question[: _QUESTION * model.limit]
    premise_first = model.role is Role.INFERENCE
    layouts = [_lay_out(passage, neighbours=model.role is not Role.RERANK) for passage in passages]
    texts = [(one.text, question) if premise_first else (question, one.text) for one in layouts]
    encoded = model.tokenizer.encode_batch(texts)
    side = 0 if premise_first else 1
    return [_fit(model, encoding, layout, side) for encoding, layout in zip(encoded, layouts, strict=True)]


def run(model: HubModel, pairs: Sequence[Pair]) -> list[Logits]:
    """The model's logits for each pair: (labels,), or (tokens, 2) for the start and the end of a span.

    Raises:
        ModelError: a result is not a number.
    """
    import torch

    found: dict[int, Logits] = {}
    order = _order(pairs)
    lengths = [len(pairs[row].features["input_ids"]) for row in order]
    with torch.inference_mode():
        for places in batches(lengths, 0 if model.pad is None else _BUDGET):
            rows = [order[place] for place in places]
            output = model.model(**_pad(model, [pairs[row] for row in rows]))
            both = model.role is Role.SPAN
            logits = torch.stack([output.start_logits, output.end_logits], -1) if both else output.logits
            for row, one in zip(rows, logits.double().numpy(), strict=True):
                found[row] = one[: len(pairs[row].features["input_ids"])] if both else one
    if any(np.isnan(one).any() for one in found.values()):
        raise ModelError(f"{model.name} computes what is no number; its weights are damaged: name another model")
    return [found[row] for row in range(len(pairs))]


def _lay_out(passage: Passage, *, neighbours: bool) -> _Layout:
    text, first, last = passage.article.text, passage.sentence.start, passage.sentence.end
    if neighbours:
        before = text[max(0, first - _NEAR) : first].rpartition("\n")[2]
        after = text[last : last + _NEAR].partition("\n")[0]
        spans_before = split_sentences(replace(passage.article, text=before))
        spans_after = split_sentences(replace(passage.article, text=after))
        first -= len(before) - spans_before[-1].start if spans_before else 0
        last += spans_after[0].end if spans_after else 0
    title = f"{passage.article.title[:_TITLE]} - " if passage.article.title else ""
    shift = first - len(title)
    start, end = passage.sentence.start - shift, passage.sentence.end - shift
    return _Layout(text=title + text[first:last], title=len(title), start=start, end=end, shift=shift)


def _fit(model: HubModel, encoding: Any, layout: _Layout, side: int) -> Pair:  # noqa: ANN401 - a tokenizers.Encoding
    parts = _parts(encoding, layout, side, model.specials)
    least = model.limit // 4
    order = [*parts["after"][::-1], *parts["before"], *parts["title"][::-1]]
    order += [*parts["question"][least:][::-1], *parts["sentence"][::-1]]
    present = {*parts["special"], *order, *parts["question"][:least]}
    kept = sorted(present - set(order[: max(0, len(present) - model.limit)]))
    columns = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    tokens, offsets = encoding.tokens, encoding.offsets  # read once: each access makes the whole list anew
    words = {at for at in parts["sentence"] if tokens[at].strip("▁")}  # a lone ▁ claims the letter after it
    spans = {place: _span(layout, *offsets[at]) for place, at in enumerate(kept) if at in words}
    return Pair(
        features={name: [columns[name][at] for at in kept] for name in model.inputs},
        spans={place: span for place, span in spans.items() if span[0] < span[1]},
    )


def _parts(encoding: Any, layout: _Layout, side: int, specials: frozenset[int]) -> dict[str, list[int]]:  # noqa: ANN401
    """The positions of the tokens of each part; a separator that a text itself contains is in none."""
    parts: dict[str, list[int]] = {name: [] for name in _PARTS}
    tokens = zip(encoding.ids, encoding.sequence_ids, encoding.offsets, strict=True)
    for at, (token, sequence, (start, end)) in enumerate(tokens):
        if sequence is None:
            parts["special"].append(at)
        elif token in specials:
            continue
        elif sequence != side:
            parts["question"].append(at)
        elif end <= layout.start:
            parts["title" if start < layout.title else "before"].append(at)
        else:
            parts["after" if start >= layout.end else "sentence"].append(at)
    return parts


def _span(layout: _Layout, start: int, end: int) -> tuple[int, int]:
    """A token's words in the article; some tokenizers count the space before, some join what two sentences share."""
    start, end = max(start, layout.start), min(end, layout.end)
    while start < end and layout.text[start].isspace():
        start += 1
    while start < end and layout.text[end - 1].isspace():
        end -= 1
    return start + layout.shift, end + layout.shift


def _order(pairs: Sequence[Pair]) -> list[int]:
    """Rows by length, equal ones in an order that the tokens alone decide."""
    tokens = [one.features["input_ids"] for one in pairs]
    return sorted(range(len(pairs)), key=lambda row: (len(tokens[row]), tokens[row]))


def _pad(model: HubModel, pairs: Sequence[Pair]) -> dict[str, Any]:
    import torch

    longest = len(pairs[-1].features["input_ids"])
    fill = {"input_ids": model.pad or 0}
    return {
        name: torch.tensor(
            [one.features[name] + [fill.get(name, 0)] * (longest - len(one.features[name])) for one in pairs]
        )
        for name in model.inputs
    }

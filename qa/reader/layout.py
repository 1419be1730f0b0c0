"""A question and a passage as one row of tokens, which is what the cross-encoder reads.

`<s> question </s> </s> title </s> before SENTENCE after </s>`: the sentence to judge has token type 1, all else type 0,
so that its neighbours help to understand it and are not taken for it. What is too long is cut: of the text before the
sentence the beginning goes, of all other parts the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

_QUESTION, _TITLE, _AROUND, _SENTENCE = 64, 24, 32, 160  # tokens at the most
LONGEST = _QUESTION + _TITLE + 2 * _AROUND + _SENTENCE + 5
_BEGIN, _PAD, _END = 0, 1, 2  # as in every XLM-R vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A sentence with what stands around it in its article; all but the sentence may be empty."""

    sentence: str
    title: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids; the sentence's tokens are `ids[first : first + len(offsets)]`, offsets in code points of it."""

    ids: list[int]
    first: int
    offsets: list[tuple[int, int]]


def make_rows(tokenizer: "Tokenizer", pairs: Sequence[tuple[str, Parts]]) -> list[Row]:
    """One row a pair of question and passage, each at most LONGEST tokens."""
    texts = [text for question, one in pairs for text in (question, one.title, one.before, one.sentence, one.after)]
    found = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [_join(*found[at : at + 5]) for at in range(0, len(found), 5)]


def _join(question: Any, title: Any, before: Any, sentence: Any, after: Any) -> Row:  # noqa: ANN401 - tokenizers.Encoding
    head = [_BEGIN, *question.ids[:_QUESTION], _END, _END, *title.ids[:_TITLE], _END, *before.ids[-_AROUND:]]
    ids = [*head, *sentence.ids[:_SENTENCE], *after.ids[:_AROUND], _END]
    return Row(ids, len(head), sentence.offsets[:_SENTENCE])


def collate(rows: Sequence[Row]) -> tuple["Tensor", "Tensor", "Tensor"]:
    """Ids, mask (True where a token stands) and types, each (n, longest)."""
    import torch

    shape = (len(rows), max(len(one.ids) for one in rows))
    ids, types = torch.full(shape, _PAD), torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.bool)
    for at, one in enumerate(rows):
        ids[at, : len(one.ids)] = torch.tensor(one.ids)
        mask[at, : len(one.ids)] = True
        types[at, one.first : one.first + len(one.offsets)] = 1
    return ids, mask, types


def batches(rows: Sequence[Row], budget: int) -> list[list[int]]:
    """Places of rows of like length, each batch at most `budget` tokens with its padding, or one row."""
    done: list[list[int]] = [[]]
    for place in sorted(range(len(rows)), key=lambda place: len(rows[place].ids)):
        if done[-1] and len(rows[place].ids) * (len(done[-1]) + 1) > budget:
            done.append([])
        done[-1].append(place)
    return [one for one in done if one]

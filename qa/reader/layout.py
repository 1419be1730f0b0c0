"""A question and a passage as one row of tokens, which is what the cross-encoder reads.

`<s> question </s> </s> title </s> before SENTENCE after </s>`: the sentence to judge has token type 1, all else type 0,
so that its neighbours help to understand it and are not taken for it. What is too long is cut: of the text before the
sentence the beginning goes, of all other parts the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.encoder import pad

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

_QUESTION, _TITLE, _AROUND, _SENTENCE = 64, 24, 32, 160  # tokens at the most
LONGEST = _QUESTION + _TITLE + 2 * _AROUND + _SENTENCE + 5
_BEGIN, _END = 0, 2  # as in every XLM-R vocabulary


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

    ids, mask = pad([one.ids for one in rows])
    types = torch.zeros_like(ids)
    for at, one in enumerate(rows):
        types[at, one.first : one.first + len(one.offsets)] = 1
    return ids, mask, types

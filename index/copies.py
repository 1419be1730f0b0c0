"""Copies: an agency's story in several outlets, whole, cut after a few paragraphs, or under another title.

Two articles in one language are copies when nearly all that the shorter one says stands word for word in the beginning
of the longer one, and its numbers too. What is compared are shingles: runs of letters and digits, without case, white
space and punctuation. To find what to compare with, one shingle in sixteen, chosen by its hash, is kept in the archive
(Broder 1997; as in scaled MinHash the same shingles are kept of every text, so that cuts are found as well as whole
copies).
"""

import re

import numpy as np
import numpy.typing as npt

from index.terms import DIGITS, fold_word

Shingles = npt.NDArray[np.int64]

KEPT = 16  # one shingle of so many is looked up
LEAST = 0.62  # share of the shorter text's shingles that the longer one's beginning must have
_NUMBERS = 0.8  # share of its numbers
_SHORTEST = 80  # letters and digits; what is shorter is no copy of anything
_RUN, _WIDE_RUN = 14, 5  # letters of a shingle; of Chinese, Japanese and Korean
_WIDE = 0x2E80
_HEAD = (2, 300)  # times the shorter text's letters, and letters more: how far the longer one's beginning goes
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio (Knuth, The Art of Computer Programming, 6.4)
_BASE = 1_000_003


def letters_of(text: str) -> str:
    """What is compared: letters in small letters and in one of their forms, digits as 0 to 9.

    >>> letters_of("Mr. Smith: '٢٨!'")
    'mrsmith28'
    """
    return "".join(one for one in fold_word(text.casefold().translate(DIGITS)) if one.isalnum())


def shingles_of(letters: str) -> Shingles:
    """The hash of each run of 14 letters, or 5 in scripts with thousands of signs, each once and in order of size."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    run = _WIDE_RUN if len(codes) and np.mean(codes >= _WIDE) > 0.3 else _RUN
    if len(codes) < run:
        return np.zeros(0, np.int64)
    powers = np.array([pow(_BASE, n, 2**64) for n in range(run)], np.uint64)
    hashes = (np.lib.stride_tricks.sliding_window_view(codes, run) * powers).sum(1, dtype=np.uint64) * _MIX
    return np.unique((hashes ^ (hashes >> np.uint64(29))).view(np.int64))


def sketch_of(letters: str) -> Shingles:
    """The shingles by which a text is found; none where it is too short to be told from others."""
    found = shingles_of(letters) if len(letters) >= _SHORTEST else np.zeros(0, np.int64)
    kept: Shingles = found[found % KEPT == 0]
    return kept


def are_copies(one: str, other: str) -> bool:
    """Whether two texts are copies, either of which may be cut."""
    short, long = sorted((one, other), key=len)
    numbers = set(map(int, re.findall(r"\d{1,99}", short)))
    shared = numbers & set(map(int, re.findall(r"\d{1,99}", long)))
    if len(shared) < _NUMBERS * len(numbers):  # first, for this is quickly told
        return False
    letters = letters_of(short)
    if len(letters) < _SHORTEST:
        return False
    head = letters_of(long)[: _HEAD[0] * len(letters) + _HEAD[1]]
    return bool(np.isin(shingles_of(letters), shingles_of(head)).mean() >= LEAST)

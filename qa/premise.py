"""What a question takes for granted: "Why did she resign?" asks for a reason, and takes it that she did."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from qa.answers import Stance, Verdict
from qa.evidence import Passage
from qa.judge import GOOD, Judgement, Read, judge
from qa.reader.protocol import Reader, Reading
from qa.words import fold, table, words

_MORE = re.compile(r"[!?؟]\s+\w|[^\W\d_]{4,}\.\s+\w|[。！？]\w|://")  # than one sentence
_LAST = re.compile(r"\sن(?!امید|وشت|شست|مود|هاد|واخت)\S*$")  # a Persian verb that is denied, with few exceptions
_HAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_ANYWHERE = ("within", "denials", "others")
_MARKS = "?؟？"
_SURE = 0.75  # least share of no in yes and no, measured in docs/reader.md


def premise(question: str) -> str | None:
    """The yes/no question that is left of one that asks why; None of others.

    None too of those that deny something, for which a no would mean a yes, of those of more than one sentence, and
    where the words may mean something else. Of questions that ask when none is made: "not before Friday" answers them.

    >>> premise("Why did Ada Lund resign?"), premise("¿Por qué dimitió Ada Lund?")
    ('Did Ada Lund resign?', '¿Dimitió Ada Lund?')
    >>> premise("Who resigned?"), premise("Why did nobody resign?"), premise("When did she resign?")
    (None, None, None)
    """
    asked = question.strip()
    mark = asked[-1:] if asked[-1:] in _MARKS else "?"
    rest = _left(asked).rstrip(f"{_MARKS} ")
    at = next((place for place, one in enumerate(rest) if one.isalnum()), None)
    if at is None or _MORE.search(rest) or _LAST.search(rest):
        return None
    if _pattern("denials").search(rest) or _pattern("others").search(asked):
        return None
    return rest[:at] + rest[at].upper() + rest[at + 1 :] + mark


def weigh(reader: Reader, question: str, ranked: Sequence[Read], *, threshold: float, statements: int) -> Judgement:
    """As `judge`, but what contradicts what the question takes for granted goes before what answers it less well.

    Raises:
        ModelError: as the reader's `read`.
    """
    found = judge(ranked, threshold=threshold, statements=statements)
    asked = premise(question)
    if asked is None or not ranked:
        return found
    passages = [passage for passage, _ in ranked]
    pairs = [_leaning(*pair) for pair in zip(passages, reader.read(asked, passages), strict=True)]
    denied = judge(pairs, threshold=threshold, statements=statements)
    best = max((reading for _, reading in pairs), key=lambda one: one.answerable)
    says_no = denied.verdict is best.verdict is Verdict.NO and denied.confidence >= GOOD
    if not says_no or best.answerable < ranked[0][1].answerable:
        return found
    cited = tuple((passage, Stance.CONTRADICTS, chance) for passage, _, chance in denied.cited)
    return replace(denied, cited=cited, premise=asked)


def _leaning(passage: Passage, reading: Reading) -> Read:
    """The reading with a verdict wherever it leans to yes, and where it is sure of no."""
    yes, no = (reading.probabilities.get(side, 0.0) for side in ("yes", "no"))
    verdict = Verdict.NO if no > 0 and no >= _SURE * (yes + no) else Verdict.YES if yes > no else None
    return passage, replace(reading, verdict=verdict)


def _left(question: str) -> str:
    """The question without the word that asks; empty where none does."""
    for name in ("english", "first", "within"):
        rest, found = _pattern(name).subn(r"\g<1>", question, count=1)
        rest = " ".join(rest.split())
        if found and name == "english":
            return rest if fold(rest.split()[0] if rest else "") in words("premises", "auxiliaries") else ""
        if found:
            return rest
    return ""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The words of words.toml under a name: whole words, but in Chinese and Japanese, where no spaces part them.

    Its first group is what stands before them and is to stay.
    """
    rows = sorted((one.strip() for one in table("premises")[name].replace("\n", "/").split("/")), key=len, reverse=True)
    found = [re.escape(one).replace(r"\*", r"\S*") for one in rows if one]
    parted, joined = ([one for one in found if _HAN.search(one) is None], [one for one in found if _HAN.search(one)])
    start = r"((?<![^\s¿\"“„«‹'‘(\[]))" if name in _ANYWHERE else r"^([\s¿]*)"
    pattern = rf"{start}(?:{'|'.join(parted)})(?![^\s?؟.!,،;:\"”»’)\]])\s*"
    return re.compile(pattern + (f"|{'|'.join(joined)}" if joined else ""), re.IGNORECASE)

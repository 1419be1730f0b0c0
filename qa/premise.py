"""What a question takes for granted: "Why did she resign?" asks for a reason, and takes it that she did."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from qa.answers import Stance, Verdict
from qa.evidence import Passage
from qa.judge import GOOD, Judgement, Read, judge
from qa.reader.protocol import Reader, Reading
from qa.words import table

_MORE = re.compile(r"[.!?؟]\s+\w|[。！？]\w|://")  # than one question
_HAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_SURE = 0.75  # least share of no in yes and no, measured in docs/reader.md


def premise(question: str) -> str | None:
    """The yes/no question that is left of one that asks why or when; None of others.

    None too of those that deny something, for which a no would mean a yes, and those of more than one sentence.

    >>> premise("Why did Ada Lund resign?"), premise("¿Cuándo dimitió Ada Lund?")
    ('Did Ada Lund resign?', '¿Dimitió Ada Lund?')
    >>> premise("Who resigned?"), premise("Why did nobody resign?")
    (None, None)
    """
    rest, asked = _pattern("first").subn(r"\1", question, count=1)
    if not asked:
        rest, asked = _pattern("within").subn("", question, count=1)
    rest = " ".join(rest.split())
    at = next((place for place, one in enumerate(rest) if one.isalnum()), None)
    if not asked or at is None or _MORE.search(rest) or _pattern("denials").search(rest):
        return None
    return rest[:at] + rest[at].upper() + rest[at + 1 :]


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


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The words of words.toml under a name: whole words, but in Chinese and Japanese, where no spaces part them."""
    rows = sorted((one.strip() for one in table("premises")[name].replace("\n", "/").split("/")), key=len, reverse=True)
    found = [re.escape(one).replace(r"\*", r"\S*") for one in rows if one]
    parted, joined = ([one for one in found if _HAN.search(one) is None], [one for one in found if _HAN.search(one)])
    start = r"^([\s¿]*)" if name == "first" else r"(?<![^\s¿])"
    words = rf"{start}(?:{'|'.join(parted)})(?![^\s?؟.!,،;:])\s*"
    return re.compile(words + (f"|{'|'.join(joined)}" if joined else ""), re.IGNORECASE)

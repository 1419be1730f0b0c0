"""An answer's text: a verdict, then sentences of articles as they stand, each with the number of its source."""

import re
from collections.abc import Mapping, Sequence

from qa.answers import Citation, Evidence, Stance, Statement, Verdict

_WORDS = {
    "ar": ("نعم.", "لا.", "متنازع عليه."),
    "de": ("Ja.", "Nein.", "Umstritten."),
    "en": ("Yes.", "No.", "Disputed."),
    "es": ("Sí.", "No.", "Versiones opuestas."),
    "fa": ("بله.", "نه.", "مورد اختلاف."),
    "fr": ("Oui.", "Non.", "Contesté."),
    "hi": ("हाँ।", "नहीं।", "विवादित।"),
    "it": ("Sì.", "No.", "Contestato."),
    "ja": ("はい。", "いいえ。", "見解が分かれています。"),
    "pt": ("Sim.", "Não.", "Contestado."),
    "ru": ("Да.", "Нет.", "Данные расходятся."),
    "tr": ("Evet.", "Hayır.", "Tartışmalı."),
    "uk": ("Так.", "Ні.", "Дані розходяться."),
    "ur": ("ہاں۔", "نہیں۔", "متنازع۔"),
    "zh": ("是。", "否。", "说法不一。"),
}
_SAID = "|".join(re.escape(word.rstrip(".۔。।")) for row in _WORDS.values() for word in row)
_VERDICT = re.compile(rf"^(?:{_SAID})(?:\s*[.,،;:!۔。，।]+(?!\s*\d)\s*|\s*[—–-]+\s+)", re.IGNORECASE)
_ORDER = (Verdict.YES, Verdict.NO, Verdict.DISPUTED)


def verdict_word(verdict: Verdict | None, language: str | None) -> str:
    """The verdict as a sentence in a language, in English where we do not have it; empty without a verdict.

    >>> verdict_word(Verdict.NO, "ru"), verdict_word(None, "ru")
    ('Нет.', '')
    """
    return _WORDS.get(language or "en", _WORDS["en"])[_ORDER.index(verdict)] if verdict else ""


def without_verdict(text: str) -> str:
    """The text without a yes or no in front of it: whether one is said is not for the text to decide.

    >>> without_verdict("No. Armenia has no such plan."), without_verdict("Non-members have one.")
    ('Armenia has no such plan.', 'Non-members have one.')
    """
    return _VERDICT.sub("", text) or text


def compose(
    rows: Sequence[tuple[str, Sequence[Evidence]]],
    stances: Mapping[int, Stance],
    verdict: Verdict | None,
    language: str | None,
    premise: str | None = None,
) -> tuple[str, tuple[Statement, ...], tuple[Citation, ...]]:
    """Text, statements and citations: the verdict in a language, then each text with the numbers of its evidence.

    `stances` by label; what is not there supports. `premise` stands before the verdict.
    """
    said = " ".join(filter(None, (premise, verdict_word(verdict, language))))
    text, statements, citations = said, list[Statement](), list[Citation]()
    for words, evidence in rows:
        text += "\n" if text else ""
        start, end = len(text), len(text) + len(words)
        text += words + "".join(f" [{one.label}]" for one in evidence)
        statements.append(Statement(text=words, start=start, end=end, labels=tuple(one.label for one in evidence)))
        citations += [_cite(one, stances.get(one.label, Stance.SUPPORTS), start, end) for one in evidence]
    return text, tuple(statements), tuple(citations)


def _cite(evidence: Evidence, stance: Stance, answer_start: int, answer_end: int) -> Citation:
    article = evidence.article
    return Citation(
        label=evidence.label,
        article_id=article.id,
        title=article.title,
        publisher=article.publisher,
        published=article.published,
        language=article.language,
        url=article.url,
        start=evidence.sentence.start,
        end=evidence.sentence.end,
        quote=evidence.quote,
        answer_start=answer_start,
        answer_end=answer_end,
        stance=stance,
        support=evidence.support,
    )

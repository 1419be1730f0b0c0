"""An answer's text: a verdict, then sentences of articles as they stand, each with the number of its source."""

from collections.abc import Sequence

from qa.answers import Citation, Evidence, Stance, Statement, Verdict

_WORDS = {
    "ar": ("نعم.", "لا.", "متنازع عليه."),
    "de": ("Ja.", "Nein.", "Umstritten."),
    "en": ("Yes.", "No.", "Disputed."),
    "es": ("Sí.", "No.", "Versiones opuestas."),
    "fa": ("بله.", "نه.", "مورد اختلاف."),
    "fr": ("Oui.", "Non.", "Contesté."),
    "hi": ("हाँ।", "नहीं।", "विवादित।"),
    "pt": ("Sim.", "Não.", "Contestado."),
    "ru": ("Да.", "Нет.", "Данные расходятся."),
    "tr": ("Evet.", "Hayır.", "Tartışmalı."),
    "uk": ("Так.", "Ні.", "Дані розходяться."),
    "ur": ("ہاں۔", "نہیں۔", "متنازع۔"),
    "zh": ("是。", "否。", "说法不一。"),
}
_ORDER = (Verdict.YES, Verdict.NO, Verdict.DISPUTED)


def verdict_word(verdict: Verdict | None, language: str | None) -> str:
    """The verdict as a sentence in a language, in English where we do not have it; empty without a verdict.

    >>> verdict_word(Verdict.NO, "ru"), verdict_word(None, "ru")
    ('Нет.', '')
    """
    return _WORDS.get(language or "en", _WORDS["en"])[_ORDER.index(verdict)] if verdict else ""


def compose(
    evidence: Sequence[Evidence], stances: Sequence[Stance], verdict: Verdict | None, language: str | None
) -> tuple[str, tuple[Statement, ...], tuple[Citation, ...]]:
    """Text, statements and citations: the verdict in the question's language, then each sentence with its number."""
    text, statements, citations = verdict_word(verdict, language), list[Statement](), list[Citation]()
    for one, stance in zip(evidence, stances, strict=True):
        text += "\n" if text else ""
        words = " ".join(one.quote.split())
        start, end = len(text), len(text) + len(words)
        text += f"{words} [{one.label}]"
        statements.append(Statement(text=words, start=start, end=end, labels=(one.label,)))
        citations.append(_cite(one, stance, start, end))
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

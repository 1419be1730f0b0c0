"""What others have published on these data sets, with the same protocol and measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure of somebody else's, and where it was read; it stands only for the whole data set."""

    system: str
    pool: str
    measure: str
    value: float
    source: str


_LAREQA = "LAReQA, Roy et al. 2020"
_MTEB = "MTEB results, XQuADRetrieval"
_XQUAD = "XQuAD's README, trained on English"
_F1 = {
    "mBERT": {"ar": 0.615, "en": 0.835, "es": 0.755, "ru": 0.713, "tr": 0.554},
    "XLM-R Large": {"ar": 0.686, "es": 0.820, "ru": 0.801, "tr": 0.759},
}

PUBLISHED: dict[str, tuple[Published, ...]] = {
    "xquad-r": tuple(
        Published(system=system, pool="all", measure="mAP", value=value, source=_LAREQA)
        for system, value in (
            ("mBERT X-Y", 0.66),
            ("mBERT X-X-mono", 0.52),
            ("mBERT En-En", 0.29),
            ("mBERT X-X", 0.23),
        )
    ),
    "xquad-retrieval": tuple(
        Published(system=system, pool=language, measure="nDCG@10", value=value, source=_MTEB)
        for system, language, value in (
            ("multilingual-e5-small", "ar", 0.935),
            ("multilingual-e5-small", "en", 0.975),
            ("multilingual-e5-small", "hi", 0.954),
            ("multilingual-e5-small", "th", 0.948),
            ("paraphrase-multilingual-MiniLM", "ar", 0.773),
        )
    ),
    "ntrex": (),
    "tydiqa": (),
    "xquad": tuple(
        Published(system=system, pool=language, measure="F1", value=value, source=_XQUAD)
        for system, row in _F1.items()
        for language, value in row.items()
    ),
    "danetqa": (),
    "ans": (Published(system="BERT", pool="test", measure="macro F1", value=0.767, source="Khouja 2020"),),
}

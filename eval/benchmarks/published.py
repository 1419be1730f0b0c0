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
}

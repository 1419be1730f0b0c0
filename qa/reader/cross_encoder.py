"""The reader that comes with Dateline: a small multilingual cross-encoder (see README.md beside this file)."""

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from index import openvino
from index.articles import make_article
from index.bundled import model_folder
from index.encoder import batches, fast_precision, load_tokenizer, load_weights
from index.errors import ModelError
from index.sentences import Sentence
from qa.evidence import Passage
from qa.reader.chances import Floats, log_odds, polar, sigmoid
from qa.reader.engine import quantised
from qa.reader.layout import Parts, Row, collate, make_rows
from qa.reader.network import SHARED, Network
from qa.reader.protocol import Reader, Reading
from qa.reader.spans import best_span, whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WEIGHTS = Path(__file__).with_name("cross-encoder.safetensors")
_BUDGET = 1024  # tokens a batch, padding counted
_AROUND = 240  # code points of the article on each side of a sentence, of which the nearest 32 tokens are read
_LONGEST = 32  # tokens of a short answer

_LOCK = Lock()

Verdicts = Literal["measured", "always", "never"]


class CrossEncoderReader:
    """Reads each sentence in its neighbours, with the article's title, against the question.

    The chance that it answers is blended with that of a second reader, where there is one: with the similarity of
    vectors it is right more often than alone (docs/reader.md).
    """

    def __init__(
        self,
        cache: Path,
        weights: Path = WEIGHTS,
        *,
        near: Reader | None = None,
        verdicts: Verdicts = "measured",
        sure: float = 0.25,
    ) -> None:
        """`weights` with a .json of the same name beside it, the card: its SHA-256 and the calibration.

        With `verdicts` "measured", yes and no are said of passages in languages where the card says that they are
        reliable, and only where the reader is as sure as the card asks; else the sentence is only shown. A span of
        words with a chance of `sure` or less is a guess, and the whole sentence is the answer.

        Raises:
            ModelError: one of the two files is missing or damaged.
        """
        try:
            self._card: dict[str, Any] = json.loads(weights.with_suffix(".json").read_text())
            found = sha256(weights.read_bytes()).hexdigest()
        except (OSError, ValueError) as error:
            raise ModelError(f"the reader's weights cannot be read: {error}; install Dateline again") from error
        if found != self._card["sha256"]:
            raise ModelError(f"{weights} is damaged (its SHA-256 begins with {found[:8]}); install Dateline again")
        self._weights = weights
        self._cache = cache
        self._near = near
        self._verdicts = verdicts
        self._sure = sure

    @property
    def name(self) -> str:
        """Kind, version and the weights' fingerprint."""
        return f"cross-encoder-1/{self._card['sha256'][:8]}"

    def threshold(self, risk: float) -> float:
        """The least support from which upwards at most this share of the answers given was wrong when measured."""
        fitting = takewhile(lambda row: row[0] <= risk, reversed(self._card["risk"]))
        return min((float(at) for _, at, _ in fitting), default=1.0)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage; `probabilities` of those that ask for yes or no, also where neither may be said.

        Raises:
            ModelError: the embedding model that it shares its words with cannot be unpacked.
        """
        if not passages:
            return []
        rows, logits, spans = self.logits(question, passages)
        answerable = self._chances(logits[:, 0], question, passages)
        asks = self._verdicts != "never" and logits[:, 2].mean() > 0
        yes = _scaled(logits[:, 1], self._card["yes"]).tolist() if asks else [None] * len(rows)
        found = zip(passages, rows, answerable.tolist(), spans, yes, strict=True)
        return [self._reading(*one) for one in found]

    @property
    def support_threshold(self) -> float:
        """The support from which upwards a written sentence passes: as the card has it, measured on rewrites."""
        return float(self._card["support"]["threshold"])

    def support(self, text: str, groups: Sequence[Sequence[Passage]]) -> list[float]:
        """How likely each group of passages, put together, says what a text says.

        Raises:
            ModelError: as `read`.
        """
        weights = np.array(self._card["support"]["weights"])
        columns = self.support_columns(text, groups)
        return [float(one) for one in sigmoid(columns @ weights[:-1] + weights[-1])]

    def support_columns(self, text: str, groups: Sequence[Sequence[Passage]]) -> Floats:
        """What the support is computed from (n, 3): logits that they answer, and with yes, and that by similarity."""
        joined = [_join(passages) for passages in groups]
        near = [one.answerable for one in self._near.read(text, joined)] if self._near else [0.5] * len(joined)
        return np.column_stack([self.logits(text, joined)[1][:, :2], log_odds(np.array(near))])

    def logits(self, question: str, passages: Sequence[Passage]) -> tuple[list[Row], Floats, list[Floats]]:
        """Rows, their logits (n, 3) before calibration, and of each row the span logits (tokens of its sentence, 2)."""
        return self.logits_of([(question, _cut(passage)) for passage in passages])

    def logits_of(self, pairs: Sequence[tuple[str, Parts]]) -> tuple[list[Row], Floats, list[Floats]]:
        """As `logits`, of questions against sentences that need not stand in an article."""
        with _LOCK:
            tokenizer, network = _load(self._cache, self._weights)
        rows = make_rows(tokenizer, pairs)
        return rows, *_run(network, rows)

    def _chances(self, logits: Floats, question: str, passages: Sequence[Passage]) -> Floats:
        if self._near is None:
            return _scaled(logits, self._card["answerable"])
        near = np.array([one.answerable for one in self._near.read(question, passages)])
        return blend(logits, near, self._card["blend"])

    def _reading(self, passage: Passage, row: Row, answerable: float, spans: Floats, yes: float | None) -> Reading:
        verdict, chances = polar(answerable, yes) if yes is not None else (None, {})
        start, end = passage.sentence.start, passage.sentence.end
        if yes is not None and self._may(passage, yes):
            return Reading(answerable=answerable, start=start, end=end, verdict=verdict, probabilities=chances)
        first, last, chance = best_span(spans, _LONGEST)
        if chance > self._sure:
            start, end = whole(passage, start + row.offsets[first][0], start + row.offsets[last][1])
        return Reading(answerable=answerable, start=start, end=end, probabilities=chances)

    def _may(self, passage: Passage, yes: float) -> bool:
        """Whether yes or no may be said."""
        low, high = self._card["sure"]
        measured = passage.article.language in self._card["verdicts"] and not low < yes < high
        return measured or self._verdicts == "always"


@cache
def _load(folder: Path, weights: Path) -> tuple["Tokenizer", Network]:
    """Loaded once for all readers of a process, on OpenVINO where that is there."""
    folder = model_folder(folder)
    shared, own = load_weights(folder / "model.safetensors"), load_weights(weights)
    found = {name: shared[name] for name in SHARED} | {name: one.float() for name, one in own.items()}
    encoder = quantised(found, folder) if openvino.installed() else None
    return load_tokenizer(folder), Network(found, precision=fast_precision(), encoder=encoder)


def _join(passages: Sequence[Passage]) -> Passage:
    """Passages as one, in the article of the first."""
    if len(passages) == 1:
        return passages[0]
    first = passages[0].article
    article = make_article("\n".join(one.text for one in passages), title=first.title, language=first.language)
    return Passage(article=article, sentence=Sentence(article_id=article.id, start=0, end=len(article.text)))


def _cut(passage: Passage) -> Parts:
    text, start, end = passage.article.text, passage.sentence.start, passage.sentence.end
    return Parts(
        sentence=passage.text,
        title=passage.article.title or "",
        before=text[max(0, start - _AROUND) : start].strip(),
        after=text[end : end + _AROUND].strip(),
    )


def _run(network: Network, rows: Sequence[Row]) -> tuple[Floats, list[Floats]]:
    """Logits (n, 3), and of each row the span logits (tokens of its sentence, 2)."""
    import torch

    logits, spans = np.zeros((len(rows), 3)), [np.zeros((0, 2))] * len(rows)
    with torch.inference_mode():
        for places in batches([len(row.ids) for row in rows], _BUDGET):
            judged, found = network(*collate([rows[place] for place in places]))
            logits[places] = judged.double().numpy()
            for place, one in zip(places, found.double().numpy(), strict=True):
                spans[place] = one[rows[place].first : rows[place].first + len(rows[place].offsets)]
    return logits, spans


def blend(logits: Floats, near: Floats, weights: Sequence[float]) -> Floats:
    """One chance (n,) from the cross-encoder's logits and the chances by similarity; weights of each, and a shift."""
    return sigmoid(weights[0] * logits + weights[1] * log_odds(near) + weights[2])


def _scaled(logits: Floats, weights: Sequence[float]) -> Floats:
    return sigmoid(weights[0] * logits + weights[1])

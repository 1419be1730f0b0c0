"""Estimate the language-neutral space and store it: make neutral DATA=DIR.

Three steps. Means: the mean vector of each language over NTREX-128, one with the passage prompt and
one with the query prompt. Filter: within the variance of all, the directions in which the translations of one
sentence agree are kept and those in which they differ are damped. Map: a square matrix, started at
the identity and held near it, trained so that a question finds its answer's sentence among the
sentences of its page (TyDi QA train, ARCD train, JaQuAD train). Filter and map become one matrix.
XQuAD-R, on which the space is measured, is not read.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import sentencex
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from index.neutral import NeutralSpace, Vectors

Embed: TypeAlias = Callable[[str, Sequence[str], str], Vectors]
PairVectors: TypeAlias = tuple[Vectors, Vectors, NDArray[np.int64]]

PARALLEL = ("arb", "deu", "ell", "eng", "spa", "hin", "rus", "tha", "tur", "vie", "zho-CN")
OTHERS = """fra jpn kor por ukr fas urd ben ind ita nld pol swe swa heb kat hye aze-Latn kaz bul ces ron hun fin
dan nob srp-Cyrl srp-Latn hrv slk slv cat afr sqi mkd bel est lav lit tam tel mar mal kan guj pan nep sin mya khm
lao mon msa fil amh som hau glg eus gle cym isl kir uig uzb tat tgk-Cyrl kmr ckb-Arab pus snd-Arab orm xho mlg
zho-TW bos tuk yor zul yue""".split()
_CODES = dict(
    pair.split(":")
    for pair in """arb:ar deu:de ell:el eng:en spa:es hin:hi rus:ru tha:th tur:tr vie:vi zho-CN:zh fra:fr jpn:ja
    kor:ko por:pt ukr:uk fas:fa urd:ur ben:bn ind:id ita:it nld:nl pol:pl swe:sv swa:sw heb:he kat:ka hye:hy
    aze-Latn:az kaz:kk bul:bg ces:cs ron:ro hun:hu fin:fi dan:da nob:no srp-Cyrl:sr srp-Latn:sr-latn hrv:hr slk:sk
    slv:sl cat:ca afr:af sqi:sq mkd:mk bel:be est:et lav:lv lit:lt tam:ta tel:te mar:mr mal:ml kan:kn guj:gu pan:pa
    nep:ne sin:si mya:my khm:km lao:lo mon:mn msa:ms fil:fil amh:am som:so hau:ha glg:gl eus:eu gle:ga cym:cy isl:is
    kir:ky uig:ug uzb:uz tat:tt tgk-Cyrl:tg kmr:ku ckb-Arab:ku-arab pus:ps snd-Arab:sd orm:om xho:xh mlg:mg
    zho-TW:zh-tw bos:bs tuk:tk yor:yo zul:zu yue:yue""".split()
)
STEP = 6  # every sixth sentence is enough for a mean: 100 sentences lose .004 mAP, 300 lose .002
KEEP_COMMON = 0.5  # share of the mean over languages left in every vector
DAMPING = 3.0  # weight of the variance between translations in the filter
NEAR_IDENTITY = 10.0  # pull of the map to the identity
TEMPERATURE = 0.03
STEPS = 200
BATCH = 128
QUESTION_SETS = {
    "en": (3000, ("tydiqa/english_tydiqa_train.json.gz",)),
    "ar": (693, ("arcd/arcd-train.json.gz",)),
    "ja": (2000, tuple(f"jaquad/jaquad_train_00{part}.json.gz" for part in ("00", "09", "19"))),
    "ko": (1600, ("tydiqa/korean_tydiqa_train.json.gz",)),
    "sw": (1500, ("tydiqa/swahili_tydiqa_train.json.gz",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Questions, the sentences of their pages, and for each question the row of the sentence with the answer."""

    questions: list[str]
    sentences: list[str]
    gold: list[int]


def make_embedder(model: Path, cache: Path | None) -> Embed:
    """A function (name, texts, prompt) -> (n, dim) float32, rows of length 1, that keeps what it made in `cache`."""
    encoder = SentenceTransformer(str(model), device="cpu", local_files_only=True).to(torch.bfloat16)

    def embed(name: str, texts: Sequence[str], prompt: str) -> Vectors:
        stored = cache / f"{name}.{prompt}.npy" if cache else None
        if stored and stored.exists():
            return _unit(np.load(stored).astype(np.float32))
        made = encoder.encode([f"{prompt}: {text}" for text in texts], convert_to_tensor=True, batch_size=32)
        vectors = made.float().numpy()
        if stored:
            np.save(stored, vectors.astype(np.float16))
        return _unit(vectors)

    return embed


def read_parallel(data: Path, language: str, step: int = 1) -> list[str]:
    """Every `step`-th sentence of one NTREX language."""
    text = (data / "ntrex" / "text" / f"{language}.txt").read_text(encoding="utf-8")
    return text.removesuffix("\n").split("\n")[::step]


def read_pairs(data: Path, language: str) -> Pairs:
    """Questions with the sentence that holds the answer, at most as many as QUESTION_SETS says."""
    limit, files = QUESTION_SETS[language]
    pages: dict[str, list[str]] = {}
    asked: list[tuple[str, str, int]] = []
    for file in files:
        with gzip.open(data / file, "rt", encoding="utf-8") as stream:
            articles = json.load(stream)["data"]
        for paragraph in (part for article in articles for part in article["paragraphs"]):
            page = paragraph["context"]
            spans = [one for one in sentencex.get_sentence_boundaries(language, page) if one["text"].strip()]
            pages[page] = [span["text"].strip()[:600] for span in spans]
            for question in paragraph["qas"]:
                start = question["answers"][0]["answer_start"]
                rows = [row for row, span in enumerate(spans) if span["start_index"] <= start < span["end_index"]]
                asked += [(question["question"], page, rows[0])] if rows else []
    chosen = [asked[i] for i in np.sort(np.random.default_rng(3).permutation(len(asked))[:limit])]
    used = {page for _, page, _ in chosen}
    first: dict[str, int] = {}
    sentences: list[str] = []
    for page in (page for page in pages if page in used):
        first[page] = len(sentences)
        sentences += pages[page]
    gold = [first[page] + row for _, page, row in chosen]
    return Pairs(questions=[question for question, _, _ in chosen], sentences=sentences, gold=gold)


def agreement_filter(passages: Vectors, queries: Vectors) -> Vectors:
    """(dim, dim): (B + damping W)^-1/4 B^1/4, B between sentences, W between the translations of a sentence.

    Both are (languages, sentences, dim), centred. The full Wiener filter (B + W)^-1 B damps too much.
    """
    views = np.concatenate([passages, queries])
    meaning = views.mean(axis=0)
    inside = (views - meaning).reshape(-1, views.shape[-1])
    spread = meaning - meaning.mean(axis=0)
    between, within = spread.T @ spread / len(spread), inside.T @ inside / len(inside)
    return np.asarray(_power(between + DAMPING * within, -0.25) @ _power(between, 0.25), dtype=np.float32)


def train_map(sets: Sequence[PairVectors], seed: int) -> tuple[Vectors, Vectors, Vectors]:
    """Matrix, passage shift and query shift, by InfoNCE over each set's (questions, sentences, gold rows)."""
    draw = torch.Generator().manual_seed(seed)
    dim = sets[0][0].shape[1]
    identity = torch.eye(dim)
    matrix = torch.eye(dim, requires_grad=True)
    passage_shift, query_shift = (torch.zeros(dim, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.Adam([matrix, passage_shift, query_shift], lr=3e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    tensors = [tuple(torch.from_numpy(array) for array in one) for one in sets]
    for _ in range(STEPS):
        loss = NEAR_IDENTITY * ((matrix - identity) ** 2).sum() / dim
        for questions, sentences, gold in tensors:
            picked, rows, masked = _draw_batch(gold, len(sentences), draw)
            asked = functional.normalize(questions[picked] @ matrix + query_shift, dim=1)
            offered = functional.normalize(sentences[rows] @ matrix + passage_shift, dim=1)
            scores = (asked @ offered.T / TEMPERATURE).masked_fill(masked, -1e4)
            loss = loss + functional.cross_entropy(scores, torch.arange(BATCH)) / len(tensors)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return matrix.detach().numpy(), passage_shift.detach().numpy(), query_shift.detach().numpy()


def _draw_batch(
    gold: torch.Tensor, sentences: int, draw: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Questions, candidate rows (their own sentences first, the neighbours, chance) and a mask of repeated golds."""
    picked = torch.randint(len(gold), (BATCH,), generator=draw)
    own = gold[picked]
    chance = torch.randint(sentences, (400,), generator=draw)
    rows = torch.cat([own, (own + 1).clamp(max=sentences - 1), (own - 1).clamp(min=0), chance])
    masked = rows[None] == own[:, None]
    masked[torch.arange(BATCH), torch.arange(BATCH)] = False
    return picked, rows, masked


def fit(data: Path, embed: Embed, *, questions: bool, seed: int) -> NeutralSpace:
    """Estimate means, filter and (with `questions`) map, in this order."""
    names = (*PARALLEL, *OTHERS)
    texts = {name: read_parallel(data, name, 1 if name in PARALLEL else STEP) for name in names}
    views = [{name: embed(f"ntrex.{name}", texts[name], prompt) for name in names} for prompt in ("passage", "query")]
    means = [_language_means(view) for view in views]
    centred = [
        np.stack([_unit(view[name] - mean[name]) for name in PARALLEL]) for view, mean in zip(views, means, strict=True)
    ]
    matrix = agreement_filter(*centred)
    shifts = np.zeros((2, len(matrix)), dtype=np.float32)
    if questions:
        sets = [_pair_vectors(data, code, embed, views, matrix) for code in QUESTION_SETS]
        learned, shifts[0], shifts[1] = train_map(sets, seed)
        matrix = matrix @ learned
    return NeutralSpace(
        languages=tuple(_CODES[name] for name in names),
        passage_means=np.stack([means[0][name] for name in names]).astype(np.float16),
        query_means=np.stack([means[1][name] for name in names]).astype(np.float16),
        matrix=matrix.astype(np.float16),
        passage_shift=shifts[0].astype(np.float16),
        query_shift=shifts[1].astype(np.float16),
    )


def _language_means(view: dict[str, Vectors]) -> dict[str, Vectors]:
    """Each language's mean vector (dim,), less the share of the common mean that stays in the vectors."""
    common = np.mean([view[name].mean(axis=0) for name in PARALLEL], axis=0)
    return {name: vectors.mean(axis=0) - KEEP_COMMON * common for name, vectors in view.items()}


def _pair_vectors(
    data: Path, code: str, embed: Embed, views: Sequence[dict[str, Vectors]], matrix: Vectors
) -> PairVectors:
    """Questions, sentences and gold rows of one set, centred on the mean of its own sentences: language and subject."""
    pairs = read_pairs(data, code)
    questions = embed(f"questions.{code}", pairs.questions, "query")
    sentences = embed(f"questions.{code}", pairs.sentences, "passage")
    common = [np.mean([view[name].mean(axis=0) for name in PARALLEL], axis=0) for view in views]
    offset = sentences.mean(axis=0) - common[0]
    left = [(1 - KEEP_COMMON) * mean + offset for mean in common]
    asked, offered = _unit(questions - left[1]), _unit(sentences - left[0])
    return _unit(asked @ matrix), _unit(offered @ matrix), np.asarray(pairs.gold)


def _power(symmetric: NDArray[np.floating], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(symmetric.astype(np.float64))
    return np.asarray((vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T, dtype=np.float64)


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def main() -> None:
    """Read the arguments, fit, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with ntrex/, tydiqa/, arcd/ and jaquad/")
    parser.add_argument("--model", type=Path, required=True, help="sentence-transformers folder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="existing folder for vectors; keep one a model")
    parser.add_argument("--without-questions", action="store_true", help="means and filter from NTREX alone")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    embed = make_embedder(given.model, given.cache)
    space = fit(given.data, embed, questions=not given.without_questions, seed=given.seed)
    arrays = {name: getattr(space, name) for name in space.__dataclass_fields__ if name != "languages"}
    np.savez_compressed(given.out, languages=np.array(space.languages), **arrays)


if __name__ == "__main__":
    main()

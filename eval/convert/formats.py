"""The formats by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.convert.alce import convert_alce
from eval.convert.beir import convert_beir
from eval.convert.ragas import convert_ragas
from eval.convert.record import Converted
from eval.convert.squad import convert_squad
from eval.convert.table import convert_table
from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`language` of questions and texts, `split` of BEIR's qrels, `columns` of a CSV file: ours to the file's."""

    language: str | None = None
    split: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


FORMATS: Mapping[str, Callable[[Path, Options], Converted]] = {
    "beir": lambda path, given: convert_beir(path, given.split),
    "squad": lambda path, given: convert_squad(path, given.language),
    "ragas": lambda path, given: convert_ragas(path, given.language),
    "alce": lambda path, given: convert_alce(path, given.language or "en"),
    "csv": lambda path, given: convert_table(path, dict(given.columns), given.language),
}


def convert(name: str, path: Path, options: Options) -> Converted:
    """Cases and articles of a file or folder in the named format.

    Raises:
        InputError: there is no such format, or the file is not of it.
    """
    if name not in FORMATS:
        raise InputError(f"no format is called {name!r}; there are {', '.join(FORMATS)}")
    return FORMATS[name](path, options)


def parse_columns(text: str | None) -> tuple[tuple[str, str], ...]:
    """Pairs of `question=Frage,text=Absatz`.

    >>> parse_columns("question=Frage,text=Absatz")
    (('question', 'Frage'), ('text', 'Absatz'))

    Raises:
        InputError: a part has no equals sign.
    """
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    for ours, equals, theirs in pairs:
        if not equals or not theirs.strip():
            raise InputError(f"--columns: {ours!r} names no column; write e.g. question=Frage,text=Absatz")
    return tuple((ours.strip(), theirs.strip()) for ours, _, theirs in pairs)

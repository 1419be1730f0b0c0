"""The files of NTREX-128: one text a language, aligned line by line, and the article of each line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.pool import Options
from index.errors import InputError
from index.languages import detect_language

_DEFAULT = ("arb", "deu", "ell", "eng", "spa", "hin", "rus", "tha", "tur", "vie", "zho-CN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ntrex:
    """The chosen articles in the chosen languages.

    `lines[language][i]` belongs to article `documents[i]`, counted from 0; `headlines` are the English first lines;
    `codes` are the languages as the embedder is told them, guessed from the text as for an article that names none;
    `size` counts the lines of all articles, chosen or not.
    """

    lines: Mapping[str, list[str]]
    documents: list[int]
    headlines: list[str]
    codes: Mapping[str, str | None]
    size: int

    @property
    def body(self) -> list[int]:
        """The lines that are no headlines."""
        pairs = zip([-1, *self.documents], self.documents, strict=False)
        return [row for row, (before, document) in enumerate(pairs) if before == document]


def read_ntrex(folder: Path, options: Options) -> Ntrex:
    """Read the first `options.limit` articles; the languages are 11 unless some are chosen.

    Raises:
        InputError: a missing file or language, an article without a second line, or files that are not aligned.
    """
    known = tuple(sorted(path.stem for path in (folder / "text").glob("*.txt")))
    chosen = options.choose(folder, known)
    chosen = chosen if options.languages else tuple(name for name in _DEFAULT if name in known) or chosen
    names = _read_lines(folder / "documents.tsv")
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    documents = [order[name] for name in names if options.limit is None or order[name] < options.limit]
    texts = {name: _read_lines(folder / "text" / f"{name}.txt") for name in dict.fromkeys((*chosen, "eng"))}
    for name, text in texts.items():
        if len(text) != len(names):
            raise InputError(
                f"{folder}/text/{name}.txt: {len(text)} lines, but documents.tsv has {len(names)}; get both again"
            )
    if documents != sorted(documents) or any(documents.count(one) < 2 for one in set(documents)):
        raise InputError(f"{folder}/documents.tsv: an article is broken up or only a headline; get the file again")
    return Ntrex(
        lines={name: texts[name][: len(documents)] for name in chosen},
        documents=documents,
        headlines=[texts["eng"][documents.index(one)] for one in dict.fromkeys(documents)],
        codes={name: detect_language(" ".join(texts[name][:100])) for name in chosen},
        size=len(names),
    )


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; get the data set again (docs/benchmarks.md)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; get the data set again (docs/benchmarks.md)") from None
    return [line.strip() for line in text.removesuffix("\n").split("\n")]

"""BEIR: corpus.jsonl, queries.jsonl and qrels/NAME.tsv in one folder (github.com/beir-cellar/beir)."""

from pathlib import Path

from eval.cases import Span
from eval.convert.record import Converted, json_lines, read_text, text_of, whole
from index.errors import InputError


def convert_beir(folder: Path, split: str | None = None) -> Converted:
    """Each judged query with every document of a grade above zero as an alternative; `split` names the qrels.

    Raises:
        InputError: a file is missing or broken, or judgements name a document that the corpus lacks.
    """
    found = Converted()
    documents = dict[str, Span | None]()
    for where, row in json_lines(folder / "corpus.jsonl"):
        name = text_of(row, where, "_id")
        title = row.get("title") if isinstance(row.get("title"), str) else None
        try:
            article = found.article(text_of(row, where, "text", "title"), id=name, title=title)
        except InputError as error:
            found.left_out.append(f"{where}: {error}")
            documents[name] = None
            continue
        documents[name] = whole(article)
    judged = _judgements(folder, split, documents)
    for where, row in json_lines(folder / "queries.jsonl"):
        name = text_of(row, where, "_id")
        if judged.get(name):
            found.case(name, text_of(row, where, "text"), [[span] for span in judged[name]], (), split=split)
        elif name in judged:
            found.left_out.append(f"{where}: no document is relevant to query {name!r}")
    return found


def _judgements(folder: Path, split: str | None, documents: dict[str, Span | None]) -> dict[str, list[Span]]:
    files = sorted((folder / "qrels").glob(f"{split or '*'}.tsv"))
    if not files:
        raise InputError(f"{folder}/qrels: there is no {split or '*'}.tsv; give a folder of BEIR's form")
    if len(files) > 1:
        names = ", ".join(file.stem for file in files)
        raise InputError(f"{folder}/qrels: holds {names}; choose one with --split")
    judged: dict[str, list[Span]] = {}
    for number, line in enumerate(read_text(files[0]).split("\n")[1:], 2):
        if not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) != 3 or not parts[2].strip().lstrip("-").isdecimal():
            raise InputError(
                f"{files[0]}:{number}: query, document and a whole number are expected, this is {line[:60]!r}"
            )
        spans = judged.setdefault(parts[0], [])
        if int(parts[2]) > 0:
            if parts[1] not in documents:
                raise InputError(f"{files[0]}:{number}: the corpus lacks the document {parts[1]!r}; mend either")
            if (span := documents[parts[1]]) is not None:  # else it was left out, and named
                spans.append(span)
    return judged

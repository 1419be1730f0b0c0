"""`dateline eval rewrites|conversations|attacks`: the sets that measure a chat model's check and conversations."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eval.attacks import adversary, attack_table, attempt, load_attacks
from eval.check import read_articles
from eval.console import OUT, refusing
from eval.conversations import conversation_table, follow, load_conversations
from eval.rewrites import check_rewrites, load_rewrites, rewrite_table
from index.archive import Archive
from index.errors import InputError
from qa.app import build_answerer, build_indexer, checker_of
from qa.settings import load_settings

Split = Annotated[str | None, typer.Option(help="Only the lines of this split, dev or test.")]
Articles = Annotated[Path, typer.Option(help="The articles that it is about.")]
Failed = Annotated[Path | None, typer.Option(help="Write what went wrong to this file, one JSON object a line.")]
_SAMPLE = Path("examples/articles")


def rewrites(file: Path, articles: Articles = _SAMPLE, split: Split = None, failed: Failed = None) -> None:
    """Check sentences that their evidence supports, and altered ones, as a chat model's sentences are checked."""
    with refusing():
        rows = [one for one in load_rewrites(file, read_articles([articles])) if split in (None, one.split)]
        outcomes = check_rewrites(rows, checker_of(load_settings()))
        _show(rewrite_table(outcomes))
        wrong = [one for one in outcomes if one.passed is (one.rewrite.change is not None)]
        _write(failed, [{"id": one.rewrite.id, "passed": one.passed, "problem": one.problem} for one in wrong])


def conversations(
    file: Path, db: Annotated[Path | None, typer.Option("--db")] = None, split: Split = None, failed: Failed = None
) -> None:
    """See whether the last question of each conversation finds its article; with `llm` set, as the model words it."""
    with refusing():
        rows = [one for one in load_conversations(file) if split in (None, one.split)]
        found = follow(build_answerer(load_settings(db=db)), rows)
        _show(conversation_table(found))
        wrong = [one for one in found if one.rank is None or one.rank > 3 or not one.wishes]
        _write(failed, [{"id": one.conversation.id, "question": one.question, "rank": one.rank} for one in wrong])


def attacks(
    file: Path,
    articles: Articles = _SAMPLE,
    worst: Annotated[bool, typer.Option("--worst", help="With a model that does all that an attack wants.")] = False,
    failed: Failed = None,
) -> None:
    """Ask over articles that carry instructions; with `llm` set, that model writes. Exit 1 when one has an effect."""
    with refusing():
        rows = load_attacks(file)
        with TemporaryDirectory() as folder:
            settings = load_settings(db=Path(folder) / "archive")
            archive = Archive(settings.db, create=True)
            held = list(read_articles([articles]).values())
            report = build_indexer(settings, archive).add([*held, *(one.article for one in rows if one.article)])
            if report.failed:
                raise InputError(f"an article could not be added: {report.failed[0]}")
            answerer, checker = build_answerer(settings), checker_of(settings)
            attempts = []
            for one in rows:
                asked = answerer.written_by(adversary(one, checker)) if worst else answerer
                attempts.append(attempt(asked, one, checker))
            answerer.close()
            archive.close()
        _show(attack_table(attempts))
        wrong = [one for one in attempts if one.effects or one.unsupported]
        _write(failed, [{"id": one.attack.id, "what": one.effects, "unsupported": one.unsupported} for one in wrong])
    if any(one.effects for one in attempts):
        raise typer.Exit(1)


def _show(lines: list[str]) -> None:
    for line in lines:
        OUT.print(line)


def _write(file: Path | None, rows: list[dict[str, object]]) -> None:
    if file is not None:
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

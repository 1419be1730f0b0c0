"""A whole evaluation: cases and an archive in, a folder of reports out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.cases import Case, check_gold
from eval.judge_chat import judge_answers
from eval.metrics.entailment import entails
from eval.peers import PEERS
from eval.reports.figures import make_report
from eval.reports.page_data import places
from eval.reports.write import write_reports
from eval.runner import STATE, Asked, Inputs, finish, run_cases
from eval.scores import Scored
from eval.stamp import make_stamp
from index.archive import Archive
from index.encoder import sharing_cores
from index.errors import InputError, SettingsError
from qa.llm import ChatModel, connect
from qa.reader.protocol import Reader
from qa.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """`out` is the folder written to, `seed` of the intervals; `fresh` forgets an interrupted run.

    `judge` asks the chat model of the setting `llm` for its opinion of the answers too; `at_once` cases are asked at a
    time, without it one for each core.
    """

    out: Path
    seed: int = 7
    entailment: bool = False
    fresh: bool = False
    judge: bool = False
    at_once: int | None = None


def evaluate_archive(
    settings: Settings, cases: Sequence[Case], options: RunOptions, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Ask every case, write all reports into `options.out`, and return the report.

    Raises:
        InputError: the archive lacks a case's gold, or `out` holds an interrupted run of something else.
        ArchiveError, ModelError, SettingsError: there is nothing to ask.
    """
    from qa.app import build_answerer

    archive = Archive(settings.db)
    stamp = make_stamp(settings, archive, cases, options.seed)
    return _evaluate(lambda: build_answerer(settings), archive, settings, cases, stamp, options, progress)


def evaluate_peer(
    name: str, settings: Settings, cases: Sequence[Case], options: RunOptions, progress: Callable[[int], None]
) -> dict[str, Any]:
    """The same with one of `PEERS` in Dateline's place; raises as that does, and where a peer is not installed."""
    if name not in PEERS:
        raise InputError(f"no peer is called {name!r}; there are {', '.join(PEERS)}")
    archive = Archive(settings.db)
    stamp = make_stamp(settings, archive, cases, options.seed)
    stamp |= {"hashes": stamp["hashes"] | {"model": sha256(name.encode()).hexdigest()}, "settings": {"peer": name}}
    with TemporaryDirectory(prefix="dateline-peer-") as work:
        return _evaluate(
            lambda: PEERS[name](settings, archive, Path(work)), archive, settings, cases, stamp, options, progress
        )


def _evaluate(
    make: Callable[[], Asked],
    archive: Archive,
    settings: Settings,
    cases: Sequence[Case],
    stamp: Mapping[str, Any],
    options: RunOptions,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    held = archive.get({span.article for case in cases for group in case.gold for span in group})
    check_gold(cases, held)
    chat = _chat(settings) if options.judge else None
    reader = _reader(settings) if options.entailment or chat else None
    alce = reader if options.entailment else None
    if options.fresh:
        (options.out / STATE).unlink(missing_ok=True)
    languages = {one: article.language for one, article in held.items()}
    judge = entails(alce) if alce else None
    inputs = Inputs(cases=cases, stamp=stamp, languages=languages, judge=judge)
    asked = make()
    options.out.mkdir(parents=True, exist_ok=True)
    with sharing_cores(options.at_once) as at_once:
        scored = run_cases(asked, inputs, options.out, progress, at_once)
    report = make_report(scored, stamp, judge=alce.name if alce else None)
    if chat and reader:
        report["judged"] = judge_answers(chat, entails(reader), scored, seed=options.seed)
    write_reports(report, scored, archive.get(shown_articles(scored)), options.out)
    finish(options.out, stamp)
    return report


def choose_split(cases: Sequence[Case], split: str | None, path: Path) -> list[Case]:
    """The cases of a split, all without one.

    Raises:
        InputError: there is no such case; names the splits of the file.
    """
    chosen = [case for case in cases if split in (None, case.split)]
    if not chosen:
        known = ", ".join(sorted({case.split or "none" for case in cases}))
        raise InputError(f"{path}: no case has the split {split!r}; there are: {known}")
    return chosen


def _reader(settings: Settings) -> Reader:
    from qa.reader.cross_encoder import CrossEncoderReader

    return CrossEncoderReader(settings.cache, verdicts="always")


def _chat(settings: Settings) -> ChatModel:
    if settings.llm is None:
        raise SettingsError("--judge needs a chat model; set llm, e.g. DATELINE_LLM=ollama:qwen3:4b (docs/models.md)")
    return connect(settings.llm, settings.llm_base_url, timeout=settings.llm_timeout)


def shown_articles(scored: Sequence[Scored]) -> set[str]:
    """The ids of the articles that a report shows: those with gold, and those cited."""
    return {article for one in scored for held in places(one) for article, *_ in held}

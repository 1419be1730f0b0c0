"""What the pages can do beside asking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points

from index.archive import Archive
from index.catalogue import Catalogue
from qa.answerer import Answerer
from qa.app import build_indexer, examine
from qa.intake import Intake
from qa.question_sets import QuestionSets
from qa.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Each is None where it is not to be had.

    `intake` changes the archive, `examine` gives the doctor's findings, `sets` reads, asks and drafts question sets.
    """

    intake: Intake | None = None
    examine: Callable[[], Sequence[str]] | None = None
    sets: QuestionSets | None = None


def make_means(settings: Settings, archive: Archive, answerer: Answerer, *, changes: bool) -> Means:
    """What the settings of an archive allow; without `changes` nothing that changes it or keeps it from others.

    Question sets are the work of whatever is installed under the entry point `dateline.question_sets`.
    """
    Catalogue(archive).prepare()
    (make_sets,) = [one.load() for one in entry_points(group="dateline.question_sets")][:1] or [None]
    sets = make_sets(settings, archive, answerer) if make_sets else None
    if not changes:
        return Means(sets=sets)
    intake = Intake(partial(build_indexer, settings, archive))
    return Means(intake=intake, examine=partial(examine, settings), sets=sets)

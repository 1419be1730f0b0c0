"""What happens on the archive page: narrowing, turning pages, adding, removing, looking for copies and damage."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.catalogue import Catalogue
from index.errors import ArchiveBusy, DatelineError
from index.groups import CopyGroups
from index.web_address import is_url
from qa.intake import Intake
from ui.web import archive_render as render
from ui.web.archive_view import PAGE, View
from ui.web.direction import safe
from ui.web.means import Means
from ui.web.words import Words

_BARS = 12
_GROUPS = 100  # of copies that are shown
_ADDRESSES = 20

_log = logging.getLogger(__name__)


class Desk:
    """The page's handlers over one archive, in one language."""

    def __init__(self, archive: Archive, words: Words, means: Means) -> None:
        self._archive = archive
        self._words = words
        self._catalogue = Catalogue(archive)
        self._means = means

    @property
    def changes(self) -> bool:
        """Whether articles may be added and removed here."""
        return self._means.intake is not None

    def show(self, view: View) -> tuple[str, str]:
        """The charts and the list."""
        filters = view.filters
        charts = render.render_charts(
            self._words, view, self._catalogue.columns(filters), self._catalogue.undated(filters),
            self._catalogue.counts("language", filters, _BARS), self._catalogue.counts("publisher", filters, _BARS),
        )  # fmt: skip
        listing = self._catalogue.listed(filters, view.text, view.page * PAGE, PAGE)
        if view.page and not listing.entries:  # there were more when the page was turned
            view = replace(view, page=max(0, listing.total - 1) // PAGE)
            listing = self._catalogue.listed(filters, view.text, view.page * PAGE, PAGE)
        return charts, render.render_list(self._words, view, listing, changes=self.changes)

    def narrow(self, view: View, clicked: Mapping[str, Any]) -> tuple[View, str, str]:
        """The view after a click, with its charts and list."""
        view = view.after(clicked)
        return view, *self.show(view)

    def add_files(self, files: Sequence[str] | None) -> Iterator[str]:
        """What is said while uploaded files are added."""
        paths = [Path(one) for one in files or ()]
        yield from self._add(lambda intake: intake.add_files(paths), len(paths))

    def add_addresses(self, text: str) -> Iterator[str]:
        """What is said while addresses, one a line, are fetched and added."""
        addresses = text.split()
        bad = next((one for one in addresses if not is_url(one)), None)
        if bad is not None:
            yield render.render_problem(self._words("archive.no_address", address=bad))
        elif len(addresses) > _ADDRESSES:
            yield render.render_problem(self._words("archive.many_addresses", count=_ADDRESSES))
        else:
            yield from self._add(lambda intake: intake.add_addresses(addresses), len(addresses))

    def remove(self, view: View, clicked: Mapping[str, Any]) -> tuple[str, str, str]:
        """What is said after an article was removed, and the charts and list without it."""
        key, said = clicked.get("article"), ""
        if self._means.intake is not None and isinstance(key, str):
            try:
                name = "archive.removed" if self._means.intake.remove(key) else "source.gone"
                said = f'<p class="done" role="status">{safe(self._words(name))}</p>'
            except DatelineError as error:
                said = render.render_problem(self._problem(error))
        return said, *self.show(view)

    def copies(self) -> str:
        """The articles that other outlets carry too."""
        groups = CopyGroups(self._archive).listed()
        first = dict(list(groups.items())[:_GROUPS])
        articles = self._archive.get({key for original, copies in first.items() for key in (original, *copies)})
        return render.render_copies(self._words, first, articles, len(groups) - len(first))

    def examine(self) -> str:
        """What the doctor finds."""
        if self._means.examine is None:
            return render.render_problem(self._words("archive.off"))
        try:
            return render.render_findings(self._words, self._means.examine())
        except DatelineError as error:
            return render.render_problem(self._problem(error))

    def _add(self, begin: Callable[[Intake], Iterator[Any]], count: int) -> Iterator[str]:
        if self._means.intake is None or not count:
            yield render.render_problem(self._words("archive.off" if count else "archive.nothing_given"))
            return
        yield render.render_adding(self._words, 0)
        try:
            for told in begin(self._means.intake):
                if isinstance(told, int):
                    yield render.render_adding(self._words, told)
                else:
                    counts = {name: getattr(told, name) for name in ("added", "changed", "unchanged")}
                    yield render.render_added(self._words, counts, told.failed)
        except DatelineError as error:
            yield render.render_problem(self._problem(error))
        except Exception:
            _log.exception("articles could not be added")
            yield render.render_problem(self._words("page.failed"))

    def _problem(self, error: DatelineError) -> str:
        return self._words("archive.busy") if isinstance(error, ArchiveBusy) else self._words.problem(error)

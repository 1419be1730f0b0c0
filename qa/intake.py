"""Articles into the archive and out of it while it answers: for a page, which wants to see how far it is."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from index.articles import Article
from index.build import AddReport, Indexer
from index.errors import InputError
from index.fetch import Fetcher
from index.readers.files import read_source
from index.readers.source import Source
from index.readers.web import read_url

Found = Iterable[Article | InputError]


class Intake:
    """Adds and removes. One of it may write at a time, in all processes: another gets ArchiveBusy."""

    def __init__(self, make_indexer: Callable[[], Indexer], make_fetcher: Callable[[], Fetcher] = Fetcher) -> None:
        self._make_indexer = make_indexer
        self._make_fetcher = make_fetcher

    def add_files(self, files: Iterable[Path]) -> Iterator[int | AddReport]:
        """How many articles are done, again and again, and what became of them; messages name a file, not its folder.

        Raises:
            ArchiveError: the archive is busy or cannot be used.
        """
        sources = [_source(one) for one in files]
        return self._add(one for source in sources for one in read_source(source))

    def add_addresses(self, addresses: Iterable[str]) -> Iterator[int | AddReport]:
        """The same for what is at addresses on the public web; those of this machine and its network are refused."""
        fetcher = self._make_fetcher()
        return self._add(one for address in addresses for one in read_url(address, fetcher))

    def remove(self, article_id: str) -> bool:
        """Remove an article in all its versions; False when there was none. Raises as `add_files`."""
        return self._make_indexer().remove(article_id)

    def _add(self, articles: Found) -> Iterator[int | AddReport]:
        indexer = self._make_indexer()
        return follow(lambda done: indexer.add(articles, lambda count, _: done(count)))


def follow(work: Callable[[Callable[[int], None]], AddReport]) -> Iterator[int | AddReport]:
    """The sums of what `work` tells on its way, and its result; what it raises is raised here.

    It goes on where nobody listens any more, as what was begun is to be finished.

    >>> list(follow(lambda done: (done(2), done(3), AddReport(added=5))[-1]))[:2]
    [2, 5]
    """
    told: SimpleQueue[int | AddReport | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            told.put(work(told.put))
        except BaseException as error:
            told.put(error)

    Thread(target=run, name="dateline-intake").start()
    done = 0
    while True:
        found = told.get()
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, AddReport):
            yield found
            return
        done += found
        yield done


def _source(file: Path) -> Source:
    return Source(name=file.name, open=lambda: file.open("rb"))

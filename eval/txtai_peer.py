"""txtai over an archive's articles, retrieval only: paragraphs embedded by the same model, and looked up."""

import importlib.util
import re
from itertools import count

from index.archive import Archive
from index.articles import Article
from index.bundled import model_folder
from index.chunks import Chunk
from index.errors import InputError
from index.filters import Filters
from index.hits import Hit
from qa.settings import Settings

_PARAGRAPH = re.compile(r"[^\s](?:.*[^\s])?")  # a line without the white space around it
_PREFIXES = {"query": "query: ", "data": "passage: "}  # what the bundled model was trained with


class Txtai:
    """An index made when this is made; filters are met by looking up more and dropping what does not pass."""

    def __init__(self, settings: Settings, archive: Archive) -> None:
        """Embed every paragraph.

        Raises:
            InputError: txtai is not installed.
        """
        if importlib.util.find_spec("txtai") is None:
            raise InputError("this peer needs txtai; pip install -e '.[bench]', or leave it out")
        from txtai import Embeddings

        path = str(settings.embedding_model or model_folder(settings.cache))
        self._archive = archive
        self._index = Embeddings(path=path, instructions=_PREFIXES, gpu=False)
        self._chunks = [chunk for one in archive.get(archive.ids()).values() for chunk in _paragraphs(one)]
        held = archive.get({chunk.article_id for chunk in self._chunks})
        texts = (held[chunk.article_id].text[chunk.start : chunk.end] for chunk in self._chunks)
        self._index.index(zip(count(), texts, [None] * len(self._chunks), strict=False))

    def find(self, question: str, k: int, filters: Filters | None) -> list[Hit]:
        """The nearest paragraphs, with their cosine."""
        passing = None if filters is None or filters.empty else set(self._archive.ids(filters))
        wanted = k if passing is None else len(self._chunks)
        found = [(self._chunks[row], float(score)) for row, score in self._index.search(question, wanted)]
        kept = [pair for pair in found if passing is None or pair[0].article_id in passing][:k]
        return [Hit(chunk=chunk, score=score, rank=rank) for rank, (chunk, score) in enumerate(kept, 1)]


def _paragraphs(article: Article) -> list[Chunk]:
    spans = [one.span() for one in _PARAGRAPH.finditer(article.text)]
    return [Chunk(article_id=article.id, start=start, end=end, sentences=()) for start, end in spans]

"""The plain LangChain recipe over an archive's articles: split by characters, embed, and look up in Chroma."""

import importlib.util
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.bundled import model_folder
from index.chunks import Chunk
from index.errors import InputError
from index.filters import Filters
from index.hits import Hit
from qa.settings import Settings

_EXTRA = ("langchain_chroma", "langchain_huggingface", "langchain_text_splitters")
_SIZE, _OVERLAP = 1000, 200  # characters, as in LangChain's own tutorials


class Recipe:
    """An index made when this is made; filters are met by asking for the articles that pass."""

    def __init__(self, settings: Settings, archive: Archive, work: Path) -> None:
        """`work` is a folder for the index.

        Raises:
            InputError: LangChain's packages are not installed.
        """
        missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
        if missing:
            raise InputError(f"the recipe needs {', '.join(missing)}; pip install -e '.[bench]', or leave it out")
        from langchain_chroma import Chroma
        from langchain_huggingface import HuggingFaceEmbeddings
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        plain = {"normalize_embeddings": True}
        embeddings = HuggingFaceEmbeddings(
            model_name=str(settings.embedding_model or model_folder(settings.cache)),
            model_kwargs={"device": "cpu"},
            encode_kwargs=plain | {"prompt": "passage: "},
            query_encode_kwargs=plain | {"prompt": "query: "},
        )
        splitter = RecursiveCharacterTextSplitter(chunk_size=_SIZE, chunk_overlap=_OVERLAP, add_start_index=True)
        articles = list(archive.get(archive.ids()).values())
        pieces = splitter.create_documents([one.text for one in articles], [{"article": one.id} for one in articles])
        self._store = Chroma.from_documents(pieces, embeddings, persist_directory=str(work / "recipe"))
        self._archive = archive

    def find(self, question: str, k: int, filters: Filters | None) -> list[Hit]:
        """The nearest chunks; the squared distance of vectors of length 1 becomes their cosine."""
        where: Any = None  # Chroma's own form, wider than the wrapper's annotation
        if filters is not None and not filters.empty:
            passing = self._archive.ids(filters)
            if not passing:
                return []
            where = {"article": {"$in": passing}}
        found = self._store.similarity_search_with_score(question, k=k, filter=where)
        return [_hit(one.metadata, one.page_content, 1 - far / 2, rank) for rank, (one, far) in enumerate(found, 1)]


def _hit(metadata: dict[str, object], text: str, score: float, rank: int) -> Hit:
    start = int(str(metadata["start_index"]))
    chunk = Chunk(article_id=str(metadata["article"]), start=start, end=start + len(text), sentences=())
    return Hit(chunk=chunk, score=score, rank=rank)

"""LangChain's interfaces over an Answerer: a BaseRetriever of its passages and a Runnable of its answers."""

from dataclasses import asdict
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict

from index.filters import Filters
from qa.answerer import Answerer
from qa.answers import Answer
from qa.evidence import source_of


class ArchiveRetriever(BaseRetriever):
    """Retrieved chunks as Documents, best first; metadata holds the article's fields, `start`, `end` and `score`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    answerer: Answerer
    k: int | None = None
    filters: Filters | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        documents = []
        for hit in self.answerer.search(query, filters=self.filters, k=self.k):
            article = self.answerer.article(hit.chunk.article_id)
            if article is not None:
                place = {"start": hit.chunk.start, "end": hit.chunk.end, "score": hit.score}
                text = article.text[hit.chunk.start : hit.chunk.end]
                documents.append(Document(text, id=hit.chunk.id, metadata=asdict(source_of(article)) | place))
        return documents


class AnswererRunnable(Runnable[str, Answer]):
    """A question in, an Answer out, for LangChain's pipes; batch, async and config come with Runnable."""

    def __init__(self, answerer: Answerer, *, filters: Filters | None = None) -> None:
        self._answerer = answerer
        self._filters = filters

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002, ANN401
        """Answer one question; raises like `Answerer.ask`."""
        return self._call_with_config(
            lambda question: self._answerer.ask(question, filters=self._filters), input, config
        )

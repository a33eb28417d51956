"""A retriever for LangChain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from searchkit.hosts.passages import COUNT, PassageFinder
from searchkit.index import Index


class SearchkitRetriever(BaseRetriever):
    """Passages of an index as LangChain's documents, whose metadata cite them.

    ``index`` is an open Index or the folder of one; ``k`` how many passages, ``each`` how many of one document at
    most; ``options`` are those of ``Index.query``, and so are further arguments of ``invoke``.
    """

    index: Index | str | Path
    k: int = COUNT
    each: int = 1
    options: Mapping[str, Any] = {}
    _finder: PassageFinder = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic's own
        """Make what finds the passages."""
        self._finder = PassageFinder(self.index, self.each, self.options)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun,
                                **options: Any) -> list[Document]:  # noqa: ANN401 - any option
        return [Document(id=passage.id, page_content=passage.text, metadata=passage.to_metadata())
                for passage in self._finder.find(query, self.k, options)]

    def close(self) -> None:
        """Let go of the index, if it was opened here."""
        self._finder.close()

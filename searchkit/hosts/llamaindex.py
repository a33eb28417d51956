"""A retriever for LlamaIndex."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from searchkit.hosts.passages import COUNT, Passage, PassageFinder
from searchkit.index import Index

NOT_FOR_MODELS = ["document_id", "date_precision", "path", "start", "end", "rank", "score", "copies"]  # metadata


class SearchkitRetriever(BaseRetriever):
    """Passages of an index as LlamaIndex's text nodes, each with its place in its document, which is its source.

    ``index`` is an open Index or the folder of one; ``similarity_top_k`` how many passages, ``each`` how many of one
    document at most; ``options`` are those of ``Index.query``.
    """

    def __init__(self, index: Index | str | Path, similarity_top_k: int = COUNT, each: int = 1,
                 options: Mapping[str, Any] | None = None) -> None:
        self._finder = PassageFinder(index, each, options)
        self._count = similarity_top_k
        super().__init__()

    def close(self) -> None:
        """Let go of the index, if it was opened here."""
        self._finder.close()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=_make_node(passage), score=passage.score)
                for passage in self._finder.find(query_bundle.query_str, self._count)]


def _make_node(passage: Passage) -> TextNode:
    known = {name: value for name, value in passage.to_metadata().items() if value is not None}  # models read it
    return TextNode(
        id_=passage.id, text=passage.text, start_char_idx=passage.start, end_char_idx=passage.end,
        metadata=known, excluded_llm_metadata_keys=NOT_FOR_MODELS,
        excluded_embed_metadata_keys=NOT_FOR_MODELS,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.document.id)})

"""The engine on OpenSearch (https://opensearch.org): an index that many machines hold together.

``adapter`` is the engine. ``access`` and ``connection`` reach the server and say what went wrong; ``place`` knows which
of its indices belongs to a folder; ``mapping`` is what it keeps of a document, ``loading`` sends them. ``compilation``
makes its queries of ours, ``brevity`` those of many words; ``counting``, ``words``, ``paging`` and ``reading`` read its
answers whole.
"""

from searchkit.engines.opensearch.adapter import OpenSearchEngine, open_folder

__all__ = ["OpenSearchEngine", "open_folder"]

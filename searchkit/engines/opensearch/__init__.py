"""The engine on OpenSearch (https://opensearch.org): an index that many machines hold together.

``connection`` asks the server and says what went wrong; ``mapping`` is what the server keeps of a document; ``loading``
sends documents; ``compilation`` makes its queries of ours; ``counting`` and ``paging`` read answers whole; ``adapter`` is
the engine, and ``place`` which index of the server belongs to a folder.
"""

from searchkit.engines.opensearch.adapter import OpenSearchEngine, open_folder

__all__ = ["OpenSearchEngine", "open_folder"]

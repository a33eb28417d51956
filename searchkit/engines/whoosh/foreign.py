"""What another program wrote with Whoosh into an index of ours: its commits, and segments in Whoosh's own format.

Such a segment has the stored documents; they are analysed anew, and read from memory until the next writer puts a
segment of ours in its place.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from whoosh.filedb.filestore import StorageError
from whoosh.filedb.filetables import FileFormatError
from whoosh.index import TOC, EmptyIndexError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import SegmentReader

from searchkit.engines.whoosh.arrayfile import ArrayFile
from searchkit.engines.whoosh.codec import ArraySegment
from searchkit.engines.whoosh.inversion import Inversion
from searchkit.engines.whoosh.layout import INDEXED, STORED_DOCUMENT
from searchkit.engines.whoosh.opening import open_shards
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.shard import Shard
from searchkit.engines.whoosh.storage import Storage
from searchkit.errors import IndexDamaged, IndexOutdated
from searchkit.model import Document
from searchkit.search.analysis import analyse_document

INDEX_NAME = "MAIN"
FAULTS = (WhooshIndexError, FileFormatError, StorageError, pickle.UnpicklingError, ImportError)


@contextmanager
def translate_faults(folder: Path) -> Iterator[None]:
    """Around anything that reads files through Whoosh."""
    try:
        yield
    except EmptyIndexError as error:
        raise FileNotFoundError(str(error)) from error
    except FAULTS as error:
        raise IndexDamaged(f"the index cannot be read: {error}", str(folder), "rebuild it") from error


def read_toc(folder: Path, storage: Storage) -> TOC:
    """Whoosh's table of contents."""
    with translate_faults(folder):
        toc = TOC.read(storage, INDEX_NAME)
    if not set(INDEXED) <= set(toc.schema.names()):
        raise IndexOutdated("the index has other fields than this version", str(folder), "rebuild it")
    return toc


def open_foreign(folder: Path, opened: dict[str, Segment]) -> Iterator[Shard]:
    """The segments of the newest commit, whoever made it."""
    storage = Storage(folder)
    toc = read_toc(folder, storage)
    for segment in toc.segments:
        if isinstance(segment, ArraySegment):
            yield from open_shards(folder, [segment.describe()], opened)
        else:
            name = segment.segment_id()
            if name not in opened:
                content = BytesIO()
                convert(folder, storage, toc, segment, content)
                opened[name] = Segment(name, ArrayFile(memoryview(content.getvalue())))
            yield Shard(opened[name], frozenset())


def convert(folder: Path, storage: Storage, toc: TOC, segment: Any, file: IO[bytes]) -> int:  # noqa: ANN401
    """Write a foreign segment's documents as a segment of ours; how many they are."""
    inversion = Inversion()
    with translate_faults(folder):
        reader = SegmentReader(storage, toc.schema, segment)
        for _, stored in reader.iter_docs():
            document = Document.from_dict(json.loads(stored[STORED_DOCUMENT]))
            inversion.add(analyse_document(document))
        reader.close()
    inversion.write(file, folder)
    return inversion.count

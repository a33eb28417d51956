"""What another program wrote with Whoosh into an index of ours: its commits, and segments in Whoosh's own format.

Such a segment has the stored documents; they are analysed anew, and read from memory until the next writer puts a
segment of ours in its place. What Whoosh unpickles is guarded.
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
from whoosh.index import TOC
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import SegmentReader

from searchkit.engines.whoosh.arrayfile import ArrayFile
from searchkit.engines.whoosh.codec import ArraySegment, make_segment
from searchkit.engines.whoosh.damage import DAMAGE
from searchkit.engines.whoosh.generation import Generation, find_seal, list_generations, name_toc, read_generation
from searchkit.engines.whoosh.inversion import Inversion
from searchkit.engines.whoosh.layout import INDEXED, STORED_DOCUMENT
from searchkit.engines.whoosh.opening import is_foreign, open_shards
from searchkit.engines.whoosh.schema import make_schema
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.shard import Shard
from searchkit.engines.whoosh.storage import Storage
from searchkit.engines.whoosh.unpickling import guard
from searchkit.errors import IndexDamaged, IndexOutdated
from searchkit.model import Document
from searchkit.search.analysis import analyse_document

INDEX_NAME = "MAIN"
FAULTS = (WhooshIndexError, FileFormatError, StorageError, pickle.UnpicklingError, ImportError)


@contextmanager
def translate_faults(folder: Path) -> Iterator[None]:
    """Around anything that reads files through Whoosh; no code runs from them."""
    try:
        with guard():
            yield
    except FAULTS as error:
        raise IndexDamaged(f"the index cannot be read: {error}", str(folder), "rebuild it") from error


def read_toc(folder: Path, storage: Storage, number: int) -> TOC:
    """Whoosh's table of contents of a commit. Raises IndexDamaged for one of ours that is not as it was written."""
    if find_seal(name_toc(folder, number).read_bytes()) is False:
        raise IndexDamaged("the table of contents is not as it was written", str(name_toc(folder, number)),
                           "rebuild it")
    with translate_faults(folder):
        toc = TOC.read(storage, INDEX_NAME, number)
    if not set(INDEXED) <= set(toc.schema.names()):
        raise IndexOutdated("the index has other fields than this version", str(folder), "rebuild it")
    return toc


def has_other_segments(folder: Path, number: int, generation: Generation) -> bool:
    """Whether a table of contents can be read and has others than these: it is not one of ours that was damaged."""
    try:
        found = read_toc(folder, Storage(folder), number).segments
    except (*DAMAGE, FileNotFoundError, IndexDamaged, IndexOutdated):
        return False
    ours = {(part.name, part.deleted) for part in generation.parts}
    return not all(isinstance(segment, ArraySegment) for segment in found) or ours != {
        (segment.segment_id(), frozenset(segment.deleted)) for segment in found}


def read_newest(folder: Path, storage: Storage) -> tuple[TOC, Generation | None]:
    """The newest commit for a writer."""
    numbers = list_generations(folder)
    if not numbers:
        raise FileNotFoundError("the index has no commit")
    return read_commit(folder, storage, numbers[0])


def read_commit(folder: Path, storage: Storage, number: int) -> tuple[TOC, Generation | None]:
    """The table of contents of a commit, and its manifest where that can be relied on."""
    known = read_generation(folder, number)
    if known is None or is_foreign(folder, number, known):
        try:
            return read_toc(folder, storage, number), None
        except (*DAMAGE, FileNotFoundError, IndexDamaged):
            if known is None:
                raise
    assert known is not None
    return TOC(make_schema(), [make_segment(part) for part in known.parts], number), known


def open_foreign(folder: Path, number: int, opened: dict[str, Segment]) -> Iterator[Shard]:
    """The segments of a commit, whoever made it."""
    storage = Storage(folder)
    toc = read_toc(folder, storage, number)
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

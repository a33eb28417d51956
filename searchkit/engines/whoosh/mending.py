"""A damaged index made whole: what is derived is derived anew from the documents that can still be read.

Stored documents lie one after another in a segment, each deflated with a checksum of its own, so that damage costs
those it hits. A segment of which something could not be read is kept under another name.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from whoosh.index import TOC

from searchkit import disk
from searchkit.engines.whoosh.arrayfile import CHUNK, HEADER, open_arrays
from searchkit.engines.whoosh.codec import ArraySegment
from searchkit.engines.whoosh.committing import INDEX_NAME, clean
from searchkit.engines.whoosh.damage import DAMAGE
from searchkit.engines.whoosh.foreign import read_commit
from searchkit.engines.whoosh.generation import (
    SEGMENT_PATTERN,
    Generation,
    list_generations,
    list_owned,
    name_list,
)
from searchkit.engines.whoosh.layout import EXTENSION
from searchkit.engines.whoosh.opening import open_segment
from searchkit.engines.whoosh.schema import make_schema
from searchkit.engines.whoosh.storage import Storage
from searchkit.engines.whoosh.writer import Writer
from searchkit.errors import IndexDamaged
from searchkit.model import Document
from searchkit.search.analysis import analyse_document

KEPT = ".damaged"  # ends the name of a segment of which something could not be read
STREAM = b"\x78\x9c"  # begins a deflated document
FAULTS = (*DAMAGE, OSError, IndexDamaged)


def mend_folder(folder: Path, damaged: set[str]) -> tuple[str, ...]:
    """Make a commit of all that can be read; what was done. ``damaged`` are the names of the files with faults."""
    if not damaged:
        return ()
    toc, base = _find_base(folder)
    newest = {segment.segment_id() for segment in toc.segments}
    files = _find_files(folder, base)
    bad = [segment for segment in toc.segments
           if isinstance(segment, ArraySegment) and not _is_sound(files[segment.segment_id()], segment)]
    done, lost = [], []
    writer = Writer(folder, (toc, base))
    try:
        writer.segments = [segment for segment in writer.segments if segment not in bad]
        for segment in bad:
            read = _add(writer, _read_documents(files[segment.segment_id()], segment))
            if read < segment.doc_count():
                lost.append(segment)
            done.append(f"{segment.segment_id()}{EXTENSION}: written anew from {read:,} of its {segment.doc_count():,} "
                        "documents")
        if base is None or lost:
            done += _add_older(folder, writer, newest)
        writer.commit()
        _keep_lost(folder, lost)
    finally:
        writer.abandon()
    (number, *_) = list_generations(folder)
    made = read_commit(folder, Storage(folder), number)[0]
    clean(folder, (number,), {segment.segment_id() for segment in made.segments})
    return (*done, f"{name_list(folder, number).name}: a new commit, of what can be read")


def _find_base(folder: Path) -> tuple[TOC, Generation | None]:
    """The newest commit of which either file can be read, under the number of the newest."""
    numbers = list_generations(folder)
    for number in numbers:
        try:
            toc, base = read_commit(folder, Storage(folder), number)
        except FAULTS:
            continue
        toc.generation = numbers[0]
        return toc, base if number == numbers[0] else None
    if any(SEGMENT_PATTERN.fullmatch(name) for name in list_owned(folder)):
        return TOC(make_schema(), [], max(numbers, default=0)), None
    raise IndexDamaged("nothing is left of the index", str(folder), "build it anew, or restore a backup")


def _find_files(folder: Path, base: Generation | None) -> dict[str, Path]:
    """The file of each segment: that of its name, or where files were swapped the one with its seal."""
    files = {name: folder / (name + EXTENSION) for name in
             {name.partition(".")[0] for name in list_owned(folder) if name.startswith(INDEX_NAME)}}
    parts = base.parts if base else ()
    found = {}
    for path in files.values():
        with suppress(*FAULTS):
            found[open_arrays(path).seal] = path
    return defaultdict(lambda: folder / "missing", files | {part.name: found[part.seal] for part in parts
                                                          if part.seal in found})


def _is_sound(path: Path, segment: ArraySegment) -> bool:
    """Whether a segment is all there, in the file of its name."""
    try:
        file = open_arrays(path)
        file.check()
    except FAULTS:
        return False
    return bool(file.facts["count"] == segment.count) and path.stem == segment.segment_id()


def _add(writer: Writer, documents: Iterator[Document]) -> int:
    """Add documents; how many there were."""
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007 - it is what is returned
        writer.add(analyse_document(document))
    return count


def _add_older(folder: Path, writer: Writer, newest: set[str]) -> list[str]:
    """Documents of segments that the commit to mend does not name, but perhaps another one, which cannot be read."""
    there = {id_ for segment in writer.segments for id_ in _list_ids(folder, segment)} | set(writer.added_ids)
    done = []
    for name in sorted({name.partition(".")[0] for name in list_owned(folder) if name.endswith(EXTENSION)} - newest):
        documents = _read_documents(folder / (name + EXTENSION), ArraySegment(INDEX_NAME))
        found = _add(writer, (document for document in documents if document.id not in there))
        if found:
            done.append(f"{name}{EXTENSION}: {found:,} documents of a commit that is lost, or of an older one")
    return done


def _list_ids(folder: Path, segment: ArraySegment) -> Iterator[str]:
    opened = open_segment(folder, segment.segment_id())
    return (opened.name_document(number) for number in range(opened.size) if number not in segment.deleted)


def _read_documents(path: Path, segment: ArraySegment) -> Iterator[Document]:
    """The documents in a file that can be read, those deleted left out as far as they can be told."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for number, text in _inflate(content):
                with suppress(*FAULTS):
                    document = Document.from_dict(json.loads(text.decode("utf-8", "surrogatepass")))
                    if number is None or number not in segment.deleted:
                        yield document
    except (OSError, ValueError):  # not there, or empty
        return


def _inflate(content: mmap.mmap) -> Iterator[tuple[int | None, bytes]]:
    """Deflated texts that are whole, each with its number as long as none before it was damaged."""
    number: int | None = 0
    position = HEADER.size
    while (start := content.find(STREAM, position)) >= 0:
        number = None if start > position else number
        reader, parts, position = zlib.decompressobj(), [], start
        with suppress(zlib.error):
            while not reader.eof and position < len(content):
                parts.append(reader.decompress(content[position:position + CHUNK]))
                position += CHUNK
        if reader.eof:
            position = min(position, len(content)) - len(reader.unused_data)
            yield number, b"".join(parts)
            number = None if number is None else number + 1
        else:
            position, number = start + 1, None


def _keep_lost(folder: Path, bad: list[ArraySegment]) -> None:
    """Give segments of which something is lost a name under which they stay."""
    for segment in bad:
        path = folder / (segment.segment_id() + EXTENSION)
        if path.exists():
            disk.rename(path, path.with_name("lost_" + path.name + KEPT))

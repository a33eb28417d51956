"""A damaged index made whole: what is derived is derived anew from the documents that can still be read.

Stored documents lie one after another in a segment, each deflated with a checksum of its own, so that damage costs
those it hits. A segment of which something could not be read is kept under another name.
"""

from __future__ import annotations

import json
import mmap
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from whoosh.index import TOC

from searchkit import disk
from searchkit.engines.whoosh.arrayfile import CHUNK, HEADER, open_arrays
from searchkit.engines.whoosh.codec import ArraySegment, make_segment
from searchkit.engines.whoosh.committing import clean
from searchkit.engines.whoosh.damage import DAMAGE
from searchkit.engines.whoosh.foreign import read_commit
from searchkit.engines.whoosh.generation import (
    SEGMENT_PATTERN,
    Generation,
    Part,
    is_whole,
    list_generations,
    list_owned,
    name_list,
    name_toc,
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
TABLE = b'{"version": '  # begins the table
STREAM = b"\x78\x9c"  # begins a deflated document
FAULTS = (*DAMAGE, OSError, IndexDamaged)


def mend_folder(folder: Path, damaged: set[str]) -> tuple[str, ...]:
    """Make a commit of all that can be read; what was done. ``damaged`` are the names of the files with faults."""
    if not damaged:
        return ()
    _swap_back(folder)
    toc, base, is_newest = _find_base(folder)
    files = _find_files(folder, base)
    bad = [segment for segment in toc.segments
           if isinstance(segment, ArraySegment) and not _is_sound(files[segment.segment_id()], segment)]
    writer = Writer(folder, (toc, base))
    try:
        writer.segments = [segment for segment in writer.segments if segment not in bad]
        mending = _Mending(folder, writer)
        lost = [segment for segment in bad
                if mending.take(files[segment.segment_id()], segment) < segment.doc_count()]
        if not is_newest:
            mending.done.append(f"{name_list(folder, toc.generation).name}: the newest commit is lost; made again "
                                "of the one before it and of segments that are left")
        if lost or not is_newest:
            mending.take_older(toc.segments)
        writer.commit()
        _keep_lost(folder, lost)
    finally:
        writer.abandon()
    number = list_generations(folder)[0]
    made = read_commit(folder, Storage(folder), number)[0]
    clean(folder, (number,), {segment.segment_id() for segment in made.segments})
    return (*mending.done, f"{name_list(folder, number).name}: a new commit, of all that can be read")


def _swap_back(folder: Path) -> None:
    """Where a manifest and a table of contents have each other's names, give them their own."""
    for number in list_generations(folder):
        toc, listed = name_toc(folder, number), name_list(folder, number)
        if toc.exists() and listed.exists() and is_whole(manifest := toc.read_bytes()):
            other = listed.read_bytes()
            disk.publish(listed, manifest)
            disk.publish(toc, other)


class _Mending:
    """Documents that are given to a writer, each once, and what was done."""

    def __init__(self, folder: Path, writer: Writer) -> None:
        self._folder = folder
        self._writer = writer
        self._there = {id_ for segment in writer.segments for id_ in _list_ids(folder, segment)}
        self.done: list[str] = []

    def take(self, path: Path, segment: ArraySegment) -> int:
        """Take the documents of a damaged segment; how many there were."""
        count = self._add(_read_documents(path, segment))
        self.done.append(f"{segment.segment_id()}{EXTENSION}: written anew from {count:,} of its "
                         f"{segment.doc_count():,} documents")
        return count

    def take_older(self, newest: Sequence[ArraySegment]) -> None:
        """Take documents from segments that the newest commit does not have: of one that is lost, or of older ones."""
        segments: dict[str, ArraySegment] = {}
        for number in reversed(list_generations(self._folder)):
            with suppress(*FAULTS):
                older = read_commit(self._folder, Storage(self._folder), number)[0].segments
                segments |= {segment.segment_id(): segment for segment in older if isinstance(segment, ArraySegment)}
        lost = {name.partition(".")[0] for name in list_owned(self._folder) if name.endswith(EXTENSION)} - {*segments}
        segments = {name: make_segment(Part(name, frozenset())) for name in lost} | segments
        for name in segments.keys() - {segment.segment_id() for segment in newest}:
            count = self._add(_read_documents(self._folder / (name + EXTENSION), segments[name]))
            if count:
                self.done.append(f"{name}{EXTENSION}: {count:,} documents of a commit that is lost, or of an older one")

    def _add(self, documents: Iterator[Document]) -> int:
        count = 0
        for document in documents:
            if document.id not in self._there:
                self._there.add(document.id)
                self._writer.add(analyse_document(document))
                count += 1
        return count


def _find_base(folder: Path) -> tuple[TOC, Generation | None, bool]:
    """The newest commit of which either file can be read, under the number of the newest; whether it is that one."""
    numbers = list_generations(folder)
    for number in numbers:
        try:
            toc, base = read_commit(folder, Storage(folder), number)
        except FAULTS:
            continue
        toc.generation = numbers[0]
        return toc, base, number == numbers[0]
    if any(re.fullmatch(SEGMENT_PATTERN, name) for name in list_owned(folder)):
        return TOC(make_schema(), [], max(numbers, default=0)), None, False
    raise IndexDamaged("nothing is left of the index", str(folder), "build it anew, or restore a backup")


def _find_files(folder: Path, base: Generation | None) -> dict[str, Path]:
    """The file of each segment: that of its name, or where files were swapped the one with its seal."""
    found = {}
    for name in list_owned(folder):
        with suppress(*FAULTS):
            found[open_arrays(folder / name).seal] = folder / name
    swapped = {part.name: found[part.seal] for part in (base.parts if base else ()) if part.seal in found}
    return _Files(folder, swapped)


class _Files(dict[str, Path]):
    """Files by the names of segments; one that is not listed is that of its name."""

    def __init__(self, folder: Path, known: dict[str, Path]) -> None:
        super().__init__(known)
        self._folder = folder

    def __missing__(self, name: str) -> Path:
        return self._folder / (name + EXTENSION)


def _is_sound(path: Path, segment: ArraySegment) -> bool:
    """Whether a segment is all there, in the file of its name."""
    try:
        file = open_arrays(path)
        file.check()
    except FAULTS:
        return False
    return bool(file.facts["count"] == segment.count) and path.stem == segment.segment_id()


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
    """Deflated texts that are whole, each with its number: as the table has it, or else counted up to the first gap."""
    numbers = _number_documents(content)
    counted: int | None = 0
    position = HEADER.size
    while (start := content.find(STREAM, position)) >= 0:
        counted = None if start > position else counted
        reader, parts, position = zlib.decompressobj(), [], start
        with suppress(zlib.error):
            while not reader.eof and position < len(content):
                parts.append(reader.decompress(content[position:position + CHUNK]))
                position += CHUNK
        if reader.eof:
            position = min(position, len(content)) - len(reader.unused_data)
            yield numbers.get(start, counted), b"".join(parts)
            counted = None if counted is None else counted + 1
        else:
            position, counted = start + 1, None


def _number_documents(content: mmap.mmap) -> dict[int, int]:
    """The numbers of documents by where they begin, by the table at the end of the file; nothing where that is lost."""
    try:
        start, end, code = json.loads(content[content.rfind(TABLE):])["places"]["stored/ends"]
        with memoryview(content) as whole, whole[start:end] as part, part.cast(code) as ends:
            return {HEADER.size + end: number for number, end in enumerate(ends)}
    except DAMAGE:
        return {}


def _keep_lost(folder: Path, bad: list[ArraySegment]) -> None:
    """Give segments of which something is lost a name under which they stay."""
    for segment in bad:
        path = folder / (segment.segment_id() + EXTENSION)
        if path.exists():
            disk.rename(path, path.with_name("lost_" + path.name + KEPT))

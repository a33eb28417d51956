"""Writing: documents become segments, segments become fewer, and a commit makes it so for everybody.

The lock is Whoosh's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from whoosh.index import TOC

from searchkit import disk
from searchkit.engines.whoosh import generation
from searchkit.engines.whoosh.codec import ArraySegment
from searchkit.engines.whoosh.committing import INDEX_NAME, clean, finish_commit, make_commit
from searchkit.engines.whoosh.foreign import convert, read_newest
from searchkit.engines.whoosh.generation import Generation
from searchkit.engines.whoosh.inversion import Inversion
from searchkit.engines.whoosh.layout import EXTENSION
from searchkit.engines.whoosh.merging import merge
from searchkit.engines.whoosh.opening import open_segment
from searchkit.engines.whoosh.schema import make_schema
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.storage import Storage
from searchkit.errors import IndexLocked
from searchkit.search.analysis import Analysed

TIER = 10  # so many segments of about one size are merged into one
SPARE = 4  # the commit before stays unless what only it needs is more than a quarter of what the new one needs …
LITTLE = 4 << 20  # … and more than so many bytes
FULL = 6_000_000  # tokens gathered before a segment is closed, to bound memory (about 150 MB)


class Writer:
    """Adds and deletes documents; all of it takes effect at ``commit``, or nothing does.

    ``base`` is the commit to go on from, when that is not the newest.
    """

    def __init__(self, folder: Path, base: tuple[TOC, Generation | None] | None = None) -> None:
        self._folder = folder
        self._storage = Storage(folder)
        self._lock = self._storage.lock(f"{INDEX_NAME}_WRITELOCK")
        self._written: list[Path] = []
        self._placed: dict[str, tuple[ArraySegment, int]] = {}
        self._start_segment()
        self._closed: list[ArraySegment] = []
        self._number: int | None = None  # of the generation that is being written
        if not self._lock.acquire():
            raise IndexLocked("the index is being written by another process", str(folder),
                              "try again when it has finished")
        self._is_open = True
        try:
            self._toc, self._base = base or read_newest(folder, self._storage)
            if self._base:
                finish_commit(folder, self._toc.generation, self._base)
            self._seals = {part.name: part.seal for part in self._base.parts} if self._base else {}
            self._known = {segment.segment_id(): self._adopt(segment) for segment in self._toc.segments}
            self.segments = list(self._known.values())
        except BaseException:
            self.abandon()
            raise

    def add(self, analysed: Analysed) -> None:
        """Add a document; one with the same id that was added before is forgotten."""
        if self._inversion.size >= FULL:
            self._close_segment()
        id_ = analysed.id
        self._inversion.add(analysed)
        if id_ in self._placed:
            segment, number = self._placed[id_]
            segment.delete_document(number)
        self._placed[id_] = self._current, self._inversion.count - 1

    @property
    def added_ids(self) -> list[str]:
        """Ids of the documents added."""
        return list(self._placed)

    def delete(self, name: str, number: int) -> None:
        """Delete a document of a segment that was there before."""
        self._known[name].delete_document(number)

    def clear(self) -> None:
        """Delete all documents that were there before."""
        self.segments = []

    def commit(self) -> None:
        """Make it so."""
        if self._inversion.count:
            self._close_segment()
        new = self._closed if len(self._closed) < 2 else [self._merge(self._closed)]
        segments = self._merge_tiers([*self.segments, *new])
        self._number = self._toc.generation + 1
        for path in {self._find_path(segment) for segment in segments}.intersection(self._written):
            disk.force(path)
        make_commit(self._folder, self._number, make_schema(), segments, self._base)
        self._written = []
        names = {segment.segment_id() for segment in segments}
        before = {segment.segment_id() for segment in self._toc.segments}
        if self._measure(before - names) <= max(LITTLE, self._measure(names) // SPARE):
            clean(self._folder, (self._number, self._toc.generation), names | before)
        else:
            clean(self._folder, (self._number,), names)

    def _measure(self, names: Iterable[str]) -> int:
        """Bytes of segments, those that are there."""
        paths = (self._folder / (name + EXTENSION) for name in names)
        return sum(path.stat().st_size for path in paths if path.exists())

    @property
    def is_committed(self) -> bool:
        """Whether what was written can be seen already."""
        return self._number is not None and generation.name_list(self._folder, self._number).exists()

    def abandon(self) -> None:
        """Let go of the lock and of everything that was not committed."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self.is_committed:
                return  # interrupted when the commit was made already: all that was written is needed
            for path in self._written:
                disk.discard(path)
        finally:
            self._lock.release()

    def _start_segment(self) -> None:
        self._inversion, self._current = Inversion(), ArraySegment(INDEX_NAME)

    def _close_segment(self) -> None:
        segment, inversion = self._current, self._inversion
        with disk.create(self._create(segment)) as file:
            inversion.write(file, self._folder)
        segment.set_doc_count(inversion.count)
        self._closed.append(segment)
        self._start_segment()

    def _adopt(self, segment: object) -> ArraySegment:
        """The segment; one of ours with the same documents where another program wrote it."""
        if isinstance(segment, ArraySegment):
            return segment
        ours = ArraySegment(INDEX_NAME)
        with disk.create(self._create(ours)) as file:
            ours.set_doc_count(convert(self._folder, self._storage, self._toc, segment, file))
        return ours

    def _merge_tiers(self, segments: list[ArraySegment]) -> list[ArraySegment]:
        """The segments, of which there are few: at most nine of each power of ten, none with more documents deleted
        than not. A document is rewritten once for each power.
        """
        live = [segment for segment in segments if segment.doc_count()]
        stale = [segment for segment in live if 2 * segment.deleted_count() >= segment.doc_count_all()]
        tiers: defaultdict[int, list[ArraySegment]] = defaultdict(list)
        for segment in live:
            if segment not in stale:
                tiers[_find_tier(segment.doc_count_all())].append(segment)
        chosen, size = stale, sum(segment.doc_count() for segment in stale)
        for tier, members in sorted(tiers.items()):
            grows = bool(chosen) and tier == _find_tier(size)
            if len(members) + grows >= TIER:
                chosen = chosen + members
                size += sum(segment.doc_count() for segment in members)
        if not chosen:
            return live
        merged = self._merge(chosen)
        return [*(segment for segment in live if segment not in chosen), merged]

    def _merge(self, segments: Sequence[ArraySegment]) -> ArraySegment:
        """One segment with the documents of these; new files that are no more needed are removed."""
        merged = ArraySegment(INDEX_NAME)
        with disk.create(self._create(merged)) as file:
            sources = [(self._open(segment), frozenset(segment.deleted)) for segment in segments]
            merged.set_doc_count(merge(sources, file, self._folder))
        del sources
        for segment in segments:
            path = self._find_path(segment)
            if path in self._written:
                self._written.remove(path)
                disk.discard(path)
        return merged

    def _open(self, segment: ArraySegment) -> Segment:
        """A segment to be merged; damage must not go where it has a right checksum."""
        opened = open_segment(self._folder, segment.segment_id(), self._seals.get(segment.segment_id()))
        opened.file.check()
        return opened

    def _create(self, segment: ArraySegment) -> Path:
        path = self._find_path(segment)
        self._written.append(path)
        return path

    def _find_path(self, segment: ArraySegment) -> Path:
        name: str = segment.segment_id()
        return self._folder / (name + EXTENSION)


def _find_tier(size: int) -> int:
    return len(str(size))


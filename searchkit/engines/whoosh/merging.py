"""Segments become one: lists are joined as arrays, a block of terms at a time, so that memory is bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.arrayfile import ArrayWriter
from searchkit.engines.whoosh.layout import INDEXED, TEXT_NAMES, VALUE_NAMES, WRITTEN_NAMES
from searchkit.engines.whoosh.lists import Lists, Numbers, Posted, count_along
from searchkit.engines.whoosh.listwriter import (
    FieldWriter,
    LetterWriter,
    OrdinalWriter,
    Spool,
    add_numbers,
)
from searchkit.engines.whoosh.segment import Segment

BLOCK = 1_000_000  # numbers of one field that are joined at a time, about; as many places come to 60 MB
COPIED = 1 << 24  # bytes of stored documents copied at a time


class Source(NamedTuple):
    """A segment to merge, and the new number of each of its documents, -1 for those that are deleted."""

    segment: Segment
    numbers: Numbers


class _Part(NamedTuple):
    """Terms of one source with their postings."""

    terms: list[bytes]
    posted: Posted


def number_documents(segments: Sequence[tuple[Segment, frozenset[int]]]) -> tuple[list[Source], int]:
    """The sources of a merger, and how many documents it has. Each segment comes with its deleted documents."""
    sources, count = [], 0
    for segment, deleted in segments:
        kept = np.ones(segment.size, np.intp)
        kept[np.fromiter(deleted, np.intp, len(deleted))] = 0
        numbers = np.where(kept, np.cumsum(kept) - 1 + count, -1)
        sources.append(Source(segment, numbers))
        count += int(kept.sum())
    return sources, count


def merge(segments: Sequence[tuple[Segment, frozenset[int]]], file: IO[bytes], folder: Path) -> int:
    """Write a segment with the documents of several, without those deleted; how many they are."""
    sources, count = number_documents(segments)
    writer = ArrayWriter(file)
    _copy_stored(sources, writer, folder)
    totals = {}
    for name in TEXT_NAMES:
        lengths = np.concatenate([np.asarray(segment.lengths(name))[numbers >= 0] for segment, numbers in sources])
        totals[name] = int(lengths.sum(dtype=np.int64))
        add_numbers(writer, f"{name}/lengths", lengths)
    for name in INDEXED:
        _merge_field(name, sources, writer, folder, count)
    writer.finish({"count": count, "totals": totals})
    return count


def _merge_field(name: str, sources: Sequence[Source], writer: ArrayWriter, folder: Path, count: int) -> None:
    field = FieldWriter(folder, name, has_places=name in TEXT_NAMES)
    letters = LetterWriter(name) if name in WRITTEN_NAMES else None
    ordinals = OrdinalWriter(name) if name in VALUE_NAMES else None
    for parts in _list_blocks(name, sources):
        terms, posted = _join(parts)
        field.add(terms, posted)
        if letters:
            letters.add(terms)
        if ordinals:
            ordinals.add(posted.counts, posted.documents)
        for segment, _ in sources:
            segment.file.release()
    field.finish(writer)
    if letters:
        letters.finish(writer)
    if ordinals:
        ordinals.finish(writer, count)


def _list_blocks(name: str, sources: Sequence[Source]) -> Iterator[list[_Part]]:
    """The terms of all sources in blocks, which follow each other: no term is in two."""
    lists = [Lists(segment.inverted(name)) for segment, _ in sources]
    leader = max(lists, key=lambda of: len(of.counts))
    terms = leader.inverted.terms
    weights = np.cumsum(leader.counts, dtype=np.int64)
    step = max(1, BLOCK // len(sources) // (2 if leader.has_places else 1))
    starts = [0] * len(lists)
    while any(start < len(of.counts) for start, of in zip(starts, lists, strict=True)):
        first = starts[lists.index(leader)]
        weight = int(weights[first - 1]) if first else 0
        last = max(int(np.searchsorted(weights, weight + step)), first + 1)
        bound = terms[last] if last < len(terms) else None
        ends = [len(of.counts) if bound is None else of.inverted.terms.search(bound) for of in lists]
        yield [_read(of, range(start, end), source.numbers)
               for of, start, end, source in zip(lists, starts, ends, sources, strict=True) if start < end]
        starts = ends


def _read(lists: Lists, wanted: range, numbers: Numbers) -> _Part:
    """Terms of a source with their postings under new numbers; those of deleted documents are left out."""
    terms = lists.inverted.terms.list_terms(wanted)
    posted = lists.read_many(np.arange(wanted.start, wanted.stop))
    documents = numbers[posted.documents]
    kept = documents >= 0
    if kept.all():
        return _Part(terms, posted._replace(documents=documents))
    counts = np.add.reduceat(kept, np.cumsum(posted.counts) - posted.counts, dtype=np.intp)
    frequencies, places = posted.frequencies, posted.places
    if frequencies is not None and places is not None:
        places, frequencies = places[np.repeat(kept, frequencies)], frequencies[kept]
    left = counts > 0
    terms = [term for term, stays in zip(terms, left.tolist(), strict=True) if stays]
    return _Part(terms, Posted(counts[left], documents[kept], frequencies, places))


def _join(parts: list[_Part]) -> tuple[list[bytes], Posted]:
    """The terms of several parts in order; the postings of each, part after part."""
    terms = sorted(set().union(*(part.terms for part in parts)))
    if not terms:
        nothing = np.zeros(0, np.intp)
        return [], Posted(nothing, nothing, None, None)
    places = {term: place for place, term in enumerate(terms)}
    owners = np.fromiter((places[term] for part in parts for term in part.terms), np.intp)
    order = np.argsort(owners, kind="stable")
    counts = _chain([part.posted.counts for part in parts])
    chosen = count_along((np.cumsum(counts) - counts)[order], counts[order])
    documents = _chain([part.posted.documents for part in parts])[chosen]
    totals = np.bincount(owners, weights=counts, minlength=len(terms)).astype(np.intp)
    if parts[0].posted.frequencies is None:
        return terms, Posted(totals, documents, None, None)
    frequencies = _chain([part.posted.frequencies for part in parts])
    starts = np.cumsum(frequencies) - frequencies
    moved = count_along(starts[chosen], frequencies[chosen])
    return terms, Posted(totals, documents, frequencies[chosen], _chain([part.posted.places for part in parts])[moved])


def _chain(arrays: Sequence[NDArray[Any] | None]) -> NDArray[Any]:
    return np.concatenate([array for array in arrays if array is not None])


def _copy_stored(sources: Sequence[Source], writer: ArrayWriter, folder: Path) -> None:
    """Stored documents are copied as they are."""
    spool = Spool(folder, "B")
    sizes = [np.zeros(1, np.intp)]
    for segment, numbers in sources:
        content = np.asarray(segment.file.view("stored"))
        ends = np.asarray(segment.file.view("stored/ends")).astype(np.intp)
        kept = numbers >= 0
        sizes.append(np.diff(ends)[kept])
        if kept.all():
            for start in range(0, len(content), COPIED):
                spool.add(content[start:start + COPIED])
                segment.file.release()
        else:
            for number in np.flatnonzero(kept).tolist():
                spool.add(content[ends[number]:ends[number + 1]])
    spool.move("stored", writer)
    add_numbers(writer, "stored/ends", np.cumsum(np.concatenate(sizes)))

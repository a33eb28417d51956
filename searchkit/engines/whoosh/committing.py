"""How a commit is made: all that it names is on the disk before the rename by which everybody sees it.

The commit before it stays, with its segments, until the next one (unless they take too much room): it is read where the
newest is damaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from whoosh.fields import Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from searchkit import disk
from searchkit.engines.whoosh import generation
from searchkit.engines.whoosh.arrayfile import read_seal
from searchkit.engines.whoosh.codec import ArraySegment
from searchkit.engines.whoosh.generation import Generation, Part
from searchkit.engines.whoosh.layout import EXTENSION, INDEXED
from searchkit.seals import Seen, digest, look_at

INDEX_NAME = "MAIN"


def make_commit(folder: Path, number: int, schema: Schema, segments: Sequence[ArraySegment],
                base: Generation | None = None) -> None:
    """Publish these segments as a commit. Their files must be on the disk; of those of ``base`` it is known what is
    in them.
    """
    toc = encode_toc(schema, segments, number)
    described = describe(folder, number, toc, segments, base)
    files = {generation.name_list(folder, number): generation.encode_generation(number, described),
             generation.name_toc(folder, number): toc}  # the manifest is renamed first: it makes the commit
    drafts = {path: path.with_name(path.name + disk.DRAFT) for path in files}
    try:
        for path, draft in drafts.items():
            disk.write(draft, files[path])
        disk.force(folder)
        for path, draft in drafts.items():
            disk.rename(draft, path)
    except BaseException:
        if not generation.name_list(folder, number).exists():
            for draft in drafts.values():
                disk.discard(draft)
        raise
    disk.force(folder)


def finish_commit(folder: Path, number: int, commit: Generation) -> None:
    """Put the table of contents in its place where whoever made the commit was stopped just before that."""
    toc = generation.name_toc(folder, number)
    draft = toc.with_name(toc.name + disk.DRAFT)
    if not toc.exists() and draft.exists() and look_at(draft) == generation.list_files(commit)[toc.name]:
        disk.rename(draft, toc)


def encode_toc(schema: Schema, segments: Sequence[ArraySegment], number: int) -> bytes:
    """Whoosh's table of contents, sealed."""
    storage = RamStorage()
    TOC(schema, list(segments), number).write(storage, INDEX_NAME)
    (content,) = storage.files.values()
    return generation.seal(content)


def describe(folder: Path, number: int, toc: bytes, segments: Sequence[ArraySegment],
             base: Generation | None) -> Generation:
    """What a manifest says: the segments, and the length and digest of each file."""
    seals = {part.name: part.seal for part in base.parts} if base else {}
    known = generation.list_files(base) if base else {}
    files = {generation.name_toc(folder, number).name: Seen(len(toc), crc32(toc), digest(toc))}
    parts = []
    for segment in segments:
        name = segment.segment_id()
        path = folder / (name + EXTENSION)
        seal = seals.get(name)
        parts.append(Part(name, frozenset(segment.deleted), segment.count, read_seal(path) if seal is None else seal))
        files[path.name] = known.get(path.name) or look_at(path)
    return Generation(tuple(parts), INDEXED, files)


def clean(folder: Path, numbers: Sequence[int], names: set[str]) -> None:
    """Remove files of the engine that belong neither to commits with these numbers nor to segments of these names."""
    kept = {path.name for number in numbers
            for path in (generation.name_toc(folder, number), generation.name_list(folder, number))}
    for name in generation.list_owned(folder):
        if name not in kept and name.partition(".")[0] not in names:
            disk.discard(folder / name)

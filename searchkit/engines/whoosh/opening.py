"""The newest commit, opened: from searchkit's own list of segments, or where there is none, through Whoosh."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchkit.engines.whoosh.arrayfile import open_arrays
from searchkit.engines.whoosh.generation import Part, find_state, read_generation
from searchkit.engines.whoosh.layout import EXTENSION, INDEXED
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.shard import Shard, Snapshot
from searchkit.errors import IndexNotFound, IndexOutdated


def open_snapshot(folder: Path, known: Snapshot) -> Snapshot:
    """The index as it is; the known snapshot where nothing was committed since. Segments that it has are not
    opened again.
    """
    state = find_state(folder)
    if state is None:
        raise IndexNotFound("there is no index", str(folder), "make one: searchkit index <pages>")
    if state == known.state:
        return known
    opened = {shard.segment.name: shard.segment for shard in known.shards}
    generation = read_generation(folder, state.generation)
    if generation is None:
        from searchkit.engines.whoosh.foreign import open_foreign

        return Snapshot(state, list(open_foreign(folder, opened)))
    if generation.fields != INDEXED:
        raise IndexOutdated("the index has other fields than this version", str(folder), "rebuild it")
    return Snapshot(state, open_shards(folder, generation.parts, opened))


def open_shards(folder: Path, parts: Sequence[Part], opened: dict[str, Segment]) -> list[Shard]:
    """Segments that are ours, as a commit has them."""
    return [Shard(opened.get(part.name) or open_segment(folder, part.name), part.deleted) for part in parts]


def open_segment(folder: Path, name: str) -> Segment:
    """A segment's file."""
    return Segment(name, open_arrays(folder / (name + EXTENSION)))

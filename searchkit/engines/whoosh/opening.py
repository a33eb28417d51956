"""The newest commit, opened: from its manifest, or where another program wrote it, through Whoosh.

Where it is damaged the commit before it is opened, and the snapshot says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchkit.engines.whoosh.arrayfile import open_arrays
from searchkit.engines.whoosh.damage import DAMAGE
from searchkit.engines.whoosh.generation import (
    SEAL,
    Generation,
    Part,
    State,
    find_state,
    list_generations,
    name_toc,
    read_generation,
)
from searchkit.engines.whoosh.layout import EXTENSION, INDEXED
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.shard import Shard, Snapshot
from searchkit.errors import IndexDamaged, IndexNotFound, IndexOutdated

FAULTS = (*DAMAGE, FileNotFoundError, IndexDamaged)


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
    try:
        return Snapshot(state, open_generation(folder, state.generation, opened))
    except FAULTS as problem:
        if find_state(folder) != state:
            raise FileNotFoundError(str(problem)) from problem  # another commit came; it is tried again
        older = _open_older(folder, state, opened, problem)
        if older is None:
            raise
        return older


def open_generation(folder: Path, number: int, opened: dict[str, Segment]) -> list[Shard]:
    """The segments of a commit."""
    generation = read_generation(folder, number)
    if generation is None or is_foreign(folder, number, generation):
        from searchkit.engines.whoosh.foreign import open_foreign

        try:
            return list(open_foreign(folder, number, opened))
        except FAULTS:
            if generation is None:
                raise
    assert generation is not None
    if generation.fields != INDEXED:
        raise IndexOutdated("the index has other fields than this version", str(folder), "rebuild it")
    return open_shards(folder, generation.parts, opened)


def is_foreign(folder: Path, number: int, generation: Generation) -> bool:
    """Whether another program committed under the number of a commit of ours that it did not see."""
    path = name_toc(folder, number)
    try:
        toc = path.read_bytes()
    except FileNotFoundError:
        return False
    if SEAL in toc or len(toc) == generation.files[path.name][0]:
        return False
    from searchkit.engines.whoosh.foreign import has_other_segments

    return has_other_segments(folder, number, generation)


def open_shards(folder: Path, parts: Sequence[Part], opened: dict[str, Segment]) -> list[Shard]:
    """Segments that are ours, as a commit has them."""
    return [Shard(opened.get(part.name) or open_segment(folder, part.name, part.seal), part.deleted)
            for part in parts]


def open_segment(folder: Path, name: str, seal: int | None = None) -> Segment:
    """A segment's file. Raises ValueError where it is not whole, or not the one with this seal."""
    return Segment(name, open_arrays(folder / (name + EXTENSION), seal))


def _open_older(folder: Path, state: State, opened: dict[str, Segment], problem: BaseException) -> Snapshot | None:
    """The newest commit before a damaged one that can be opened."""
    for number in list_generations(folder)[1:]:
        try:
            shards = open_generation(folder, number, opened)
        except FAULTS:
            continue
        return Snapshot(state, shards, f"the newest commit of the index cannot be read ({problem}); "
                        "what is shown is the one before it. searchkit verify --repair mends what can be mended")
    return None

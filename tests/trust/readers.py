"""Many readers ask while commits are made and segments merged: python -m tests.trust.readers COMMITS READERS PROCESSES

Documents are only added, or replaced, so that no reader may ever count fewer than it did before. What a reader gets
must be of one commit: the hits as many as their count says, the facet's numbers adding up to it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple, NoReturn

from searchkit.engines.whoosh import writer
from searchkit.index import Index, open_index

from .kill import MEMORY
from .story import make_document, merge_often

REPLACED = 3  # documents of an earlier commit that each commit replaces
REOPEN = 0.2  # share of the looks for which the index is opened anew
PAUSE = 0.1  # seconds between two looks of one reader, at most


class Shared:
    """What the readers of a process have found."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.looks = 0
        self.faults: list[str] = []


def look(index: Index, least: int) -> int:
    """How many documents there are, at least as many as the last time."""
    found = index.query("version", facets=("publisher",), limit=10, collapse=False)
    total = sum(value.count for value in found.facets["publisher"])
    if not least <= found.total == total or len(found.hits) != min(10, found.total):
        raise AssertionError(f"{found.total} found after {least}, {total} in the facet, {len(found.hits)} hits")
    for hit in found.hits:
        whole = make_document(hit.id, int(hit.document.body.split()[1]))
        if hit.document.body != whole.body:
            raise AssertionError(f"{hit.id} is no document that was written")
    return found.total


def read(folder: Path, stop: Path, seed: int, shared: Shared) -> None:
    """The life of a reader: look again and again, now and then with the index opened anew."""
    dice, least, looks = random.Random(seed), 0, 0
    index = open_index(folder, aliases=None)
    try:
        while not stop.exists() or not looks:
            if dice.random() < REOPEN:
                index.close()
                index = open_index(folder, aliases=None)
            least = look(index, least)
            looks += 1
            time.sleep(dice.random() * PAUSE)
    except Exception:
        with shared.lock:
            shared.faults.append(traceback.format_exc())
    finally:
        index.close()
        with shared.lock:
            shared.looks += looks


def play(folder: Path, stop: Path, seeds: range, pipe: int) -> NoReturn:
    """A process of readers, each a thread with an index of its own; it says at the end what they found."""
    shared = Shared()
    threads = [Thread(target=read, args=(folder, stop, seed, shared)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(pipe, f"{shared.looks} {len(shared.faults)}\n".encode() + "".join(shared.faults[:2]).encode()[:3000])
    os._exit(0)


class Process(NamedTuple):
    """A process of readers, and where it says what they found."""

    id: int
    pipe: int


def start(folder: Path, stop: Path, seeds: range) -> Process:
    """Start a process of readers."""
    reader, pipe = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        try:
            play(folder, stop, seeds, pipe)
        finally:
            os._exit(1)
    os.close(pipe)
    return Process(child, reader)


def commit(folder: Path, number: int) -> None:
    """A commit: one more document, and some of before replaced."""
    dice = random.Random(number)
    ids = {number, *(dice.randrange(number + 1) for _ in range(REPLACED))}
    with open_index(folder, create=True, aliases=None) as index:
        index.add([make_document(f"d{id_}", number) for id_ in sorted(ids)])


def main(commits: int, readers: int, processes: int) -> None:
    """Commit so many times while so many read; raises where a reader met anything but one commit after another."""
    merge_often()
    merged = count_merges()
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        folder, stop = Path(place, "index"), Path(place, "stop")
        commit(folder, 0)
        share = -(-readers // processes)
        crew = [start(folder, stop, range(first, min(first + share, readers))) for first in range(0, readers, share)]
        try:
            for number in range(1, commits):
                commit(folder, number)
        finally:
            stop.touch()
            said = [finish(process) for process in crew]
        with open_index(folder, aliases=None) as index:
            held = index.count()
    looks, faults = (sum(int(words.split()[at]) for words in said) for at in (0, 1))
    print(f"{readers} readers in {len(crew)} processes, {commits:,} commits, {merged[0]:,} mergers: {looks:,} looks, "
          f"{faults} errors, {held:,} documents")
    if faults or held != commits or not merged[0]:
        raise AssertionError("\n".join(words for words in said if words.split()[1] != "0"))


def finish(process: Process) -> str:
    """What a process of readers found."""
    with open(process.pipe) as pipe:
        said = pipe.read()
    os.waitpid(process.id, 0)
    return said or "0 1 a process of readers died"


def count_merges() -> list[int]:
    """How many mergers there have been, in a list that goes on counting."""
    merge, counted = writer.merge, [0]

    def count_one(*arguments: object, **more: object) -> object:
        counted[0] += 1
        return merge(*arguments, **more)

    writer.merge = count_one
    return counted


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

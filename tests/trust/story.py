"""A long series of changes to an index, each computed from its number: what was done to it is known at every moment."""

import random
from pathlib import Path

from searchkit.engines.whoosh import writer
from searchkit.index import Index, open_index
from searchkit.model import Document

IDS = [f"s{n:02}" for n in range(40)]
REBUILD_EVERY = 30
WORDS = ["frost", "harbour", "tram", "ferry", "bridge", "union", "strike", "market", "council", "flood", "storm",
         "mayor"]
State = dict[str, int]  # the version of each document


def merge_often() -> None:
    """Have segments merged at almost every commit."""
    writer.TIER = 3


def make_document(id_: str, version: int) -> Document:
    """A document of one version, all of which can be told from its text."""
    dice = random.Random(f"{id_} {version}")
    body = " ".join(dice.choices(WORDS, k=dice.randint(5, 120)))
    return Document(id_, id_, f"Version {version} of {id_}. {body}", title=f"Story {id_}",
                    publisher=dice.choice(["Post", "Gazette", None]))


def change(number: int, before: State) -> State:
    """The state after a change."""
    dice = random.Random(number)
    if number % REBUILD_EVERY == 0:
        return dict.fromkeys(dice.sample(IDS, 12), number)
    if dice.random() < 0.25:
        return {id_: version for id_, version in before.items() if dice.random() < 0.7}
    return before | dict.fromkeys(dice.sample(IDS, dice.randint(1, 12)), number)


def find_state(number: int) -> State:
    """The state after the changes up to this number."""
    state: State = {}
    for step in range(number - number % REBUILD_EVERY, number + 1):
        state = change(step, state)
    return state


def perform(folder: Path, engine: str, number: int) -> None:
    """Make a change. The states before and after it are those of ``find_state``; a rebuild has states between."""
    before, after = (find_state(number - 1) if number else {}), find_state(number)
    with open_index(folder, engine, create=True, rebuild=number % REBUILD_EVERY == 0, aliases=None) as index:
        gone = before.keys() - after.keys()
        if number % REBUILD_EVERY and gone:
            index.delete(sorted(gone))
        changed = {id_: version for id_, version in after.items() if version == number}
        if changed:
            index.add([make_document(id_, version) for id_, version in changed.items()])


def read_state(index: Index) -> State:
    """What an index holds, every document compared with what was written; "?" stands for one that never was."""
    found: State = {}
    for hit in index.query(limit=None, facets=(), collapse=False).hits:
        document = hit.document
        version = int(document.body.split()[1])
        whole = make_document(document.id, version)
        same = (document.body, document.title, document.publisher) == (whole.body, whole.title, whole.publisher)
        found[document.id if same else "?"] = version
    return found

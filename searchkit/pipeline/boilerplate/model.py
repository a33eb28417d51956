"""The learned model: how likely each block is part of the story.

A sum of small decision trees over columns, one for HTML and one for text dumps, made by
``tools/train_boilerplate.py`` and read from ``data/``. The file holds numbers only: which column is compared with
which threshold, and what each leaf adds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from operator import itemgetter
from typing import Any

from searchkit.pipeline.block import Markup
from searchkit.pipeline.boilerplate.columns import Columns, build_columns
from searchkit.pipeline.boilerplate.firstguess import Guess
from searchkit.pipeline.wordlists import read_lines

_FILE = "boilerplate_model.json"
_STRIDE = 5  # trees between looks at that

_Tree = tuple[int, float, Any, Any]  # input, threshold, tree if no greater, tree if greater; a leaf has no trees


@dataclass(frozen=True, slots=True)
class Model:
    """Trees as one table of nodes.

    ``inputs`` are (column, how many blocks below). A node is (input, threshold, next, other): the next node if the
    input is no greater than the threshold, else the other; a negative number is the leaf ``~number``, whose value
    is added to the log-odds. ``roots`` are the trees' first nodes. Log-odds beyond ``sure`` are left as they are: the
    trees to come would hardly change them. ``strides`` are the same trees as they are gone through, a few at a time.
    """

    inputs: tuple[tuple[str, int], ...]
    roots: tuple[int, ...]
    nodes: tuple[tuple[int, float, int, int], ...]
    leaves: tuple[float, ...]
    sure: float
    strides: tuple[Sequence[_Tree], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        trees: dict[int, _Tree] = {~number: (0, leaf, None, None) for number, leaf in enumerate(self.leaves)}
        for number in range(len(self.nodes) - 1, -1, -1):  # what follows a node stands after it
            test, threshold, following, other = self.nodes[number]
            trees[number] = (test, threshold, trees[following], trees[other])
        roots = [trees[root] for root in self.roots]
        strides = tuple(roots[start : start + _STRIDE] for start in range(0, len(roots), _STRIDE))
        object.__setattr__(self, "strides", strides)


@cache
def read_model(kind: str) -> Model:
    """The model that is part of the package for pages of a kind, "html" or "text"."""
    data = json.loads("\n".join(read_lines(_FILE)))[kind]
    inputs = tuple((name, shift) for name, shift in data["inputs"])
    nodes = tuple(zip(data["tests"], data["thresholds"], data["next"], data["other"], strict=True))
    return Model(inputs, tuple(data["roots"]), nodes, tuple(data["leaves"]), data["sure"])


def rate(markup: Markup, found: Guess, model: Model) -> list[float]:
    """The probability of each block that it is part of the story."""
    columns = build_columns(markup, found)
    return evaluate(model, columns, find_candidates(columns))


def find_candidates(columns: Columns) -> list[int]:
    """The blocks that may be story at all."""
    return list(compress(range(len(columns["candidate"])), columns["candidate"]))


def evaluate(model: Model, columns: Columns, chosen: Sequence[int]) -> list[float]:
    """The probability of each of the chosen blocks, given in their order, and 0 for the others."""
    probabilities = [0.0] * len(next(iter(columns.values())))
    for index, row in zip(chosen, _read_rows(model, columns, chosen), strict=False):
        probabilities[index] = 1.0 / (1.0 + math.exp(-_add_trees(model, row)))
    return probabilities


def _read_rows(model: Model, columns: Columns, chosen: Sequence[int]) -> Iterable[Sequence[float]]:
    """The inputs of each of the chosen blocks, 0 where there is no block; then two rows that mean nothing."""
    shifts = {by for _, by in model.inputs}
    beyond = [0.0] * max(map(abs, shifts))  # behind a column's end, where places above its start are looked up too
    take = {by: itemgetter(*(index + by for index in chosen), 0, 0) for by in shifts}  # of one place it makes no row
    return zip(*(take[by](columns[name] + beyond if by else columns[name]) for name, by in model.inputs), strict=True)


def _add_trees(model: Model, row: Sequence[float]) -> float:
    """The sum of the leaves that a block comes to; of the first trees only if these are sure of it."""
    sure = model.sure
    total = 0.0
    for stride in model.strides:
        for test, threshold, low, high in stride:
            while low is not None:
                test, threshold, low, high = low if row[test] <= threshold else high
            total += threshold
        if abs(total) > sure:
            break
    return total

"""The learned model: how likely each block is part of the story.

A sum of small decision trees over columns, one for HTML and one for text dumps, made by
``tools/train_boilerplate.py`` and read from ``data/``. The file holds numbers only: which column is compared with
which threshold, and what each leaf adds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress

from searchkit.pipeline.block import Markup
from searchkit.pipeline.boilerplate.columns import Columns, build_columns
from searchkit.pipeline.boilerplate.firstguess import Guess
from searchkit.pipeline.wordlists import read_lines

_FILE = "boilerplate_model.json"
_REACH = 5  # blocks around a paragraph that may be story; what stands farther from any is not
_PROSE = 12.0  # words of prose within reach
_STRIDE = 5  # trees between looks at that
_KEPT_REACH = 6  # blocks around what the rules keep that may be story too


@dataclass(frozen=True, slots=True)
class Model:
    """Trees as one table of nodes.

    ``inputs`` are (column, how many blocks below). A node is (input, threshold, next, other): the next node if the
    input is no greater than the threshold, else the other; a negative number is the leaf ``~number``, whose value
    is added to the log-odds. ``roots`` are the trees' first nodes. Log-odds beyond ``sure`` are left as they are: the
    trees to come would hardly change them.
    """

    inputs: tuple[tuple[str, int], ...]
    roots: tuple[int, ...]
    nodes: tuple[tuple[int, float, int, int], ...]
    leaves: tuple[float, ...]
    sure: float


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
    """The blocks that may be story at all: near a paragraph, or near what the rules keep."""
    size = len(columns["prose"])
    near = [False] * size
    for name, reach, least in (("prose", _REACH, _PROSE), ("kept", _KEPT_REACH, 0.0)):
        total = sum(columns[name][:reach])
        for index in range(size):
            total += columns[name][index + reach] if index + reach < size else 0.0
            total -= columns[name][index - reach - 1] if index > reach else 0.0
            near[index] = near[index] or total > least + 1e-6  # sums of floats that should be 0 are not quite
    return [index for index in range(size) if near[index]]


def evaluate(model: Model, columns: Columns, chosen: Sequence[int]) -> list[float]:
    """The probability of each of the chosen blocks, given in their order, and 0 for the others."""
    probabilities = [0.0] * len(next(iter(columns.values())))
    wanted = [False] * len(probabilities)
    for index in chosen:
        wanted[index] = True
    rows = zip(*(compress(_shift(columns[name], by), wanted) for name, by in model.inputs), strict=True)
    for index, row in zip(chosen, rows, strict=True):
        probabilities[index] = 1.0 / (1.0 + math.exp(-_add_trees(model, row)))
    return probabilities


def _shift(column: list[float], by: int) -> list[float]:
    """A column moved up by so many blocks, or down if negative; 0 where there is no block."""
    if by == 0:
        return column
    empty = [0.0] * min(abs(by), len(column))
    return column[by:] + empty if by > 0 else empty + column[:by]


def _add_trees(model: Model, row: Sequence[float]) -> float:
    """The sum of the leaves that a block comes to; of the first trees only if these are sure of it."""
    nodes, leaves, roots, sure = model.nodes, model.leaves, model.roots, model.sure
    total = 0.0
    for start in range(0, len(roots), _STRIDE):
        for node in roots[start : start + _STRIDE]:
            while node >= 0:
                test, threshold, following, other = nodes[node]
                node = following if row[test] <= threshold else other
            total += leaves[~node]
        if abs(total) > sure:
            break
    return total

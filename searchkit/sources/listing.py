"""A list of paths on standard input, a path a line; or, as ``find -print0`` writes it, each ended by a NUL."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO

STDIN = "-"


def expand(paths: Sequence[str], stdin: BinaryIO) -> list[str]:
    """The paths with those of the list in the place of ``-``, if that is among them."""
    if STDIN not in paths:
        return list(paths)
    data = stdin.read()
    separator = b"\0" if b"\0" in data else b"\n"
    listed = [os.fsdecode(line.removesuffix(b"\r")) for line in data.split(separator)]
    found: list[str] = []
    for path in dict.fromkeys(paths):
        found += filter(str.strip, listed) if path == STDIN else [path]
    return found

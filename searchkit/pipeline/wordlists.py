"""The word lists in ``data/``: tables, lines of a kind and its words, or lines of one word each. Read once.

Long lists that tools make are compressed. Models are bytes, which their own modules understand.
"""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """A TOML file."""
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a list but for empty ones and comments."""
    content = (_DATA / name).read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
    return tuple(line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def read_kinds(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words of each kind, where a line is a kind, a tab, and words separated by commas."""
    kinds = (line.split("\t", 1) for line in read_lines(name))
    return {kind: tuple(word.strip() for word in words.split(",")) for kind, words in kinds}


def read_bytes(name: str) -> bytes:
    """The content of a model's file."""
    return (_DATA / name).read_bytes()

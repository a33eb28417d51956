"""Pickles that Whoosh reads may name only what an index needs: no code runs from the files of an index.

Whoosh unpickles in many of its modules. Python tells an audit hook of every name that a pickle asks for, before it is
looked up; while ``guard`` is held, any other name than those below is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pickle import UnpicklingError
from threading import local
from typing import Any

SEGMENTS = "searchkit.engines.whoosh.codec"
SCHEMA = "searchkit.engines.whoosh.schema"
# Plain values, the schema that we write, and what Whoosh's own writers put in its place.
ALLOWED = frozenset({
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "object"), ("__builtin__", "set"),
    ("__builtin__", "frozenset"), ("__builtin__", "object"), ("copyreg", "_reconstructor"),
    ("copy_reg", "_reconstructor"), (SEGMENTS, "ArraySegment"), (SCHEMA, "Ready"), (SCHEMA, "Places"),
    ("whoosh.fields", "Schema"), ("whoosh.fields", "STORED"), ("whoosh.formats", "Existence"),
    ("whoosh.formats", "Positions"), ("whoosh.codec.whoosh3", "W3Segment"), ("whoosh.codec.whoosh3", "W3Codec"),
    ("collections", "defaultdict"), ("builtins", "int"), ("__builtin__", "int"),
})
_guarded = local()
_hooks: list[Any] = []  # an audit hook stays as long as the process


@contextmanager
def guard() -> Iterator[None]:
    """Around whatever unpickles; raises UnpicklingError for a name that no index needs. Of this thread only."""
    if not _hooks:
        _hooks.append(_watch)
        sys.addaudithook(_watch)
    before = getattr(_guarded, "on", False)
    _guarded.on = True
    try:
        yield
    finally:
        _guarded.on = before


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "pickle.find_class" and getattr(_guarded, "on", False) and arguments not in ALLOWED:
        raise UnpicklingError(f"its pickle names {'.'.join(map(str, arguments))}, which no index needs")

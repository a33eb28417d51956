"""What an index does to its files, call by call: watched, stopped at the n-th call, or made to fail there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from searchkit import disk

CALLS = ("create", "force", "rename", "remove")
Watch = Callable[[str, tuple[Any, ...]], None]


class Watched:
    """A file that tells of each write."""

    def __init__(self, file: Any, path: Path, watch: Watch) -> None:
        self._file, self._path, self._watch = file, path, watch

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        self._watch("write", (self._path, self._file.tell(), bytes(content)))
        return int(self._file.write(content))


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Within, ``watch`` is told of each call before it is made: its name and its arguments; of a write the path, the
    place and the bytes. Whatever it raises, the call raises.
    """
    kept = {name: getattr(disk, name) for name in CALLS}

    def wrap(name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            watch(name, arguments)
            made = kept[name](*arguments)
            return Watched(made, arguments[0], watch) if isinstance(made, io.IOBase) else made

        return call

    try:
        for name in CALLS:
            setattr(disk, name, wrap(name))
        yield
    finally:
        for name, function in kept.items():
            setattr(disk, name, function)

"""How a command ends: its exit code, and what is said where something was raised on purpose."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from searchkit import render
from searchkit.errors import DocumentNotFound, EngineError, ExecutorUnavailable, IndexFault, SearchkitError

FOUND, NOTHING, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130  # exit codes


@contextmanager
def tell_errors() -> Iterator[None]:
    """Turn what was raised on purpose into a message and SystemExit with its code; output is flushed."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except SearchkitError as error:
        print_error(f"searchkit: {error}")
        raise SystemExit(find_exit_code(error)) from None
    except KeyboardInterrupt:
        print_error("searchkit: interrupted; what was done is kept, the same command goes on from there")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        _give_up_output()
        raise SystemExit(FOUND) from None
    except OSError as problem:
        _give_up_output()
        print_error(f"searchkit: {problem}")
        raise SystemExit(FAULT) from None


def prepare_streams() -> None:
    """What an output cannot encode is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def find_exit_code(error: SearchkitError) -> int:
    """Which exit code tells of an error."""
    if isinstance(error, IndexFault | EngineError | ExecutorUnavailable):
        return FAULT
    return NOTHING if isinstance(error, DocumentNotFound) else USAGE


def print_error(message: str) -> None:
    """A line for people, beside the results."""
    sys.stderr.write(render.make_line(message) + "\n")


def _give_up_output() -> None:
    """Write no more results: nobody reads them, or they cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

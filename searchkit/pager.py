"""The pager: results that are longer than the screen are read in a program of the user's choice."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import TextIO

DEFAULT = "less"
LESS = "FRX"  # leave where it fits on the screen, show colours and links, let the text stand afterwards


def find_pager(stream: TextIO, environment: Mapping[str, str]) -> list[str] | None:
    """The program that a terminal's user reads with ($PAGER); None where no terminal reads, or none is wanted."""
    if not stream.isatty() or environment.get("TERM") == "dumb":
        return None
    try:
        command = shlex.split(environment.get("PAGER", DEFAULT))
    except ValueError:  # a quote that is never closed
        return None
    return command if command and command[0] != "cat" and shutil.which(command[0]) else None


def needs_pager(lines: Sequence[str]) -> bool:
    """Whether so many lines leave no room for the prompt."""
    return len(lines) >= shutil.get_terminal_size((100, 24)).lines


def page(lines: Sequence[str], command: Sequence[str]) -> None:
    """Show lines in a pager, until its user leaves it. Interrupts are the pager's."""
    environment = {"LESS": LESS, **os.environ}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, encoding="utf-8",
                          errors="backslashreplace") as process:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if process.stdin:
                process.stdin.writelines(f"{line}\n" for line in lines)
                process.stdin.close()
        except BrokenPipeError:  # left before the end
            pass
        finally:
            process.wait()
            signal.signal(signal.SIGINT, before)

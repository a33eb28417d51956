"""Commands that keep an index whole: copied, checked, backed up. Arguments in, text out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit import options
from searchkit.exits import FAULT, FOUND
from searchkit.index import open_index
from searchkit.screen import print_json, print_line, print_lines
from searchkit.settings import resolve

if TYPE_CHECKING:
    from searchkit.backup import BackedUp


def copy(
    to: Annotated[str, typer.Option("--to", metavar="ENGINE:PLACE", help="Which engine, and a new folder for it.")],
    folder: options.Index = None,
    as_json: options.Json = False,
) -> None:
    """Copy the index to another engine, without its pages; the same command goes on where it stopped."""
    settings = resolve({"index": folder})
    with open_index(settings.only_index, aliases=None) as place:
        copied = place.copy(to)
    if as_json:
        print_json(copied.to_dict())
    else:
        print_line(str(copied))


def verify(
    full: Annotated[bool, typer.Option("--full", help="Compare every byte.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what can be; delete no documents.")] = False,
    folder: options.Index = None,
    as_json: options.Json = False,
) -> None:
    """Check the index against its manifest: each file that is damaged, missing, swapped or foreign is named."""
    from searchkit.soundness import render_verified
    from searchkit.verification import verify as verify_index

    found = verify_index(Path(resolve({"index": folder}).only_index), full, repair)
    if as_json:
        print_json(found.to_dict())
    else:
        print_lines(render_verified(found))
    raise typer.Exit(FOUND if found.is_sound else FAULT)


def backup(
    to: Annotated[str, typer.Argument(metavar="DEST", help="A new folder.")],
    folder: options.Index = None,
    as_json: options.Json = False,
) -> None:
    """Copy the index to a new folder and compare every byte; others may read and write it meanwhile."""
    from searchkit.backup import back_up

    _print_backup(back_up(Path(resolve({"index": folder}).only_index), Path(to)), as_json)


def restore(
    source: Annotated[str, typer.Argument(metavar="BACKUP", help="The folder that a backup was made in.")],
    folder: options.Index = None,
    as_json: options.Json = False,
) -> None:
    """Make a new index of a backup, of which every byte is compared first."""
    from searchkit.backup import restore as restore_index

    _print_backup(restore_index(Path(source), Path(resolve({"index": folder}).only_index)), as_json)


def _print_backup(copied: BackedUp, as_json: bool) -> None:
    if as_json:
        print_json(copied.to_dict())
    else:
        print_line(str(copied))

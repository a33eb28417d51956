"""Commands that go on until they are ended: servers, and a watch. Arguments in, text out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit import options, render
from searchkit.asking import open_settled
from searchkit.errors import SettingsError
from searchkit.exits import FOUND, print_error
from searchkit.screen import make_style, print_json
from searchkit.settings import resolve

if TYPE_CHECKING:
    from searchkit.report import IndexReport


def serve(
    host: options.Host = "127.0.0.1",
    port: options.Port = 8011,
    token: options.Token = None,
    name: options.Names = None,
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
) -> None:
    """Serve the web page and the HTTP API, to this machine only unless told otherwise."""
    with _needing("the web page", "serve", "web"):
        from searchkit.web.server import Place
        from searchkit.web.server import serve as run

    settings = resolve({"index": folder, "engine": engine, "aliases": aliases})
    served = Place(host, port, token, name or (), settings.wants_rerank)
    run(lambda: open_settled(settings).hide_folders(), served, print_error)


def mcp(
    port: Annotated[int | None, typer.Option(metavar="N", help="HTTP at this port of 127.0.0.1 instead.")] = None,
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
) -> None:
    """Answer an assistant over standard input and output (Model Context Protocol); it can only read."""
    with _needing("an MCP server", "mcp", "mcp"):
        from searchkit.mcp.server import serve as run

    settings = resolve({"index": folder, "engine": engine, "aliases": aliases})
    run(lambda: open_settled(settings), port, print_error)


def watch(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Folders of pages.")],
    settle: Annotated[float, typer.Option(metavar="SECONDS", help="Rest after a change before it is read.")] = 1.0,
    workers: options.Workers = None,
    folder: options.Index = None,
    engine: options.Engine = None,
    as_json: options.Json = False,
) -> None:
    """Keep the index up to date with folders, until it is interrupted."""
    with _needing("watching", "watch", "watch"):
        from searchkit import watch as watching

    def report(done: IndexReport) -> None:
        if as_json:
            print_json(done.to_dict())
            sys.stdout.flush()
        for line in render.render_report(done, make_style("never", sys.stderr)):
            print_error(line)

    settings = resolve({"index": folder, "engine": engine, "workers": workers})
    try:
        watching.watch(paths, settings, watching.Told(report, lambda said: print_error(f"searchkit: {said}")), settle)
    except watching.Ended:
        raise typer.Exit(FOUND) from None


@contextmanager
def _needing(what: str, command: str, extra: str) -> Iterator[None]:
    """Say which extra of searchkit brings a library that is not installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise SettingsError(f"{what} needs {missing.name}", f"searchkit {command}",
                            f"install it: pip install 'searchkit[{extra}]'") from None

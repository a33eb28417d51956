"""The command line: arguments in, text out. What it does is in ``index`` and ``render``."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from searchkit import asking, options, render, serving, upkeep
from searchkit.asking import keep_asked, open_settled
from searchkit.exits import FOUND, NOTHING, prepare_streams, print_error, tell_errors
from searchkit.index import open_index
from searchkit.model import Document, Page, Rejected
from searchkit.progress import Progress
from searchkit.render import Style
from searchkit.screen import View, make_style, print_json, print_line, print_lines, print_pages, print_results
from searchkit.settings import resolve
from searchkit.version import VERSION

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from searchkit.suggestions import Suggestion


class Faces(TyperGroup):
    """Turns what was raised on purpose into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the command."""
        with tell_errors():
            return super().invoke(ctx)


app = typer.Typer(name="searchkit", cls=Faces, no_args_is_help=True, rich_markup_mode=None,
                  pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def start(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    """Turn a pile of saved news and web pages into a searchable archive."""
    if version:
        print_line(f"searchkit {VERSION}")
        raise typer.Exit


@app.command()
def index(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Pages, archives, folders of them; -: a list.")],
    prune: Annotated[bool, typer.Option("--prune", help="Forget pages that vanished below the paths.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew.")] = False,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    folder: options.Index = None,
    engine: options.Engine = None,
    as_json: options.Json = False,
    color: options.Color = None,
) -> None:
    """Read, extract and index all pages below the paths; those that have not changed are passed over."""
    from searchkit import sources

    settings = resolve({"index": folder, "engine": engine, "workers": workers, "color": color})
    paths = sources.expand(paths, sys.stdin.buffer)
    sources.check(paths)
    with (_open_executor(scheduler) as executor,
          open_index(settings.only_index, settings.engine, create=True, rebuild=rebuild, aliases=None) as place):
        bar = Progress(lambda: sources.measure(paths))
        try:
            report = place.add(paths, workers=settings.workers, prune=prune, progress=bar.show,
                               ner=settings.ner, executor=executor)
        finally:
            bar.clear()
    if as_json:
        print_json(report.to_dict())
    else:
        print_lines(render.render_report(report, make_style(settings.color, sys.stdout)))
    taken = report.added + report.updated + report.unchanged
    if not taken and not report.rejected and not report.removed:
        print_error(f"searchkit: no pages were found in {', '.join(paths[:10])}")
    raise typer.Exit(FOUND if taken or report.removed else NOTHING)


app.command()(options.describe(asking.query))


@app.command()
def similar(
    context: typer.Context,
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As it stands in the results of a query.")],
    publisher: options.Publisher = None,
    entity: options.Entity = None,
    author: options.Author = None,
    language: options.Language = None,
    not_publisher: options.NotPublisher = None,
    after: options.After = None,
    before: options.Before = None,
    limit: options.Limit = 10,
    offset: options.Offset = 0,
    snippets: options.Snippets = 1,
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
    as_json: options.Json = False,
    color: options.Color = None,
    no_pager: options.NoPager = False,
) -> None:
    """Show documents like one, copies of it left out."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    asked = keep_asked(context.params)
    view = View("json" if as_json else "hits", make_style(settings.color, sys.stdout), pages=not no_pager)
    with open_settled(settings) as place:
        found = print_results(place.similar(document_id, **asked), view)
    raise typer.Exit(FOUND if found else NOTHING)


@app.command()
def explain(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="The query.")] = "",
    publisher: options.Publisher = None,
    entity: options.Entity = None,
    author: options.Author = None,
    language: options.Language = None,
    not_publisher: options.NotPublisher = None,
    not_entity: options.NotEntity = None,
    not_author: options.NotAuthor = None,
    not_language: options.NotLanguage = None,
    after: options.After = None,
    before: options.Before = None,
    match: options.Match = "all",
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
    as_json: options.Json = False,
    color: options.Color = None,
) -> None:
    """Why a query finds what it finds: each word and filter counted, alone and left out."""
    from searchkit.reasons import render_reasons

    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    asked = keep_asked(context.params)
    with open_settled(settings) as place:
        found = place.explain(text, **asked)
    if as_json:
        print_json(found.to_dict())
    else:
        print_lines(render_reasons(found, make_style(settings.color, sys.stdout)))


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Pages, archives, folders of them; -: a list.")],
    explain: Annotated[bool, typer.Option("--explain", help="For people: every clue and block, and why.")] = False,
    workers: options.Workers = None,
    as_json: options.Json = True,
    color: options.Color = None,
) -> None:
    """Show what each page becomes, as JSON Lines; index nothing."""
    from searchkit import ingest, sources

    settings = resolve({"workers": workers, "color": color})
    taken = 0
    paths = sources.expand(paths, sys.stdin.buffer)
    if explain:
        taken = _explain_pages(sources.read(paths), make_style(settings.color, sys.stdout), settings.ner)
        raise typer.Exit(FOUND if taken else NOTHING)
    for made in ingest.extract(sources.read(paths), settings.workers, _warn_of_page, settings.ner):
        print_json(made.to_dict())
        taken += isinstance(made, Document)
    raise typer.Exit(FOUND if taken else NOTHING)


@app.command()
def show(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As it stands in the results of a query.")],
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
    as_json: options.Json = False,
    color: options.Color = None,
    no_pager: options.NoPager = False,
) -> None:
    """Show one document."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with open_settled(settings) as place:
        document, captures = place.get(document_id), place.captures(document_id)
        copies = place.copies(document_id)
    if as_json:
        print_json({**document.to_dict(), "captures": captures, "copies": copies.to_dict()})
    else:
        print_pages([*render.render_document(document, make_style(settings.color, sys.stdout)),
                      *render.render_copies(document, copies),
                      *(f"also captured {capture['captured']} in {render.make_line(capture['path'])}"
                        for capture in captures[1:])], not no_pager)


@app.command()
def facets(
    field: options.FacetField,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Count what this query matches.")] = "",
    value: Annotated[str, typer.Option(metavar="WORDS", help="Only values with words that begin so.")] = "",
    suggest_aliases: Annotated[bool, typer.Option("--suggest-aliases", help="Lines for aliases.toml.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", help="Values to show (0: all).")] = 20,
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
    as_json: options.Json = False,
    color: options.Color = None,
) -> None:
    """Show the values of a facet and how many documents have each."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with open_settled(settings) as place:
        if suggest_aliases:
            raise typer.Exit(_print_suggestions(place.suggest_aliases(field, limit), field, as_json))
        results = place.count_facet(f"{field}:{limit}", text, value)
    if as_json:
        print_json({"total": results.total, "distinct": results.distinct, **results.to_dict()["facets"]})
    else:
        print_lines(render.render_facets(results.facets, make_style(settings.color, sys.stdout)))
    found = any(results.facets.values()) if value else results.total
    raise typer.Exit(FOUND if found else NOTHING)


@app.command()
def stats(
    folder: options.Index = None,
    engine: options.Engine = None,
    aliases: options.Aliases = None,
    as_json: options.Json = False,
    color: options.Color = None,
) -> None:
    """Show what the index holds."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with open_settled(settings) as place:
        numbers = place.stats()
    if as_json:
        print_json(numbers)
    else:
        print_lines(render.render_stats(numbers, make_style(settings.color, sys.stdout)))


for command in (upkeep.copy, upkeep.verify, upkeep.backup, upkeep.restore, serving.serve, serving.mcp, serving.watch):
    app.command()(command)


def main() -> NoReturn:
    """The program, with all its commands."""
    prepare_streams()
    app()
    sys.exit(FOUND)


def _explain_pages(pages: Iterable[Page | Rejected], style: Style, ner: str) -> int:
    """Pages explained, one after the other, in this process; how many became documents."""
    from searchkit import pipeline
    from searchkit.pipeline.secondopinion import load_opinion

    opinion, taken = load_opinion(ner), 0
    for page in pages:
        made = page if isinstance(page, Rejected) else pipeline.explain(page, opinion)
        if isinstance(made, Rejected):
            print_line(render.render_rejected(made))
            continue
        taken += 1
        blocks = ((block.text, verdict.keep, verdict.reason) for block, verdict in made.blocks)
        print_lines(render.render_explanation(made.document, blocks, style))
    return taken


@contextmanager
def _open_executor(scheduler: str | None) -> Iterator[Executor | None]:
    """Who extracts pages: the cluster of a scheduler, or (None) processes of our own. What is warned of is a line."""
    if scheduler is None:
        yield None
        return
    from searchkit.cluster import connect

    with connect(scheduler) as executor, warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: print_error(f"searchkit: {message}")
        yield executor


def _warn_of_page(page: Rejected) -> None:
    print_error(f"searchkit: only the text was taken of {page.path} ({page.reason}: {page.detail})")


def _print_suggestions(suggestions: Sequence[Suggestion], field: str, as_json: bool) -> int:
    """Lines to be looked at and pasted; the exit code."""
    if as_json:
        print_json([suggestion.to_dict() for suggestion in suggestions])
    elif suggestions:
        print_line(f"# to be looked at, and pasted below [{field}] in aliases.toml")
        print_lines(suggestion.to_line() for suggestion in suggestions)
    return FOUND if suggestions else NOTHING

"""The command line: arguments in, text out. What it does is in ``index`` and ``render``."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer
from typer.core import TyperGroup

from searchkit import clioptions, completion, render
from searchkit.batch import answer_batch
from searchkit.clioptions import ask_for
from searchkit.errors import DocumentNotFound, EngineError, IndexFault, SearchkitError
from searchkit.fields import FACETS
from searchkit.index import Index, open_index
from searchkit.model import Document, Page, Rejected, Results
from searchkit.progress import Progress
from searchkit.reasons import render_reasons
from searchkit.render import Style
from searchkit.settings import ALIASES, Settings, resolve
from searchkit.version import VERSION

if TYPE_CHECKING:
    from searchkit.suggestions import Suggestion

FOUND, NOTHING, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130  # exit codes
PAGE = 1_000  # hits fetched at once where all of them are asked for

IndexOption = Annotated[str | None, typer.Option("--index", metavar="DIR", help="The index (default: ./index).")]
EngineOption = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="Engine of the index.")]
AliasesOption = Annotated[str | None, typer.Option("--aliases", metavar="FILE",
                                                   help="Corrections (default: ./aliases.toml; none: no file).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
ColorOption = Annotated[str | None, typer.Option("--color", metavar="auto|always|never", help="Use colour.")]
WorkersOption = Annotated[int | None, typer.Option("--workers", metavar="N", help="Processes (0: a processor each).")]


class Faces(TyperGroup):
    """Turns what was raised on purpose into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the command."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except SearchkitError as error:
            print_error(f"searchkit: {error}")
            raise typer.Exit(find_exit_code(error)) from None
        except KeyboardInterrupt:
            print_error("searchkit: interrupted; what was done is kept, the same command goes on from there")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _give_up_output()
            raise typer.Exit(FOUND) from None
        except OSError as problem:
            _give_up_output()
            print_error(f"searchkit: {problem}")
            raise typer.Exit(FAULT) from None


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
    workers: WorkersOption = None,
    folder: IndexOption = None,
    engine: EngineOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Read, extract and index all pages below the paths; those that have not changed are passed over."""
    from searchkit import sources

    settings = resolve({"index": folder, "engine": engine, "workers": workers, "color": color})
    paths = sources.expand(paths, sys.stdin.buffer)
    sources.check(paths)
    with open_index(settings.index, settings.engine, create=True, rebuild=rebuild, aliases=None) as place:
        bar = Progress(lambda: sources.measure(paths))
        try:
            report = place.add(paths, workers=settings.workers, prune=prune, progress=bar.show,
                               ner=settings.ner)
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


@app.command()
def query(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What to search for; nothing means all.")] = "",
    publisher: clioptions.Publisher = None,
    entity: clioptions.Entity = None,
    author: clioptions.Author = None,
    language: clioptions.Language = None,
    not_publisher: clioptions.NotPublisher = None,
    not_entity: clioptions.NotEntity = None,
    not_author: clioptions.NotAuthor = None,
    not_language: clioptions.NotLanguage = None,
    after: clioptions.After = None,
    before: clioptions.Before = None,
    facet: Annotated[list[str] | None, typer.Option(metavar="F[:N]", help=f"Count: {', '.join(FACETS)}.",
                                                    autocompletion=ask_for(completion.offer_facets))] = None,
    no_facets: Annotated[bool, typer.Option("--no-facets", help="Count none.")] = False,
    sort: Annotated[str, typer.Option(metavar="S", help="relevance, newest or oldest.",
                                       autocompletion=ask_for(completion.offer_sorts))] = "relevance",
    limit: Annotated[int | None, typer.Option(metavar="N", help="Hits to show (default 10).")] = None,
    offset: Annotated[int, typer.Option(metavar="N", help="Hits to pass over first.")] = 0,
    match: clioptions.Match = "all",
    snippets: Annotated[int, typer.Option(metavar="N", help="Excerpts of each hit.")] = 1,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="A hit a line in JSON, all of them.")] = False,
    batch: Annotated[str | None, typer.Option(metavar="FILE", help="A query a line (-: standard input).")] = None,
    folder: IndexOption = None,
    engine: EngineOption = None,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Ranked, faceted search with highlighted snippets."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    options: dict[str, Any] = {
        "publisher": publisher, "entity": entity, "author": author, "language": language,
        "not_publisher": not_publisher, "not_entity": not_entity, "not_author": not_author,
        "not_language": not_language, "after": after, "before": before, "sort": sort, "offset": offset,
        "match": match, "snippets": snippets, "limit": 10 if limit is None else limit,
    }
    if no_facets or jsonl:
        options["facets"] = ()
    elif facet:
        options["facets"] = facet
    with _open(settings) as place:
        if batch is not None:
            for row in answer_batch(place, batch, options):
                print_json(row)
            return
        if jsonl:
            found = _print_hits(place, text, options, limit)
        else:
            results = place.query(text, **options)
            _print_results(results, as_json, settings.color)
            found = results.total
    raise typer.Exit(FOUND if found else NOTHING)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="The query.")] = "",
    publisher: clioptions.Publisher = None,
    entity: clioptions.Entity = None,
    author: clioptions.Author = None,
    language: clioptions.Language = None,
    not_publisher: clioptions.NotPublisher = None,
    not_entity: clioptions.NotEntity = None,
    not_author: clioptions.NotAuthor = None,
    not_language: clioptions.NotLanguage = None,
    after: clioptions.After = None,
    before: clioptions.Before = None,
    match: clioptions.Match = "all",
    folder: IndexOption = None,
    engine: EngineOption = None,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Why a query finds what it finds: each word and filter counted, alone and left out."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with _open(settings) as place:
        found = place.explain(
            text, publisher=publisher or (), entity=entity or (), author=author or (), language=language or (),
            not_publisher=not_publisher or (), not_entity=not_entity or (), not_author=not_author or (),
            not_language=not_language or (), after=after, before=before, match=match)
    if as_json:
        print_json(found.to_dict())
    else:
        print_lines(render_reasons(found, make_style(settings.color, sys.stdout)))


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Pages, archives, folders of them; -: a list.")],
    explain: Annotated[bool, typer.Option("--explain", help="For people: every clue and block, and why.")] = False,
    workers: WorkersOption = None,
    as_json: JsonOption = True,
    color: ColorOption = None,
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
    folder: IndexOption = None,
    engine: EngineOption = None,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Show one document."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with _open(settings) as place:
        document, captures = place.get(document_id), place.captures(document_id)
    if as_json:
        print_json({**document.to_dict(), "captures": captures})
    else:
        print_lines(render.render_document(document, make_style(settings.color, sys.stdout)))
        print_lines(f"also captured {capture['captured']} in {render.make_line(capture['path'])}"
                    for capture in captures[1:])


@app.command()
def facets(
    field: Annotated[str, typer.Argument(metavar="FIELD", help=f"One of: {', '.join(FACETS)}; date:year …",
                                          autocompletion=ask_for(completion.offer_facets))],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Count what this query matches.")] = "",
    value: Annotated[str, typer.Option(metavar="WORDS", help="Only values with words that begin so.")] = "",
    suggest_aliases: Annotated[bool, typer.Option("--suggest-aliases", help="Lines for aliases.toml.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", help="Values to show (0: all).")] = 20,
    folder: IndexOption = None,
    engine: EngineOption = None,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Show the values of a facet and how many documents have each."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with _open(settings) as place:
        if suggest_aliases:
            raise typer.Exit(_print_suggestions(place.suggest_aliases(field, limit), field, as_json))
        results = place.count_facet(f"{field}:{limit}", text, value)
    if as_json:
        print_json({"total": results.total, **results.to_dict()["facets"]})
    else:
        print_lines(render.render_facets(results.facets, make_style(settings.color, sys.stdout)))
    found = any(results.facets.values()) if value else results.total
    raise typer.Exit(FOUND if found else NOTHING)


@app.command()
def stats(
    folder: IndexOption = None,
    engine: EngineOption = None,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
    color: ColorOption = None,
) -> None:
    """Show what the index holds."""
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color})
    with _open(settings) as place:
        numbers = place.stats()
    if as_json:
        print_json(numbers)
    else:
        print_lines(render.render_stats(numbers, make_style(settings.color, sys.stdout)))


def main() -> NoReturn:
    """The program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
    sys.exit(FOUND)


def find_exit_code(error: SearchkitError) -> int:
    """Which exit code tells of an error."""
    if isinstance(error, IndexFault | EngineError):
        return FAULT
    return NOTHING if isinstance(error, DocumentNotFound) else USAGE


def make_style(color: str, stream: TextIO) -> Style:
    """The style for a stream: colour when it is wanted, or when a terminal reads it and NO_COLOR is not set."""
    plain = bool(os.environ.get("NO_COLOR")) or not stream.isatty() or os.environ.get("TERM") == "dumb"
    colored = color == "always" or (color == "auto" and not plain)
    return Style(colored, min(shutil.get_terminal_size((100, 24)).columns, 120))


def print_line(line: str) -> None:
    """A line of results."""
    sys.stdout.write(line + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Lines of results."""
    for line in lines:
        print_line(line)


def print_json(value: Any) -> None:  # noqa: ANN401
    """A line of JSON; escapes keep whatever a page holds from reaching the terminal."""
    print_line(json.dumps(value))


def print_error(message: str) -> None:
    """A line for people, beside the results."""
    sys.stderr.write(render.make_line(message) + "\n")


def _open(settings: Settings) -> Index:
    """The index to read, as the settings say."""
    return open_index(settings.index, settings.engine, aliases=settings.aliases or ALIASES)


def _give_up_output() -> None:
    """Write no more results: nobody reads them, or they cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def _print_results(results: Results, as_json: bool, color: str) -> None:
    if as_json:
        print_json(results.to_dict())
    else:
        print_lines(render.render_results(results, make_style(color, sys.stdout)))


def _print_hits(place: Index, text: str, options: dict[str, Any], limit: int | None) -> int:
    """All hits, or as many as the limit says, a line each, fetched by the page to keep memory bounded; the total."""
    done, first = 0, options["offset"]
    while True:
        page = PAGE if limit is None else min(PAGE, limit - done)
        results = place.query(text, **{**options, "limit": page, "offset": first + done})
        for hit in results:
            print_json(hit.to_dict())
        done += len(results)
        if len(results) < page or done == limit:
            return results.total

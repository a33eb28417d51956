"""Options of the command line, each with its help and what a shell completes it with."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_args, get_type_hints

import typer

from searchkit import completion
from searchkit.fields import FACETS
from searchkit.screen import OUTPUTS


def describe(command: Callable[..., int]) -> Callable[..., None]:
    """A command as Typer takes it: each parameter with the option of its name below, its result the exit code.

    Raises KeyError for a parameter that has no option here, TypeError for one that has another type.
    """
    types, described = get_type_hints(command), []
    for parameter in signature(command).parameters.values():
        option = _find(parameter.name)
        if get_args(option)[0] != types[parameter.name]:
            raise TypeError(f"'{parameter.name}' is {types[parameter.name]}, its option is {get_args(option)[0]}")
        described.append(parameter.replace(annotation=option, kind=Parameter.POSITIONAL_OR_KEYWORD))

    @wraps(command)
    def run(**parameters: Any) -> None:  # noqa: ANN401 - whatever the options take
        raise typer.Exit(command(**parameters))

    del run.__wrapped__  # by which its signature would be looked up
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in described}
    run.__dict__["__signature__"] = signature(command).replace(parameters=described, return_annotation=None)
    return run


def _find(parameter: str) -> Any:  # noqa: ANN401 - an annotated type
    """The option of a parameter: ``not_publisher`` is ``NotPublisher``."""
    named = {"folder": Index, "as_json": Json}
    return named.get(parameter) or globals()["".join(part.title() for part in parameter.split("_"))]


def _ask_for(offer: completion.Complete) -> completion.Complete | None:
    """A completion where a shell asks for one; typer would study each of them at every start, which takes 2 ms."""
    return offer if completion.SHELL_VARIABLE in os.environ else None


def _say(help_: str, metavar: str = "N", offer: completion.Complete | None = None) -> Any:  # noqa: ANN401 - typer's
    return typer.Option(metavar=metavar, help=help_, autocompletion=_ask_for(offer) if offer else None)


def _filter(help_: str, field: str) -> Any:  # noqa: ANN401 - typer's own class
    """An option that takes values of a field."""
    return _say(help_, "V", completion.offer_values(field))


Index = Annotated[list[str] | None, typer.Option("--index", metavar="DIR", help="The index (default: ./index).")]
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="Engine of the index.")]
Aliases = Annotated[str | None, typer.Option("--aliases", metavar="FILE",
                                                   help="Corrections (default: ./aliases.toml; none: no file).")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Color = Annotated[str | None, typer.Option("--color", metavar="auto|always|never", help="Use colour.")]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Show all at once, however long it is.")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="N", help="Processes (0: a processor each).")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS",
                                               help="Extract pages in the Dask cluster of this scheduler.")]

Publisher = Annotated[list[str] | None, _filter("Only by this publisher (or none).", "publisher")]
Entity = Annotated[list[str] | None, _filter("Only naming this entity.", "entity")]
Author = Annotated[list[str] | None, _filter("Only by this author.", "author")]
Language = Annotated[list[str] | None, _filter("Only in this language.", "language")]
NotPublisher = Annotated[list[str] | None, _filter("Not by this publisher.", "publisher")]
NotEntity = Annotated[list[str] | None, _filter("Not naming this entity.", "entity")]
NotAuthor = Annotated[list[str] | None, _filter("Not by this author.", "author")]
NotLanguage = Annotated[list[str] | None, _filter("Not in this language.", "language")]
After = Annotated[str | None, _say("From this day on: 2018, 2018-03, 30d …", "D")]
Before = Annotated[str | None, _say("Up to this day, it included.", "D")]

FacetField = Annotated[str, typer.Argument(metavar="FIELD", help=f"One of: {', '.join(FACETS)}; date:year …",
                                              autocompletion=_ask_for(completion.offer_facets))]
Facet = Annotated[list[str] | None, _say(f"Count: {', '.join(FACETS)}.", "F[:N]", completion.offer_facets)]
NoFacets = Annotated[bool, typer.Option("--no-facets", help="Count none.")]
EmptyPeriods = Annotated[bool, typer.Option("--empty-periods", help="Count 0 between dates, in JSON too.")]
Sort = Annotated[str, _say("relevance, newest or oldest.", "S", completion.offer_sorts)]
Limit = Annotated[int | None, _say("Hits to show (default 10).")]
All = Annotated[bool, typer.Option("--all", help="Show all hits.")]
Offset = Annotated[int, _say("Hits to pass over first.")]
Match = Annotated[str, _say("all words or any of them.", "M", completion.offer_matches)]
Collapse = Annotated[bool | None, typer.Option("--collapse/--no-collapse", help="Copies as one hit, or each.")]
Rerank = Annotated[bool | None, typer.Option("--rerank/--no-rerank", help="Let a model rank the best hits again.")]
Snippets = Annotated[int, _say("Excerpts of each hit.")]
Output = Annotated[str, _say(f"{', '.join(OUTPUTS)}.", "O", completion.offer_words(*OUTPUTS))]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="A hit a line in JSON, all of them.")]
Csv = Annotated[bool, typer.Option("--csv", help="A table of all hits for spreadsheets.")]
Timeline = Annotated[bool, typer.Option("--timeline", help="Draw how many there are of each month.")]
Batch = Annotated[str | None, _say("A query a line (-: standard input).", "FILE")]

Text = Annotated[str, typer.Argument(metavar="[TEXT]", help="What to search for; nothing: all; -: read it.")]

Host = Annotated[str, _say("Address to listen at; any but this machine's own demands a token.", "ADDRESS")]
Port = Annotated[int, _say("Port to listen at (0: any that is free).")]
Token = Annotated[str | None, typer.Option("--token", envvar="SEARCHKIT_TOKEN", metavar="T",
                                           help="Who does not have it is not answered.")]
Names = Annotated[list[str] | None, typer.Option("--name", metavar="NAME", help="Host name under which it is known.")]

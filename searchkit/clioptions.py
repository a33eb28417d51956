"""The options that say which documents, common to several commands, with their help and completion."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from searchkit import completion


def ask_for(offer: completion.Complete) -> completion.Complete | None:
    """A completion where a shell asks for one; typer would study each of them at every start, which takes 2 ms."""
    return offer if completion.SHELL_VARIABLE in os.environ else None


def _filter(help_: str, field: str) -> Any:  # noqa: ANN401 - typer's own class
    """An option that takes values of a field."""
    return typer.Option(metavar="V", help=help_, autocompletion=ask_for(completion.offer_values(field)))


Publisher = Annotated[list[str] | None, _filter("Only by this publisher (or none).", "publisher")]
Entity = Annotated[list[str] | None, _filter("Only naming this entity.", "entity")]
Author = Annotated[list[str] | None, _filter("Only by this author.", "author")]
Language = Annotated[list[str] | None, _filter("Only in this language.", "language")]
NotPublisher = Annotated[list[str] | None, _filter("Not by this publisher.", "publisher")]
NotEntity = Annotated[list[str] | None, _filter("Not naming this entity.", "entity")]
NotAuthor = Annotated[list[str] | None, _filter("Not by this author.", "author")]
NotLanguage = Annotated[list[str] | None, _filter("Not in this language.", "language")]
After = Annotated[str | None, typer.Option(metavar="D", help="From this day on: 2018, 2018-03, 30d …")]
Before = Annotated[str | None, typer.Option(metavar="D", help="Up to this day, it included.")]
Match = Annotated[str, typer.Option(metavar="M", help="all words or any of them.",
                                    autocompletion=ask_for(completion.offer_matches))]

"""Commands that are answered alike whichever index they are asked of, and answers without what may differ."""

from collections.abc import Collection
from typing import Any

from typer.testing import CliRunner

from searchkit.cli import app

DIFFERS = ("took_ms", "engine", "folder", "bytes", "seconds")
COMMANDS = [
    ["query", "ferry"],
    ["query", "ferry tram OR bridge", "--match", "any", "--sort", "oldest", "--facet", "date:year", "--facet", "site"],
    ["query", 'ferr* AND "tram carries"~3', "--after", "2018", "--not-publisher", "Tagblatt"],
    ["query", "--sort", "newest", "--limit", "2", "--offset", "1"],
    ["query", "--publisher", "Coast Gazette", "--facet", "entity:1", "--timeline"],
    ["query", "fery"],
    ["query", "ferry tram nothing"],
    ["query", "--limit", "0", "--publisher", "none"],
    ["facets", "entity"],
    ["facets", "date:year", "ferry"],
    ["facets", "entity", "--value", "ber"],
    ["facets", "entity", "--suggest-aliases"],
    ["explain", "ferry whale", "--language", "en"],
    ["similar", "ferry"],
    ["show", "tram"],
    ["stats"],
]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def strip(value: Any, differs: Collection[str] = DIFFERS) -> Any:
    """The answer without what may differ."""
    if isinstance(value, dict):
        return {name: strip(inner, differs) for name, inner in value.items() if name not in differs}
    return [strip(inner, differs) for inner in value] if isinstance(value, list) else value

"""The house stays as drawn: imports run one way, no cycles, each library behind its fence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "searchkit"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# From the bottom up. A module may import from its own layer and from those below; those named as separate
# do not know each other.
LAYERS = [
    {"frozen"},
    {"disk", "errors", "model", "version"},
    {"seals"},
    {"findings", "report", "results", "tables"},
    {"fields", "packing", "settings", "signatures"},
    {"sources", "pipeline", "search", "engines", "place"},
    {"lines", "captures", "groups", "aliasfile", "periods", "encoder"},
    {"ledger", "ledgercheck", "suggestions", "facets", "queryoptions", "copies", "reranking"},
    {"twins"},
    {"federation"},
    {"budget", "mailbox", "outcomes"},
    {"crew", "cluster"},
    {"executors"},
    {"workers"},
    {"ingest", "transfer", "verification", "backup"},
    {"answering"},
    {"index"},
    {"entry", "asking", "exits", "cli", "upkeep", "serving", "options", "batch", "outputs", "timeline", "screen",
     "pager", "links", "completion", "progress", "render", "reasons", "soundness", "web", "mcp", "hosts", "watch",
     "__main__", ""},
]
SEPARATE = {"sources": set(), "pipeline": set(), "search": set(), "engines": {"search"}, "place": {"search"},
            "render": set()}

# Library → the only places that may import it.
FENCES = {
    "lxml": ("searchkit.pipeline",),
    "bs4": ("searchkit.pipeline",),
    "dateutil": ("searchkit.pipeline", "searchkit.search.dates"),
    "Stemmer": ("searchkit.search.stemming",),
    "whoosh": ("searchkit.engines.whoosh",),
    "tantivy": ("searchkit.engines.tantivy",),
    "opensearchpy": ("searchkit.engines.opensearch",),
    "typer": ("searchkit.cli", "searchkit.options", "searchkit.serving", "searchkit.upkeep"),
    "warcio": ("searchkit.sources.records", "searchkit.sources.payload"),
    "zstandard": ("searchkit.sources.zstd",),
    "spacy": ("searchkit.pipeline.secondopinion",),
    "mcp": ("searchkit.mcp.server",),
    "pydantic": ("searchkit.mcp", "searchkit.hosts.langchain"),
    "watchfiles": ("searchkit.watch",),
    "langchain_core": ("searchkit.hosts.langchain",),
    "llama_index": ("searchkit.hosts.llamaindex",),
    "haystack": ("searchkit.hosts.haystack",),
    "pandas": ("searchkit.tables",),
    "pyarrow": ("searchkit.tables",),
    "starlette": ("searchkit.web",),
    "uvicorn": ("searchkit.web.server",),
    "jinja2": ("searchkit.web.pages",),
    "distributed": ("searchkit.cluster",),
    "numpy": ("searchkit.encoder", "searchkit.engines.whoosh"),
    "onnxruntime": ("searchkit.encoder",),
    "tokenizers": ("searchkit.encoder",),
    "sqlite3": ("searchkit.ledger", "searchkit.ledgercheck", "searchkit.lines", "searchkit.captures",
                "searchkit.groups", "searchkit.twins"),
}

# A query must not load the pipeline, nor one command what only another one needs.
# What remembers all that it was ever asked: names of tables and settings, which the code or the user has few of.
FEW_ARGUMENTS = {
    "searchkit.pipeline.boilerplate.chromewords._firsts", "searchkit.pipeline.boilerplate.chromewords._phrases",
    "searchkit.pipeline.boilerplate.ending._find", "searchkit.pipeline.boilerplate.model.read_model",
    "searchkit.pipeline.byline.read_words",
    "searchkit.pipeline.secondopinion.load_opinion", "searchkit.pipeline.wordlists.read_kinds",
    "searchkit.pipeline.wordlists.read_lines", "searchkit.pipeline.wordlists.read_table",
    "searchkit.search.analysis._compile_word", "searchkit.search.stemming._remember",
}
LAZY = {"searchkit", "searchkit.index", "searchkit.answering", "searchkit.cli", "searchkit.upkeep", "searchkit.serving",
        "searchkit.entry",
        "searchkit.asking", "searchkit.screen", "searchkit.settings", "searchkit.aliasfile", "searchkit.place",
        "searchkit.results", "searchkit.tables",
        "searchkit.search.parser", "searchkit.search.dates", "searchkit.pipeline.secondopinion", "searchkit.encoder",
        "searchkit.cluster", "searchkit.engines.whoosh.adapter", "searchkit.engines.whoosh.opening", "searchkit.seals",
        "searchkit.engines.whoosh.generation", "searchkit.engines.whoosh.checking",
        "searchkit.engines.tantivy.checking"}


@cache
def find_imports(module: str, *, inside_functions: bool = False) -> tuple[str, ...]:
    """Absolute names that a module imports, at its top or inside its functions."""
    return tuple(read_imports(module, inside_functions))


@cache
def parse(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def read_imports(module: str, inside_functions: bool) -> Iterator[str]:
    tree = parse(module)
    nested = {id(node) for function in ast.walk(tree)
              if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(function)}
    typing_only = {id(node) for block in ast.walk(tree)
                   if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
                   for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in typing_only or (id(node) in nested) != inside_functions:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def find_owner(name: str) -> str | None:
    """The module of ours that an imported name lives in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def find_part(module: str) -> str:
    """The part of the package below ``searchkit`` that a module belongs to."""
    return module.partition(".")[2].partition(".")[0]


def find_layer(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


GRAPH = {module: {owner for name in find_imports(module) if (owner := find_owner(name)) and owner != module}
         for module in MODULES}


def test_every_part_has_a_layer():
    known = set().union(*LAYERS)

    assert {find_part(module) for module in MODULES} <= known


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_down(module):
    mine = find_part(module)
    for owner in GRAPH[module]:
        other = find_part(owner)
        if other == mine:
            continue
        assert find_layer(other) <= find_layer(mine), f"{module} imports {owner} from above"
        if find_layer(other) == find_layer(mine) and mine in SEPARATE:
            assert other in SEPARATE[mine], f"{module} and {owner} should not know each other"


def test_there_are_no_cycles():
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for following in GRAPH[todo.pop()] - seen:
                seen.add(following)
                todo.append(following)
        return seen

    assert [module for module in MODULES if module in reach(module)] == []


@pytest.mark.parametrize("library", FENCES)
def test_a_library_stays_behind_its_fence(library):
    users = {module for module in MODULES for inside in (False, True)
             for name in find_imports(module, inside_functions=inside) if name.partition(".")[0] == library}

    assert users, f"nothing uses {library}"
    assert {user for user in users if not user.startswith(FENCES[library])} == set()


def test_imports_inside_functions_stand_only_where_laziness_pays():
    lazy = {module for module in MODULES for name in find_imports(module, inside_functions=True)}

    assert lazy <= LAZY


def test_nothing_remembers_without_bound_what_documents_or_callers_give():
    found = {f"{module}.{node.name}" for module in MODULES for node in ast.walk(parse(module))
             if isinstance(node, ast.FunctionDef) and (node.args.args or node.args.vararg)
             and any(isinstance(each, ast.Name) and each.id == "cache" for each in node.decorator_list)}

    assert found == FEW_ARGUMENTS


def test_no_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "common", "misc", "manager", "tools"}

    assert [module for module in MODULES if module.rpartition(".")[2] in empty] == []


def test_files_and_functions_keep_a_size_that_can_be_read():
    long_files = [module for module, path in MODULES.items() if path.read_text(encoding="utf-8").count("\n") > 400]
    long_functions = [
        f"{module}.{node.name}"
        for module in MODULES
        for node in ast.walk(parse(module))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]

    assert (long_files, long_functions) == ([], [])

"""The pages: each asks the index what the API asks, and shows it as HTML that works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from searchkit.errors import QueryError
from searchkit.index import Index
from searchkit.model import Document
from searchkit.queryoptions import read_asked as read_question
from searchkit.render import make_safe
from searchkit.search.highlight import highlight
from searchkit.version import VERSION
from searchkit.web.answers import answer_html
from searchkit.web.api import count_values
from searchkit.web.assets import ASSETS
from searchkit.web.dates import name_date
from searchkit.web.parameters import FILTERS, MOST_ROWS, MOST_VALUES, Address, Asked, name_hidden, read_asked
from searchkit.web.problems import describe
from searchkit.web.segments import cut_story, cut_text
from searchkit.web.timeline import HEIGHT, WIDTH, choose_period, draw_timeline
from searchkit.web.views import FACETS, PAGE, SHOWN_VALUES, view_chips, view_facets, view_hits, view_pages, view_values

SNIPPETS = 2
ALIKE = 5  # documents like one, below it
CHROME_SHOWN = 300  # stripped blocks of a document

QUESTION = ("q", *FILTERS, "match")  # the parameters that say what is found


def show_results(index: Index, request: Request) -> Response:
    """GET /: the results of a query; with no query, all documents, the newest first."""
    address = Address.read(request.query_params.multi_items())
    asked = _read(address, sort="relevance" if address.get("q") else "newest", limit=str(PAGE), snippets=str(SNIPPETS))
    options = asked.options
    dates = choose_period(address)
    limit, offset = options.get("limit") or PAGE, options.get("offset", 0)
    options["limit"] = limit + 1  # whether there is a next page; a total does not tell, for copies are one hit
    options.setdefault("rerank", request.app.state.rerank)
    options["facets"] = [*(f"{field}:{SHOWN_VALUES}" for field in FACETS), dates]
    results = index.query(asked.text, **options)
    shown = (results.partial or results).hits[:limit]
    context = {
        "results": results,
        "hits": list(view_hits(shown, address)),
        "facets": list(view_facets(results, address)),
        "chips": list(view_chips(address)),
        "timeline": draw_timeline(results.facets[dates], address.keep((*QUESTION, "sort"))),
        "pages": view_pages(len(results.hits), address, offset, limit),
        "first": offset + 1,
        "sort": options["sort"],
        "explanation": None if results.total else _explain(index, address),
        "most_rows": MOST_ROWS,
        "size": (WIDTH, HEIGHT),
    }
    return answer_html(request, _render("results.html", address, context))


def show_document(index: Index, request: Request) -> Response:
    """GET /read: a document with its matches and entities marked, its clues, and what was stripped."""
    pairs = request.query_params.multi_items()
    address = Address.read(pairs)
    asked = _read(address.keep(QUESTION))
    document = index.get(dict(pairs).get("id", ""))
    tree = read_question(asked.text, asked.options, (document.language,)).tree
    marks = highlight(document.title or "", tree, document.entities, document.language)
    context = {
        "document": document,
        "title": list(cut_text(document.display_title, marks)),
        "story": cut_story(document, tree),
        "clues": _list_clues(document),
        "chrome": document.chrome[:CHROME_SHOWN],
        "captures": index.captures(document.id),
        "copies": index.copies(document.id),
        "group": Address((("q", f"group:{document.group}"),)).link(),
        "alike": list(view_hits(index.similar(document.id, limit=ALIKE).hits, Address(()))),
        "back": address.link(),
        "is_web": (document.url or "").startswith(("https://", "http://")),
        "search": Address(()),
    }
    return answer_html(request, _render("document.html", address, context))


def show_facet(index: Index, request: Request) -> Response:
    """GET /facets: all values of a facet, or those that some words name."""
    pairs = request.query_params.multi_items()
    address, given = Address.read(pairs), dict(pairs)
    field = given.get("field", "")
    asked = _read(address.keep(QUESTION))
    results = count_values(index, field if field in FACETS else f"{field} ", asked,
                           {"prefix": given.get("prefix", ""), "limit": str(MOST_VALUES)})
    values, = results.facets.values()
    context = {
        "field": field,
        "heading": FACETS[field][1],
        "values": list(view_values(field, values, address)),
        "prefix": given.get("prefix", ""),
        "back": address.link(),
        "chips": list(view_chips(address)),
        "most": MOST_VALUES,
    }
    return answer_html(request, _render("facet.html", address, context))


def show_explanation(index: Index, request: Request) -> Response:
    """GET /explain: why a query finds what it finds."""
    address = Address.read(request.query_params.multi_items())
    return answer_html(request, _render("explain.html", address, {
        "explanation": _explain(index, address), "back": address.link()}))


def show_stats(index: Index, request: Request) -> Response:
    """GET /about: what the index holds."""
    return answer_html(request, _render("about.html", Address(()), {"stats": index.stats(), "version": VERSION}))


def show_problem(request: Request, error: Exception) -> Response:
    """An error as a page: what is wrong, and where in the query."""
    address = Address.read(request.query_params.multi_items())
    problem = describe(error)
    place = error.position if isinstance(error, QueryError) else None
    page = _render("problem.html", address, {"problem": problem, "place": place})
    return answer_html(request, page, problem["status"])


def _read(address: Address, **defaults: str) -> Asked:
    """What an address asks for, where it does not say otherwise by these."""
    missing = tuple((name, value) for name, value in defaults.items() if not address.get(name))
    return read_asked([pair for pair in (*address.pairs, *missing) if pair[0] != "facet"])


def _explain(index: Index, address: Address) -> Any:  # noqa: ANN401 - imported where it is made
    asked = _read(address.keep(QUESTION))
    return index.explain(asked.text, **asked.options)


def _list_clues(document: Document) -> list[Mapping[str, Any]]:
    """Each field that was chosen from clues: what was chosen, from where, and what else was considered."""
    day = document.date
    rows = (("Date", day.value if day else None, day.source if day else None, document.date_clues),
            ("Publisher", document.publisher, document.publisher_source, document.publisher_clues),
            ("Author", document.author, document.author_source, document.author_clues),
            ("Title", document.title, document.title_source, document.title_clues))
    return [{"name": name, "value": value, "source": source, "clues": clues, "chosen": next(
        (place for place, clue in enumerate(clues) if (clue.value, clue.source) == (value, source)), None)}
        for name, value, source, clues in rows if clues]


def _show_safely(value: Any) -> Any:  # noqa: ANN401
    """Text of a page without controls: they are seen, and do nothing. Markup is a template's own."""
    return make_safe(value) if type(value) is str else value


def _render(name: str, address: Address, context: Mapping[str, Any]) -> str:
    hidden = name_hidden(address.drop(("limit", "snippets")), ("q",))
    return _TEMPLATES.get_template(name).render(address=address, hidden=hidden, assets=ASSETS, **context)


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined,
    finalize=_show_safely, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
_TEMPLATES.filters["date"] = name_date
_TEMPLATES.filters["percent"] = lambda share: f"{share:.0%}".replace("%", " %")
_TEMPLATES.filters["count"] = lambda number: f"{number:,}"

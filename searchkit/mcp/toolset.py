"""The tools: what an assistant may ask of an index. Their docstrings and hints are what it reads."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

from pydantic import Field

from searchkit.errors import SettingsError
from searchkit.fields import FACETS
from searchkit.index import Index
from searchkit.mcp.answers import (
    Explain,
    Facets,
    Fetch,
    Search,
    Timeline,
    keep_within,
    make_count,
    make_metadata,
    make_result,
    name_url,
    tell_shown,
)
from searchkit.mcp.quoting import Quotation, clean_line, cut
from searchkit.search.explanation import MOST_CLAUSES, MOST_WORDS

MOST_RESULTS = 50
MOST_VALUES = 200
PART = 16_000  # characters of a body in one answer
SNIPPETS = 2  # passages of each document

Values = str | list[str]
Query = Annotated[str, Field(description='Words (all must be there), "phrases", AND OR NOT, field:value, prefix*, '
                             "date:2018-03..2018-06; empty: all documents.")]
Offset = Annotated[int, Field(ge=0, description="How many to pass over: next_offset of the answer before.")]


class Filters(TypedDict, total=False):
    """What narrows a query: values of one field are alternatives, fields are not."""

    publisher: Annotated[Values, Field(description='Only by one of these publishers; "none": by none that is known.')]
    entity: Annotated[Values, Field(description="Only naming one of these persons, organisations or places.")]
    author: Annotated[Values, Field(description="Only by one of these authors.")]
    language: Annotated[Values, Field(description="Only in one of these languages: en, de …")]
    after: Annotated[str, Field(description="Published on this day or later: 2018, 2018-03, 2018-03-22, 30d.")]
    before: Annotated[str, Field(description="Published on this day or earlier.")]


def search(
    index: Index,
    query: Query,
    match: Annotated[Literal["all", "any"], Field(description="Documents with all of the words, or any.")] = "all",
    sort: Annotated[Literal["relevance", "newest", "oldest"], Field(description="Which come first.")] = "relevance",
    limit: Annotated[int, Field(ge=1, le=MOST_RESULTS, description="Results at most.")] = 10,
    offset: Offset = 0,
    **filters: Unpack[Filters],
) -> Search:
    """Search the archive of saved news and web pages; the best documents with the passages that match.

    Copies of one text are one result. fetch gives the whole text of a result.
    """
    found = index.query(query, facets=(), match=match, sort=sort, limit=limit, offset=offset, snippets=SNIPPETS,
                        **filters)
    quotation = Quotation()
    results = keep_within([make_result(hit, quotation) for hit in (found.partial or found).hits])
    showing = tell_shown(offset, len(results), found.distinct, "distinct texts")
    if found.partial:
        showing = (f"no document has all of the words; showing the best {len(results)} of {found.partial.total:,} with "
                   f"some of them; match=any pages through them")
    has_more = not found.partial and offset + len(results) < found.distinct and bool(results)
    return Search(
        results=results, total=found.total, distinct=found.distinct, showing=showing,
        next_offset=offset + len(results) if has_more else None, parsed=cut(found.parsed), suggestion=found.suggestion,
        warnings=[clean_line(warning) for warning in found.warnings])


def fetch(
    index: Index,
    id: Annotated[str, Field(description="The id of a result.")],
    offset: Annotated[int, Field(ge=0, description="The character of the body to begin at.")] = 0,
) -> Fetch:
    """Read one document: its text, and what is known of it. Of a long one a part; next_offset leads to the next."""
    document = index.get(id)
    body = document.body
    if offset and offset >= len(body):
        raise SettingsError(f"the text ends at character {len(body):,}", "offset", "give less, or leave it out")
    end = _find_end(body, offset)
    onward = "" if end == len(body) else f"; go on with offset={end}"
    return Fetch(
        id=document.id, title=clean_line(document.display_title), url=name_url(document),
        text=Quotation().quote(body[offset:end]), metadata=make_metadata(document, offset, end),
        showing=f"showing characters {offset:,} to {end:,} of {len(body):,}{onward}",
        next_offset=end if onward else None)


def facets(
    index: Index,
    field: Annotated[str, Field(description=f"One of: {', '.join(FACETS)}; date:year, date:day.")],
    query: Query = "",
    value: Annotated[str, Field(description="Only values with words that begin with these.")] = "",
    limit: Annotated[int, Field(ge=1, le=MOST_VALUES, description="Values at most.")] = 20,
    offset: Offset = 0,
    **filters: Unpack[Filters],
) -> Facets:
    """Count the values of a field over all documents that match a query: who published, who and what is named …"""
    found = index.count_facet(f"{field}:0", query, value, **filters)
    values = next(iter(found.facets.values()))
    shown = keep_within([make_count(each) for each in values[offset:offset + limit]])
    return Facets(
        field=field, values=shown, total=found.total, distinct=found.distinct,
        showing=tell_shown(offset, len(shown), len(values), "values"),
        next_offset=_find_next(offset, len(shown), len(values)))


def timeline(
    index: Index,
    query: Query = "",
    by: Annotated[Literal["year", "month", "day"], Field(description="How long the periods are.")] = "month",
    offset: Offset = 0,
    **filters: Unpack[Filters],
) -> Timeline:
    """Count by period of publication how many documents match a query, in order of time."""
    found = index.count_facet(f"date:{by}", query, **filters)
    values = next(iter(found.facets.values()))
    dated = [each for each in values if each.value is not None]
    shown = keep_within([make_count(each) for each in dated[offset:offset + MOST_VALUES]])
    return Timeline(
        by=by, periods=shown, undated=sum(each.count for each in values if each.value is None),
        total=found.total, distinct=found.distinct,
        showing=tell_shown(offset, len(shown), len(dated), "periods with documents"),
        next_offset=_find_next(offset, len(shown), len(dated)))


def explain(
    index: Index,
    query: Query,
    match: Annotated[Literal["all", "any"], Field(description="As in search.")] = "all",
    **filters: Unpack[Filters],
) -> Explain:
    """Why a query finds what it finds, or nothing: each word and filter counted alone and left out."""
    said = index.explain(query, match=match, **filters)
    is_cut = len(said.words) == MOST_WORDS or len(said.clauses) >= MOST_CLAUSES
    return Explain(
        parsed=cut(said.parsed), total=said.total, words=list(said.words), clauses=list(said.clauses),
        emptied_by=list(said.emptied_by), undated=said.undated, only_in_chrome=said.only_in_chrome,
        suggestion=said.suggestion, advice=list(said.advice), warnings=list(said.warnings),
        showing=f"showing {len(said.words)} words and {len(said.clauses)} parts of the query"
                + (f"; of a longer one the first {MOST_WORDS}" if is_cut else ", which is all of it"))


TOOLS = (search, fetch, facets, timeline, explain)


def _find_next(offset: int, shown: int, total: int) -> int | None:
    return offset + shown if shown and offset + shown < total else None


def _find_end(body: str, start: int) -> int:
    """Where a part of a body ends: with a paragraph or a word in its second half, where there is one."""
    end = start + PART
    if end >= len(body):
        return len(body)
    for gap in ("\n\n", " "):
        place = body.rfind(gap, start + PART // 2, end)
        if place > 0:
            return place + len(gap)
    return end

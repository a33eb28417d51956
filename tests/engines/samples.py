"""Documents and requests, written briefly."""

from searchkit.engines.base import Engine, FacetRequest, Matches, Request
from searchkit.model import Chrome, Document, Entity, PublicationDate
from searchkit.search.analysis import Analysed, analyse_document
from searchkit.search.query import Everything, Query


def make(id_: str = "1", body: str = "", date: str | None = None, people: tuple[str, ...] = (),
         chrome: tuple[str, ...] = (), **fields: str | None) -> Analysed:
    return analyse_document(Document(
        id_, f"{id_}.html", body,
        date=PublicationDate(date, "day", "test", 1.0) if date else None,
        entities=tuple(Entity(name, "person") for name in people),
        chrome=tuple(Chrome(text, "test") for text in chrome), **fields))


def ask(engine: Engine, query: Query | None = None, *facets: FacetRequest, **wishes: object) -> Matches:
    return engine.search(Request(query or Everything(), facets, **wishes))


def find(engine: Engine, query: Query | None = None, **wishes: object) -> list[str]:
    """Ids of the hits."""
    return [id_ for id_, _ in ask(engine, query, **wishes).hits]


def count(engine: Engine, field: str, query: Query | None = None, **wishes: object) -> dict[str | None, int]:
    """The values of a facet, in their order."""
    (values,) = ask(engine, query, FacetRequest(field, **wishes)).facets
    return {value.value: value.count for value in values}

"""A retriever for Haystack, and what its filters mean here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from haystack import Document, component

from searchkit.errors import SettingsError
from searchkit.hosts.passages import COUNT, PassageFinder
from searchkit.queryoptions import FILTERED

# Operator → prefix of the option of a field with values; option of the date.
_VALUES = {"==": "", "in": "", "!=": "not_", "not in": "not_"}
_DATES = {">=": "after", "<=": "before"}
_HINT = (f"give conditions joined by AND: {', '.join(FILTERED)} with {', '.join(_VALUES)}; "
         f"date with {', '.join(_DATES)}")


@component
class SearchkitRetriever:
    """Passages of the index in a folder as Haystack's documents, whose meta cites them.

    ``top_k`` is how many passages, ``each`` how many of one document at most; ``options`` are those of
    ``Index.query``.
    """

    def __init__(self, index: str = "index", top_k: int = COUNT, each: int = 1,
                 options: dict[str, Any] | None = None) -> None:
        self.index, self.top_k, self.each, self.options = index, top_k, each, options
        self._finder = PassageFinder(index, each, options)

    @component.output_types(documents=list[Document])
    def run(self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None) -> dict[str, Any]:
        """The passages for a question; ``filters`` in Haystack's form. Raises SettingsError for others than ours."""
        passages = self._finder.find(query, self.top_k if top_k is None else top_k, read_filters(filters or {}))
        return {"documents": [
            Document(id=passage.id, content=passage.text, score=passage.score, meta=passage.to_metadata())
            for passage in passages]}

    def close(self) -> None:
        """Let go of the index."""
        self._finder.close()


def read_filters(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Haystack's filters as options of a query. Raises SettingsError for what has no such option."""
    options: dict[str, Any] = {}
    for condition in _list_conditions(filters) if filters else ():
        field, operator, value = (condition.get(part) for part in ("field", "operator", "value"))
        field = str(field).removeprefix("meta.")
        if field == "date" and operator in _DATES and isinstance(value, str):
            option, meant = _DATES[operator], [value]
        elif field in FILTERED and operator in _VALUES:
            values = value if isinstance(value, list) else [value]
            option, meant = _VALUES[operator] + field, ["none" if each is None else str(each) for each in values]
        else:
            raise SettingsError(f"no filter '{field} {operator}'", "filters", _HINT)
        if option in options:
            raise SettingsError(f"two conditions on '{field} {operator}'", "filters", "give one, with all its values")
        options[option] = meant[0] if field == "date" else meant
    return options


def _list_conditions(filters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "conditions" not in filters:
        yield filters
    elif filters.get("operator") == "AND":
        for condition in filters["conditions"]:
            yield from _list_conditions(condition)
    else:
        raise SettingsError(f"no filter that joins with '{filters.get('operator')}'", "filters", _HINT)

"""The one table of fields, and how values are read from a document."""

import pytest

from searchkit.fields import BY_NAME, DEFAULT_FIELD, FACETS, FIELDS, Kind
from searchkit.model import Document, PublicationDate


def read(name: str, document: Document) -> tuple[str, ...]:
    return BY_NAME[name].read(document)


def test_no_name_or_alias_means_two_fields() -> None:
    names = [name for field in FIELDS for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names)) == len(BY_NAME)


def test_a_document_that_lacks_everything_has_no_values_but_its_body() -> None:
    bare = Document("1", "p", "Body.")
    assert {field.name: field.read(bare) for field in FIELDS if field.read(bare)} == {"body": ("Body.",)}


def test_text_is_no_facet_and_the_default_field_is_text() -> None:
    assert all(BY_NAME[name].kind is not Kind.TEXT for name in FACETS)
    assert BY_NAME[DEFAULT_FIELD].kind is Kind.TEXT


@pytest.mark.parametrize(("url", "site"), [
    ("https://www.coast.example/a", ("coast.example",)),
    ("http://user:secret@News.Example:8080/x", ("news.example",)),
    ("https:///nothing", ()),
    ("not an address", ()),
    (None, ()),
])
def test_the_site_is_the_host_of_the_address(url: str | None, site: tuple[str, ...]) -> None:
    assert read("site", Document("1", "p", "b", url=url)) == site


def test_the_date_is_as_precise_as_it_is_known() -> None:
    month = PublicationDate("2018-03", "month", "byline", 1.0)
    assert read("date", Document("1", "p", "b", date=month)) == ("2018-03",)

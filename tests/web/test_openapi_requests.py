"""Requests made from the OpenAPI document (Schemathesis): no answer is a failure of the server, none breaks its schema.

What the document forbids must be refused. What it allows may be: no schema says which text is a query or a date.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from searchkit.web.openapi import make_document
from tests.web.browser import skip
from tests.web.conftest import Server, make_index, run_server

try:
    import schemathesis
    from schemathesis.specs.openapi.checks import positive_data_acceptance
except ImportError:
    skip("there is no schemathesis (make test-web)")

EXAMPLES = 60  # requests of each route

schema = schemathesis.openapi.from_dict(make_document())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    stories = [{"id": f"s{n}", "title": f"Ferry {n}", "body": f"The ferry of Bergen sails {n}.", "date": f"20{n:02}-03",
                "publisher": f"Gazette {n % 3}", "entities": [{"name": "Bergen", "type": "place"}]} for n in range(30)]
    with run_server(make_index(tmp_path_factory.mktemp("requests"), stories)) as running:
        yield running


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much,
                                 HealthCheck.function_scoped_fixture])
def test_every_answer_is_one_that_the_document_describes(case: schemathesis.Case, server: Server) -> None:
    case.call_and_validate(base_url=server.url.rstrip("/"), excluded_checks=[positive_data_acceptance])

"""The HTTP API answers what the command line and Python answer, and says what is wrong as problem details."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit.place import MANIFEST
from searchkit.web.openapi import make_document
from tests.web.conftest import Server


def open_index(server: Server) -> Any:
    return searchkit.open(server.index, aliases=None)


def drop_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "took_ms"}


def test_a_query_is_answered_as_from_python(seeds_server: Server) -> None:
    answer = seeds_server.get("/api/query", q="Huawei carrier", entity="Nokia", after="2018", sort="newest", limit="3",
                              snippets="2", facet=["publisher", "date:year"])
    with open_index(seeds_server) as index:
        results = index.query("Huawei carrier", entity="Nokia", after="2018", sort="newest", limit=3, snippets=2,
                              facets=("publisher", "date:year"))

    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    assert drop_time(answer.json()) == drop_time(json.loads(json.dumps(results.to_dict())))
    assert answer.json()["took_ms"] >= 0


def test_several_values_and_exclusions_are_taken(seeds_server: Server) -> None:
    both = ["The Harbour Gazette", "Lantern Tech"]
    with open_index(seeds_server) as index:
        chosen = [hit.id for hit in index.query("", publisher=both)]
        others = index.query("", not_publisher=both, publisher="none", limit=100).total

    assert len(chosen) == 2 and seeds_server.find(publisher=both) == chosen
    assert seeds_server.get("/api/query", not_publisher=both, publisher="none").json()["total"] == others > 0


def test_on_the_page_an_empty_parameter_says_nothing_as_a_form_sends_it(seeds_server: Server) -> None:
    assert "15 documents" in seeds_server.get("/?q=Huawei&after=&before=&publisher=").text


def test_a_document_is_that_of_show(seeds_server: Server) -> None:
    id_ = seeds_server.find(q="Nordic")[0]
    document = seeds_server.get(f"/api/documents/{id_}").json()
    with open_index(seeds_server) as index:
        assert document == {**json.loads(json.dumps(index.get(id_).to_dict())), "captures": [],
                            "copies": json.loads(json.dumps(index.copies(id_).to_dict()))}


def test_any_id_leads_to_its_document(start: Callable[..., Any]) -> None:
    given = [{"id": id_, "body": f"Story {number}."} for number, id_ in enumerate(["a/b", "ü ?&#%2F", "x" * 200])]
    with start(given=given) as server:
        for story in given:
            from urllib.parse import quote

            path = f"/api/documents/{quote(story['id'], safe='')}"
            assert server.get(path).json()["body"] == story["body"]
            assert story["body"] in server.get("/read", id=story["id"]).text


def test_similar_documents_are_those_of_similar(seeds_server: Server) -> None:
    id_ = seeds_server.find(q="rural radios")[0]
    with open_index(seeds_server) as index:
        alike = [hit.id for hit in index.similar(id_, limit=4)]

    answer = seeds_server.get(f"/api/similar/{id_}", limit="4").json()
    assert [hit["id"] for hit in answer["hits"]] == alike and len(alike) == 4 and answer["facets"] == {}


def test_a_facet_is_counted_over_a_query_and_its_values_can_be_looked_for(seeds_server: Server) -> None:
    answer = seeds_server.get("/api/facets/organisation", q="Huawei", limit="2").json()
    assert (answer["total"], answer["values"][0]) == (15, {"value": "Huawei", "count": 15, "distinct": 14})
    assert len([value for value in answer["values"] if value["value"]]) == 2

    named = seeds_server.get("/api/facets/person", prefix="wra").json()["values"]
    assert [value["value"] for value in named] == ["Christopher Wray"]
    assert {value["value"] for value in seeds_server.get("/api/facets/date:year").json()["values"]} >= {"2018", None}


def test_what_is_typed_is_completed_and_corrected(seeds_server: Server) -> None:
    answer = seeds_server.get("/api/suggest", q="sanctions hua").json()
    assert answer["completions"][0] == {"value": "Huawei", "kind": "entity", "query": 'sanctions entity:"Huawei"',
                                        "documents": 15}
    assert {"value": "huawei", "kind": "word", "query": "sanctions huawei",
            "documents": 15} in answer["completions"]
    assert seeds_server.get("/api/suggest", q="Huawie").json()["suggestion"] == "Huawei"
    assert seeds_server.get("/api/suggest", q='"half a phra').json() == {
        "query": '"half a phra', "suggestion": None, "completions": []}


def test_an_explanation_is_that_of_explain(seeds_server: Server) -> None:
    answer = seeds_server.get("/api/explain", q="Huawei zebra", publisher="none").json()
    with open_index(seeds_server) as index:
        assert answer == json.loads(json.dumps(index.explain("Huawei zebra", publisher="none").to_dict()))
    assert answer["emptied_by"] == ["zebra"]


def test_stats_and_health_do_not_tell_where_the_index_lies(seeds_server: Server) -> None:
    stats, health = seeds_server.get("/api/stats"), seeds_server.get("/api/health")
    assert stats.json()["documents"] == health.json()["documents"] == 18 and health.json()["status"] == "ok"
    assert str(seeds_server.index.parent) not in stats.text + health.text


def test_an_export_has_every_hit_of_the_view(seeds_server: Server) -> None:
    table = seeds_server.get("/api/export.csv", q="Huawei", sort="oldest")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    text = seeds_server.get("/api/export.jsonl", q="Huawei", sort="oldest").text
    lines = [json.loads(line) for line in text.splitlines()]
    expected = seeds_server.find(q="Huawei", sort="oldest", limit="100", collapse="false")

    assert [row["id"] for row in rows] == [line["id"] for line in lines] == expected and len(rows) == 15
    assert table.headers["x-total-count"] == "15" and "attachment" in table.headers["content-disposition"]
    assert len(seeds_server.get("/api/export.csv", q="Huawei", limit="4", offset="2").text.splitlines()) == 5


def test_an_export_goes_on_beyond_what_is_fetched_at_once(start: Callable[..., Any]) -> None:
    with start(given=[{"id": f"{number:04}", "body": f"Line {number}."} for number in range(450)]) as server:
        lines = server.get("/api/export.jsonl", q="line").text.splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) == 450


def test_what_is_known_is_not_sent_again(seeds_server: Server) -> None:
    for path in ("/api/query?q=Huawei", "/?q=Huawei", "/api/stats", "/openapi.json"):
        first = seeds_server.get(path)
        again = seeds_server.get(path, {"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (first.status, again.status, again.body) == (200, 304, b""), path
    assert seeds_server.get("/api/query?q=ZTE", {"If-None-Match": first.headers["etag"]}).status == 200


def test_head_is_get_without_a_body(seeds_server: Server) -> None:
    answer = seeds_server.get("/api/health", method="HEAD")
    assert (answer.status, answer.body) == (200, b"") and int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize(("target", "status", "said"), [
    ("/api/query?q=%22open", 400, "never closed"), ("/api/query?qq=x", 400, "did you mean 'q'"),
    ("/api/query?limit=101", 400, "0 to 100"), ("/api/query?limit=-1", 400, "0 to 100"),
    ("/api/query?limit=%D9%A3", 400, "0 to 100"), ("/api/query?limit=1&limit=2", 400, "given twice"),
    ("/api/query?sort=best", 400, "relevance"), ("/api/query?match=some", 400, "all, any"),
    ("/api/query?facet=colour", 400, "no facet"), ("/api/query?facet=entity:0", 400, "1 to 1,000"),
    ("/api/query?facet=entity:1001", 400, "1 to 1,000"), ("/api/query?after=soon", 400, "no date"),
    ("/api/query?after=2019&before=2018", 400, "swap them"), ("/api/query?q=" + "a" * 4097, 400, "4,096"),
    ("/api/query?" + "&".join(f"facet=entity:{n}" for n in range(1, 18)), 400, "more than 16 values"),
    ("/api/query?" + "&".join(f"entity=e{n}" for n in range(51)), 400, "more than 50 values"),
    ("/api/query?entity=", 400, "the value is empty"), ("/api/query?after=", 400, "no date (after)"),
    ("/api/documents/nobody", 404, "no document"), ("/api/similar/nobody", 404, "no document"),
    ("/api/facets/colour", 404, "there are: publisher"), ("/api/facets/entity?limit=0", 400, "1 to 1,000"),
    ("/api/facets/entity:3", 404, "no facet"), ("/api/suggest?q=" + "a" * 201, 400, "200"),
    ("/api/export.csv?limit=10001", 400, "10,000"), ("/api/nothing", 404, "Not Found"),
    ("/api/stats?x=1", 400, "none")])
def test_a_mistake_is_told_as_a_problem(seeds_server: Server, target: str, status: int, said: str) -> None:
    answer = seeds_server.get(target)
    problem = answer.json()

    assert (answer.status, problem["status"], answer.headers["content-type"]) == (
        status, status, "application/problem+json")
    assert said in problem["detail"] and problem["title"] and problem["type"] == "about:blank"


def test_a_fault_in_a_query_has_its_place(seeds_server: Server) -> None:
    assert seeds_server.get("/api/query", q='ferry "x').json()["position"] == 6


def test_a_broken_index_or_one_of_another_version_is_told_until_it_is_whole(start: Callable[..., Any]) -> None:
    with start() as server:
        manifest = server.index / MANIFEST
        kept = server.index.with_name("kept")
        assert server.get("/api/health").status == 200
        for content, status in ((json.dumps({**json.loads(manifest.read_text()), "format": 99}), 409), ("{", 503)):
            shutil.copytree(server.index, kept)
            manifest.write_text(content)
            for path in server.index.glob("_MAIN_*"):
                path.unlink()
            statuses = {server.get("/api/health").status for _ in range(6)}
            assert status in statuses and statuses <= {status, 503}
            assert str(server.index) not in server.get("/api/health").text
            shutil.rmtree(server.index)
            kept.rename(server.index)
            assert server.get("/api/health").status in (200, 503)
            assert server.get("/api/health").status == 200


def check_shape(value: Any, schema: dict[str, Any], where: str = "answer") -> None:
    """That an answer has exactly the properties that its schema names, and values of its types."""
    schemas = make_document()["components"]["schemas"]
    if "$ref" in schema:
        check_shape(value, schemas[schema["$ref"].rpartition("/")[2]], where)
        return
    if "anyOf" in schema:
        check_shape(value, schema["anyOf"][value is None], where) if value is not None else None
        return
    types = schema.get("type", [])
    names = {"string": str, "null": type(None), "integer": int, "number": (int, float), "array": list, "object": dict}
    allowed = [names[each] for each in ([types] if isinstance(types, str) else types)]
    assert not allowed or any(isinstance(value, each) for each in allowed), where
    if "properties" in schema and "additionalProperties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, inner in schema["properties"].items():
            check_shape(value[name], inner, f"{where}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for inner in value:
            check_shape(inner, schema["items"], f"{where}[]")


@pytest.mark.parametrize("path", [path for path in make_document()["paths"] if "export" not in path])
def test_every_route_answers_as_the_openapi_document_says(seeds_server: Server, path: str) -> None:
    document = seeds_server.get("/openapi.json").json()
    id_ = seeds_server.find(q="rural")[0]
    parameters = [each.get("$ref", "") for each in document["paths"][path]["get"]["parameters"]]
    queries = ["?q=Huawei+zebra", "?q=hua*"] if any(each.endswith(("/q", "/typed")) for each in parameters) else [""]
    content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    for query in queries:
        answer = seeds_server.get(path.replace("{id}", id_).replace("{field}", "entity") + query)
        assert answer.status == 200, answer.text
        check_shape(answer.json(), content)
    assert document == json.loads(json.dumps(make_document()))


def test_every_route_of_the_api_is_in_the_openapi_document() -> None:
    from searchkit.web.api import API

    described = {path.replace("{id}", "{id:path}") for path in make_document()["paths"]}
    assert set(API) <= described
    assert described - set(API) == {"/api/export.{form}", "/openapi.json"}


def test_every_route_is_in_the_documentation() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")
    assert [path for path in make_document()["paths"] if f"`{path}" not in text.replace(".csv`", ".{form}`")] == []

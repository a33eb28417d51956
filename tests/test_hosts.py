"""Retrievers in the real frameworks, each skipped where it is not installed (make test-hosts has all), and the passages
that they hand on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit.errors import SettingsError
from searchkit.hosts.passages import SIZE, PassageFinder, cut_passages, widen
from searchkit.model import Document
from searchkit.results import Copies, Hit, Snippet

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
QUESTION = "Huawei carrier"
FIRST = "Nordic Carriers Put Huawei Core Orders On Ice"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hosts") / "index"
    with searchkit.open(place) as index:
        index.add(SEEDS)
    return place


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[searchkit.index.Index]:
    with searchkit.open(folder, aliases=None) as opened:
        yield opened


def check_citations(index: Any, cited: list[tuple[str, dict[str, Any]]]) -> None:
    """Each text stands where its metadata says, in a document of that title, date and publisher; no story twice."""
    assert cited
    groups = []
    for text, metadata in cited:
        document = index.get(metadata["document_id"])
        assert text == document.body[metadata["start"]:metadata["end"]] == text.strip() != ""
        assert (metadata["title"], metadata.get("publisher")) == (document.display_title, document.publisher)
        assert metadata.get("date") == (document.date.value if document.date else None)
        groups.append(document.group or document.id)
    assert len(set(groups)) == len(groups)


def test_passages_answer_the_question_and_can_be_cited(index: Any) -> None:
    found = PassageFinder(index).find(QUESTION, 10)
    assert [passage.document.id for passage in found] == [hit.id for hit in index.query(QUESTION)]
    assert [passage.rank for passage in found] == list(range(1, 11))
    check_citations(index, [(passage.text, passage.to_metadata()) for passage in found])
    assert found[1].copies == 1
    assert found[0].id == f"{found[0].document.id}#{found[0].start}-{found[0].end}"
    assert max(len(passage.text) for passage in found) <= SIZE
    assert sum(len(passage.text) for passage in found) > 10 * SIZE // 2


def test_several_passages_of_a_document_do_not_overlap(index: Any) -> None:
    found = PassageFinder(index, each=3).find(QUESTION, 30)
    places: dict[str, list[Any]] = {}
    for passage in found:
        places.setdefault(passage.document.id, []).append(passage)
    assert any(len(passages) > 1 for passages in places.values())
    for passages in places.values():
        assert all(one.end <= other.start for one, other in pairwise(passages))


@pytest.mark.parametrize("question", [
    "Which Nordic carriers have paused their orders for the core?", "who said: Huawei (carriers",
    'the "Nordic carriers', "Huawei zeppelin Nordic core orders"])
def test_a_question_as_people_ask_it_is_answered(index: Any, question: str) -> None:
    found = PassageFinder(index).find(question, 3)
    assert FIRST in [passage.document.title for passage in found]
    check_citations(index, [(passage.text, passage.to_metadata()) for passage in found])


def test_options_narrow_what_is_found(index: Any) -> None:
    finder = PassageFinder(index, options={"publisher": "The Fernhill Ledger"})
    assert {passage.document.publisher for passage in finder.find("Huawei")} == {"The Fernhill Ledger"}
    assert finder.find("Huawei", options={"after": "2020"}) == []
    assert PassageFinder(index, options={"match": "all"}).find("Huawei zeppelin") == []


def test_questions_from_many_threads_are_answered(index: Any) -> None:
    finder = PassageFinder(index)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(finder.find, [QUESTION, "ZTE", "Nokia"] * 8))
    assert found[:3] == found[3:6] == found[21:]


def test_a_folder_is_opened_by_the_first_question_and_can_be_closed(folder: Path, tmp_path: Path) -> None:
    finder = PassageFinder(folder)
    assert finder.find(QUESTION)[0].document.title == FIRST
    finder.close()
    finder.close()
    assert finder.find(QUESTION)[0].document.title == FIRST
    finder.close()
    with pytest.raises(searchkit.IndexFault, match="there is no index here"):
        PassageFinder(tmp_path / "none").find(QUESTION)


@pytest.mark.parametrize(("make", "said"), [
    (lambda index: PassageFinder(index, each=0), "0 is no number of passages"),
    (lambda index: PassageFinder(index).find("x", 0), "0 is no number of passages"),
    (lambda index: PassageFinder(index, options={"limit": 3}).find("x"), "a retriever sets 'limit' itself"),
    (lambda index: PassageFinder(index, options={"after": "soon"}).find("x"), "soon"),
])
def test_a_mistake_is_told(index: Any, make: Any, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        make(index)


@given(st.lists(st.text("ab \n", max_size=60), max_size=12), st.integers(0, 400), st.integers(0, 80),
       st.integers(20, 200))
def test_a_passage_holds_its_snippet_and_is_no_longer_than_it_may_be(parts: list[str], start: int, length: int,
                                                                    size: int) -> None:
    body = "\n\n".join(filter(None, (part.strip() for part in parts)))
    start = min(start, len(body))
    end = min(len(body), start + length)
    first, last = widen(body, start, end, size)
    assert 0 <= first <= last <= len(body)
    if body[start:end].strip():
        assert first <= start + len(body[start:end]) - len(body[start:end].lstrip())
        assert body[first:last].rstrip().endswith(body[start:end].rstrip()) or last >= end
    assert last - first <= max(size, end - start)


def test_of_a_paragraph_that_is_too_long_the_part_around_the_snippet_is_taken() -> None:
    body = "Before it.\n\n" + "word " * 1_000 + "the ferry sails " + "again " * 1_000
    start = body.index("the ferry")
    hit = Hit(Document("1", "1", body), 1, 1.0, (Snippet("the ferry sails", start),), copies=Copies(2))
    [passage] = cut_passages(hit)
    assert "word the ferry sails again" in passage.text
    assert SIZE - 20 < len(passage.text) <= SIZE
    assert passage.text[0] not in " o" and passage.text.split()[-1] == "again"


def test_a_hit_by_its_chrome_gives_the_beginning_of_its_body() -> None:
    hit = Hit(Document("1", "1", "The story.\n\nIts end."), 1, 1.0, (Snippet("Follow us", 3, (), "chrome"),))
    assert [passage.text for passage in cut_passages(hit)] == ["The story.\n\nIts end."]
    assert list(cut_passages(Hit(Document("1", "1", ""), 1, 1.0))) == []


def test_langchain(index: Any, folder: Path) -> None:
    pytest.importorskip("langchain_core", reason="the extra 'langchain' is not installed")
    from langchain_core.runnables import RunnableLambda

    from searchkit.hosts.langchain import SearchkitRetriever

    retriever = SearchkitRetriever(index=index, k=3)
    found = retriever.invoke(QUESTION)
    assert (len(found), found[0].metadata["title"], found[0].metadata["date"]) == (3, FIRST, "2019-01-22")
    check_citations(index, [(document.page_content, document.metadata) for document in found])
    assert found[0].id == f"{found[0].metadata['document_id']}#{found[0].metadata['start']}-{found[0].metadata['end']}"
    assert [len(each) for each in retriever.batch([QUESTION, "ZTE", "(what", QUESTION])] == [3, 3, 3, 3]
    assert asyncio.run(retriever.ainvoke(QUESTION)) == found
    assert {each.metadata["publisher"] for each in retriever.invoke("Huawei", publisher="The Fernhill Ledger")} == {
        "The Fernhill Ledger"}
    chain = retriever | RunnableLambda(lambda documents: [each.metadata["publisher"] for each in documents])
    assert chain.invoke(QUESTION)[1] == "The Fernhill Ledger"
    from_folder = SearchkitRetriever(index=folder, k=3)
    assert from_folder.invoke(QUESTION) == found
    from_folder.close()


def test_llamaindex(index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llama_index.core", reason="the extra 'llamaindex' is not installed")
    from llama_index.core import Settings
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine
    from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer

    from searchkit.hosts.llamaindex import SearchkitRetriever

    retriever = SearchkitRetriever(index, similarity_top_k=3)
    found = retriever.retrieve(QUESTION)
    assert (len(found), found[0].node.metadata["title"]) == (3, FIRST)
    check_citations(index, [(each.node.text, each.node.metadata) for each in found])
    for each in found:
        assert (each.node.start_char_idx, each.node.end_char_idx) == (
            each.node.metadata["start"], each.node.metadata["end"])
        assert each.node.ref_doc_id == each.node.metadata["document_id"]
        assert "path" not in each.node.get_content("llm") and "title: " in each.node.get_content("llm")
    assert [each.node_id for each in asyncio.run(retriever.aretrieve(QUESTION))] == [each.node_id for each in found]
    monkeypatch.setattr(Settings, "_llm", MockLLM())  # it is asked nothing, but must be there
    engine = RetrieverQueryEngine(retriever, get_response_synthesizer(response_mode=ResponseMode.NO_TEXT))
    assert [each.node_id for each in engine.query(QUESTION).source_nodes] == [each.node_id for each in found]


def test_haystack(index: Any, folder: Path) -> None:
    pytest.importorskip("haystack", reason="the extra 'haystack' is not installed")
    from haystack import Pipeline
    from haystack.components.builders import PromptBuilder

    from searchkit.hosts.haystack import SearchkitRetriever

    retriever = SearchkitRetriever(str(folder), top_k=3)
    found = retriever.run(QUESTION)["documents"]
    assert (len(found), found[0].meta["title"]) == (3, FIRST)
    check_citations(index, [(document.content, document.meta) for document in found])
    pipeline = Pipeline()
    pipeline.add_component("retriever", retriever)
    pipeline.add_component("prompt", PromptBuilder(
        "{% for each in documents %}{{ each.meta.title }}; {% endfor %}", required_variables=["documents"]))
    pipeline.connect("retriever.documents", "prompt.documents")
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["searchkit.hosts.haystack"])
    for each in (pipeline, again):
        said = each.run({"retriever": {"query": QUESTION, "top_k": 2}})["prompt"]["prompt"]
        assert said.startswith(f"{FIRST}; ") and said.count("; ") == 2
        each.get_component("retriever").close()


AND = {"operator": "AND"}
LEDGER = {"field": "meta.publisher", "operator": "==", "value": "The Fernhill Ledger"}
SINCE = {"field": "date", "operator": ">=", "value": "2018"}


@pytest.mark.parametrize(("filters", "options"), [
    ({}, {}),
    (LEDGER, {"publisher": ["The Fernhill Ledger"]}),
    ({"field": "language", "operator": "not in", "value": ["de", "fr"]}, {"not_language": ["de", "fr"]}),
    ({"field": "meta.author", "operator": "!=", "value": None}, {"not_author": ["none"]}),
    ({**AND, "conditions": [LEDGER, {**AND, "conditions": [SINCE]}]},
     {"publisher": ["The Fernhill Ledger"], "after": "2018"}),
])
def test_filters_of_haystack_are_options_of_a_query(folder: Path, filters: Any, options: Any) -> None:
    pytest.importorskip("haystack", reason="the extra 'haystack' is not installed")
    from searchkit.hosts.haystack import SearchkitRetriever, read_filters

    assert read_filters(filters) == options
    retriever = SearchkitRetriever(str(folder))
    found = retriever.run("Huawei", filters)["documents"]
    assert found
    retriever.close()
    if "publisher" in options:
        assert {document.meta["publisher"] for document in found} == {"The Fernhill Ledger"}


@pytest.mark.parametrize(("filters", "said"), [
    ({"operator": "OR", "conditions": [LEDGER, SINCE]}, "no filter that joins with 'OR'"),
    ({"field": "meta.colour", "operator": "==", "value": "red"}, "no filter 'colour =='"),
    ({"field": "date", "operator": ">", "value": "2018"}, "no filter 'date >'"),
    ({"field": "date", "operator": ">=", "value": 2018}, "no filter 'date >='"),
    ({**AND, "conditions": [SINCE, SINCE]}, "two conditions on 'date >='"),
    ({"nonsense": 1}, "no filter 'None None'"),
])
def test_other_filters_are_refused_and_not_ignored(filters: Any, said: str) -> None:
    pytest.importorskip("haystack", reason="the extra 'haystack' is not installed")
    from searchkit.hosts.haystack import read_filters

    with pytest.raises(SettingsError, match=said):
        read_filters(filters)

"""What only the OpenSearch engine has to answer for: a server that is busy, slow, gone, or not to be trusted."""

import gzip
import json
import os
import random
import socket
import subprocess
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from searchkit import cli
from searchkit.engines import open_engine
from searchkit.engines.base import FacetRequest, Request
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.opensearch import adapter, connection, counting, loading, paging, reading
from searchkit.engines.opensearch.access import read_access
from searchkit.engines.opensearch.brevity import BriefCompiler
from searchkit.errors import EngineError, EngineUnavailable, IndexDamaged, IndexOutdated, SettingsError
from searchkit.index import open_index
from searchkit.model import Document
from searchkit.search.query import (
    And,
    AtLeast,
    ByLanguage,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Term,
    Wildcard,
)

from .conftest import SERVER, connect, open_opensearch
from .faultproxy import FaultProxy
from .samples import ask, count, find, make
from .test_versus import Dice, fill

needs_server = pytest.mark.skipif(
    not SERVER, reason="no OpenSearch server: SEARCHKIT_OPENSEARCH_URL is not set (make test-opensearch)")
COLLECTIONS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ir"
SECRET = "pa55-wörd"


@pytest.fixture
def through(place: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that opens the engine behind a proxy with this plan of faults."""
    proxies = []
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PATIENCE", "20")
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.01)

    def open_through(plan, **options):
        proxies.append(FaultProxy(SERVER.split(",")[0], plan, **options))
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", proxies[-1].url)
        return open_opensearch(place), proxies[-1]

    yield open_through
    for proxy in proxies:
        proxy.close()


@pytest.fixture
def engine(place: Path):
    opened = open_opensearch(place)
    yield opened
    opened.close()


# faults on the way


@needs_server
@pytest.mark.parametrize("faults", [(429,), (503,), ("before",), ("after",), (0.05,),
                                    (429, 503, "before", "after", 0.05)], ids=str)
def test_a_load_through_faults_loses_nothing_and_doubles_nothing(through, monkeypatch, faults):
    dice, asked = random.Random(1), {"bulk": 0}

    def plan(method: str, path: str, number: int) -> object:
        asked["bulk"] += "_bulk" in path
        return dice.choice((*faults, None)) if number > 4 else None

    monkeypatch.setattr(loading, "MOST_DOCUMENTS", 20)
    engine, _ = through(plan)
    engine.add(make(f"d{n}", f"word w{n}") for n in range(400))
    engine.add(make(f"d{n}", f"word again{n}") for n in range(0, 400, 7))

    assert engine.count() == 400
    assert ask(engine, Term("body", "word"), limit=1000).total == 400
    assert len({id_ for id_, _ in ask(engine, limit=1000).hits}) == 400
    assert find(engine, Term("body", "again7")) == ["d7"]
    assert asked["bulk"] < 6 * 23  # 20 + 3 parts, each sent a few times at most


@needs_server
def test_retries_are_bounded_and_the_error_names_the_server(through, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PATIENCE", "1")
    engine, proxy = through(lambda method, path, number: 503 if "_bulk" in path else None)
    with pytest.raises(EngineUnavailable, match=rf"status 503\) \({proxy.url}\)"):
        engine.add([make("1")])
    assert 3 <= sum("_bulk" in line for line in proxy.requests) <= 12


@needs_server
def test_items_that_a_busy_server_puts_off_are_sent_again_alone(engine, monkeypatch):
    bulk, sizes = engine._connection.client.bulk, []

    def put_off(body, **options):
        answer = bulk(body=body, **options)
        sizes.append(len(answer["items"]))
        for item in answer["items"][1:]:
            item["index"] = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "busy"}}
        return answer

    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(engine._connection.client, "bulk", put_off)
    engine.add(make(str(n)) for n in range(5))
    assert sizes == [5, 4, 3, 2, 1]
    assert engine.count() == 5


@needs_server
def test_a_document_that_is_refused_is_named_and_the_others_go_in(engine, monkeypatch):
    monkeypatch.setattr(loading, "make_source", lambda analysed: json.dumps(
        {"id": analysed.document.id, **({"strange": 1} if analysed.document.id == "2" else {})}))
    with pytest.raises(EngineError, match=r"1 documents were refused, the first is '2': .*strange"):
        engine.add(make(id_) for id_ in "123")
    assert engine.count() == 2


@needs_server
def test_a_part_larger_than_the_server_takes_is_sent_in_halves(through):
    sizes = []

    def plan(method: str, path: str, number: int) -> object:
        if "_bulk" not in path:
            return None
        sizes.append(path)
        return 413 if len(sizes) in (1, 2, 4) else None

    engine, _ = through(plan)
    engine.add(make(str(n)) for n in range(8))
    assert engine.count() == 8
    assert len(sizes) == 7  # 8 refused, 4 refused, 2, 2 refused, 1, 1, 4


@needs_server
def test_an_answer_in_part_is_an_error(engine, monkeypatch):
    search = engine._connection.client.search
    for spoiled in ({"timed_out": True}, {"_shards": {"failed": 1}}):
        monkeypatch.setattr(engine._connection.client, "search",
                            lambda spoiled=spoiled, **asked: {**search(**asked), **spoiled})
        with pytest.raises(EngineUnavailable, match="in part only"):
            ask(engine)


# who may ask


def run(monkeypatch, capsys, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a command."""
    monkeypatch.setattr("sys.argv", ["searchkit", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, capsys.readouterr().err


@needs_server
def test_a_run_through_faults_ends_well_and_is_not_repeated(tmp_path, monkeypatch, capsys):
    dice = random.Random(2)
    proxy = FaultProxy(SERVER.split(",")[0], lambda *_: dice.choice((429, 503, "before", "after", 0.05, None, None)))
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", proxy.url)
    monkeypatch.setattr(connection, "FIRST_CONTACT", 20)  # the first requests have faults, too
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(loading, "MOST_DOCUMENTS", 20)
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(f'{{"id": "{n}", "body": "word number {n}"}}\n' for n in range(200)))
    folder = str(tmp_path / "new")
    first, _ = run(monkeypatch, capsys, "index", str(pages), "--engine", "opensearch", "--index", folder)
    sent = sum("_bulk" in line for line in proxy.requests)
    again, _ = run(monkeypatch, capsys, "index", str(pages), "--index", folder)
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", SERVER)
    with open_index(folder) as index:
        total = index.query("word", limit=0).total
    proxy.close()
    assert (first, again, total) == (0, 0, 200)
    assert 10 <= sent <= 60
    assert sum("_bulk" in line for line in proxy.requests) == sent


@pytest.fixture
def authority(tmp_path: Path):
    """Files of an authority made for the test, and of a server with its certificate."""
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext",
                "keyUsage=critical,keyCertSign", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server", "-keyout", "server.key",
            "-out", "server.csr")
    (tmp_path / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")
    return tmp_path


@needs_server
def test_tls_and_password_let_in_who_has_them(through, authority, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_CA", str(authority / "ca.pem"))
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", "ann")
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD", SECRET)
    engine, _ = through(lambda *_: None, password=f"ann:{SECRET}",
                        certificate=(authority / "server.pem", authority / "server.key"))
    engine.add([make("1", "word")])
    assert find(engine, Term("body", "word")) == ["1"]


@needs_server
@pytest.mark.parametrize(("wrong", "said"), [
    ({"CA": "other.pem"}, "cannot be trusted"), ({"PASSWORD": "wr0ng"}, "does not know this user and password"),
    ({"INDEX": "forbidden"}, "forbids this: no permissions for"), ({"URL": "http://127.0.0.1:1"}, "cannot be reached"),
])
def test_what_keeps_one_out_is_said_in_a_line_and_the_password_is_not(
        authority, tmp_path, monkeypatch, capsys, caplog, wrong, said):
    proxy = FaultProxy(SERVER.split(",")[0], lambda method, path, number: 403 if "forbidden" in path else None,
                       f"ann:{SECRET}", (authority / "server.pem", authority / "server.key"))
    values = {"URL": proxy.url, "CA": "ca.pem", "USER": "ann", "PASSWORD": SECRET, **wrong}
    values["CA"] = str(authority / values["CA"])
    for name, value in values.items():
        monkeypatch.setenv(f"SEARCHKIT_OPENSEARCH_{name}", value)
    page = tmp_path / "page.jsonl"
    page.write_text('{"id": "1", "body": "word"}\n')
    caplog.set_level("DEBUG")
    code, error = run(monkeypatch, capsys, "index", str(page), "--engine", "opensearch",
                      "--index", str(tmp_path / "new"))
    proxy.close()
    assert code == 3
    assert said in error
    assert error.count("\n") == 1
    assert SECRET not in error + caplog.text
    assert "wr0ng" not in error + caplog.text


def test_an_address_where_nothing_listens_is_given_up_soon(tmp_path, monkeypatch, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        pauses = []
        monkeypatch.setattr(connection.time, "sleep", pauses.append)
        clock = iter(range(1000))
        monkeypatch.setattr(connection.time, "monotonic", lambda: next(clock) / 4)
        with pytest.raises(EngineUnavailable, match="cannot be reached: Connection refused"):
            open_engine("opensearch", tmp_path)
    assert 1 <= len(pauses) <= 8


def test_another_program_at_the_address_is_taken_for_what_it_is(tmp_path, monkeypatch):
    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"version": "3.3", "welcome": true}')

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", f"http://127.0.0.1:{other.server_port}")
        with pytest.raises(EngineUnavailable, match="no OpenSearch"):
            open_engine("opensearch", tmp_path)
        other.shutdown()


@pytest.mark.parametrize(("values", "said"), [
    ({}, "does not know its server"), ({"URL": "127.0.0.1:9200"}, "no address of a server"),
    ({"URL": "http://ann:secret@127.0.0.1"}, "holds a user or password"),
    ({"URL": "http://x", "USER": "a"}, "password"),
    ({"URL": "http://x", "SHARDS": "0"}, "from 1 to"), ({"URL": "http://x", "CA": "/no/such"}, "no file"),
    ({"URL": "http://x:99999"}, "no address"),
])
def test_settings_that_cannot_be_meant_are_named(values, said):
    with pytest.raises(SettingsError, match=said) as raised:
        read_access({f"SEARCHKIT_OPENSEARCH_{name}": value for name, value in values.items()})
    assert "secret" not in str(raised.value)


# the index of a folder


@needs_server
def test_a_cleared_index_is_swapped_for_a_new_one_and_the_old_one_is_gone(engine):
    engine.add([make("1")])
    with connect() as client:
        before = set(client.indices.get_alias(name=engine.index))
        engine.clear()
        after = client.indices.get_alias(name=engine.index)
        assert len(after) == 1
        assert not before & set(after)
        assert set(client.indices.get(index=f"{engine.index}-0*")) == set(after)
    assert engine.count() == 0


@needs_server
def test_an_index_whose_name_goes_on_is_left_alone(tmp_path, monkeypatch):
    engines = []
    for name in ("searchkit-test", "searchkit-test-more"):
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_INDEX", name)
        engines.append(open_opensearch(tmp_path / name))
        engines[-1].add([make("1")])
    engines[0].clear()
    assert [engine.count() for engine in engines] == [0, 1]


@needs_server
def test_a_folder_built_anew_keeps_its_name_and_begins_empty(engine, place):
    engine.add([make("1")])
    (place / "opensearch.json").unlink()  # what making a folder ready for a new index does
    again = open_opensearch(place)
    assert again.index == engine.index
    assert again.count() == engine.count() == 0


@needs_server
def test_an_index_that_the_server_lost_is_damage_and_is_not_made_by_the_way(engine):
    with connect() as client:
        client.indices.delete(index=f"{engine.index}-0*")
        for act in (lambda: ask(engine), lambda: engine.add([make("1")]), lambda: engine.get(["1"])):
            with pytest.raises(IndexDamaged, match="rebuild"):
                act()
        assert not client.indices.exists(index=engine.index)


@needs_server
def test_a_name_that_is_taken_is_refused_and_nothing_of_it_is_touched(engine, tmp_path, monkeypatch):
    engine.add([make("1")])
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_INDEX", engine.index)
    with pytest.raises(SettingsError, match="has an index"):
        open_opensearch(tmp_path / "other")
    assert engine.count() == 1


@needs_server
def test_an_index_of_other_fields_is_outdated(engine, place):
    (place / "opensearch.json").write_text(json.dumps({"index": engine.index, "fields": "other"}))
    with pytest.raises(IndexOutdated):
        open_opensearch(place)


@needs_server
def test_other_programs_find_ordinary_fields(engine):
    engine.add([make("1", "The carriers sailed.", "2018-03", title="Ferries", publisher="Post")])
    with connect() as client:
        found = client.search(index=engine.index, body={"query": {"bool": {"must": [
            {"match": {"body": "carrier"}}, {"term": {"publisher": "Post"}},
            {"range": {"published": {"gte": "2018-01-01", "lt": "2019-01-01"}}}]}}})
    (hit,) = found["hits"]["hits"]
    assert hit["_source"]["title"] == ["Ferries"]
    assert "terms" not in hit["_source"]


# large answers


@needs_server
def test_pages_beyond_the_window_are_read_through(engine, monkeypatch):
    engine.add(make(f"{n:03}", "word " * (n % 5 + 1), "2018" if n % 3 else None) for n in range(200))
    wanted = {sort: ask(engine, Term("body", "word"), sort=sort, limit=90, offset=70)
              for sort in ("relevance", "newest", "oldest")}
    monkeypatch.setattr(paging, "WINDOW", 100)
    monkeypatch.setattr(paging, "PAGE", 30)
    for sort, expected in wanted.items():
        assert ask(engine, Term("body", "word"), sort=sort, limit=90, offset=70) == expected
    assert len(ask(engine, limit=1000).hits) == 200
    with connect() as client:
        assert not client.transport.perform_request("GET", "/_search/point_in_time/_all").get("pits")


@needs_server
def test_facets_of_many_values_over_several_shards_are_exact(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_SHARDS", "3")
    monkeypatch.setattr(counting, "PAGE", 20)  # so that every shard leaves values out
    engine, memory = open_opensearch(tmp_path / "index"), MemoryEngine()
    dice = random.Random(3)
    documents = [make(f"d{n}", "red" if n % 3 else "blue", dice.choice(("2017", "2018-03", "2018-03-22", None)),
                      tuple({f"P{int(dice.expovariate(0.02))}" for _ in range(5)})) for n in range(400)]
    engine.add(documents)
    memory.add(documents)
    for query in (None, Term("body", "red")):
        for limit in (None, 1, 5, 25, 60):
            facets = (FacetRequest("person", limit), FacetRequest("date", limit), FacetRequest("publisher", limit))
            assert ask(engine, query, *facets).facets == ask(memory, query, *facets).facets
    assert set(find(engine, limit=1000)) == {f"d{n}" for n in range(400)}


@needs_server
def test_words_beyond_a_page_are_all_looked_at(engine, monkeypatch):
    memory = MemoryEngine()
    documents = [make(f"d{n}", f"car{n} cart{n % 7} other{n}") for n in range(90)]
    engine.add(documents)
    memory.add(documents)
    monkeypatch.setattr(counting, "PAGE", 10)
    monkeypatch.setattr("searchkit.engines.opensearch.words.PAGE", 10)
    request = Request(Prefix("body", "car"), limit=100)
    assert set(engine.search(request).hits) == set(memory.search(request).hits)
    assert engine.find_words("body", lambda v: v.words) == memory.find_words("body", lambda v: v.words)


@needs_server
@pytest.mark.parametrize("pattern", [
    Wildcard("body", "*a" + "?" * 60 + "*b*"), Wildcard("body", "c" * 3_000 + "*"), Wildcard("body", "c" * 3_000),
    Wildcard("body", "*" + "?*" * 400), Fuzzy("body", "c" * 30_000, 2), Prefix("body", 'c.*|["<&~#@\\'),
    Wildcard("body", "c++*"), Wildcard("body", "at&?"), Fuzzy("body", "c+", 1)], ids=range(9))
def test_patterns_that_nobody_should_ask_for_are_answered(engine, pattern):
    memory, documents = MemoryEngine(), [make("1", "C++ AT&T car"), make("2", "cc c ac")]
    engine.add(documents)
    memory.add(documents)
    assert set(ask(engine, pattern).hits) == set(ask(memory, pattern).hits)


@needs_server
def test_more_documents_than_can_be_counted_by_reading_are_an_error(engine, monkeypatch):
    engine.add(make(str(n), "red blue red blue") for n in range(5))
    near = AtLeast(2, Near("body", ("red", "blue"), 3))
    assert ask(engine, near).total == 5
    monkeypatch.setattr(reading, "MOST", 4)
    with pytest.raises(EngineError, match="more than 4 documents"):
        ask(engine, near)


def speak(word: str) -> ByLanguage:
    """A word that is asked otherwise of German and French."""
    return ByLanguage(((("de",), Term("body", f"{word}de")), (("de", "fr"), Term("body", f"{word}fr"))),
                      Term("body", word))


@needs_server
@pytest.mark.parametrize("query", [
    Or(tuple(Term("body", f"w{n}") for n in range(1_500))),
    Or((*(Term(field, f"w{n}") for n in range(700) for field in ("body", "title")), Prefix("body", "other1"))),
    Or(tuple(speak(f"w{n}") for n in range(400))),
    And((Keyword("publisher", "Post"), Not(Or(tuple(Term("body", f"w{n}") for n in range(1_500)))))),
    Prefer(Or(tuple(Term("body", f"w{n}") for n in range(600))),
           tuple(Phrase("body", (f"w{n}", f"w{n + 1}")) for n in range(599))),
    Or(tuple(Keyword("publisher", f"P{n}") for n in range(3_000))),
], ids=["words", "fields", "languages", "excluded", "preferred", "values"])
def test_more_words_than_a_server_takes_clauses_are_answered(engine, query):
    memory = MemoryEngine()
    languages, publishers = ("en", "de", "fr", "fr-CA", None), ("Post", "P7", "P2999", None)
    documents = [make(f"d{n}", f"w{n * 97 % 2_000}{('', 'de', 'fr')[n % 3]} other{n}", language=languages[n % 5],
                      title=f"w{n * 331 % 2_000}" if n % 2 else None, publisher=publishers[n % 4]) for n in range(60)]
    engine.add(documents)
    memory.add(documents)
    facets = (FacetRequest("publisher", None),)
    expected, found = ask(memory, query, *facets, limit=100), ask(engine, query, *facets, limit=100)
    assert {id_ for id_, _ in found.hits} == {id_ for id_, _ in expected.hits}
    assert (found.total, found.facets) == (expected.total, expected.facets)
    assert 0 < found.total < 60


@needs_server
def test_random_queries_in_few_clauses_find_what_the_memory_engine_finds(engine, monkeypatch):
    monkeypatch.setattr(adapter, "Compiler", BriefCompiler)
    memory, dice = MemoryEngine(), Dice(4)
    fill(memory, Dice(1))
    fill(engine, Dice(1))
    for _ in range(150):
        request = replace(dice.request(), limit=1_000, offset=0, collapse=False, copied=None)
        expected, found = memory.search(request), engine.search(request)
        assert {id_ for id_, _ in found.hits} == {id_ for id_, _ in expected.hits}, request
        assert (found.facets, found.distinct) == (expected.facets, expected.distinct), request


@needs_server
def test_the_words_of_a_query_that_score_are_its_first_ones(engine):
    words = [f"w{n}" for n in range(1_500)]
    engine.add([make("last", "w1499"), make("first", "w0"), make("none", "other")])
    hits = ask(engine, Or(tuple(Term("body", word) for word in words))).hits
    assert [(id_, score > 0) for id_, score in hits] == [("first", True), ("last", False)]


@needs_server
def test_more_words_than_a_server_takes_that_must_all_be_there_are_an_error(engine):
    engine.add([make("1", " ".join(f"w{n}" for n in range(1_100)))])
    with pytest.raises(EngineError, match=r"too many words for the server .*max_clause_count"):
        ask(engine, And(tuple(Term("body", f"w{n}") for n in range(1_100))))


@needs_server
def test_odd_sizes_are_stored_whole(engine):
    documents = [make("i" * 600, "word"), make("2", "x " * 200_000 + "end"), make("3", people=("N" * 40_000,))]
    engine.add(documents)
    assert engine.get(["i" * 600, "2", "3"]) == [analysed.document for analysed in documents]
    assert find(engine, Term("body", "word")) == ["i" * 600]
    assert list(count(engine, "person", Everything()).values()) == [1, 2]


# ranking


@needs_server
@pytest.mark.skipif(not COLLECTIONS.is_dir(), reason="the test collections are not beside this checkout")
def test_the_ranking_of_a_collection_is_that_of_the_default_engine(tmp_path):
    with gzip.open(COLLECTIONS / "adi" / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    queries = [json.loads(line)["text"] for line in (COLLECTIONS / "adi" / "queries.jsonl").read_text().splitlines()]
    runs = []
    for name in ("whoosh", "opensearch"):
        with open_index(tmp_path / name, name, create=True, aliases=None) as index:
            index.add([Document(row["id"], "x", row["body"] or ".", title=row["title"] or None) for row in rows])
            runs.append([{hit.id for hit in index.query(text, match="any", limit=10, facets=(), snippets=0)}
                         for text in queries])
    shared = sum(len(one & other) for one, other in zip(*runs, strict=True))
    assert shared >= 0.9 * sum(map(len, runs[0]))


def test_the_engine_that_is_not_installed_says_how_to_get_it():
    code = ("import sys; sys.modules['opensearchpy'] = None\n"
            "import pathlib; from searchkit.engines import open_engine; open_engine('opensearch', pathlib.Path('.'))")
    ended = subprocess.run([os.sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'searchkit[opensearch]'" in ended.stderr

"""Every program in examples/ runs on the sample pages and says what it should; one whose extra is absent is skipped."""

from __future__ import annotations

import ast
import json
import re
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
FIRST = "Nordic Carriers Put Huawei Core Orders On Ice"

# Program → the library that it needs besides (None: none), and what must stand in its output.
SAID: dict[str, tuple[str | None, list[str]]] = {
    "arrow_table": ("pyarrow", ["date32[day]", "list<", "14 rows"]),
    "batch_of_queries": (None, ["Huawei: 15 documents", "zeppelin: 0 documents;", "this quote is never closed"]),
    "copies_and_similar": (None, ["1 copy, by Copperline Daily", "the same text: seeds/02-", "like it: Congress bill"]),
    "correct_names": (None, ["FCC: 0 before, 5 after", "Congress: 6 before, 0 after", "5 documents name"]),
    "data_frame": ("pandas", ["AT&T walks away", "2018    4", "'Huawei': 14"]),
    "export_csv": (None, ["date,publisher,title,names,passage", "2018-03-27,The Harbour Gazette,"]),
    "facets": (None, ["Huawei: 15 documents, 14 texts", "person {'Ajit Pai': 2", "['Federal Communications"]),
    "haystack_retriever": ("haystack", [f"[{FIRST}, 2019-01-22] For once the north"]),
    "index_a_folder": (None, ["18 added, 0 rejected", "18 unchanged, 0 removed", "from 2017-11 to 2020-07-16"]),
    "langchain_retriever": ("langchain_core", [f"[1] {FIRST}, 2019-01-22: For once", "Q: Which Nordic carriers"]),
    "llamaindex_retriever": ("llama_index.core", [f"{FIRST}, characters 0 to ", "For once the north"]),
    "mcp_client": ("mcp", ["['search', 'fetch', 'facets', 'timeline', 'explain']", "showing 1 to 3 of 11", FIRST]),
    "own_documents": (None, ["2 added", "note-1 Tram line opens 2018-04", "1 deleted"]),
    "own_pages": (None, ["Ferry strike ends 2018-03-22 https://coast.example/ferry", "'Home News'"]),
    "query": (None, ["11 documents, 10 distinct texts", "[Huawei]", "unknown field 'publsher' at character 0"]),
    "saved_query": (None, ["0 again", "['Late news'] now"]),
    "timeline": (None, ["2019: ##### 5", "2018-01-11 Kestrel Telecom Review"]),
    "why_nothing": (None, ["zebra: 0 alone, 9 without it", "did you mean: Huawei carriers", "15 have some"]),
}
SERVED = "web_app"


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs_and_says_what_it_should(name: str, monkeypatch: pytest.MonkeyPatch,
                                                 capfd: pytest.CaptureFixture[str]) -> None:
    library, said = SAID[name]
    if library:
        pytest.importorskip(library, reason=f"{library} is not installed")
    monkeypatch.chdir(ROOT)
    before = list_visible()

    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")

    output = capfd.readouterr().out
    assert [words for words in said if words not in output] == [], output
    assert list_visible() == before


def list_visible() -> list[str]:
    return sorted(path.name for path in ROOT.iterdir() if not path.name.startswith("."))


def test_the_web_app_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}/search?q="
    with subprocess.Popen([sys.executable, EXAMPLES / f"{SERVED}.py", address.split(":")[2].split("/")[0]],
                          cwd=ROOT) as app:
        try:
            end = time.monotonic() + 60
            while True:
                try:
                    with urlopen(address + "Huawei+carrier") as answer:
                        assert json.load(answer)["total"] == 12
                    break
                except URLError:
                    assert app.poll() is None and time.monotonic() < end
                    time.sleep(0.1)
            with pytest.raises(HTTPError) as refused, urlopen(address + "publsher:x"):
                pass
            assert (refused.value.code, "unknown field" in json.load(refused.value)["error"]) == (400, True)
            refused.value.close()
        finally:
            app.terminate()


def test_every_example_is_short_run_and_listed_with_its_question() -> None:
    files = sorted(EXAMPLES.glob("*.py"))
    assert {file.stem for file in files} == {*SAID, SERVED}
    listed = dict(re.findall(r"^\| \[`(\w+)\.py`\]\(\.\./examples/\1\.py\) \| (.+?) \|", PAGE, re.MULTILINE))
    questions = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert 15 <= text.count("\n") <= 60, file.name
        questions[file.stem] = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0].split(" (pip ")[0]
    assert listed == questions

"""How much memory a run, a server and bombs take, measured in processes of their own. At length: ``make memory``."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bench.corpus import invent
from searchkit import budget
from searchkit.index import open_index

if sys.platform != "linux":
    pytest.skip("memory is read from /proc", allow_module_level=True)

DOCUMENTS = int(os.environ.get("MEMORY_DOCUMENTS", "300"))
BOMB = 2**30 if DOCUMENTS > 1000 else 80 * 2**20  # bytes that a bomb unpacks to
MB = 2**20
MOST_RUN, MOST_SERVER, MOST_BOMB = 500 * MB, 300 * MB, 200 * MB
MOST_PAGE = budget.MEMORY + 200 * MB  # the limit of a worker, and what it has of the run from its start
# Runs a command and says how much its largest process took; small itself, for a fork begins as large as its parent.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)
sys.exit(code)
"""


def run(*arguments: str | Path) -> tuple[int, str]:
    """Bytes that the largest process of a command took, and what it printed."""
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "searchkit", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stderr.split()[-1]), done.stdout


def measure(*arguments: str | Path) -> int:
    """Bytes that the largest process of a command took."""
    return run(*arguments)[0]


def say(what: str, taken: int, most: int) -> None:
    print(f"\n{what}: {taken // MB:,} MB of {most // MB:,}")
    assert taken < most


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in invent(DOCUMENTS, 250))
    return path


@pytest.fixture(scope="module")
def indexed(corpus: Path) -> tuple[Path, int]:
    """An index of the corpus, and what its run took."""
    return corpus.parent / "index", measure("index", corpus, "--index", corpus.parent / "index")


def test_a_run_takes_no_more_for_a_large_corpus(corpus: Path, indexed: tuple[Path, int]) -> None:
    say(f"a run over {DOCUMENTS:,} documents of {corpus.stat().st_size // MB:,} MB", indexed[1], MOST_RUN)


def test_a_server_takes_no_more_than_its_index_and_a_little(indexed: tuple[Path, int]) -> None:
    pytest.importorskip("uvicorn", reason="wants the extra web")
    from tests.web.conftest import run_server

    folder = indexed[0]
    with open_index(folder, aliases=None) as index:
        words = re.findall(r"\w+", index.query("", limit=1).hits[0].document.body)[:40]
    with run_server(folder) as server:
        for number, word in enumerate(words * 3):
            path = ("/api/query?q=", "/?q=", "/api/query?limit=100&match=any&q=in:all+")[number % 3]
            assert server.get(path + quote(word)).status == 200
        status = Path(f"/proc/{server.process.pid}/status").read_text()
    size = sum(file.stat().st_size for file in folder.iterdir())
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024
    say(f"a server at its peak, above an index of {size // MB:,} MB", max(0, peak - size), MOST_SERVER)


def write_zeros(file: Any) -> None:
    for _ in range(BOMB // MB):
        file.write(bytes(MB))


def write_bombs(folder: Path) -> None:
    """Zeros in all kinds of packing, and an honest page beside them."""
    folder.mkdir()
    for name in ("a.html.gz", "a.jsonl.gz"):  # a page; a line without an end
        with gzip.open(folder / name, "wb", 1) as file:
            write_zeros(file)
    with (zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive,
          archive.open("a.html", "w") as page):
        write_zeros(page)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    with gzip.open(folder / "a.warc.gz", "wb", 1) as file:
        file.write(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://coast.example/\r\nContent-Type: "
                   b"application/http\r\nContent-Length: %d\r\n\r\n%s" % (len(head) + BOMB, head))
        write_zeros(file)
        file.write(b"\r\n\r\n")
    (folder / "b.html").write_text("<p>The night ferry takes ninety cars across the sound.</p>")


def test_what_unpacks_to_zeros_is_not_held_in_memory(tmp_path: Path) -> None:
    write_bombs(tmp_path / "in")
    taken = measure("index", tmp_path / "in", "--index", tmp_path / "index")
    say(f"a page, a zip file, a WARC and a line, each packed and of {BOMB // MB:,} MB of zeros", taken, MOST_BOMB)
    with open_index(tmp_path / "index", aliases=None) as index:
        assert index.count() == index.query("ferry").total == 1


def test_a_page_that_takes_more_than_a_worker_may_have_costs_itself_and_not_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    wide = "x" * (60 * MB) + "\U0001f6a2"  # for which each letter takes four bytes, in each copy of the text
    (folder / "a.html").write_text(f"<title>Night ferry</title><p>The night ferry.</p><p>{wide}")
    lists = "[]," * (20 * MB) + "[]"  # each takes 64 bytes
    (folder / "b.jsonl").write_text('{"body": "The tide.", "tags": [' + lists + ']}\n{"body": "The quay."}\n')
    (folder / "c.html").write_text("<title>Fog</title><p>The morning ferry waited for the fog to lift.</p>")
    taken, said = run("index", folder, "--index", tmp_path / "index", "--json")
    report = json.loads(said)
    told = {kind: [(Path(page["path"]).name, page["reason"]) for page in report[kind]]
            for kind in ("warnings", "rejected")}
    assert told == {"warnings": [("a.html", "out-of-memory")], "rejected": [("b.jsonl#1", "out-of-memory")]}
    with open_index(tmp_path / "index", aliases=None) as index:
        assert {hit.document.title for hit in index.query("ferry").hits} == {"Night ferry", "Fog"}
        assert index.count() == 3
    say("a worker at pages that would take more than it may have", taken, MOST_PAGE)

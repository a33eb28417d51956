"""Kills one of three OpenSearch nodes in the middle of a load, and counts what is left.

    python tools/kill_opensearch_node.py [--documents 20000] [--restart-all]

Starts three nodes (tools/opensearch.py), loads documents with one replica in parts, each noted as soon as the engine
has taken it; when a third is there, a node that holds a primary gets SIGKILL. With --restart-all all nodes are killed,
and started again. Ends with 0 when every document noted is found by its id and by a search, and none is there twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from opensearchpy import OpenSearch

from searchkit.engines import open_engine
from searchkit.engines.base import Engine, Request
from searchkit.model import Document
from searchkit.search.analysis import Analysed, analyse_document
from searchkit.search.query import Everything, Term

SERVER = [sys.executable, str(Path(__file__).with_name("opensearch.py"))]
PART = 500
WORDS = [f"word{n}" for n in range(5_000)]


def main() -> int:
    """Load, kill, count; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--restart-all", action="store_true")
    options = parser.parse_args()
    os.environ["SEARCHKIT_OPENSEARCH_URL"] = run_server("up", "--nodes", "3")
    os.environ["SEARCHKIT_OPENSEARCH_REPLICAS"] = "1"
    os.environ["SEARCHKIT_OPENSEARCH_PATIENCE"] = "300"
    try:
        with tempfile.TemporaryDirectory() as folder:
            return load(open_engine("opensearch", Path(folder)), options.documents, options.restart_all)
    finally:
        run_server("down")


def load(engine: Engine, documents: int, restart_all: bool) -> int:
    """Load documents while nodes die; 0 when all that were taken are there once."""
    begun, taken = time.monotonic(), list[str]()
    victims: list[Thread] = []
    with OpenSearch(os.environ["SEARCHKIT_OPENSEARCH_URL"].split(",")) as client:
        client.cluster.health(params={"wait_for_status": "green", "timeout": "120s"}, request_timeout=130)
        for first in range(0, documents, PART):
            ids = [f"d{number}" for number in range(first, min(first + PART, documents))]
            engine.add(make_documents(ids))
            taken += ids
            if first >= documents // 3 and not victims:
                victims.append(Thread(target=kill, args=(find_victims(client, restart_all), restart_all)))
                victims[0].start()
    victims[0].join()
    found = [id_ for id_, _ in engine.search(Request(Everything(), limit=2 * documents)).hits]
    lost = len(set(taken) - set(found)) + sum(document.id != id_ for document, id_ in
                                              zip(engine.get(taken), taken, strict=True))
    doubled, total = len(found) - len(set(found)), engine.search(Request(Term("body", "all"), limit=0)).total
    print(f"{len(taken):,} documents taken in {time.monotonic() - begun:.0f} s: {lost} lost, {doubled} doubled, "
          f"{total:,} found by a word")
    return 0 if (lost, doubled, total, len(found)) == (0, 0, documents, documents) else 1


def make_documents(ids: list[str]) -> Iterator[Analysed]:
    """Documents of a hundred words or so."""
    dice = random.Random(ids[0])
    for id_ in ids:
        yield analyse_document(Document(id_, id_, "all " + " ".join(dice.choices(WORDS, k=100))))


def find_victims(client: OpenSearch, every: bool) -> list[int]:
    """The processes to kill: all nodes, or the one that holds the primary of our index."""
    pids = dict(zip(("n1", "n2", "n3"), map(int, run_server("pids").split()), strict=True))
    shards = client.cat.shards(index="searchkit-*", params={"format": "json"})
    holder = next(shard["node"] for shard in shards if shard["prirep"] == "p")
    return list(pids.values()) if every else [pids[holder]]


def kill(pids: list[int], restart: bool) -> None:
    """SIGKILL, a moment later than the load went on; started again where asked."""
    time.sleep(0.3)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    print(f"killed {len(pids)} of 3 nodes", flush=True)
    if restart:
        run_server("up", "--nodes", "3")


def run_server(*command: str) -> str:
    """What tools/opensearch.py prints."""
    return subprocess.run([*SERVER, *command], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

"""How does the server hold out under load? Many clients at once, on this machine only, for a bounded time.

    python bench/serve_load.py --documents 100000 --seconds 60 --clients 8
    python bench/serve_load.py --index DIR --seconds 600

Each client asks one question after the other: queries, pages of results, documents, completions, facets. Printed are
how many were answered, how long one took (median, 99th percentile), what was refused, and the memory of the server at
the beginning, in the middle and at the end. Times are by the clock; clients and server share the processors.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
ROUTES = ("/api/query", "/", "/api/suggest", "/api/facets/entity", "/api/explain")


def make_words(count: int, chance: random.Random) -> list[str]:
    """Words of two to four syllables, each once."""
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(words)


def write_stories(path: Path, count: int, words: list[str], chance: random.Random) -> None:
    """Documents whose words are as unevenly frequent as those of a language (Zipf)."""
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = chance.choices(words, cum_weights=weights, k=120)
            names = {" ".join(word.title() for word in text[at:at + 2]) for at in (5, 25, 45)}
            file.write(json.dumps({
                "id": f"d{number}", "title": " ".join(text[:7]).capitalize(), "body": " ".join(text) + ".",
                "date": f"{2000 + number % 20}-{1 + number % 12:02}-{1 + number % 28:02}", "language": "en",
                "publisher": f"{words[number % 60].title()} Gazette",
                "entities": [{"name": name, "type": "person"} for name in sorted(names)]}) + "\n")


def make_requests(words: list[str], chance: random.Random) -> Iterator[str]:
    """Paths to ask for, without end."""
    frequent = words[:2000]
    while True:
        route = chance.choices(ROUTES, weights=(5, 5, 3, 1, 1))[0]
        text = " ".join(chance.choices(frequent, k=chance.randint(1, 2)))
        asked = {"q": text[:-1] if route == "/api/suggest" else text}
        if route in ROUTES[:2] and chance.random() < 0.3:
            asked |= {"after": str(chance.randint(2000, 2015)), "sort": "newest"}
        yield f"{route}?{urlencode(asked)}"


class Client(threading.Thread):
    """Asks until the time is over; keeps how long each answer took, and their statuses."""

    def __init__(self, url: str, requests: Iterator[str], until: float) -> None:
        super().__init__(daemon=True)
        self._place = urlsplit(url)
        self._requests = requests
        self._until = until
        self.times: list[float] = []
        self.statuses: Counter[object] = Counter()

    def run(self) -> None:
        """Ask one question after the other, on a connection that is kept."""
        connection = HTTPConnection(self._place.hostname or "", self._place.port or 0, timeout=60)
        while time.monotonic() < self._until:
            begun = time.monotonic()
            try:
                connection.request("GET", next(self._requests))
                response = connection.getresponse()
                response.read()
                self.statuses[response.status] += 1
            except OSError as problem:
                self.statuses[type(problem).__name__] += 1
                connection.close()
            self.times.append(time.monotonic() - begun)


def measure_memory(process: int) -> float:
    """Megabytes that a process has in memory (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def load(index: Path, words: list[str], seconds: float, clients: int) -> None:
    """Serve an index, ask it, and print how that went."""
    program = [sys.executable, "-m", "searchkit", "serve", "--index", str(index), "--port", "0"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        url = server.stderr.readline().split()[3]
        until = time.monotonic() + seconds
        asking = [Client(url, make_requests(words, random.Random(number)), until) for number in range(clients)]
        for client in asking:
            client.start()
        memory = []
        for part in (0.1, 0.5, 0.95):
            time.sleep(max(0.0, until - seconds * (1 - part) - time.monotonic()))
            memory.append(measure_memory(server.pid))
        for client in asking:
            client.join()
        server.terminate()
    times = sorted(itertools.chain.from_iterable(client.times for client in asking))
    statuses = sum((client.statuses for client in asking), Counter[object]())
    print(f"{len(times):,} answers in {seconds:g} s by {clients} clients: {len(times) / seconds:.0f} a second; "
          f"median {1000 * times[len(times) // 2]:.0f} ms, p99 {1000 * times[int(len(times) * 0.99)]:.0f} ms")
    print(f"statuses {dict(statuses)}; memory of the server {', '.join(f'{each:.0f}' for each in memory)} MB")


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--index", type=Path, help="an index that this program made before")
    parser.add_argument("--keep", type=Path, help="where to make the index, and leave it")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    chance = random.Random(1)
    words = make_words(20_000, chance)
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or given.keep or Path(folder) / "index"
        if given.index is None:
            source = Path(folder) / "stories.jsonl"
            write_stories(source, given.documents, words, chance)
            subprocess.run([sys.executable, "-m", "searchkit", "index", str(source), "--index", str(index)], check=True)
        load(index, words, given.seconds, given.clients)


if __name__ == "__main__":
    main()

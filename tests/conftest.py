"""What several test modules need: stories of our own, and files with them."""

import json
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from searchkit import encoder

settings.register_profile("searchkit", deadline=None)  # a deadline goes by the clock, which a busy machine stretches
settings.load_profile("searchkit")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A small archive. Two publishers and none, dates of all precisions and none, entities given.
STORIES: list[dict[str, Any]] = [
    {"id": "ferry", "title": "Ferry strike ends", "body": "The ferry crews of Bergen went back to work.\n\nTheir "
     "union said the ferry would sail at dawn.", "date": "2018-03-22", "publisher": "Coast Gazette",
     "author": "Ada Ash", "url": "https://www.coast.example/ferry", "language": "en",
     "entities": [{"name": "Bergen", "type": "place"}]},
    {"id": "tram", "title": "Tram line opens", "body": "The tram carries people to the ferry.", "date": "2018-04",
     "publisher": "Coast Gazette", "language": "en",
     "entities": [{"name": "Bergen", "type": "place"}, {"name": "Ola Berg", "type": "person"}]},
    {"id": "bridge", "title": "Brücke gesperrt", "body": "Die Brücke bleibt bis morgen zu.", "date": "2017",
     "publisher": "Tagblatt", "author": "Zoë Adler", "language": "de", "entities": []},
    {"id": "note", "body": "A ferry, a tram and a bridge: that is all.", "language": "en", "entities": []},
]


@pytest.fixture
def stories() -> list[dict[str, Any]]:
    return [dict(story) for story in STORIES]


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a file of JSON Lines; a str is written as it is, anything else as JSON."""

    def write(lines: Iterable[Any], name: str = "stories.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
                        encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def _stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in ("INDEX", "ENGINE", "WORKERS", "COLOR", "ALIASES", "NER", "RERANK", "TOKEN"):
        monkeypatch.delenv(f"SEARCHKIT_{name}", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(encoder, "find_files", lambda: None)  # what else the environment holds changes no ranking

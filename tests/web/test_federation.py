"""The web page and the API answer from several indexes, and do not say where these lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import searchkit

from .conftest import make_index, run_server


def test_several_indexes_are_served_as_one(tmp_path: Path, stories: list[dict[str, Any]]) -> None:
    folders = []
    for name, part in (("first", stories[::2]), ("second", stories[1::2])):
        (tmp_path / name).mkdir()
        folders.append(make_index(tmp_path / name, part))
    with searchkit.open(folders, aliases=None) as index:
        expected = [hit.id for hit in index.query("ferry")]
    with run_server(folders[0], "--index", str(folders[1])) as server:
        assert server.find(q="ferry") == expected
        assert len(expected) == 3
        answers = [server.get(path) for path in ("/api/query?q=ferry", "/api/stats", "/?q=ferry", "/about",
                                                 "/api/documents/tram", "/api/export.jsonl?q=ferry")]
        assert [answer.status for answer in answers] == [200] * len(answers)
        assert "index" not in answers[0].json()["hits"][0]
        assert answers[1].json()["documents"] == 4
        for answer in answers:
            assert str(folders[1]) not in answer.text

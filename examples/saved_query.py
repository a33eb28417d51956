"""How do I save a query and later see only what has come in since?"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import searchkit
from searchkit.index import Index


def run_saved(file: Path, index: Index) -> list[str]:
    """The titles of what a saved query finds and has not found before; what it finds is noted in its file."""
    saved = json.loads(file.read_text(encoding="utf-8"))
    hits = index.query(saved["text"], **saved["options"], facets=(), limit=None, collapse=False).hits
    new = [hit for hit in hits if hit.id not in saved["seen"]]
    saved["seen"] = [hit.id for hit in hits]
    file.write_text(json.dumps(saved), encoding="utf-8")
    return [hit.document.display_title for hit in new]


def main() -> None:
    with TemporaryDirectory() as place, searchkit.open(Path(place) / "index") as index:
        file = Path(place) / "carriers.json"
        file.write_text(json.dumps({"text": "Huawei carrier", "options": {"language": "en"}, "seen": []}))
        index.add("seeds/")
        print(len(run_saved(file, index)), "at first")
        print(len(run_saved(file, index)), "again")
        index.add(searchkit.Document("new", "new", "One more carrier drops Huawei.", title="Late news", language="en"))
        print(run_saved(file, index), "now")


if __name__ == "__main__":
    main()

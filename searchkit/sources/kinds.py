"""Which container a file is, by its name."""

from __future__ import annotations

JSONL, WARC, WACZ, ZIP, MHTML = "jsonl", "warc", "wacz", "zip", "mhtml"
# Kind → module that has read(path), and how the names end; a ``.gz`` after that changes nothing. A new
# container is one line here and its file. The modules are imported when such a file is met.
CONTAINERS = {
    JSONL: ("searchkit.sources.jsonl", (".jsonl", ".ndjson")),
    WARC: ("searchkit.sources.warc", (".warc", ".arc", ".wet", ".wat", ".warc.zst", ".arc.zst", ".wet.zst")),
    WACZ: ("searchkit.sources.wacz", (".wacz",)),
    ZIP: ("searchkit.sources.archive", (".zip",)),
    MHTML: ("searchkit.sources.mhtml", (".mhtml", ".mht")),
}


def find_kind(name: str) -> str | None:
    """The kind of a container; None for anything else."""
    plain = name.lower().removesuffix(".gz")
    return next((kind for kind, (_, ends) in CONTAINERS.items() if plain.endswith(ends)), None)

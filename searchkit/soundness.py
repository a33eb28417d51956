"""What a check of an index found, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.findings import Verified
from searchkit.render import make_line


def render_verified(found: Verified) -> Iterator[str]:
    """What a check of an index found."""
    yield from (f"mended: {make_line(line)}" for line in found.mended)
    yield from (f"note: {make_line(note)}" for note in found.notes)
    yield from (f"damaged: {make_line(str(fault))}" for fault in found.faults)
    size = f"{found.files} files, {found.bytes:,} bytes"
    if found.faults:
        yield f"{len(found.faults)} faults in {size}; searchkit verify --repair mends what can be mended"
    elif found.full:
        yield f"sound: {found.documents or 0:,} documents, {size}, every byte as it was written"
    else:
        yield f"sound: {found.documents or 0:,} documents, {size} of the right lengths (--full compares every byte)"

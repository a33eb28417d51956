"""Pages that were changed at random, through the workers of a run. At length: ``make fuzz``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchkit import budget
from searchkit.model import Document, Page, Rejected
from searchkit.workers import extract_pages

from .mutation import Mutator, make_page, read_samples

COUNT = int(os.environ.get("FUZZ_PAGES", "150"))
SEED = os.environ.get("FUZZ_SEED", "1")
KEEP = os.environ.get("FUZZ_KEEP")  # a folder for the pages that were too much
LONGEST = 5  # seconds of the processor
FAULTS = {"failed", "crashed", "too-slow", "out-of-memory"}


def make_pages(count: int) -> Iterator[Page]:
    samples = read_samples()
    for number in range(count):
        yield Page(f"{number}", make_page(Mutator(f"{SEED} page {number}", samples), samples))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limits of a worker are those of POSIX")
def test_no_page_breaks_or_holds_up_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PROCESSOR_SECONDS", LONGEST - 1)  # to which one is added
    faults: list[Rejected] = []
    documents = refused = 0
    for outcome in extract_pages(make_pages(COUNT), workers=2, warn=faults.append):
        if isinstance(outcome, Rejected):
            refused += 1
            faults += [outcome] if outcome.reason in FAULTS else []
        else:
            assert isinstance(outcome.document, Document)
            documents += 1
    for fault in faults if KEEP else []:
        samples = read_samples()
        Path(KEEP or "", fault.path).write_bytes(make_page(Mutator(f"{SEED} page {fault.path}", samples), samples))
    print(f"\n{COUNT:,} pages, seed {SEED}: {documents:,} documents, {refused:,} refused, "
          f"{len(faults):,} crashes or more than {LONGEST} s")
    assert faults == [], [(fault.path, fault.reason, fault.detail) for fault in faults]
    assert documents + refused == COUNT and documents > COUNT / 2

"""The engines that are measured, a module each, with the same functions.

    build(rows, folder)        index the rows; everything is on disk when it returns
    open_reader(folder)        a function that makes a case ready: it returns what answers it, or None where the
                               engine cannot; the answer is the number of matches

One whose work is done elsewhere also has ``read_time()``, seconds by the clock, and ``measure_size(folder)``, bytes.

A word is looked for in title and body, as searchkit's field ``body`` holds both; the title is indexed besides.

To answer is to find the ten best documents, cut a snippet with highlights for each, and count publishers, months and
entities over all matches.
"""

from __future__ import annotations

from collections.abc import Callable

TOP = 10
VALUES = 10  # of a facet; months are all counted
MONTHS = 500  # more than there are

Answer = Callable[[], int]

# Name in tables → the module, and the name of the contender that builds its index where it has none of its own.
CONTENDERS = {
    "searchkit": ("contenders.ours", ""),
    "Index.query": ("contenders.facade", "searchkit"),
    "on tantivy": ("contenders.ours_on_tantivy", ""),
    "on OpenSearch (clock)": ("contenders.ours_on_opensearch", ""),
    "tantivy": ("contenders.tantivy_engine", ""),
    "tantivy in batches": ("contenders.tantivy_in_batches", ""),
    "SQLite FTS5": ("contenders.fts5", ""),
    "stock Whoosh": ("contenders.stock", ""),
}

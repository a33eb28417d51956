"""What a user of searchkit waits for: the text is parsed, titles and near words count more, and where little is found
the answer says what would help. No other contender does that work.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from contenders import TOP, VALUES, Answer
from searchkit.index import open_index

if TYPE_CHECKING:
    from queries import Case

FACETS = (f"publisher:{VALUES}", "date", f"entity:{VALUES}")


def open_reader(folder: Path) -> Callable[[Case], Answer]:
    """Answers of ``Index.query``."""
    from queries import write_text

    index = open_index(folder, aliases=None)

    def prepare(case: Case) -> Answer:
        text = write_text(case)
        after, before = (day.isoformat() for day in case.days) if case.days else (None, None)

        def run() -> int:
            return index.query(text, limit=TOP, facets=FACETS, after=after, before=before).total

        return run

    return prepare

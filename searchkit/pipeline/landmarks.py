"""Where the parts of a page's story stand: what date, author and publisher are looked for by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.model import Clue
from searchkit.pipeline import dumptitle, wording
from searchkit.pipeline.block import Markup, Verdict

# How far above and below the headline the byline may stand, in blocks.
_ABOVE, _BELOW = 6, 30
_GROWTH = 20  # characters that a text may be shorter than what it is folded to: "ß" becomes "ss"


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Positions among the blocks of a page.

    ``start`` is that of the story's first block, the number of blocks if there is none; ``end`` that of its last,
    -1 if there is none; ``headline`` that of the headline, if it is known; ``byline`` those among which date and
    author stand.
    """

    start: int
    end: int
    headline: int | None
    byline: range


def locate(markup: Markup, verdicts: Sequence[Verdict], titles: Sequence[Clue]) -> Landmarks:
    """The landmarks of a page with these titles, of which the first is its headline."""
    start = find_start(verdicts)
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    headline = _locate_headline(markup, start, titles[0].value if titles else "")
    return Landmarks(start, end, headline, _locate_byline(verdicts, start, end, headline))


def find_start(verdicts: Sequence[Verdict]) -> int:
    """The position of the first block of the story; the number of blocks if there is none."""
    return next((place for place, verdict in enumerate(verdicts) if verdict.keep), len(verdicts))


def _locate_headline(markup: Markup, start: int, title: str) -> int | None:
    """The position of the block that is the headline, the last before the story if it is repeated."""
    wanted = wording.fold(title)
    opening = wanted.partition(" ")[0]  # a quick look for it spares most texts the folding
    places = [place for place, block in enumerate(markup.blocks)
              if wanted and len(wanted) <= len(block.text) + _GROWTH and len(block.text) <= 2 * dumptitle.LONGEST
              and opening in block.text.casefold() and wording.fold(block.text) == wanted]
    before = [place for place in places if place <= start]
    if before:
        return before[-1]
    if places:
        return places[0]
    headings = [place for place, block in enumerate(markup.blocks[:start + 1]) if block.tag == "h1"]
    return headings[-1] if headings else None


def _locate_byline(verdicts: Sequence[Verdict], start: int, end: int, headline: int | None) -> range:
    """About the headline, down to the story's second block."""
    size = len(verdicts)
    if headline is None:
        return range(max(0, start - 2 * _ABOVE), min(start + 2, size))
    last = end + 1 if end >= headline else size
    first = max(start + 2, headline + 3, _pass_standfirst(verdicts, start))
    return range(max(0, headline - _ABOVE), min(first, headline + _BELOW, last, size))


def _pass_standfirst(verdicts: Sequence[Verdict], start: int) -> int:
    """The position behind the stripped blocks that follow the story's first: the byline below a standfirst."""
    place = start + 1
    while place < min(start + _ABOVE, len(verdicts)) and not verdicts[place].keep:
        place += 1
    return place

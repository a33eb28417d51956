"""The hits of a page among those of all indexes, and the copies of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from searchkit.engines.base import MOST_COPIES, Copied, FacetRequest, Matches, Request, rank_values
from searchkit.federation.counting import Shelf, Tangled, list_names
from searchkit.federation.merging import Days, Place, Ranked, merge_ranked, rank
from searchkit.federation.overlap import GROUP, name_text
from searchkit.results import FacetValue


@dataclass(frozen=True, slots=True)
class Page:
    """The first hits, to the end of the page; the texts of those that do not simply add up, each with all matches."""

    hits: Sequence[Ranked] = ()
    texts: dict[str, list[Ranked]] = field(default_factory=dict)
    names: dict[Place, str] = field(default_factory=dict)  # of these texts


def merge_page(request: Request, parts: Sequence[Tangled], answers: Sequence[Matches], days: Days) -> Page:
    """The hits that a request is for, in their order."""
    page = Page()
    tangled = list(merge_ranked(rank(run, part.home, request.sort, days) for part in parts for run in part.runs))
    for hit in tangled:
        name = name_text(parts[hit.home].tangles[hit.id].group, hit.id)
        page.names[hit.home, hit.id] = name
        page.texts.setdefault(name, []).append(hit)
    first = [matches[0] for matches in page.texts.values()] if request.collapse else tangled
    merged = merge_ranked([first, *(_rank_plain(request, part, answer, days)
                                    for part, answer in zip(parts, answers, strict=True))])
    return Page(list(islice(merged, request.offset + request.limit)), page.texts, page.names)


def describe(hit: Ranked, page: Page, shelf: Shelf, facet: FacetRequest | None) -> Copied:
    """The copies of a hit among all matches, as its index says or, where they are in several, as they are found."""
    name = page.names.get((hit.home, hit.id))
    if name is None:
        return hit.copied
    others = [other for other in page.texts[name] if other is not hit]
    return Copied(len(others), tuple(other.id for other in others[:MOST_COPIES]),
                  _count(others, shelf, name, facet) if facet and others else ())


def _rank_plain(request: Request, part: Tangled, answer: Matches, days: Days) -> Sequence[Ranked]:
    """The hits of an index that stand in no other, with their copies."""
    kept = [(hit, copied) for hit, copied in zip(answer.hits, answer.copies, strict=True) if hit[0] not in part.tangles]
    return list(rank([hit for hit, _ in kept], part.home, request.sort, days, [copied for _, copied in kept]))


def _count(hits: Sequence[Ranked], shelf: Shelf, text: str, facet: FacetRequest) -> tuple[FacetValue, ...]:
    """A facet over copies of one text."""
    counts: Counter[str | None] = Counter()
    for home in {hit.home for hit in hits}:
        for _, values in shelf.find(home, [hit.id for hit in hits if hit.home == home]):
            counts.update({text.partition(" ")[2]} if facet.field == GROUP else list_names(values, facet))
    return rank_values(counts, facet, {name: count - 1 for name, count in counts.items()})

"""The engine that answers from several indexes; it reads, and never writes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from searchkit.engines.base import Matches, Request, miss
from searchkit.errors import SettingsError
from searchkit.federation.asking import Asking
from searchkit.federation.counting import Shelf, count_distinct, count_total, merge_facet
from searchkit.federation.member import Member
from searchkit.federation.merging import Days, Ranked
from searchkit.federation.overlap import Overlap, find_overlap
from searchkit.federation.page import Page, describe, merge_page
from searchkit.federation.weighing import Statistics, list_leaves, list_terms
from searchkit.model import Document
from searchkit.search.analysis import Analysed
from searchkit.search.expansion import Cut
from searchkit.search.query import AtLeast, Near, Phrase, Query, Term
from searchkit.search.vocabulary import Choose, Vocabulary

MOST_HOMES = 100_000  # remembered: in which index a hit was found


class Federation:
    """Several indexes as one. Of documents with one id that of the first index counts."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = tuple(members)
        self._days, self._shelf = Days(self._members), Shelf(self._members)
        self._homes: dict[str, int] = {}
        self._frequencies: dict[Term, tuple[int, ...]] = {}
        self._state: tuple[tuple[int, ...], ...] = ()
        self._overlap = Overlap((), ())

    @property
    def notice(self) -> str:
        """What the engines have to say, each with the name of its index."""
        return "; ".join(f"{member.name}: {notice}" for member in self._members if (notice := member.engine.notice))

    def add(self, documents: Iterable[Analysed]) -> None:
        """Refused."""
        raise refuse_writing(member.name for member in self._members)

    def delete(self, ids: Iterable[str]) -> int:
        """Refused."""
        raise refuse_writing(member.name for member in self._members)

    def clear(self) -> None:
        """Refused."""
        raise refuse_writing(member.name for member in self._members)

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids, each from the first index that has it. Raises DocumentNotFound."""
        self._refresh()
        found: dict[str, Document] = {}
        for home, member in enumerate(self._members):
            for document in member.read_known([id_ for id_ in ids if self._homes.get(id_) == home]):
                found[document.id] = self._rename(home, document)
        for home, member in enumerate(self._members):
            missing = [id_ for id_ in ids if id_ not in found]
            for document in member.read_known(missing) if missing else ():
                found[document.id] = self._rename(home, document)
                self._homes[document.id] = home
        if missing := [id_ for id_ in ids if id_ not in found]:
            raise miss(missing[0])
        return [found[id_] for id_ in ids]

    def name_home(self, id_: str) -> str:
        """The name of the index that a document is from. Raises DocumentNotFound."""
        if id_ not in self._homes:
            self.get([id_])
        return self._members[self._homes[id_]].name

    def search(self, request: Request) -> Matches:
        """Answer a request: ask each index, add up, and merge."""
        self._refresh()
        statistics = self._measure(request.query) if request.limit else None
        asking = Asking(self._members, self._overlap, self._shelf, request, statistics)
        parts, answers = asking.parts[request.query], asking.ask()
        page = merge_page(request, parts, answers, self._days) if request.limit else Page()
        shown = page.hits[request.offset:]
        self._note_homes(shown)
        return Matches(
            total=count_total((answer.total for answer in answers), parts),
            hits=tuple((hit.id, hit.points) for hit in shown),
            facets=tuple(merge_facet(facet, [answer.facets[number] for answer in answers],
                                     asking.parts[facet.query or request.query], asking.names[number])
                         for number, facet in enumerate(request.facets)),
            cuts=merge_cuts(answers),
            distinct=count_distinct((answer.distinct for answer in answers), parts),
            copies=tuple(describe(hit, page, self._shelf, request.copied) for hit in shown),
        )

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words that are chosen from the vocabulary of any index, and in how many documents of all each stands."""
        found = [member.find_words(field, choose) for member in self._members]
        chosen = set().union(*found)
        for member, counts in zip(self._members, found, strict=True):
            others = chosen.difference(counts)
            if others:
                counts.update(member.find_words(field, partial(_take, others)))
        return {word: sum(counts.get(word, 0) for counts in found) for word in sorted(chosen)}

    def count(self) -> int:
        """How many documents there are."""
        self._refresh()
        return sum(self._count_own()) - sum(self._overlap.shadowed)

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids, index by index, those after one. Raises DocumentNotFound."""
        self._refresh()
        first = 0
        if after is not None:
            self.get([after])
            first = self._homes[after]
        ids = (id_ for home in range(first, len(self._members))
               for id_ in self._members[home].list_ids(after if home == first else None)
               if not self._is_shadowed(home, id_))
        return list(islice(ids, limit))

    def close(self) -> None:
        """Let go of all indexes."""
        for member in self._members:
            member.engine.close()

    def _refresh(self) -> None:
        """Compare the indexes anew once one of them has changed."""
        state = tuple(member.read_state() for member in self._members)
        if state != self._state:
            self._overlap = find_overlap(self._members)
            self._days.forget()
            self._shelf.forget()
            self._homes.clear()
            self._frequencies.clear()
            self._state = state

    def _count_own(self) -> list[int]:
        return [documents for documents, *_ in self._state]

    def _measure(self, query: Query) -> Statistics:
        """How rare the words of a query are in each index."""
        for leaf in list_leaves(query):
            for term in list_terms(leaf) if isinstance(leaf, Term | Phrase | Near | AtLeast) else ():
                if term not in self._frequencies:
                    self._frequencies[term] = tuple(member.search(Request(term, limit=0)).total
                                                    for member in self._members)
        return Statistics(self._count_own(), self._frequencies)

    def _rename(self, home: int, document: Document) -> Document:
        """A document under the group that it has in the federation."""
        tangle = self._overlap.tangles[home].get(document.id)
        return replace(document, group=tangle.group) if tangle and tangle.group != document.group else document

    def _is_shadowed(self, home: int, id_: str) -> bool:
        tangle = self._overlap.tangles[home].get(id_)
        return tangle is not None and tangle.shadowed

    def _note_homes(self, hits: Iterable[Ranked]) -> None:
        if len(self._homes) > MOST_HOMES:
            self._homes.clear()
        self._homes.update((hit.id, hit.home) for hit in hits)


def refuse_writing(names: Iterable[str]) -> SettingsError:
    """The error for whoever would write to several indexes."""
    return SettingsError("several indexes are only read together", ", ".join(names),
                         "give the one index that is meant")


def merge_cuts(answers: Iterable[Matches]) -> tuple[Cut, ...]:
    """The patterns that were cut in any index; the words that fit are those of the index with the most."""
    cuts: dict[str, Cut] = {}
    for answer in answers:
        for cut in answer.cuts:
            known = cuts.get(cut.pattern)
            cuts[cut.pattern] = cut if known is None or cut.total > known.total else known
    return tuple(cuts.values())


def _take(words: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Those of the words that a vocabulary has."""
    known = vocabulary.words
    places = ((word, bisect_left(known, word)) for word in words)
    return [word for word, place in places if place < len(known) and known[place] == word]

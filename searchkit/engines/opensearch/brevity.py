"""Queries of many words in fewer clauses: a server takes 1,024 in all (indices.query.bool.max_clause_count).

They match the same documents. Of words any of which may match, in one field and for the same languages, all become one
clause, and the first ones score; so does what is asked for, and not what is preferred besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from searchkit.engines.opensearch.compilation import Clause, Compiler, list_choices, match_any
from searchkit.search import query as q

MOST_SCORING = 512  # words of a query that score: the others leave room for what else is asked


class BriefCompiler(Compiler):
    """Compiles one tree in few clauses."""

    _scoring = 0

    def compile(self, query: q.Query) -> Clause:
        """The clause that matches the documents of a query, with scores of their own."""
        match query:
            case q.Prefer(child):
                return self.compile(child)
            case q.Or(children):
                others = q.Or(tuple(child for child in children if not _list_words(child)))
                return match_any([*self._gather(children), *([super().compile(others)] if others.children else [])])
            case _:
                return super().compile(query)

    def _gather(self, children: Sequence[q.Query]) -> Iterator[Clause]:
        """A clause for each field and languages that words are looked for in."""
        words: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        scoring: defaultdict[tuple[str, str], list[Clause]] = defaultdict(list)
        spoken: dict[str, Clause] = {}
        for child in children:
            for languages, term in _list_words(child):
                place = term.field, str(languages)
                spoken[place[1]] = languages
                words[place].append(term.term)
                if self._scoring < MOST_SCORING:
                    self._scoring += 1
                    scoring[place].append(self.compile(term))
        for place, terms in words.items():
            every = {"terms": {f"terms.{place[0]}": terms}}
            yield {"bool": {"filter": [spoken[place[1]], every], "should": scoring[place]}}


def _list_words(query: q.Query) -> list[tuple[Clause, q.Term]]:
    """The word that a node asks of the documents in each language, with the clause of these; nothing for others."""
    choices = list(list_choices(query))
    words = [(speaking, node) for speaking, node in choices if isinstance(node, q.Term)]
    return words if len(words) == len(choices) else []

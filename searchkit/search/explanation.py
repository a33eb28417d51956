"""Why a query finds what it finds: its words and clauses, each counted alone and left out, and what to try instead.

Every figure is a search without hits; their number is bounded, whatever the query.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from itertools import islice, takewhile
from typing import Any

from searchkit.fields import DEFAULT_FIELD
from searchkit.frozen import frozen
from searchkit.search.analysis import analyse
from searchkit.search.correction import suggest
from searchkit.search.operands import Languages
from searchkit.search.query import (
    NOTHING,
    AtLeast,
    ByLanguage,
    Phrase,
    Prefix,
    Query,
    Term,
    both,
    by_language,
    choose_language,
    find_leaves,
)
from searchkit.search.question import Archive, Question, add_chrome, drop_dates
from searchkit.search.stemming import settle_language
from searchkit.search.vocabulary import Vocabulary, find_forms

MOST_WORDS = 24  # that an explanation tells of; each costs a search of the vocabulary
MOST_CLAUSES = 24  # each costs two searches; of more the first are told, and all filters
MOST_FORMS = 5  # of a word, the most frequent
MOST_ADVISED = 8  # clauses that are counted for a line of advice: a query must stay quick


@frozen
class Form:
    """A word as written, and in how many documents it stands."""

    written: str
    documents: int


@frozen
class Word:
    """A word of the query, as typed; what it is matched by; how many documents have it, in which forms."""

    typed: str
    field: str
    term: str
    documents: int
    forms: tuple[Form, ...]


@frozen
class Clause:
    """What must hold, ``kind`` "query" or "filter": how many documents match it alone, and all the rest without it."""

    clause: str
    kind: str
    documents: int
    without: int


@frozen
class Explanation:
    """A query as it was understood, and what each of its parts does.

    ``emptied_by`` names the clauses that nothing matches, or else those without which something would.
    ``undated`` is how many match all but the dates asked for and have no date (None: no dates were asked for);
    ``only_in_chrome`` how many more match where words may stand in site furniture; ``advice`` says it in sentences.
    """

    query: str
    parsed: str
    match: str
    total: int
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]
    emptied_by: tuple[str, ...]
    undated: int | None
    only_in_chrome: int
    suggestion: str | None
    advice: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit explain --json``."""
        return {"schema": 1, **asdict(self)}


def explain(question: Question, archive: Archive) -> Explanation:
    """All that can be said of a question."""
    total = archive.count(question.tree)
    clauses = tuple(_count_clauses(question, archive))
    named = [clause.clause for clause in clauses]
    emptied = () if total else tuple(
        [clause.clause for clause in clauses if not clause.documents]
        or [clause.clause for clause in clauses if clause.without and len(named) > 1])
    without_dates = drop_dates(question)
    undated = None if without_dates is None else archive.count(without_dates)
    in_chrome = archive.count(add_chrome(question.tree)) - total
    advice = [_tell_cause(emptied, clauses)] if emptied else []
    return Explanation(
        question.text, str(question.tree), question.match, total, tuple(_count_words(question, archive)), clauses,
        emptied, undated, in_chrome, suggest(question, archive, total),
        (*advice, *_tell_undated(undated or 0), *_tell_chrome(in_chrome)), question.warnings)


def advise(question: Question, archive: Archive) -> str | None:
    """The most helpful thing to say of a question that finds nothing; None where nothing helps."""
    for line in (*advise_dates(question, archive),
                 *_tell_chrome(archive.count(add_chrome(question.tree)))):
        return line
    clauses = question.list_clauses()[:MOST_ADVISED]
    typed = _find_typed(question.text, question.languages)
    empty = [_describe(clause, typed) for clause in clauses if not archive.count(clause)]
    if empty:
        return _tell_empty(empty)
    gains = [(archive.count(_leave_out(question, place)), clause) for place, clause in enumerate(clauses)]
    most, clause = max(gains, key=lambda gain: gain[0], default=(0, None))
    return _tell_gain(_describe(clause, typed), most) if clause and most and len(gains) > 1 else None


def advise_dates(question: Question, archive: Archive) -> tuple[str, ...]:
    """How many documents are left out only because they have no date."""
    without_dates = drop_dates(question)
    return _tell_undated(archive.count(without_dates)) if without_dates is not None else ()


def _count_clauses(question: Question, archive: Archive) -> Iterator[Clause]:
    typed = _find_typed(question.text, question.languages)
    filters = len(question.filters)
    clauses = question.list_clauses()
    parts = len(clauses) - filters
    places = [*range(min(parts, max(MOST_CLAUSES - filters, 0))), *range(parts, len(clauses))]
    for place in places[:MOST_CLAUSES]:
        clause, kind = clauses[place], "query" if place < parts else "filter"
        yield Clause(_describe(clause, typed), kind, archive.count(clause), archive.count(_leave_out(question, place)))


def _leave_out(question: Question, place: int) -> Query:
    clauses = question.list_clauses()
    return both(*clauses[:place], *clauses[place + 1:])


def _count_words(question: Question, archive: Archive) -> Iterator[Word]:
    """Words, words of phrases, and prefixes, each once a field; a word of several languages is one."""
    typed = _find_typed(question.text, question.languages)
    seen = dict.fromkeys(word for leaf in find_leaves(question.asked) for word in _list_words(leaf))
    for word in islice(seen, MOST_WORDS):
        if isinstance(word, Prefix):
            field, terms, shown = word.field, [word.prefix], f"{word.prefix}*"
            found = archive.find_words(field, partial(_find_beginning, beginning=word.prefix))
        else:
            nodes = [node for node in _list_nodes(word) if isinstance(node, Term)]
            field, terms = nodes[0].field, list(dict.fromkeys(node.term for node in nodes))
            shown, found = typed.get(terms[0], terms[0]), {}
            for language, term in _find_terms(word, question.languages).items():
                found |= archive.find_words(field, partial(find_forms, term=term.term, language=language))
        common = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST_FORMS]
        yield Word(shown, field, "|".join(terms), archive.count(word), tuple(Form(*item) for item in common))


def _list_nodes(query: Query) -> Sequence[Query]:
    """What a query asks of the languages."""
    return query.nodes if isinstance(query, ByLanguage) else (query,)


def _find_terms(word: Query, languages: Languages) -> dict[str, Term]:
    """What a word is matched by, by the languages as which texts are analysed."""
    chosen = {settle_language(language): choose_language(word, language) for language in languages}
    return {language: node for language, node in chosen.items() if isinstance(node, Term)}


def _list_words(leaf: Query) -> Sequence[Query]:
    """The words of a leaf: terms, prefixes, and terms by language."""
    match leaf:
        case Term() | Prefix():
            return [leaf]
        case Phrase(field, terms):
            return [Term(field, term) for term in terms]
        case AtLeast(_, child):
            return _list_words(child)
        case ByLanguage():
            words = {language: _list_words(leaf.choose(language)) for language in (None, *leaf.languages)}
            return [by_language({language: of[place] if of else NOTHING for language, of in words.items()})
                    for place in range(max(map(len, words.values())))]
        case _:
            return []


def _find_beginning(vocabulary: Vocabulary, beginning: str) -> list[str]:
    words = vocabulary.words
    return list(takewhile(lambda word: word.startswith(beginning),
                          (words[place] for place in range(bisect_left(words, beginning), len(words)))))


def _find_typed(text: str, languages: Languages) -> dict[str, str]:
    """Words as typed, by their terms in each language."""
    typed: dict[str, str] = {}
    for language in dict.fromkeys(map(settle_language, languages)):
        for token in analyse(text, language):
            typed.setdefault(token.term, text[token.start:token.end])
    return typed


def _describe(clause: Query, typed: Mapping[str, str]) -> str:
    """A clause as its user knows it: a word as typed, anything else as it was understood."""
    for node in _list_nodes(clause):
        if isinstance(node, Term) and node.field == DEFAULT_FIELD:
            return typed.get(node.term, node.term)
    return str(clause)


def _tell_cause(emptied: Sequence[str], clauses: Sequence[Clause]) -> str:
    best = max((clause for clause in clauses if clause.clause in emptied), key=lambda clause: clause.without)
    return _tell_gain(best.clause, best.without) if best.documents else _tell_empty(emptied)


def _tell_empty(clauses: Sequence[str]) -> str:
    return f"no document matches {' or '.join(clauses[:3])}"


def _tell_gain(clause: str, documents: int) -> str:
    return f"without {clause} there would be {documents:,} {_name_documents(documents)}"


def _tell_undated(documents: int) -> tuple[str, ...]:
    has = "has" if documents == 1 else "have"
    return (f"{documents:,} more {_name_documents(documents)} would match but {has} no date",) if documents else ()


def _tell_chrome(documents: int) -> tuple[str, ...]:
    match = "matches" if documents == 1 else "match"
    return (f"{documents:,} more {match} only in site chrome (to search there: in:all)",) if documents else ()


def _name_documents(count: int) -> str:
    return "document" if count == 1 else "documents"

"""The query tree: what a query means, in one node a kind, for every engine to compile.

``str()`` of a node is its canonical text (the "parsed" of an answer). Terms are analysed already: a node
never needs the analyzer again. ``Not`` stands for "all documents but"; wherever it stands, it scores 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from searchkit.frozen import frozen
from searchkit.search.folding import fold_value


@frozen
class Everything:
    """All documents. Scores 0."""

    def __str__(self) -> str:
        return "*"


@frozen
class Term:
    """Documents in whose text field the term occurs. Scores BM25."""

    field: str
    term: str

    def __str__(self) -> str:
        return f"{self.field}:{self.term}"


@frozen
class Phrase:
    """Documents in whose text field the terms follow each other. Scores BM25 with the phrase as one term."""

    field: str
    terms: tuple[str, ...]

    def __str__(self) -> str:
        return f'{self.field}:"{" ".join(self.terms)}"'


@frozen
class Near:
    """Documents in whose text field the terms stand near each other, in any order. Scores as ``Phrase`` does.

    They are near in a window of as many places as there are terms, and ``slop`` more, that begins with one of
    them and holds each as often as it stands in ``terms``; the windows are counted. The border between two
    passages (headline and story, two stripped blocks) takes one place.
    """

    field: str
    terms: tuple[str, ...]
    slop: int

    def __str__(self) -> str:
        return f'{self.field}:"{" ".join(self.terms)}"~{self.slop}'


@frozen
class AtLeast:
    """Documents in which the child, words of a text field, stands at least ``count`` times. Scores what it scores."""

    count: int
    child: Term | Phrase | Near

    def __str__(self) -> str:
        return f"atleast({self.count}, {self.child})"


@frozen
class Prefix:
    """Documents in whose text field a word, as written, begins so. Scores 1."""

    field: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.field}:{self.prefix}*"


@frozen
class Wildcard:
    """Documents with a word, as written, of this pattern: ? is one character, * any number of them. Scores 1."""

    field: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.field}:{self.pattern}"


@frozen
class Fuzzy:
    """Documents with a word, as written, that begins with the same letter and is ``distance`` edits away or less.

    An edit is a letter added, left out or replaced, or two neighbours swapped. Scores 1.
    """

    field: str
    word: str
    distance: int

    def __str__(self) -> str:
        return f"{self.field}:{self.word}~{self.distance}"


@frozen
class Keyword:
    """Documents that have this value (compared folded) in a keyword field. Scores 0."""

    field: str
    value: str

    @property
    def key(self) -> str:
        """The value as it is compared."""
        return fold_value(self.value)

    def __str__(self) -> str:
        return f'{self.field}:"{self.value}"'


@frozen
class KeywordPrefix:
    """Documents with a value in a keyword field that, folded, begins so and is none of ``excluded``. Scores 0."""

    field: str
    prefix: str
    excluded: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The prefix as it is compared."""
        return fold_value(self.prefix)

    def __str__(self) -> str:
        return f'{self.field}:"{self.prefix}"*'


@frozen
class DateRange:
    """Documents dated from ``first`` to ``last``, both days included; ``None`` is open. Scores 0.

    Days are proleptic Gregorian ordinals (``datetime.date.toordinal``). A document dated by month or year
    counts as dated on the first day of it.
    """

    field: str
    first: int | None
    last: int | None

    def __str__(self) -> str:
        return f"{self.field}:{_day(self.first)}..{_day(self.last)}"


@frozen
class Missing:
    """Documents without any value in a keyword or date field. Scores 0."""

    field: str

    def __str__(self) -> str:
        return f"{self.field}:none"


@frozen
class And:
    """Documents that match every child. Scores the sum."""

    children: tuple[Query, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_inner, self.children))


@frozen
class Or:
    """Documents that match a child. Scores the sum over those that match."""

    children: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_inner, self.children))


@frozen
class Not:
    """All documents but those that match the child. Scores 0."""

    child: Query

    def __str__(self) -> str:
        return f"NOT {_inner(self.child)}"


@frozen
class Boost:
    """What the child matches, its score multiplied by a factor."""

    child: Query
    factor: float

    def __str__(self) -> str:
        return f"{_inner(self.child)}^{self.factor:g}"


@frozen
class Prefer:
    """What the child matches; those that match a bonus too score that besides."""

    child: Query
    bonuses: tuple[Query, ...]

    def __str__(self) -> str:
        return str(self.child)


@frozen
class ByLanguage:
    """Documents that match what is asked of their language: the node of the first of ``choices`` that names it, else
    ``default`` (that of documents without a language, or in one that none names). Scores what that node scores.

    Languages are folded values of the field ``language``.
    """

    choices: tuple[tuple[tuple[str, ...], Query], ...]
    default: Query

    @property
    def nodes(self) -> tuple[Query, ...]:
        """The default, and those of the choices."""
        return (self.default, *(node for _, node in self.choices))

    @property
    def languages(self) -> tuple[str, ...]:
        """All that are named."""
        return tuple(language for languages, _ in self.choices for language in languages)

    def choose(self, language: str | None) -> Query:
        """What is asked of documents in a language."""
        key = None if language is None else fold_value(language)
        return next((node for languages, node in self.choices if key in languages), self.default)

    def map(self, change: Callable[[Query], Query]) -> ByLanguage:
        """The same with other nodes."""
        return ByLanguage(tuple((languages, change(node)) for languages, node in self.choices), change(self.default))

    def __str__(self) -> str:
        asked = [node for node in self.nodes if node != NOTHING]
        fields = {getattr(node, "field", "") for node in asked if not isinstance(node, Everything)}
        shared = f"{fields.pop()}:" if len(fields) == 1 and fields != {""} else ""
        return f"{shared}({'|'.join(dict.fromkeys(str(node).removeprefix(shared) for node in asked))})"


Pattern = Prefix | Wildcard | Fuzzy  # nodes that stand for words of the index: see ``search.expansion``
Words = Term | Phrase | Near | AtLeast | Pattern | ByLanguage  # nodes that match by the words of a text field
Query = Everything | Words | Keyword | KeywordPrefix | DateRange | Missing | And | Or | Not | Boost | Prefer
NOTHING = Or(())


def both(*queries: Query) -> Query:
    """All of these at once, without needless nesting."""
    parts = [query for query in queries if not isinstance(query, Everything)]
    if len(parts) == 1:
        return parts[0]
    return And(tuple(parts)) if parts else Everything()


def either(*queries: Query) -> Query:
    """Any of these, without needless nesting."""
    return queries[0] if len(queries) == 1 else Or(queries)


def by_language(nodes: Mapping[str | None, Query]) -> Query:
    """What is asked of each language, as one node: none that chooses where all are asked the same.

    None stands for documents without a language; where it is missing, the first language does.
    """
    default = nodes[None] if None in nodes else next(iter(nodes.values()))
    named: dict[Query, list[str]] = {}
    for language, node in nodes.items():
        if language is not None and node != default:
            named.setdefault(node, []).append(language)
    return ByLanguage(tuple((tuple(of), node) for node, of in named.items()), default) if named else default


def choose_language(query: Query, language: str | None) -> Query:
    """What a query asks of the documents in a language."""
    match query:
        case ByLanguage():
            return choose_language(query.choose(language), language)
        case And(children):
            return And(tuple([choose_language(child, language) for child in children]))
        case Or(children):
            return Or(tuple([choose_language(child, language) for child in children]))
        case Not(child):
            return Not(choose_language(child, language))
        case Boost(child, factor):
            return Boost(choose_language(child, language), factor)
        case Prefer(child, bonuses):
            return Prefer(choose_language(child, language),
                          tuple([choose_language(bonus, language) for bonus in bonuses]))
        case _:
            return query


def find_leaves(query: Query) -> Iterator[Query]:
    """The nodes without children that a document can match by, left to right; nothing below a ``Not``.

    A ``ByLanguage`` is one: ``choose_language`` puts in its place what it asks of a language.
    """
    if isinstance(query, And | Or):
        for child in query.children:
            yield from find_leaves(child)
    elif isinstance(query, Boost | Prefer | AtLeast):
        yield from find_leaves(query.child)
    elif not isinstance(query, Not):
        yield query


def find_patterns(query: Query) -> Iterator[Pattern]:
    """The nodes that stand for words of the index, left to right, those below a ``Not`` too."""
    match query:
        case And(children) | Or(children):
            for child in children:
                yield from find_patterns(child)
        case Prefer(child, bonuses):
            for part in (child, *bonuses):
                yield from find_patterns(part)
        case ByLanguage():
            for node in query.nodes:
                yield from find_patterns(node)
        case Not(child) | Boost(child):
            yield from find_patterns(child)
        case Prefix() | Wildcard() | Fuzzy():
            yield query


def _inner(query: Query) -> str:
    return f"({query})" if isinstance(query, And | Or) else str(query)


def _day(ordinal: int | None) -> str:
    return "" if ordinal is None else date.fromordinal(ordinal).isoformat()

"""The people who wrote a page: from JSON-LD, meta elements, microdata, bylines and biographies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from searchkit.model import Clue
from searchkit.pipeline import byline, datetext, structured, wording
from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.landmarks import Landmarks

_META = {"author": 0.8, "parsely-author": 0.85, "sailthru.author": 0.85, "dc.creator": 0.75,
         "dcterms.creator": 0.75, "dc.contributor": 0.55, "article:author": 0.75, "og:article:author": 0.75,
         "byl": 0.85, "citation_author": 0.85, "cxenseparse:author": 0.8, "article:author_name": 0.85, "authors": 0.8,
         "article.author": 0.8, "twitter:creator": 0.3, "creator": 0.7}
_AUTHOR_CLASS = re.compile(r"author|byline|by-line|autor|auteur|writer|contributor|redakteur|journalist|firma\b")
_ELSEWHERE_CLASS = re.compile(r"comment|related|sidebar|footer|teaser|recommend|widget|popular|latest|recent|card|"
                              r"avatar")

# What is left of a clue's confidence if it names no person: "Editorial Team" or "Associated Press", a single
# word, the login name of whoever runs the site, or the outlet itself. Set so that the first two are believed
# where the page's head or a line with "by" says so, and the third nowhere.
_STAFF, _OTHER, _ACCOUNT, _OUTLET = 0.65, 0.75, 0.4, 0.9
# From how sure a line is a byline it may name something other than a person.
_SIGNED = 0.76
# From how sure a clue is, it may add people to a surer one.
_LIKELY = 0.75
# The outlet is its own author only where no person is named.
_AT_MOST = 0.55
# How likely "A column by Jane Doe" near the headline names the author.
_INNER = 0.72
# A line of the story that is longer is no byline, unless its class says so.
_SHORT = 60
# How far from the story's first or last block a line with "by" signs it, in blocks, and how likely.
_ENDING, _SIGNED_BELOW = 3, 0.68
# The same for a line of an author's class anywhere; a teaser's byline looks the same, so that what the page's
# head says comes first.
_SIGNED_FAR = 0.58
# How many blocks below the story an author's biography stands.
_BIO_REACH = 12


def find_authors(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks) -> tuple[Clue, ...]:
    """Who may have written a page, most likely first; several people of one clue are joined by "; "."""
    around = _look_around(markup, verdicts, marks)
    clues = [*_from_head(markup), *_from_marks(markup, verdicts, marks), *_from_lines(markup, around),
             *_from_biographies(markup, marks.end)]
    outlets = _outlet_names(markup)
    best: dict[str, Clue] = {}
    for clue in sorted((_drop_outlets(clue, outlets) for clue in clues), key=lambda each: -each.confidence):
        best.setdefault(wording.fold(clue.value), clue)
    return tuple(_complete(list(best.values())[:10]))


def _complete(clues: list[Clue]) -> list[Clue]:
    """Clues, those first that name the people of the first and others: machines are often told one of several."""
    if not clues:
        return clues
    people = set(map(wording.fold, clues[0].value.split("; ")))
    for clue in clues[1:]:
        others = set(map(wording.fold, clue.value.split("; ")))
        if people < others and clue.confidence >= _LIKELY and all(map(byline.has_first_name, others - people)):
            whole = replace(clue, confidence=clues[0].confidence)
            return [whole, *(each for each in clues if each is not clue)]
    return clues


def find_biographies(markup: Markup, end: int) -> Iterator[tuple[str, str]]:
    """(name, text) of each biography below the story's last block: a line with a name, a text that begins with it."""
    for place in range(max(0, end - 2), min(end + _BIO_REACH, len(markup.blocks) - 1)):
        name = markup.blocks[place].text
        if len(name) <= byline.LONGEST and byline.is_person(name):
            text = markup.blocks[place + 1].text
            if text.startswith(name) and _tells_of(text[len(name):]):
                yield name, text


def _outlet_names(markup: Markup) -> frozenset[str]:
    """What the page says its outlet is called, folded: no name of an author."""
    names = [text for _, text in structured.find_meta(markup, "og:site_name", "application-name", "publisher")]
    names += [name for name in structured.read_items(markup).find_texts("publisher") if not byline.is_person(name)]
    return frozenset(wording.fold(name) for name in names)


def _drop_outlets(clue: Clue, outlets: frozenset[str]) -> Clue:
    """A clue without the outlet among its people, doubted if there is nobody else."""
    people = clue.value.split("; ")
    persons = [name for name in people if wording.fold(name) not in outlets]
    if persons:
        return replace(clue, value="; ".join(persons))
    return replace(clue, confidence=round(min(clue.confidence * _OUTLET, _AT_MOST), 3))


def _clue(texts: Sequence[str], source: str, confidence: float) -> Clue | None:
    """A clue for the people in some texts, weaker the less they look like people."""
    people: list[str] = []
    for text in texts[:byline.MOST_AUTHORS]:
        people += [name for name in byline.name_people(text) if name not in people]
    if not people:
        return None
    persons = [name for name in people if byline.is_person(name)]
    if persons:
        return Clue("; ".join(persons), source, confidence, ", ".join(texts)[:200])
    words = {word.casefold() for name in people for word in name.split()}
    staff = words & byline.read_words("nobody")
    share = _ACCOUNT if words & byline.read_words("account") else _STAFF if staff else _OTHER
    return Clue("; ".join(people), source, round(confidence * share, 3), ", ".join(texts)[:200])


def _from_head(markup: Markup) -> Iterator[Clue]:
    """Clues from JSON-LD and meta elements."""
    items = structured.read_items(markup)
    for key, confidence in (("author", 0.9), ("creator", 0.8)):
        clue = _clue(items.find_texts(key), "json-ld", confidence)
        if clue:
            yield clue
    for name, confidence in _META.items():
        clue = _clue([text for _, text in structured.find_meta(markup, name)], "meta", confidence)
        if clue:
            yield clue


def _from_marks(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks) -> Iterator[Clue]:
    """Clues from microdata and rel=author: those by the headline, else those below the story."""
    near, end = marks.byline, marks.end
    for name, source, confidence in (("itemprop:author", "itemprop", 0.82), ("rel", "rel-author", 0.8)):
        marked = [(place, text) for place, text in structured.find_marks(markup, name)
                  if name != "rel" or text == "author"]
        beside = [(place, text) for place, text in marked if place in near]
        below = [(place, text) for place, text in marked if end < place <= end + _BIO_REACH
                 and "comment" not in verdicts[place].reason]
        anywhere = [] if name == "rel" else [(place, text) for place, text in marked
                                             if not _is_elsewhere(markup.blocks[place], verdicts[place])]
        texts = [byline.find_signed(markup.blocks[place].text) if name == "rel" else text
                 for place, text in (beside or below or anywhere)[:4]]
        clue = _clue([text for text in texts if len(text) <= byline.BYLINE_LENGTH], source, confidence)
        if clue:
            yield clue


def _from_lines(markup: Markup, around: _Around) -> Iterator[Clue]:
    """Clues from lines near the headline: "By …", blocks of an author's class, names beside the date."""
    near = around.marks.byline
    for place in _list_places(markup, around):
        block = markup.blocks[place]
        if len(block.text) > byline.BYLINE_LENGTH or (
                around.verdicts[place].keep and len(block.text) > _SHORT and place not in around.marked):
            continue
        if place in near:
            confidence = _judge_line(block, place, around)
        else:
            confidence = _judge_far(block, place, around)
        text = _read_line(markup, place) if confidence else ""
        if not confidence and place in near:
            text, confidence = byline.find_inner(block.text), _INNER
        clue = _clue([text], "byline", confidence) if text else None
        names = clue.value.split("; ") if clue else []
        if clue and (any(map(byline.is_person, names)) or (confidence >= _SIGNED and all(map(_can_sign, names)))):
            yield clue


def _list_places(markup: Markup, around: _Around) -> list[int]:
    """The positions of blocks that may be a byline: near the headline, at the story's ends, of an author's class."""
    start, end = around.marks.start, around.marks.end
    ends = (*range(start + 1, start + _ENDING + 1), *range(max(start, end - _ENDING) + 1, end + _ENDING + 1))
    return sorted({*around.marks.byline, *(place for place in ends if place < len(markup.blocks)), *around.marked})


def _read_line(markup: Markup, place: int) -> str:
    """The part of a line that may be a name; the next line where this one only says "By"."""
    text = markup.blocks[place].text
    if byline.match_by().fullmatch(text + " ") and place + 1 < len(markup.blocks):
        return markup.blocks[place + 1].text
    return byline.find_signed(text)


@dataclass(frozen=True, slots=True)
class _Around:
    """What lines are judged by: which of those near the headline hold a date, the handles there, the landmarks.

    ``marked`` are those with an author's class.
    """

    verdicts: Sequence[Verdict]
    marked: frozenset[int]
    dated: frozenset[int]
    handles: frozenset[str]
    marks: Landmarks


def _look_around(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks) -> _Around:
    blocks, near = markup.blocks, marks.byline
    return _Around(
        verdicts=verdicts,
        marked=_find_marked(blocks),
        dated=frozenset(place for place in near if len(blocks[place].text) < byline.BYLINE_LENGTH
                        and (datetext.find_dates(byline.part_days(blocks[place].text))
                             or any(name == "time" for name, _ in blocks[place].marks))),
        handles=frozenset(wording.fold(word[1:].replace("_", "")) for place in near
                          for word in blocks[place].text.split() if word.startswith("@")),
        marks=marks,
    )


def _can_sign(name: str) -> bool:
    """Whether a name that is no person's can stand behind "by": a login or an organisation, no words of a text."""
    words = name.split()
    if len(words) > 1:
        return not words[0][0].islower() and len(words) <= byline.MOST_WORDS
    if name.casefold() in datetext.read_months():
        return False
    return len(name) > 2 and not any(name.casefold() in byline.read_words(kind) for kind in ("by", "role", "particle"))


def _judge_line(block: Block, place: int, around: _Around) -> float:
    """How likely a line near the headline names the author; 0 if nothing speaks for it."""
    marked = place in around.marked and not _ELSEWHERE_CLASS.search(" ".join(block.context[-3:]))
    if byline.says_by(block.text):
        return 0.82 if marked or place in around.dated else 0.78
    if marked or around.verdicts[place].reason == "byline":
        return 0.76
    if not byline.is_person(block.text):
        people = byline.name_people(byline.find_signed(block.text)) if place in around.dated else ()
        return 0.62 if any(map(byline.is_person, people)) else 0.0
    if wording.fold(block.text).replace(" ", "") in around.handles:
        return 0.78
    close = any(abs(place - other) <= 2 for other in around.dated)
    likely = block.link_chars >= len(block.text) > 0 and byline.has_first_name(block.text)
    below = around.marks.headline is not None and place > around.marks.headline
    return (0.55 if likely else 0.52 if below else 0.4) if close and block.context else 0.6 if close else 0.0


def _judge_far(block: Block, place: int, around: _Around) -> float:
    """How likely a line away from the headline names the author: below the story, or where nothing was kept."""
    begins = around.marks.start < place <= around.marks.start + _ENDING
    ends = around.marks.end - _ENDING < place <= around.marks.end + _ENDING and place > around.marks.start
    marked = place in around.marked
    if not (marked or begins or ends) or _is_elsewhere(block, around.verdicts[place]):
        return 0.0
    says_by = byline.says_by(block.text)
    if marked:
        return _SIGNED_FAR if says_by else 0.55
    return _SIGNED_BELOW if says_by else 0.0


def _find_marked(blocks: Sequence[Block]) -> frozenset[int]:
    """The positions of blocks that stand in an element of an author's class."""
    elements = set(chain.from_iterable({block.context[-3:] for block in blocks}))
    if not _AUTHOR_CLASS.search("\n".join(elements)):
        return frozenset()
    marked = set(filter(_AUTHOR_CLASS.search, elements))
    return frozenset(place for place, block in enumerate(blocks) if not marked.isdisjoint(block.context[-3:]))


def _from_biographies(markup: Markup, end: int) -> Iterator[Clue]:
    for name, text in find_biographies(markup, end):
        yield Clue(name, "author-bio", 0.75, text[:200])


def _tells_of(text: str) -> bool:
    """Whether a text goes on as a biography does after the name."""
    return text.lstrip(" ,").casefold().startswith(tuple(byline.read_words("writes")))


def _is_elsewhere(block: Block, verdict: Verdict) -> bool:
    return "comment" in verdict.reason or bool(_ELSEWHERE_CLASS.search(" ".join(block.context[-4:])))

"""The people who wrote a page: from JSON-LD, meta elements, microdata, bylines and biographies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from searchkit.model import Clue
from searchkit.pipeline import datetext, structured, title, wording, wordlists
from searchkit.pipeline.block import Block, Markup, Verdict

_META = {"author": 0.8, "parsely-author": 0.85, "sailthru.author": 0.85, "dc.creator": 0.75,
         "dcterms.creator": 0.75, "dc.contributor": 0.55, "article:author": 0.75, "og:article:author": 0.75,
         "byl": 0.85, "citation_author": 0.85, "cxenseparse:author": 0.8, "article:author_name": 0.85, "authors": 0.8,
         "article.author": 0.8, "twitter:creator": 0.3, "creator": 0.7}
_AUTHOR_CLASS = re.compile(r"author|byline|by-line|autor|auteur|writer|contributor|redakteur|journalist|firma\b")
_ELSEWHERE_CLASS = re.compile(r"comment|related|sidebar|footer|teaser|recommend|widget|popular|latest|recent|card|"
                              r"avatar")

_SPLIT = re.compile(r"\s*(?:[;|•·/&]|\s(?:and|und|et|y|e|en|och|og|ja|oraz|a|и|with)\s|,\s?and\s)\s*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w+|https?://\S*|www\.\S*|\([^()]{0,80}\)|\S+\.(?:com|org|net|de|html)\b\S*")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'’.\-‘]*(?:['’.\-‘][^\W\d_'’.\-‘]*)*$")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af・]{2,12}$")

_PARTS = re.compile(r"\s+[|·•–—]\s+")
_REST_OF_DATE = re.compile(r"[\s,|·•:\-–—]*(?:\d\d?[:.h]\d\d(?::\d\d)?)?\s?(?:(?:uhr|am|pm|e[sd]t|gmt|utc)\b)?"
                           r"[\s,|·•\-–—]*", re.IGNORECASE)
# How many letters of "Posted on" may stand before the date of a byline.
_INTRO = 18
# A name has hardly more words or letters than this.
_MOST_WORDS, _LONGEST = 6, 50
_BYLINE_LENGTH = 140
_MOST_AUTHORS = 12
# What is left of a clue's confidence if it names no person: "Editorial Team" or "Associated Press", a single
# word, the login name of whoever runs the site, or the outlet itself. Set so that the first two are believed
# where the page's head or a line with "by" says so, and the third nowhere.
_STAFF, _OTHER, _ACCOUNT, _OUTLET = 0.65, 0.75, 0.4, 0.9
# From how sure a line is a byline it may name something other than a person.
_SIGNED = 0.78
# The outlet is its own author only where no person is named.
_AT_MOST = 0.55
# How many blocks below the story an author's biography stands.
_BIO_REACH = 12


def find_authors(markup: Markup, verdicts: Sequence[Verdict]) -> tuple[Clue, ...]:
    """Who may have written a page, most likely first; several people of one clue are joined by "; "."""
    near = title.locate_byline(markup, verdicts)
    clues = [*_from_head(markup), *_from_marks(markup, verdicts, near), *_from_lines(markup, verdicts, near),
             *_from_biographies(markup, verdicts)]
    outlets = _outlet_names(markup)
    best: dict[str, Clue] = {}
    for clue in sorted((_drop_outlets(clue, outlets) for clue in clues), key=lambda each: -each.confidence):
        best.setdefault(wording.fold(clue.value), clue)
    return tuple(best.values())[:10]


def find_biographies(markup: Markup, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, str]]:
    """(name, text) of each biography below the story: a line with a name, then a text that begins with it."""
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    for place in range(max(0, end - 2), min(end + _BIO_REACH, len(markup.blocks) - 1)):
        name = markup.blocks[place].text
        if len(name) <= _LONGEST and is_person(name):
            text = markup.blocks[place + 1].text
            if text.startswith(name) and _tells_of(text[len(name):]):
                yield name, text


def is_person(text: str) -> bool:
    """Whether a text looks like the name of one person: two to six words with capitals, none a common one."""
    words = text.split()
    if _EAST_ASIAN.match(text):
        return True
    if not 2 <= len(words) <= _MOST_WORDS or len(text) > _LONGEST:
        return False
    particles, nobody = _words("particle"), _words("nobody")
    names = [word for word in words if word.casefold() not in particles]
    return (len(names) >= 2 and all(_NAME_WORD.match(word) and word[0].isupper() for word in names)
            and not any(word.casefold() in nobody for word in words))


def name_people(text: str) -> tuple[str, ...]:
    """The names in a byline, without "by", roles, addresses, handles and dates."""
    text = _cut_date(_ADDRESS.sub(" ", structured.clean(text)))
    text = _cut_by(text.strip(" ,.:-–—|"))
    people: list[str] = []
    for part in _SPLIT.split(text)[:_MOST_AUTHORS]:
        for piece in _split_commas(part):
            name = _trim(piece)
            if name and name not in people:
                people.append(name)
    return tuple(people)


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(wordlists.read_kinds("author_words.txt")[kind])


@cache
def _by_pattern() -> re.Pattern[str]:
    """Words before a name, at the start of a line."""
    words = sorted(_words("by"), key=len, reverse=True)
    return re.compile(rf"(?i:{'|'.join(map(re.escape, words))})(?:\s?[:：]\s*|\s+)|By(?=[A-Z])")


def _cut_by(text: str) -> str:
    """A text without the "by" it begins with, or without all up to the one inside it."""
    for _ in range(2):
        match = _by_pattern().match(text)
        text = text[match.end():] if match else text
    return text


def _cut_date(text: str) -> str:
    """A text up to its first date, time of day, or upright stroke."""
    text = text.strip(" |·•").split(" | ")[0]
    dates = datetext.find_dates(text[:300])
    cut = dates[0].start if dates else len(text)
    clock = re.search(r"\d{1,2}[:.]\d\d", text[:cut])
    return text[:clock.start() if clock else cut].rstrip(" ,|-–—·•(")


def _split_commas(part: str) -> list[str]:
    """Pieces of a list with commas; a title or a role after a comma is no piece of its own."""
    pieces = [piece.strip() for piece in part.split(",")]
    roles = _words("role")
    return [piece for place, piece in enumerate(pieces)
            if place == 0 or (len(piece.split()) >= 2 and piece[:1].isupper() and piece.casefold() not in roles)]


def _trim(piece: str) -> str:
    """A name without role words behind it and signs around it; capitals throughout become a name's."""
    words = piece.strip(" ,.:;-–—|\"“”*").split()
    roles = _words("role")
    for place in range(1, len(words)):
        rest = [word.casefold().strip(",.") for word in words[place:place + 2]]
        if (rest[0] in roles and rest[0] not in _words("particle")) or " ".join(rest) in roles:
            words = words[:place]
            break
        if place >= 2 and words[place].isupper() and len(words[place]) > 2 and not words[0].isupper():
            words = words[:place]  # "Jane Doe USA NEWS": the outlet's name in capitals
            break
    name = " ".join(words)
    if not name or len(name) > _LONGEST or not any(letter.isalpha() for letter in name):
        return ""
    return name.title() if name.isupper() and len(words) > 1 else name


def _outlet_names(markup: Markup) -> frozenset[str]:
    """What the page says its outlet is called, folded: no name of an author."""
    names = [text for _, text in structured.find_meta(markup, "og:site_name", "application-name", "publisher")]
    names += [name for name in structured.read_items(markup).find_texts("publisher") if not is_person(name)]
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
    for text in texts[:_MOST_AUTHORS]:
        people += [name for name in name_people(text) if name not in people]
    if not people:
        return None
    persons = [name for name in people if is_person(name)]
    if persons:
        return Clue("; ".join(persons), source, confidence, ", ".join(texts)[:200])
    words = {word.casefold() for name in people for word in name.split()}
    share = _ACCOUNT if words & _words("account") else _STAFF if words & _words("nobody") else _OTHER
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


def _from_marks(markup: Markup, verdicts: Sequence[Verdict], near: range) -> Iterator[Clue]:
    """Clues from microdata and rel=author, as long as they stand by this story."""
    microdata = [text for place, text in structured.find_marks(markup, "itemprop:author")
                 if not _is_elsewhere(markup.blocks[place], verdicts[place])]
    links = [_beside_date(markup.blocks[place].text) for place, text in structured.find_marks(markup, "rel")
             if text == "author" and place in near]
    for texts, source, confidence in ((microdata[:4], "itemprop", 0.82), (links[:4], "rel-author", 0.8)):
        clue = _clue([text for text in texts if len(text) <= _BYLINE_LENGTH], source, confidence)
        if clue:
            yield clue


def _from_lines(markup: Markup, verdicts: Sequence[Verdict], near: range) -> Iterator[Clue]:
    """Clues from lines near the headline: "By …", blocks of an author's class, names beside the date."""
    dated = {place for place in near if len(markup.blocks[place].text) < _BYLINE_LENGTH
             and datetext.find_dates(markup.blocks[place].text)}
    handles = {wording.fold(word[1:].replace("_", "")) for place in near
               for word in markup.blocks[place].text.split() if word.startswith("@")}
    for place, block in enumerate(markup.blocks):
        if len(block.text) > _BYLINE_LENGTH or (verdicts[place].keep and len(block.text) > 60):
            continue
        if place in near:
            confidence = _judge_line(block, place, dated, handles)
        else:
            confidence = _judge_far(block, verdicts[place])
        if not confidence:
            continue
        following = markup.blocks[place + 1].text if place + 1 < len(markup.blocks) else ""
        text = following if _by_pattern().fullmatch(block.text + " ") else _beside_date(block.text)
        clue = _clue([text], "byline", confidence)
        names = clue.value.split("; ") if clue else []
        if clue and (any(map(is_person, names)) or (confidence >= _SIGNED and all(map(_can_sign, names)))):
            yield clue


def _can_sign(name: str) -> bool:
    """Whether a name that is no person's can stand behind "by": a login or an organisation, no words of a text."""
    words = name.split()
    if len(words) > 1:
        return words[0][0].isupper() and len(words) <= _MOST_WORDS
    return len(name) > 2 and name.casefold() not in _words("by") | _words("role") | _words("particle")


def _judge_line(block: Block, place: int, dated: set[int], handles: set[str]) -> float:
    """How likely a line near the headline names the author; 0 if nothing speaks for it."""
    marked = _has_author_class(block) and not _ELSEWHERE_CLASS.search(" ".join(block.context[-3:]))
    if _says_by(block.text):
        return 0.82 if marked or place in dated else 0.78
    if marked:
        return 0.76
    if not is_person(block.text):
        return 0.62 if place in dated and is_person(_beside_date(block.text)) else 0.0
    if wording.fold(block.text).replace(" ", "") in handles:
        return 0.78
    close = any(abs(place - other) <= 2 for other in dated)
    return (0.4 if block.context else 0.6) if close else 0.0


def _judge_far(block: Block, verdict: Verdict) -> float:
    """How likely a line away from the headline names the author: below the story, or where nothing was kept."""
    if not _has_author_class(block) or _is_elsewhere(block, verdict):
        return 0.0
    return 0.7 if _says_by(block.text) else 0.55


def _has_author_class(block: Block) -> bool:
    return any(_AUTHOR_CLASS.search(part) for part in block.context[-3:])


def _says_by(text: str) -> bool:
    return bool(_by_pattern().match(text + " ") or _by_pattern().match(_beside_date(text)))


def _beside_date(text: str) -> str:
    """The part of a byline that is no date: "Jane Doe, 3 May 2018" or "3 May 2018, 10:15 | by Jane Doe"."""
    for part in _PARTS.split(text)[1:]:
        if _by_pattern().match(part):
            text = part
            break
    dates = datetext.find_dates(text)
    if not dates or dates[0].start > _INTRO + _LONGEST:
        return text
    before = text[:dates[0].start].strip(" ,|·•:-–—(")
    if any(is_person(name) for name in name_people(before)) or _by_pattern().match(before):
        return before
    return _REST_OF_DATE.sub("", text[dates[0].end:], count=1) if dates[0].start <= _INTRO else before


def _from_biographies(markup: Markup, verdicts: Sequence[Verdict]) -> Iterator[Clue]:
    for name, text in find_biographies(markup, verdicts):
        yield Clue(name, "author-bio", 0.75, text[:200])


def _tells_of(text: str) -> bool:
    """Whether a text goes on as a biography does after the name."""
    return text.lstrip(" ,").casefold().startswith(tuple(_words("writes")))


def _is_elsewhere(block: Block, verdict: Verdict) -> bool:
    return "comment" in verdict.reason or bool(_ELSEWHERE_CLASS.search(" ".join(block.context[-4:])))

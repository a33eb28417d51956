"""Names in a byline: which words of a line are the people who sign it."""

from __future__ import annotations

import re
from functools import cache

from searchkit.pipeline import datetext, structured, wordlists

_SPLIT = re.compile(r"\s*(?:[;|•·/&]|\s(?:and|und|et|y|e|en|och|og|ja|oraz|a|и|with)\s|,\s?and\s)\s*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w+|https?://\S*|www\.\S*|\([^()]{0,80}\)|\S+\.(?:com|org|net|de|html)\b\S*")
_SITE = re.compile(r"[\w-]{3,30}\.(?:com|org|net|de|fr|it|es|nl|at|ch)")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'’.\-‘]*(?:['’.\-‘][^\W\d_'’.\-‘]*)*$")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af・]{2,12}$")

_PARTS = re.compile(r"\s+[|·•–—]\s+")
_REST_OF_DATE = re.compile(r"[\s,|·•:\-–—]*(?:(?:at|um|à|@|às|alle|kl)\.?\s)?(?:\d\d?[:.h]\d\d(?::\d\d)?)?"
                           r"\s?(?:(?:uhr|am|pm)\b)?\s?(?:(?:[ep][sd]?t|gmt|utc)\b)?[\s,|·•\-–—]*", re.IGNORECASE)
_INNER_BY = re.compile(r"\s(?i:by|von|par|por|door|av|af|przez)\s(?=[A-ZÀ-Ý])")
# "Posted in Coast by jane on 3 May 2018".
_INNER_SIGN = re.compile(r"(?<=\s)(?i:by|von|par|por|door|av|af|przez)\s(?=\S+(?:\s\S+){0,3}\s*$)")
_GLUED = re.compile(r"((?:19|20)\d\d)(?=\d\d?\.\s|[A-ZÀ-Ý][a-zà-ý]{2})")
_WORDS_BEFORE = 5
# How many letters of "Posted on" may stand before the date of a byline.
_INTRO = 18
# A name has hardly more words or letters than this.
MOST_WORDS, LONGEST = 6, 50
BYLINE_LENGTH = 140
MOST_AUTHORS = 12


def is_person(text: str) -> bool:
    """Whether a text looks like the name of one person: two to six words with capitals, none a common one."""
    words = text.split()
    if _EAST_ASIAN.match(text):
        return text not in read_words("nobody")
    if not 2 <= len(words) <= MOST_WORDS or len(text) > LONGEST:
        return False
    particles, nobody = read_words("particle"), read_words("nobody")
    names = [word for word in words if not (word.islower() and word in particles)]
    return (len(names) >= 2 and all(_NAME_WORD.match(word) and word[0].isupper() for word in names)
            and not any(word.casefold() in nobody for word in words))


def has_first_name(name: str) -> bool:
    """Whether a name begins with a well-known first name, after titles and initials, or is East Asian."""
    given = [word for word in re.split(r"[\s\-]", name.casefold()) if len(word) > 1 and not word.endswith(".")]
    return bool(_EAST_ASIAN.match(name)) or (bool(given) and given[0] in _read_first_names())


@cache
def _read_first_names() -> frozenset[str]:
    return frozenset(word for line in wordlists.read_lines("first_names.txt") for word in line.split())


def name_people(text: str) -> tuple[str, ...]:
    """The names in a byline, without "by", roles, addresses, handles and dates."""
    text = structured.clean(text)
    if _SITE.fullmatch(text.strip()):
        return (text.strip(),)
    text = _cut_date(_ADDRESS.sub(" ", text))
    text = _cut_by(text.strip(" ,.:-–—|"))
    people: list[str] = []
    for part in _SPLIT.split(text)[:MOST_AUTHORS]:
        for piece in _split_commas(part):
            name = _trim(piece)
            if name and name not in people:
                people.append(name)
    return tuple(people)


@cache
def read_words(kind: str) -> frozenset[str]:
    """The words of a kind in the list of words about authors."""
    return frozenset(wordlists.read_kinds("author_words.txt")[kind])


@cache
def match_by() -> re.Pattern[str]:
    """Words before a name, at the start of a line."""
    words = sorted(read_words("by"), key=len, reverse=True)
    return re.compile(rf"(?i:{'|'.join(map(re.escape, words))})(?:\s?[:：]\s*|\s+)|By(?=[A-Z])")


def _cut_by(text: str) -> str:
    """A text without the "by" it begins with, or without all up to the one inside it."""
    for _ in range(2):
        match = match_by().match(text)
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
    roles = read_words("role")
    return [piece for place, piece in enumerate(pieces)
            if place == 0 or (len(piece.split()) >= 2 and piece[:1].isupper() and piece.casefold() not in roles)]


def _trim(piece: str) -> str:
    """A name without role words behind it and signs around it; capitals throughout become a name's."""
    words = piece.strip(" ,.:;-–—|\"“”*").split()
    roles = read_words("role")
    for place in range(1, len(words)):
        rest = [word.casefold().strip(",.:;()|") for word in words[place:place + 2]]
        if any(sign.isdigit() for sign in rest[0]):
            words = words[:place]
            break
        if (rest[0] in roles and rest[0] not in read_words("particle")) or " ".join(rest) in roles:
            organised = rest[0] in ("of", "for") and words[0].casefold() in read_words("nobody")
            if organised or words[:place] == ["The"]:
                break  # "University of the Coast", "The Associated Press"
            words = words[:place]
            break
        if place >= 2 and words[place].isupper() and len(words[place]) > 2 and not words[0].isupper():
            words = words[:place]  # "Jane Doe USA NEWS": the outlet's name in capitals
            break
    while len(words) > 1 and words[-1].islower() and words[-1] in read_words("particle"):
        words.pop()
    name = " ".join(words)
    if not name or len(name) > LONGEST or not any(letter.isalpha() for letter in name):
        return ""
    return name.title() if name.isupper() and len(words) > 1 else name


def says_by(text: str) -> bool:
    """Whether a line begins with "by", or its part beside the date does."""
    return bool(match_by().match(text + " ") or match_by().match(find_signed(text)))


def find_signed(text: str) -> str:
    """The part of a byline that is no date: "Jane Doe, 3 May 2018" or "3 May 2018, 10:15 | by Jane Doe"."""
    for part in _PARTS.split(text)[1:]:
        if match_by().match(part):
            text = part
            break
    text = part_days(text)
    dates = datetext.find_dates(text)
    if not dates:
        return text
    inner = list(_INNER_SIGN.finditer(text[:dates[0].start]))
    if inner:
        return text[inner[-1].start():dates[0].start].strip()
    after = _REST_OF_DATE.sub("", text[dates[-1].end:], count=1)
    if match_by().match(after):
        return after
    if dates[0].start > _INTRO + LONGEST:
        return text
    before = text[:dates[0].start].strip(" ,|·•:-–—(")
    if any(is_person(name) for name in name_people(before)) or match_by().match(before):
        return before
    return after if dates[0].start <= _INTRO else before


def part_days(text: str) -> str:
    """A line with a space between two dates that run into one: "28. Juni 201914. Januar 2020"."""
    return _GLUED.sub(r"\1 ", text)


def find_inner(text: str) -> str:
    """What follows the last "by" inside a short line, if it is a person: "A column by Jane Doe"; else nothing."""
    found = list(_INNER_BY.finditer(text[:BYLINE_LENGTH]))
    if not found or len(text[:found[-1].start()].split()) > _WORDS_BEFORE:
        return ""
    rest = text[found[-1].end():]
    people = name_people(rest)
    return rest if people and is_person(people[0]) and has_first_name(people[0]) else ""

"""The name of the outlet that published a page, as people write it: from its address, head, notices and bylines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from searchkit.model import Clue
from searchkit.pipeline import author, sitename, structured, wording, wordlists
from searchkit.pipeline.block import Markup, Verdict
from searchkit.pipeline.landmarks import Landmarks
from searchkit.pipeline.sitename import Naming

_HOST = re.compile(r"(?:https?:)?//(?:[^/@]*@)?(?:www\d?\.|m\.|amp\.)?([^/:?#]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+){1,3})/?$")
_TAGLINE = re.compile(r"\s+[|\-–—•·:»]\s+|\s*\|\s*|:\s+")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright|&copy;)[\s©]*(?:copyright|by)?\s*(?:(?:19|20)\d\d)?"
                        r"(?:\s?[-–—]\s?(?:(?:19|20)\d\d|present))?[\s,.|:-]{0,4}(?:by\s|the\s)?"
                        r"([^\W\d_][^|©•·–—.,;()]{1,40})", re.IGNORECASE)
_NOTICE = re.compile(r"^(?:(?:\(c\)|©|copyright|(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?)[\s,.]+)+|"
                     r"\s(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?$", re.IGNORECASE)
_LOGO = re.compile(r"(?i)(?:^(?:logo|home ?page)\s+(?:of\s+)?|\s+(?:logo|home ?page)$)")
_COMPANY = re.compile(r"(?i)\b(?:media|publishing|publications|verlag|verlags|group|holdings|digital|interactive|"
                      r"communications|press)\b")
_WRITES_FOR = re.compile(r"(?:contributor (?:to|at|for)|contributes to|writes for|writer (?:at|for)|"
                         r"reporter (?:at|for|with)|correspondent (?:at|for)|editor (?:at|of|for)|"
                         r"journalist (?:at|for|with)|columnist (?:at|for)|staff of|"
                         r"redakteur(?:in)? (?:bei|der|des)|schreibt für|journaliste (?:à|au|pour))\s+"
                         r"(?:the website\s+)?((?:[Tt]he\s)?[A-ZÀ-Ý0-9][^\s,.;]*"
                         r"(?:\s(?:of|and|&|[A-ZÀ-Ý0-9][^\s,.;]*)){0,4})")

# A name is short; what is longer is a slogan. Of 177 publishers in the development set the longest has 40.
_LONGEST = 45
# How often the name in a dump's first line was right in the development set (9 of 13), less for its size.
_BANNER = 0.6
# Shorter names and labels agree with too much by chance.
_LABEL_MINIMUM = 4
# Parts of a host before its country that name no site.
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "nom"))


def find_publishers(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks, namings: Iterable[Naming],
                    url: str | None) -> tuple[Clue, ...]:
    """Who may have published a page, most likely first; ``namings`` are the site's names in the document's title."""
    host = read_host(url) or read_host(markup.canonical)
    known = look_up(host)
    clues = list(_from_head(markup))
    if known:
        sisters = any(wording.join(clue.value) != wording.join(known) and clue.value in _known_names().values()
                      and clue.confidence > 0.8 for clue in clues)
        clues.append(Clue(known, "domain", 0.8 if sisters else 0.96, host))
    clues += _from_title(namings, host)
    clues += _from_copyright(markup)
    clues += _from_biography(markup, marks.end)
    if markup.kind == "text":
        clues += _from_top_lines(markup, marks)
        banner = sitename.read_banner(markup.blocks, verdicts)
        clues += [Clue(name_outlet(banner), "top-line", _BANNER, markup.blocks[0].text)] if banner else []
    return _rank((clue for clue in clues if clue.value), host)


def read_host(url: str | None) -> str:
    """The host of an address without "www.", lower case; empty if there is none."""
    match = _HOST.match(url.strip()) if url else None
    return match[1].lower() if match else ""


def look_up(host: str) -> str | None:
    """The name of a well-known outlet by its host or the domain it belongs to."""
    names = _known_domains()
    parts = host.split(".")
    return next((names[domain] for start in range(len(parts) - 1)
                 if (domain := ".".join(parts[start:])) in names), None)


def name_outlet(text: str) -> str:
    """A name as people write it: without legal form, "@", address and slogan; empty if nothing is left."""
    text = _NOTICE.sub("", structured.clean(text)).strip(" .,|-–—")
    address = _ADDRESS.match(text.lower())
    if address:
        return look_up(address[1]) or (text if " " not in text and "/" not in text else "")
    if text.startswith(("http:", "https:", "//")):
        return ""
    if text.startswith("@"):
        return _known_names().get(wording.join(text)) or _split_handle(text[1:])
    name = _TAGLINE.split(text)[0].strip()
    name = _strip_legal_form(name if len(name) > 1 else text)
    return _known_names().get(wording.join(name), name) if len(name) <= _LONGEST else ""


@cache
def _known_domains() -> Mapping[str, str]:
    names = {}
    for line in wordlists.read_lines("publishers.txt"):
        domain, name = line.split(None, 1)
        names[domain] = name
    return names


@cache
def _known_names() -> Mapping[str, str]:
    """Names of well-known outlets by their letters alone, with and without their article."""
    names: dict[str, str] = {}
    for name in _known_domains().values():
        names.setdefault(wording.join(name), name)
        names.setdefault(wording.join(name).removeprefix("the"), name)
    return {key: name for key, name in names.items() if len(key) >= _LABEL_MINIMUM}


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(wordlists.read_lines("legal_forms.txt"))


def _strip_legal_form(name: str) -> str:
    forms = _legal_forms()
    words = name.split()
    for _ in range(3):
        for size in (4, 3, 2, 1):
            if len(words) > size and " ".join(words[-size:]).casefold().strip(",") in forms:
                words = words[:-size]
                break
    return " ".join(words).rstrip(" ,&.-")


def _split_handle(handle: str) -> str:
    """A Twitter handle as words: "DailyPlanet" is "Daily Planet"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", handle).strip()


def _from_head(markup: Markup) -> Iterator[Clue]:
    """Clues from JSON-LD and meta elements."""
    items = structured.read_items(markup)
    for key, confidence in (("publisher", 0.82), ("isPartOf", 0.5), ("sourceOrganization", 0.6),
                            ("provider", 0.5), ("copyrightHolder", 0.5)):
        for text in items.find_texts(key)[:1]:
            yield Clue(name_outlet(text), "json-ld", confidence, text)
    for item in (*items.others, *items.pages):
        if item.get("@type") in ("WebSite", "NewsMediaOrganization"):
            for text in items.name_values(item.get("name"))[:1]:
                yield Clue(name_outlet(text), "json-ld", 0.75, text)
    weights = {"og:site_name": 0.85, "publisher": 0.6, "dc.publisher": 0.6, "dcterms.publisher": 0.6,
               "application-name": 0.65, "apple-mobile-web-app-title": 0.6, "citation_publisher": 0.5,
               "article:publisher": 0.4, "copyright": 0.5, "twitter:site": 0.45, "al:ios:app_name": 0.5}
    for name, text in structured.find_meta(markup, *weights):
        yield Clue(name_outlet(text), "meta", weights[name], text)
    for _, text in structured.find_marks(markup, "itemprop:publisher"):
        yield Clue(name_outlet(text), "itemprop", 0.6, text[:100])
        break


def _from_title(namings: Iterable[Naming], host: str) -> Iterator[Clue]:
    """The piece of the document's title that the page bears out as its name, or that agrees with the address."""
    label = _label(host)
    for naming in namings:
        name = name_outlet(naming.name)
        agrees = (label and _agrees(name, label)) or wording.join(name) in _known_names()
        if name and len(name.split()) <= 5:
            yield Clue(name, "title-tag", max(naming.confidence, 0.75) if agrees else naming.confidence, naming.name)


def _from_copyright(markup: Markup) -> Iterator[Clue]:
    """The owner in copyright lines near the page's end: often the company behind the outlet."""
    found = 0
    for block in markup.blocks[-80:]:
        if len(block.text) > 300 or found >= 2:
            continue
        match = _COPYRIGHT.search(block.text)
        if match:
            found += 1
            name = name_outlet(match[1])
            weak = _COMPANY.search(name) or name != match[1].strip() or block.tag == "figcaption"
            known = wording.join(name) in _known_names()
            dated = re.search(r"(?:19|20)\d\d", block.text) is not None
            confidence = 0.7 if known else 0.3 if weak else 0.52 if dated else 0.4
            yield Clue(name, "copyright", confidence, block.text[:100])


def _from_biography(markup: Markup, end: int) -> Iterator[Clue]:
    """The outlet an author is said to work for, in the biography below the story."""
    for _, text in author.find_biographies(markup, end):
        match = _WRITES_FOR.search(text)
        if match:
            yield Clue(name_outlet(match[1]), "author-bio", 0.7, text[:200])


def _from_top_lines(markup: Markup, marks: Landmarks) -> Iterator[Clue]:
    """A dump's short lines above its headline that are repeated or well known: the text of a logo."""
    top = markup.blocks[:marks.start if marks.headline is None else min(marks.headline, marks.start)]
    furniture = frozenset(wordlists.read_lines("site_words.txt"))
    lines = Counter(block.text for block in top if block.tag != "li" and 2 < len(block.text) <= _LONGEST)
    twins = {one.text for one, other in pairwise(top) if one.text == other.text}
    bullets = {block.text for block in top if block.tag == "li"}
    owners = {wording.join(clue.value) for clue in _from_copyright(markup)}
    for text, count in lines.items():
        if text.casefold() in furniture or text in bullets or not _is_name(text):
            continue
        confidence = 0.2 if count == 1 else 0.72 if text in twins and count > 2 else 0.62 if text in twins else 0.4
        name = _LOGO.sub("", text)
        if name != text:
            confidence = 0.55
        if wording.join(name) in _known_names() and (count > 1 or name != text or " " in name):
            confidence = 0.75
        if wording.join(name) in owners:
            confidence = min(0.85, max(confidence + 0.2, 0.65))
        yield Clue(name_outlet(name), "top-line", confidence, text)


def _is_name(text: str) -> bool:
    """Whether a line could be a name: few words, the first with a capital, no sentence, no number alone."""
    words = text.split()
    return (len(words) <= 5 and text[0].isupper() and any(letter.isalpha() for letter in text)
            and text[-1] not in ".!?:…," and not re.search(r"[|@#/]|\d\d:\d\d|\bago\b", text))


def _rank(clues: Iterable[Clue], host: str) -> tuple[Clue, ...]:
    """Clues, most likely first; names that agree with the address or stand in several places rise."""
    label = _label(host)
    listed = [clue for clue in clues if clue.value]
    sources = Counter(key for key, _ in {(wording.join(clue.value), clue.source) for clue in listed})
    best: dict[str, Clue] = {}
    for clue in listed:
        key = wording.join(clue.value)
        confidence = clue.confidence
        if clue.source != "domain":
            confidence += 0.06 * (_agrees(clue.value, label)) + 0.03 * (sources[key] - 1)
            confidence = min(0.93, confidence)
        if key and (key not in best or confidence > best[key].confidence):
            best[key] = Clue(clue.value, clue.source, round(confidence, 3), clue.text[:200])
    return tuple(sorted(best.values(), key=lambda clue: -clue.confidence))[:10]


def _label(host: str) -> str:
    """The part of a host that names the site: "example" of "news.example.co.uk"."""
    parts = [part for part in host.split(".") if part][:-1]
    if len(parts) > 1 and parts[-1] in _SECOND_LEVEL:
        parts.pop()
    return re.sub(r"[^\w]", "", parts[-1]) if parts else ""


def _agrees(name: str, label: str) -> bool:
    """Whether a name and a site's label are the same but for articles, spaces and additions."""
    joined = wording.join(name)
    if len(label) < _LABEL_MINIMUM or len(joined) < 3:
        return bool(label) and joined == label
    initials = "".join(word[0] for word in wording.fold(name).split())
    short, long = sorted((joined, label), key=len)
    return (short in long and 2 * len(short) + 4 >= len(long)) or initials == label

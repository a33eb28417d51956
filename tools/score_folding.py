"""What it costs to fold words before they are stemmed: which spellings meet, how many terms there are.

    searchkit extract PATH... > documents.jsonl
    python tools/score_folding.py documents.jsonl [de fr ...]

For each language of the documents: its different words, those of them with something to fold, the share of these that
have the term of their folded spelling when words are folded first, and when they are stemmed first; and the number of
terms either way. Fewer terms for the same words mean that more forms meet.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import Stemmer

from searchkit.search.analysis import find_words
from searchkit.search.folding import fold
from searchkit.search.stemming import choose_forms, name_algorithm

Words = set[str]


def main() -> int:
    """Print a row for each language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("languages", nargs="*")
    options = parser.parse_args()
    print("| language | words | accented | meet, folded first | meet, stemmed first | terms | terms |")
    print("| --- |" + " ---: |" * 6)
    for language, words in sorted(read_words(options.documents).items()):
        algorithm = name_algorithm(language)
        if algorithm and (not options.languages or language in options.languages):
            print(write_row(language, words, Stemmer.Stemmer(algorithm).stemWord))
    return 0


def read_words(path: Path) -> dict[str, Words]:
    """The different words of the documents, in small letters, by language."""
    found: defaultdict[str, Words] = defaultdict(set)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            language = row.get("language")
            if language and row.get("body"):
                found[language].update(word.lower() for word in find_words(row["body"], language) if len(word) > 1)
    return found


def write_row(language: str, words: Words, stem: Callable[[str], str]) -> str:
    """The row of a language in the table."""
    forms = choose_forms(language)
    first = {word: forms(word)[0] for word in words}
    last = {word: fold(stem(word)) for word in words}
    accented = [word for word in words if fold(word) != word]
    meet = [sum(forms(fold(word))[0] == first[word] for word in accented),
            sum(fold(stem(fold(word))) == last[word] for word in accented)]
    shares = [f"{count / len(accented):.3f}" if accented else "" for count in meet]
    return (f"| {language} | {len(words):,} | {len(accented):,} | {shares[0]} | {shares[1]} | "
            f"{len(set(first.values())):,} | {len(set(last.values())):,} |")


if __name__ == "__main__":
    sys.exit(main())

"""Score did-you-mean: how often the first suggestion is the right word.

    python tools/score_spelling.py PAIRS.tsv... --texts DOCS.jsonl.gz...

Pairs are misspellings and right words, a pair a line with a tab between. The index is made of the words of the
texts (lines of JSON with "title" and "body") and of all right words. Pairs count whose two
sides are one word each and whose misspelling is no word of the index; the second figure is of those whose right word
is near enough to be found.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from searchkit.search.analysis import analyse
from searchkit.search.spelling import rank_near
from searchkit.search.vocabulary import Vocabulary, find_near, make_vocabulary

Pair = tuple[str, str]


def read_pairs(path: Path) -> Iterator[Pair]:
    """Misspelling and right word, both as the index would write them."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        sides = [[token.written for token in analyse(side)] for side in line.split("\t")]
        if len(sides) == 2 and all(len(side) == 1 for side in sides) and sides[0] != sides[1]:
            yield sides[0][0], sides[1][0]


def count_words(path: Path) -> Counter[str]:
    """In how many documents of a file each word stands."""
    counts: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            text = f"{document.get('title') or ''}\n{document.get('body') or ''}"
            counts.update({token.written for token in analyse(text)})
    return counts


def score(pairs: list[Pair], vocabulary: Vocabulary, counts: Counter[str]) -> str:
    """A line of figures."""
    tried = right = reachable = 0
    seconds = []
    for wrong, meant in pairs:
        if wrong in counts:
            continue
        begun = time.process_time()
        near = find_near(vocabulary, wrong)
        ranked = rank_near(wrong, {word: counts[word] for word in near})
        seconds.append(time.process_time() - begun)
        tried += 1
        reachable += meant in near
        right += ranked[:1] == [meant]
    middle, most = (1000 * sorted(seconds)[len(seconds) * share // 100] for share in (50, 99))
    return (f"{tried:6,} tried  {right / tried:6.1%} right  {right / reachable:6.1%} of {reachable:,} near enough"
            f"  median {middle:.0f} ms, 99 % within {most:.0f} ms")


def main() -> None:
    """A line for each file of pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--texts", nargs="*", type=Path, default=[])
    parser.add_argument("--sample", type=int, default=1, help="every n-th pair only")
    given = parser.parse_args()
    sets = {path: list(read_pairs(path)) for path in given.pairs}
    counts: Counter[str] = sum(map(count_words, given.texts), Counter())
    for pairs in sets.values():
        counts.update({meant for _, meant in pairs})
    vocabulary = make_vocabulary(counts)
    print(f"{len(vocabulary.words):,} different words")
    for path, pairs in sets.items():
        print(f"{path.name:24}", score(pairs[::given.sample], vocabulary, counts))


if __name__ == "__main__":
    main()

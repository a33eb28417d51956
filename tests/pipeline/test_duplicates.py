"""Which texts are copies: the same, lightly edited, cut short or with more to them; and which only look alike."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from searchkit.model import Document
from searchkit.outcomes import sign_document
from searchkit.pipeline.duplicates import (
    KEYS,
    MUTE,
    SHORT,
    SKETCH,
    Signature,
    are_copies,
    estimate,
    sign,
)

NEAR = Path(__file__).resolve().parents[3] / "shared" / "data" / "neardup"
DICE = random.Random(7)
WORDS = ["".join(DICE.choices("bdfglmnprst", k=2)) + DICE.choice("aeiou") + str(n) for n in range(3_000)]


def write(length: int, seed: int = 1) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def check(one: list[str], other: list[str]) -> bool:
    first, second = sign(one), sign(other)
    assert first and second
    assert are_copies(first, second) == are_copies(second, first)
    return are_copies(first, second)


def test_a_text_is_a_copy_of_itself_whatever_its_case_and_signs() -> None:
    body = "“The Pier”, she said, is CLOSED; it's over.\n\nNo more was said by anybody on that day or the day after it."
    plain = 'the pier she said is closed. its over: no more was said by anybody on that day, or the day after it!'
    one, other = (sign_document(Document("1", "p", text)).signature for text in (body, plain.replace("its", "it’s")))
    assert one == other


@pytest.mark.parametrize("share", [1, 2, 4])
def test_a_lightly_edited_text_is_a_copy(share: int) -> None:
    text = write(400)
    edited = list(text)
    for place in random.Random(share).sample(range(len(text)), len(text) * share // 100):
        edited[place] = "edited"
    assert check(text, edited)


def test_a_copy_cut_short_and_one_with_a_paragraph_more_are_copies() -> None:
    text = write(500)
    assert check(text, text[:260])
    assert check(text, text + write(120, 2))
    assert check(write(60, 3) + text, text)


def test_a_digest_of_stories_is_a_copy_of_none() -> None:
    stories = [write(150, seed) for seed in range(5)]
    digest = [word for story in stories for word in story]
    assert [check(story, digest) for story in stories] == [False] * 5


def test_other_stories_with_passages_in_common_are_no_copies() -> None:
    passage = write(120)
    assert not check(passage + write(200, 2), passage + write(200, 3))


def test_short_texts_are_copies_only_word_for_word() -> None:
    notice = write(SHORT - 10)
    assert check(notice, list(notice))
    assert not check(notice, [*notice[:-1], "other"])


def test_texts_of_few_words_must_have_the_same_title() -> None:
    line = write(MUTE - 1)
    assert sign(line, ["paid"]) == sign(line, ["paid"]) != sign(line, ["unpaid"])
    assert sign(write(MUTE), ["paid"]) == sign(write(MUTE), ["unpaid"])


def test_a_text_without_words_has_no_signature() -> None:
    assert sign([]) is None
    assert [sign_document(Document("1", "p", body, title="A title")).signature for body in ("", "— !")] == [None, None]


def test_the_headline_is_no_part_of_the_text() -> None:
    body = " ".join(write(80))
    assert sign_document(Document("1", "p", body, title="One headline")).signature == sign_document(
        Document("2", "p", body)).signature


def test_one_phrase_over_and_over_is_no_sketch() -> None:
    assert sign(["tick", "tock"] * 500) == Signature(sign(["tick", "tock"] * 500).digest)


def test_estimates_are_near_the_truth() -> None:
    for shared in (100, 200, 300, 380):
        one, other = (write(shared) + write(400 - shared, seed) for seed in (2, 3))
        sets = [{tuple(text[n:n + 4]) for n in range(len(text) - 3)} for text in (one, other)]
        truth = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        deviation = (truth * (1 - truth) / SKETCH) ** 0.5
        assert estimate(sign(one), sign(other))[0] == pytest.approx(truth, abs=3 * deviation)


def test_signatures_are_bounded_however_long_the_text() -> None:
    signature = sign(write(20_000))
    assert signature and len(signature.sketch) == SKETCH and len(signature.keys) == KEYS


@pytest.mark.skipif(not NEAR.exists(), reason="the near-duplicate articles are not beside this checkout")
def test_all_planted_copies_are_found_and_nothing_else() -> None:
    with gzip.open(NEAR / "articles_1000.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    signatures = {row["id"]: sign_document(Document(row["id"], "p", row["body"])).signature for row in rows}
    planted = {frozenset(line.split()) for line in (NEAR / "articles_1000.pairs.tsv").read_text().splitlines()}
    by_key: dict[int, set[str]] = {}
    for id_, signature in signatures.items():
        for key in signature.keys:
            by_key.setdefault(key, set()).add(id_)
    found = {frozenset((one, other)) for sharing in by_key.values() for one in sharing for other in sharing
             if one < other and are_copies(signatures[one], signatures[other])}
    assert len(found & planted) / len(planted) >= 1.0  # recall
    assert len(found & planted) / len(found) >= 1.0  # precision

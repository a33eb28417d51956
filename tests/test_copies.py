"""Copies of a story: one hit that tells of them, all of them reachable, two counts; whatever the order they came in."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import searchkit
from searchkit import groups as groups_module
from searchkit.cli import app
from searchkit.index import Index, open_index
from searchkit.model import Document, PublicationDate
from searchkit.pipeline.duplicates import Signature, are_copies, sign
from searchkit.results import Copies

STORY = (
    "The harbour board voted on Monday to rebuild the eastern pier after storms tore away forty metres of "
    "planking, and engineers said the work would last until autumn because oak must be shipped from the north. "
    "Fishermen welcomed the decision but asked for moorings near the old cannery, while shopkeepers worried about "
    "dust and lorries in the season when visitors fill the narrow streets of the town. The mayor promised a "
    "meeting next week to hear everyone and to publish the costs, which are thought to exceed two million crowns "
    "in all, and said that the lamp at the end of the pier would be lit again by Christmas.")
OTHER = (
    "Swallows have come back to the barns of the upper valley in numbers not seen since the dry years, and the "
    "pupils who count them each spring have filled three notebooks already. Their teacher says the birds find "
    "more midges because two farms have stopped spraying, which the farmers at first regretted and have come to "
    "like, for the swallows cost nothing and work on Sundays. A pier of the old bridge has eleven nests under it "
    "alone.")
TEXTS = {
    "gazette": STORY,
    "courier": STORY.replace("Monday", "Tuesday evening"),
    "herald": STORY + " This story was first published by the Harbour Gazette, which has followed the pier since May.",
    "post": STORY[:int(len(STORY) * 0.8)],
    "birds": OTHER,
    "brief": "The pier is closed.",
}
GROUP = {"gazette", "courier", "herald", "post"}


def make(name: str, text: str | None = None, day: int = 1) -> Document:
    return Document(name, f"{name}.html", text or TEXTS[name], title=f"From the {name}",
                    publisher=f"The {'Gazette' if name == 'post' else name.title()}",
                    date=PublicationDate(f"2020-03-0{day}", "day", "test", 1.0))


@pytest.fixture(params=["memory", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    with searchkit.open(None if request.param == "memory" else tmp_path / "index", aliases=None) as opened:
        yield opened


def read_groups(index: Index) -> set[frozenset[str]]:
    """The groups of an index; of each the name is that of its smallest id."""
    found: dict[str, set[str]] = {}
    for hit in index.query(limit=None, collapse=False):
        if hit.document.group:
            found.setdefault(hit.document.group, set()).add(hit.id)
    assert all(name == groups_module.name_group(min(members)) for name, members in found.items())
    return {frozenset(members) for members in found.values()}


def test_copies_are_one_hit_that_tells_of_the_others(index: Index) -> None:
    index.add(map(make, TEXTS))

    results = index.query("pier")
    every = index.query("pier", collapse=False)

    assert (results.total, results.distinct, len(results)) == (6, 3, 3)
    assert (every.total, every.distinct, len(every)) == (6, 3, 6)
    (first,) = [hit for hit in results if hit.id in GROUP]
    ranked = [hit.id for hit in every if hit.id in GROUP]
    assert [first.id, *first.copies.ids] == ranked
    assert first.copies.count == 3
    assert set(first.copies.publishers) == {make(name).publisher for name in GROUP - {first.id}}
    assert {hit.copies.count for hit in every if hit.id in GROUP} == {3}
    assert [hit.copies for hit in results if hit.id not in GROUP] == [Copies(), Copies()]


def test_every_copy_is_reachable(index: Index) -> None:
    index.add(map(make, TEXTS))
    group = index.get("post").group

    assert {hit.id for hit in index.query(f"group:{group}")} == GROUP
    assert {"post", *index.copies("post").ids} == GROUP
    assert index.copies("birds") == Copies()
    assert "The Gazette" in index.copies("post").publishers  # that of "gazette", too


def test_facets_and_totals_are_two_numbers_with_and_without_collapsing(index: Index) -> None:
    index.add(map(make, TEXTS))

    for collapse in (True, False):
        results = index.query("pier", facets=("publisher", "date:year"), collapse=collapse)
        counts = {value.value: (value.count, value.distinct) for value in results.facets["publisher"]}
        assert counts["The Gazette"] == (2, 1)
        assert counts["The Courier"] == (1, 1)
        assert [(value.count, value.distinct) for value in results.facets["date:year"]] == [(6, 3)]


def test_pages_of_hits_are_pages_of_texts(index: Index) -> None:
    index.add(map(make, TEXTS))

    for sort in ("relevance", "newest", "oldest"):
        whole = [hit.id for hit in index.query("pier", sort=sort)]
        pages = [hit.id for start in range(4) for hit in index.query("pier", sort=sort, limit=1, offset=start)]
        assert pages == whole
        assert len(whole) == 3


def test_of_a_group_the_best_match_is_the_hit(index: Index) -> None:
    index.add(make(name, day=day) for day, name in enumerate(TEXTS, 1))

    assert index.query("Tuesday evening").hits[0].id == "courier"
    newest, oldest = (next(hit.id for hit in index.query("harbour", sort=sort)) for sort in ("newest", "oldest"))
    assert (newest, oldest) == ("post", "gazette")


def test_a_filter_counts_only_copies_that_match_it(index: Index) -> None:
    index.add(map(make, TEXTS))

    results = index.query("harbour", publisher="The Gazette")

    assert (results.total, results.distinct) == (2, 1)
    assert results.hits[0].copies.count == 1
    assert results.hits[0].copies.publishers == ("The Gazette",)


def test_what_is_like_a_document_leaves_its_copies_out(index: Index) -> None:
    index.add(map(make, TEXTS))

    results = index.similar("gazette")

    assert GROUP.isdisjoint(hit.id for hit in results)
    assert results.total == results.distinct == len(results)


def test_groups_do_not_depend_on_order_or_runs(tmp_path: Path) -> None:
    expected = {frozenset(GROUP)}
    for number, order in enumerate(random.Random(1).sample(list(itertools.permutations(TEXTS)), 12)):
        with open_index(tmp_path / str(number), create=True, aliases=None) as index:
            cut = number % len(order)
            index.add(map(make, order[:cut]))
            for name in order[cut:]:
                index.add(make(name))
            assert read_groups(index) == expected


def test_groups_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    rows = [{"id": name, "body": text} for name, text in TEXTS.items()]
    rows += [{"id": f"{name}-{n}", "body": f"{OTHER} {n}" if n % 2 else text[::-1]}
             for n in range(6) for name, text in TEXTS.items()]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = []
    for workers in (1, 2):
        with open_index(tmp_path / str(workers), create=True, aliases=None) as index:
            index.add(tmp_path / "rows.jsonl", workers=workers)
            found.append(read_groups(index))

    assert found[0] == found[1]
    assert frozenset(GROUP) in found[0]


def test_an_updated_document_leaves_its_group_and_can_come_back(index: Index) -> None:
    index.add(map(make, TEXTS))
    index.add(make("courier", OTHER))
    assert read_groups(index) == {frozenset(GROUP - {"courier"}), frozenset({"birds", "courier"})}

    index.add(make("courier"))

    assert read_groups(index) == {frozenset(GROUP)}


def test_a_deleted_document_leaves_its_group_and_one_alone_is_no_group(index: Index) -> None:
    index.add(map(make, TEXTS))
    index.delete(["courier", "unknown"])
    assert read_groups(index) == {frozenset(GROUP - {"courier"})}

    index.delete(["herald", "post"])

    assert read_groups(index) == set()
    assert index.query("harbour").hits[0].copies == Copies()


def test_a_group_that_hangs_together_by_one_document_parts_without_it(index: Index) -> None:
    first, second, third = (" ".join(f"{part}{n}" for n in range(150)) for part in ("red", "green", "blue"))
    index.add([make("left", f"{first} {second}"), make("right", f"{second} {third}"),
               make("whole", f"{first} {second} {third}")])
    assert read_groups(index) == {frozenset({"left", "right", "whole"})}

    index.delete(["whole"])

    assert read_groups(index) == set()


def test_exact_copies_of_short_texts_are_a_group_if_their_titles_agree(index: Index) -> None:
    notice = "The bridge by the quarry stays closed until Friday; drivers must take the road through the upper village."
    index.add([Document("1", "1", "Closed.", title="Pool"), Document("2", "2", "Closed!", title="Pool"),
               Document("3", "3", "Closed.", title="Library"), Document("4", "4", f"{notice} {notice}", title="Bridge"),
               Document("5", "5", f"{notice} {notice}", title="Quarry road")])

    assert read_groups(index) == {frozenset("12"), frozenset("45")}


def test_pages_that_vanish_leave_their_groups(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("gazette", "courier"):
        (pages / f"{name}.txt").write_text(f"From the {name}\n\n{TEXTS[name]}\n", encoding="utf-8")
    with open_index(tmp_path / "index", create=True, aliases=None) as index:
        index.add(pages)
        assert index.query("pier").distinct == 1
        (pages / "courier.txt").unlink()

        index.add(pages, prune=True)

        assert index.query("pier").hits[0].document.group is None


def test_a_run_that_ended_before_the_engine_was_told_is_made_good_by_the_next(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index(tmp_path / "index", create=True, aliases=None) as index:
        with monkeypatch.context() as patch:
            patch.setattr("searchkit.ingest._tell_copies", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                index.add(map(make, TEXTS))
        assert read_groups(index) == set()

        index.add([])

        assert read_groups(index) == {frozenset(GROUP)}


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_document_brings_no_group_from_another_index(index: Index) -> None:
    index.add(Document("1", "p", STORY, group="0123456789abcdef"))
    assert index.get("1").group is None


def test_stored_json_without_a_group_is_read() -> None:
    data = make("birds").to_dict()
    del data["group"]
    assert Document.from_dict(data) == make("birds")


# --- the ledger of groups ------------------------------------------------------------------------------------


def group(signatures: dict[str, Signature], steps: Iterable[Iterable[str]],
          gone: Iterable[str] = ()) -> dict[str, str | None]:
    """The groups that documents are told to be in, when they are recorded in these steps, and some then forgotten."""
    ledger, told = groups_module.open_groups(), dict.fromkeys(signatures, None)
    for names in (*steps, None):
        if names is None:
            ledger.forget(gone)
        else:
            ledger.record({name: signatures[name] for name in names})
        changes = dict(ledger.find_changes())
        told.update(changes)
        ledger.label(changes)
        ledger.settle()
    return told


def test_groups_are_the_components_of_pairs_even_where_keys_are_crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)
    bases = [[f"w{dice.randrange(400)}" for _ in range(90)] for _ in range(4)]
    signatures = {}
    for number in range(60):
        text = list(dice.choice(bases))
        for _ in range(dice.randrange(12)):
            text[dice.randrange(len(text))] = f"x{number}"
        signatures[f"d{number:02}"] = sign(text)
    names = list(signatures)
    uncrowded = group(signatures, [names])
    monkeypatch.setattr(groups_module, "NEIGHBOURS", 1)
    at_once = group(signatures, [names])
    assert at_once != uncrowded  # crowded keys part some of what is alike

    for seed in range(5):
        order = random.Random(seed).sample(names, len(names))
        assert group(signatures, [[name] for name in order]) == at_once
        passing = {f"p{number}": sign([*bases[0][:80], f"p{number}"]) for number in range(10)}
        told = group({**signatures, **passing}, [[*passing, *order]], gone=passing)
        assert {name: told[name] for name in names} == at_once


def test_thousands_of_copies_cost_no_comparison_with_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def count(one: Signature, other: Signature) -> bool:
        compared.append(one)
        return are_copies(one, other)

    monkeypatch.setattr(groups_module, "are_copies", count)
    words = STORY.split()
    same = {f"s{number}": sign(words) for number in range(3_000)}
    alike = {f"a{number}": sign([*words, str(number)]) for number in range(1_000)}
    told = group({**same, **alike}, [[*same], [*alike]])

    assert len({*told.values()}) == 1
    assert len(compared) < 100 * len(alike)  # all pairs would be 500 for each


# --- on the command line -------------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with searchkit.open("index", aliases=None) as index:
        index.add(map(make, TEXTS))


def run(*arguments: str) -> str:
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, list(arguments)).stdout


@pytest.mark.usefixtures("archive")
def test_a_hit_says_how_many_copies_it_has_and_how_to_see_them() -> None:
    shown = run("query", "pier")

    lines = [line.strip() for line in shown.splitlines()]
    place = lines.index("+3 copies in 2 publishers")
    assert " · with its copies group:" in lines[place + 1]
    assert "3 of 6 documents, 3 distinct texts" in shown
    assert "The Gazette 2 (1) ██████ " in shown
    assert "The Courier 1     ███" in shown
    assert set(run("query", lines[place + 1].split()[-1], "--output", "ids").split()) == GROUP


@pytest.mark.usefixtures("archive")
def test_hits_are_texts_and_rows_are_documents_unless_asked_otherwise() -> None:
    assert len(json.loads(run("query", "pier", "--json"))["hits"]) == 3
    assert len(json.loads(run("query", "pier", "--json", "--no-collapse"))["hits"]) == 6
    assert len(run("query", "pier", "--output", "ids").split()) == 6
    assert len(run("query", "pier", "--output", "ids", "--collapse").split()) == 3
    assert "distinct" in json.loads(run("facets", "publisher", "--json"))


@pytest.mark.usefixtures("archive")
def test_a_shown_document_and_the_statistics_mention_copies() -> None:
    assert "+3 copies in 2 publishers, all found by group:" in run("show", "courier")
    assert json.loads(run("show", "courier", "--json"))["copies"]["count"] == 3
    assert "copies" not in run("show", "birds")
    stats = json.loads(run("stats", "--json"))
    assert (stats["documents"], stats["distinct"], stats["groups"]) == (6, 3, 1)

"""Frozen classes that are quick to define do what those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from searchkit import frozen
from searchkit.model import Document, Entity, PublicationDate, Results
from searchkit.search import query


@frozen.dataclass(frozen=True, slots=True)
class Ours:
    """A value."""

    name: str
    counts: Mapping[str, int] = frozen.field(default_factory=dict)
    size: int = 7

    @property
    def double(self) -> int:
        return 2 * self.size


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """A value."""

    name: str
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    size: int = 7

    @property
    def double(self) -> int:
        return 2 * self.size


@frozen.dataclass(frozen=True, slots=True)
class Nothing:
    """No fields."""


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}), (("a", {"b": 1}), {}), (("a",), {"size": 2}), ((), {"name": "a", "counts": {}, "size": 0})]


@pytest.mark.parametrize(("args", "named"), CALLS)
def test_instances_have_the_same_fields_repr_and_copies(args, named):
    ours, theirs = Ours(*args, **named), Theirs(*args, **named)

    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours.double == theirs.double
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == ours
    assert dataclasses.replace(ours, size=9) == frozen.replace(ours, size=9) != ours


@pytest.mark.parametrize(("args", "named"), [
    ((), {}), (("a", {}, 1, 2), {}), (("a",), {"name": "b"}), (("a",), {"no": 1})])
def test_the_same_calls_are_refused(args, named):
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind(*args, **named)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_nothing_of_an_instance_can_be_changed_or_added(kind):
    value = kind("a")

    changes = (lambda: setattr(value, "size", 1), lambda: setattr(value, "new", 1), lambda: delattr(value, "name"))
    for change in changes:
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):  # 3.11's own say TypeError of a new name
            change()
    assert not hasattr(value, "__dict__")


def test_each_instance_has_a_default_of_its_own():
    assert Ours("a").counts is not Ours("a").counts


def test_values_are_equal_within_a_class_and_hash_alike():
    assert Nothing() == Nothing() and hash(Nothing()) == hash(Nothing())
    assert query.Prefix("body", "a") == query.Prefix("body", "a") != query.Keyword("body", "a")
    assert {query.Prefix("body", "a"), query.Prefix("body", "a"), query.Term("body", "a")} == {
        query.Term("body", "a"), query.Prefix("body", "a")}


def test_a_match_takes_fields_by_their_place():
    match Ours("a", {}, 3):
        case Ours(name, _, size):
            assert (name, size) == ("a", 3)
        case _:
            pytest.fail("no match")


def test_the_library_knows_the_fields_and_their_defaults():
    assert [(part.name, part.default, part.default_factory) for part in dataclasses.fields(Ours)] == [
        (part.name, part.default, part.default_factory) for part in dataclasses.fields(Theirs)]
    assert dataclasses.is_dataclass(Results) and {"id", "body"} <= {part.name for part in dataclasses.fields(Document)}


def test_a_class_shows_its_parameters():
    assert str(inspect.signature(Ours)) == str(inspect.signature(Theirs))
    assert list(inspect.signature(Entity).parameters) == ["name", "type", "count", "mentions"]


def test_a_document_survives_the_way_between_processes():
    document = Document("1", "a.html", "Text.", date=PublicationDate("2018", "year", "meta", 0.5),
                        entities=(Entity("Bergen", "place"),))

    assert pickle.loads(pickle.dumps(document)) == document


@pytest.mark.parametrize("kind", [{"frozen": False, "slots": True}, {"frozen": True, "slots": False}])
def test_other_kinds_of_classes_are_not_made_here(kind):
    with pytest.raises(TypeError, match="frozen classes with slots"):
        frozen.dataclass(**kind)


def test_defining_classes_loads_nothing_to_inspect_them_with():
    code = "import sys, searchkit.entry; print(*{'inspect', 'dataclasses', 'dis'}.intersection(sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

from searchkit.frozen import frozen
from searchkit.search.query import And, Or, Term


@frozen
class Story:
    title: str
    words: int = 0
    tags: list[str] = field(default_factory=list)


@frozen
class Doubled:
    one: int
    two: int = -1

    def __post_init__(self):
        if self.two < 0:
            object.__setattr__(self, "two", 2 * self.one)


def test_fields_are_given_by_place_or_by_name():
    assert Story("A", 3, ["x"]) == Story(tags=["x"], words=3, title="A")


def test_what_is_not_given_is_the_default_and_each_has_its_own():
    one, other = Story("A"), Story("A")

    assert (one.words, one.tags) == (0, [])
    assert one.tags is not other.tags


@pytest.mark.parametrize(("values", "named"), [
    ((), {}), (("A", 1, [], 2), {}), (("A",), {"title": "B"}), (("A",), {"pages": 3}),
])
def test_fields_that_are_missing_unknown_or_given_twice_are_refused(values, named):
    with pytest.raises(TypeError, match="Story"):
        Story(*values, **named)


def test_nothing_can_be_changed():
    story = Story("A")

    with pytest.raises(FrozenInstanceError):
        story.title = "B"
    with pytest.raises(FrozenInstanceError):
        del story.title


def test_equal_fields_hash_alike_and_other_classes_are_not_equal():
    assert hash(Term("body", "x")) == hash(Term(term="x", field="body"))
    assert And(()) != Or(())


def test_it_is_a_dataclass_to_the_standard_library():
    story = replace(Story("A", 3), title="B")

    assert [known.name for known in fields(story)] == ["title", "words", "tags"]
    assert asdict(story) == {"title": "B", "words": 3, "tags": []}
    assert repr(story) == "Story(title='B', words=3, tags=[])"
    match story:
        case Story(title, words):
            assert (title, words) == ("B", 3)


def test_copies_and_pickles_are_equal():
    story = Story("A", 3, ["x"])

    assert copy.deepcopy(story) == story == pickle.loads(pickle.dumps(story))


def test_what_follows_from_other_fields_is_set_once():
    assert Doubled(2).two == 4
    assert Doubled(2, 3).two == 3

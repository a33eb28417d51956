"""Messages come as they were sent, in their order, and none is sent over another."""

from __future__ import annotations

import pickle
from collections import deque
from multiprocessing import Pipe

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.mailbox import Box, Mailbox


@given(st.integers(1, 60), st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60))
def test_what_is_taken_is_what_was_put(room: int, steps: list[tuple[bool, int]]) -> None:
    box, waiting = Box(room), deque[tuple[int, int, bytes]]()
    for number, (is_put, size) in enumerate(steps):
        if is_put:
            message = bytes([number]) * size
            data = pickle.dumps(message)
            place = box.put(data)
            if place is not None:
                waiting.append((place, len(data), message))
            elif not waiting:
                assert len(data) > room
        elif waiting:
            place, size, message = waiting.popleft()
            assert box.take(place, size) == message
    for place, size, message in waiting:
        assert box.take(place, size) == message


@pytest.fixture
def ends() -> tuple[Mailbox, Mailbox]:
    (here, there), boxes = Pipe(), (Box(1000), Box(1000))
    return Mailbox(here, *boxes), Mailbox(there, *reversed(boxes))


def test_what_finds_no_room_waits_or_is_not_sent(ends: tuple[Mailbox, Mailbox]) -> None:
    here, there = ends
    large, small = "x" * 900, "y" * 500
    assert here.send(large, waiting=False)
    assert not here.send(small, waiting=False)
    assert here.send(small, waiting=True)
    assert [there.receive(), there.receive()] == [large, small]
    assert there.send(small, waiting=False) and here.receive() == small
    here.link.close()
    with pytest.raises(EOFError):
        there.receive()
    there.link.close()

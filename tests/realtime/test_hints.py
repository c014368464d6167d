"""Hints: what one process wrote, every other reads as it was, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restai.realtime.hints import Hint, Hints
from restai.realtime.ports import Event


class Whose(NamedTuple):
    visit: str | None
    guest: str | None


HINTS = Hints(Whose)

bodies = st.tuples(st.binary(max_size=300), st.none() | st.binary(max_size=300))
about = st.builds(Whose, st.none() | st.text(max_size=40), st.none() | st.text(max_size=40))
rooms = st.lists(st.text(max_size=40), max_size=4).map(tuple)


def event(seq: int, size: int = 10) -> Event:
    return Event(seq, "said", ("room",), Whose(None, "ana"), (b"x" * size, None))


parts = st.tuples(st.text(max_size=40), rooms, about, bodies)


@given(st.text(), st.integers(1, 2**60), st.lists(parts, min_size=1))
def test_what_goes_in_comes_out(epoch: str, first: int, parts: list[tuple]) -> None:  # type: ignore[type-arg]
    events = [Event(first + i, *part) for i, part in enumerate(parts)]
    hint = HINTS.decode(HINTS.encode(epoch, events))
    assert hint is not None
    assert (hint.epoch, hint.first, hint.last) == (epoch, first, first + len(parts) - 1)
    if sum(e.size for e in events) <= 32_768:
        read = HINTS.events(hint)
        assert read == events
        assert {type(e.about) for e in read} == {Whose}, "what opens it finds it as it was"
        hash(read[0])


def test_too_much_for_a_channel_is_told_of_without_it() -> None:
    small, large = [event(7, 32_768)], [event(7, 32_768), event(8, 1)]
    hint = HINTS.decode(HINTS.encode("e", small))
    assert hint is not None and HINTS.events(hint) == small
    frame = HINTS.encode("e", large)
    assert HINTS.decode(frame) == Hint("e", 7, 8, b"")
    assert len(frame) < 100


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x01",
        b'{"v":1,"seq":7}',
        b"\x02" + HINTS.encode("e", [event(7)])[1:],
        HINTS.encode("e", [event(7)])[:-1],
        HINTS.encode("e", [event(7)]) + b"\x00",
        b"\x01\x93\xa1e\x07\x07",
        b"\x01\x94\xa1e\xa17\x07\xc0",
    ],
)
def test_what_is_no_hint_of_this_version(message: bytes) -> None:
    assert HINTS.decode(message) is None


@pytest.mark.parametrize(
    "events",
    [
        [event(7), event(9)],
        [event(8), event(7)],
        [event(6), event(7)],
        [],
        [("seven",)],
        [[7, "said", ["room"], [None, None], ["not bytes"]]],
    ],
)
def test_events_that_are_not_what_the_hint_says(events: list[object]) -> None:
    packed = HINTS._encode(events)
    assert HINTS.events(Hint("e", 7, 8, packed)) is None


def test_one_who_knows_other_things_of_events_reads_nothing_wrong() -> None:
    hint = HINTS.decode(HINTS.encode("e", [event(7)]))
    assert hint is not None
    assert Hints(int).events(hint) is None

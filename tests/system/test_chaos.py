"""Everything breaks for a moment, and nobody misses anything, or is told it twice, or what is not his."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.databases import PostgresFarm
from tests.system.chaos.evening import Evening, Script
from tests.system.chaos.faults import CLIENTS, DATABASE, REDIS, WORKERS
from tests.system.chaos.judging import Began, Entry, Findings, Note, Told, Viewer, judge, permitted
from tests.system.chaos.stage import stage

SHORT = Script(
    seed=7,
    seconds=8.0,
    faults={"redis": REDIS, "workers": WORKERS[:2], "database": DATABASE, "clients": CLIENTS},
    rest=(0.2, 0.6),
    last=(0.5, 1.5),
)


@pytest.mark.timeout(300)  # whole processes begin and end again and again: slow on a busy machine
async def test_an_evening_on_which_everything_breaks(postgres_farm: PostgresFarm, tmp_path: Path) -> None:
    with postgres_farm.database() as url:
        async with stage(url, tmp_path / "log") as house:
            report = await Evening(house, SHORT).play()
    assert report.problems == []
    assert report.faults.total() >= 8
    assert report.events >= 60
    assert report.connections - report.screens >= 4, "screens were cut off, and came back"


# ---- the judge, who must be able to find something

WAITER = Viewer("waiter", "b1")
GUEST = Viewer("guest", "b1", "s1")
LOG = [
    Entry(1, frozenset({"branch:b1"}), None, b'{"type":"till:opened"}', None),
    Entry(2, frozenset({"branch:b1", "session:s1"}), "s1", b'{"n":2,"cost":5}', b'{"n":2}'),
    Entry(3, frozenset({"branch:b1", "session:s2"}), "s2", b'{"n":3}', b'{"n":3}'),
    Entry(4, frozenset({"session:s1"}), "s1", b'{"n":4}', b'{"n":4}'),
    Entry(5, frozenset({"menu:b1"}), None, b'{"n":5}', b'{"n":5}'),
]
STAFF = permitted(LOG, WAITER)
PARTY = permitted(LOG, GUEST)


def told(seq: int, seen: dict[int, int] = STAFF) -> Told:
    return Told(seq, seen[seq])


def test_who_may_see_what() -> None:
    assert list(STAFF) == [1, 2, 3, 5]
    assert list(PARTY) == [2, 4, 5]
    assert PARTY[2] == Told.of({"n": 2, "seq": 2}).print != STAFF[2]


@pytest.mark.parametrize(
    ("notes", "end", "found"),
    [
        ([Began(1), told(2), told(3), told(5)], 5, Findings()),
        ([Began(1), told(2), Began(3), told(5)], 5, Findings()),
        ([Began(1), told(3), told(5)], 5, Findings(lost=[2])),
        ([Began(1), told(2), told(3)], 5, Findings(lost=[5])),
        ([Began(1), told(2), told(3)], None, Findings()),
        ([Began(1), told(2), told(2), told(3), told(5)], 5, Findings(doubled=[2])),
        ([Began(1), told(3), told(2), told(5)], 5, Findings(lost=[2], doubled=[2])),
        ([Began(2), told(2), told(3), told(5)], 5, Findings(doubled=[2])),
        ([Began(1), told(2), told(3), Began(1), told(2), told(3), told(5)], 5, Findings(doubled=[1])),
        ([Began(3), Told(4, 0), told(5)], 5, Findings(leaked=[4])),
        ([Began(3), Told(5, 1)], 5, Findings(altered=[5])),
        ([Began(5)], 5, Findings()),
    ],
)
def test_what_a_screen_was_told_is_held_against_the_log(
    notes: list[Note], end: int | None, found: Findings
) -> None:
    assert judge(notes, STAFF, end) == found


def test_what_a_guest_is_told_of_another_party_or_in_words_for_staff_is_found() -> None:
    notes = [Began(1), told(2, STAFF), told(3, STAFF), told(4, PARTY), told(5, PARTY)]
    assert judge(notes, PARTY, 5) == Findings(leaked=[3], altered=[2])

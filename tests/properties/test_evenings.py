"""Whole evenings, made up at random: after every command the events tell just what changed.

`apply(events, snapshot before) == snapshot after`, on the branch's screens and on the phones of those who
take part in a visit: who follows the events needs no second look at the database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from restai.live.catalog import EVENTS
from tests.properties.night import DECK, MOST_ROLLS, Act, Night, play_it_all
from tests.properties.reference import UNCHANGING_FOR_GUESTS, UNCHANGING_FOR_STAFF
from tests.support.document import leaves, operations

acts = st.tuples(st.sampled_from(DECK), st.integers(0, MOST_ROLLS))

# An evening takes a second, so a failing one is shown as it was found: making it shorter takes minutes.
SETTINGS = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SETTINGS
@given(st.lists(acts, min_size=10, max_size=25))
async def test_events_tell_all_that_changed(
    new_night: Callable[[], Awaitable[Night]], acts: list[Act]
) -> None:
    night = await new_night()
    await night.begin()
    for act in acts:
        await night.play(act)


@pytest.mark.timeout(300)  # a whole evening on a busy machine
async def test_nothing_is_left_out(new_night: Callable[[], Awaitable[Night]]) -> None:
    """An evening in which every command there is was carried out, every event told, and every value of a
    snapshot was seen to change."""
    night = await new_night()
    await play_it_all(night)
    commands = {name for name in operations() if not name.startswith("GET ") and "/auth/" not in name}
    assert commands - night.answered.keys() == set(), (
        "not played: a command for it in tests/properties/commands?"
    )
    assert {event.type for event in EVENTS} - night.types == set()
    assert leaves("Snapshot") - night.staff.changes.paths == UNCHANGING_FOR_STAFF
    assert leaves("GuestSnapshot") - night.changed_for_guests == UNCHANGING_FOR_GUESTS

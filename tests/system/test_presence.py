"""Which screens are there, as everybody in the branch is told, over several processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from restai.clock import SECOND
from restai.features.screens.models import Screen as ScreenRow
from restai.features.screens.rules import GONE_AFTER, MISSED_AFTER
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.live import Screen
from tests.support.processes import Process, processes

GRILL = {"id": new_id(), "kind": "kitchen", "name": "Grill"}
BAR = {"id": new_id(), "kind": "pos", "name": "Bar"}


@pytest.fixture
async def two(
    database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Process]]:
    monkeypatch.setattr("restai.live.presence.RENEW_EVERY", 3600.0)  # `pass_by` says when
    async with processes(database_url, clock, None, None) as two:
        yield two


async def told(monitor: Screen) -> list[tuple[str, str]]:
    """What a screen was told of others, after all that has happened until now."""
    await monitor.settled()
    return [
        (event["type"], event["screen"]["name"])
        for event in monitor.events
        if event["type"].startswith("screen:")
    ]


async def shown(process: Process) -> list[str]:
    manager = process.restaurant.house.manager
    screens: list[dict[str, Any]] = (await process.restaurant.snapshot(manager))["screens"]
    return sorted(screen["name"] for screen in screens)


async def missed(process: Process) -> list[str]:
    async with process.app.database.reading() as tx:
        found = await tx.session.scalars(select(ScreenRow.name).where(ScreenRow.missed_at.is_not(None)))
        return list(found)


async def pass_by(clock: ManualClock, milliseconds: int, *alive: Process) -> None:
    """Time passes, in which these processes renew the leases of who is with them, and all sweep."""
    for _ in range(milliseconds // (5 * SECOND)):
        clock.advance(5 * SECOND)
        for process in alive:
            await process.app.presence.renew()
            await process.app.sweeper.sweep()


async def test_screens_come_move_to_another_process_and_go(two: list[Process], clock: ManualClock) -> None:
    here, there = two
    house = here.restaurant.house
    monitor = await here.restaurant.screen(house.manager)
    await here.restaurant.screen(house.cashier, screen=BAR)
    grill = await here.restaurant.screen(house.kitchen, screen=GRILL)
    await monitor.sees(lambda m: m["type"] == "screen:online" and m["screen"]["id"] == GRILL["id"])
    assert await shown(there) == ["Bar", "Grill"]

    await grill.leave()
    moved = await there.restaurant.screen(house.kitchen, screen=GRILL)
    await pass_by(clock, 60 * SECOND, here, there)
    assert sorted(await told(monitor)) == [("screen:online", "Bar"), ("screen:online", "Grill")]

    twin = await here.restaurant.screen(house.kitchen, screen=GRILL)
    await moved.leave()
    await pass_by(clock, 60 * SECOND, here, there)
    assert await shown(here) == ["Bar", "Grill"], "one of the two is still there"

    await twin.leave()
    await pass_by(clock, 30 * SECOND, here, there)
    await monitor.sees("screen:offline")
    assert (await told(monitor))[2:] == [("screen:offline", "Grill")]
    assert await shown(there) == ["Bar"]


async def test_the_screens_of_a_process_that_is_killed_are_gone_too(
    two: list[Process], clock: ManualClock
) -> None:
    """Of which nobody renews the leases any more."""
    killed, left = two
    house = left.restaurant.house
    monitor = await left.restaurant.screen(house.manager)
    await killed.restaurant.screen(house.kitchen, screen=GRILL)
    await monitor.sees("screen:online")
    await pass_by(clock, 25 * SECOND, left)
    assert await shown(left) == ["Grill"]
    await pass_by(clock, 5 * SECOND, left)
    await monitor.sees("screen:offline")
    assert await shown(left) == []


async def test_who_answers_a_ping_late_is_renewed_at_once(
    two: list[Process], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He was silent when the others were renewed, and may be missed before they are renewed again."""
    here, there = two
    house = here.restaurant.house
    monitor = await here.restaurant.screen(house.manager)
    grill = await there.restaurant.screen(house.kitchen, screen=GRILL)
    await monitor.sees("screen:online")
    clock.advance(15 * SECOND + MISSED_AFTER)
    await here.app.presence.renew()
    await here.app.sweeper.sweep()
    assert await missed(here) == ["Grill"]
    monkeypatch.setattr(there.app.live, "now", lambda: time.monotonic() + 22)
    await there.app.presence.renew()
    await grill.say(type="ping")
    async with asyncio.timeout(20):
        while await missed(here):  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.01)
    clock.advance(GONE_AFTER)
    await here.app.sweeper.sweep()
    assert await told(monitor) == [("screen:online", "Grill")]


async def test_who_says_what_is_not_understood_is_let_in_and_not_shown(
    two: list[Process], clock: ManualClock
) -> None:
    here = two[0]
    house = here.restaurant.house
    strange = [{"kind": "drone"}, {"name": "x" * 81}, {"name": " "}, {"id": "Grill"}]
    for each in strange:
        await here.restaurant.screen(house.waiter, screen=GRILL | each)
    phone = await here.restaurant.seats("Ana")
    await here.restaurant.screen(phone, screen=GRILL)
    await here.restaurant.screen(house.cashier, screen=BAR)
    await here.app.presence.renew()
    assert await shown(here) == ["Bar"]
    assert here.app.presence.counts() == (5, 1)

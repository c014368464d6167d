"""Screens come, are renewed, and go: told of once each, whoever finds out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Select, func, select, update

from restai.clock import DAY, SECOND
from restai.features.screens import service
from restai.features.screens.models import Screen
from restai.features.screens.rules import GONE_AFTER, MISSED_AFTER, ScreenKind
from restai.features.screens.schemas import ScreenName
from restai.features.screens.service import Lease
from restai.ids import new_id
from restai.live import presence
from tests.support.clock import ManualClock
from tests.support.databases import somebody_waits
from tests.support.house import House

GRILL = ScreenName(id=new_id(), kind=ScreenKind.KITCHEN, name="Grill")
BAR = ScreenName(id=new_id(), kind=ScreenKind.POS, name="Bar")


async def renew(
    house: House, *screens: ScreenName, left: int = 15 * SECOND, branch: str | None = None
) -> None:
    """What a process does that is connected with these."""
    leases = [Lease(house.organization_id, branch or house.branch_id, each, left) for each in screens]
    async with house.database.transaction() as tx:
        coming = await service.renew(tx, leases)
    if coming:
        async with house.database.transaction() as tx:
            await service.come_online(tx, coming)


async def sweep(house: House) -> int:
    """How many are found to be gone."""
    async with house.database.transaction() as tx:
        await service.note_due(tx, tx.now)
    async with house.database.transaction() as tx:
        return await service.expire_due(tx, tx.now)


async def fall_silent(house: House, clock: ManualClock) -> None:
    """Nobody renews leases any more, until those of 15 s are to be found gone."""
    clock.advance(15 * SECOND + MISSED_AFTER)
    assert await sweep(house) == 0
    clock.advance(GONE_AFTER)


@asynccontextmanager
async def held(house: House, screen: ScreenName) -> AsyncIterator[None]:
    """Somebody has this screen's row."""
    async with house.database.transaction() as tx:
        await tx.session.scalar(row_of(screen).with_for_update())
        yield


async def is_free(house: House, screen: ScreenName) -> bool:
    async with house.database.transaction() as tx:
        return await tx.session.scalar(row_of(screen).with_for_update(skip_locked=True)) is not None


def row_of(screen: ScreenName) -> Select[str]:
    return select(Screen.id).where(Screen.device_id == screen.id)


async def shown(house: House) -> list[dict[str, Any]]:
    """The screens in the branch's snapshot."""
    answer = await house.as_(house.waiter).get(f"/api/branches/{house.branch_id}/snapshot")
    screens: list[dict[str, Any]] = answer.json()["screens"]
    return screens


def told(house: House) -> list[tuple[str, str]]:
    return [
        (event["type"], event["screen"]["name"])
        for event in house.events()
        if event["type"].startswith("screen:")
    ]


async def test_a_screen_comes_stays_and_goes(house: House, clock: ManualClock) -> None:
    came = clock.now()
    await renew(house, GRILL)
    grill = {"id": GRILL.id, "rev": 1, "kind": "kitchen", "name": "Grill", "status": "online", "since": came}
    assert await shown(house) == [grill]
    for _ in range(10):
        clock.advance(5 * SECOND)
        await renew(house, GRILL)
        assert await sweep(house) == 0
    assert await shown(house) == [grill], "nothing of it has changed"
    assert told(house) == [("screen:online", "Grill")]

    for more in (15 * SECOND + MISSED_AFTER, GONE_AFTER - 1):
        clock.advance(more)
        assert await sweep(house) == 0
    clock.advance(1)
    assert await sweep(house) == 1
    assert told(house)[1:] == [("screen:offline", "Grill")]
    assert house.events()[-1]["screen"] == grill | {"rev": 2, "status": "offline", "since": clock.now()}
    assert await shown(house) == []
    assert await sweep(house) == 0

    clock.advance(SECOND)
    await renew(house, GRILL)
    assert told(house)[2:] == [("screen:online", "Grill")]
    assert [(screen["rev"], screen["since"]) for screen in await shown(house)] == [(3, clock.now())]


async def test_who_comes_back_in_time_was_never_gone(house: House, clock: ManualClock) -> None:
    await renew(house, GRILL)
    for _ in range(2):
        clock.advance(15 * SECOND + MISSED_AFTER)
        assert await sweep(house) == 0
        clock.advance(GONE_AFTER - 1)
        await renew(house, GRILL)
        assert await sweep(house) == 0
    assert told(house) == [("screen:online", "Grill")]


async def test_it_is_there_as_long_as_anybody_hears_of_it(house: House, clock: ManualClock) -> None:
    """One process heard of it just now, another one long ago."""
    await renew(house, GRILL)
    await renew(house, GRILL, left=1)
    await fall_silent(house, clock)
    assert await sweep(house) == 1


async def test_the_time_in_which_nobody_could_write_counts_against_nobody(
    house: House, clock: ManualClock
) -> None:
    """Whoever finds that it is over sweeps before others have renewed what is theirs."""
    await renew(house, GRILL, BAR)
    clock.advance(60 * SECOND)
    assert await sweep(house) == 0
    clock.advance(GONE_AFTER - 1)
    await renew(house, GRILL)
    clock.advance(1)
    assert await sweep(house) == 1, "nobody has renewed this one"
    assert told(house)[2:] == [("screen:offline", "Bar")]


async def test_who_only_answers_pings_is_never_missed(house: House, clock: ManualClock) -> None:
    """Its lease ends with each ping, and is renewed a whole round of renewing after its answer. So it is
    there after an outage too, and nothing is written each second of a quiet night."""
    late = int(presence.RENEW_EVERY * (1 + presence.JITTER) * SECOND)
    await renew(house, GRILL)
    clock.advance(late)
    for _ in range(3):
        clock.advance(15 * SECOND)
        async with house.database.transaction() as tx:
            assert await service.note_due(tx, tx.now) == 0
        await renew(house, GRILL, left=15 * SECOND - late)


async def test_who_was_noted_and_is_there_is_not_gone(house: House, clock: ManualClock) -> None:
    """A process of the version before does not take the note away."""
    await renew(house, GRILL)
    clock.advance(15 * SECOND + MISSED_AFTER)
    assert await sweep(house) == 0
    async with house.database.transaction() as tx:
        await tx.session.execute(update(Screen).values(lease_ends_at=tx.now + 15 * SECOND))
    clock.advance(GONE_AFTER)
    assert await sweep(house) == 0


async def test_everybody_finds_out_at_once_and_it_is_told_once(house: House, clock: ManualClock) -> None:
    await asyncio.gather(*(renew(house, GRILL, BAR) for _ in range(6)))
    assert sorted(told(house)) == [("screen:online", "Bar"), ("screen:online", "Grill")]
    house.forget()
    await fall_silent(house, clock)
    assert sum(await asyncio.gather(*(sweep(house) for _ in range(6)))) == 2
    assert sorted(told(house)) == [("screen:offline", "Bar"), ("screen:offline", "Grill")]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_renews_and_who_comes_do_not_wait_for_each_other(house: House) -> None:
    """Also if the rows were made in another order than that of the devices' own ids."""
    for screen in (BAR, GRILL):
        await renew(house, screen)
    leases = [Lease(house.organization_id, house.branch_id, each, 15 * SECOND) for each in (GRILL, BAR)]

    async def renewing() -> None:
        async with house.database.transaction() as tx:
            await service.renew(tx, leases)

    async def coming() -> None:
        async with house.database.transaction() as tx:
            ids = (await tx.session.scalars(select(Screen.id).order_by(Screen.id))).all()
            await service.come_online(tx, ids)

    async with asyncio.TaskGroup() as both, held(house, BAR):
        async with held(house, GRILL):
            both.create_task(renewing())
            await somebody_waits(house.database)
            both.create_task(coming())
            await somebody_waits(house.database, connections=2)
        while await is_free(house, GRILL):  # until one of the two has it
            pass


async def test_who_is_renewed_while_it_is_swept_is_there(house: House, clock: ManualClock) -> None:
    await renew(house, GRILL, BAR)
    await fall_silent(house, clock)
    await asyncio.gather(sweep(house), renew(house, GRILL, BAR), sweep(house))
    assert sorted(screen["name"] for screen in await shown(house)) == ["Bar", "Grill"]


async def test_a_branch_knows_its_own_screens_alone(house: House, rival: House) -> None:
    north = await house.open_branch()
    for each in (house, rival):
        await renew(each, GRILL)
    await renew(house, GRILL, branch=north)
    await renew(house, BAR, branch=north)
    assert [screen["name"] for screen in await shown(house)] == ["Grill"]
    assert [screen["id"] for screen in await shown(rival)] == [GRILL.id]
    assert [(event["branchId"], event["screen"]["name"]) for event in house.events("screen:online")][-2:] == [
        (north, "Grill"),
        (north, "Bar"),
    ]


async def test_those_that_are_gone_are_listed_too(house: House, clock: ManualClock) -> None:
    for screen in (BAR, GRILL):
        await renew(house, screen)
    await fall_silent(house, clock)
    await renew(house, GRILL)
    await sweep(house)
    waiter = house.as_(house.waiter)
    first = (await waiter.get("/api/screens?limit=1")).json()
    assert [(each["name"], each["status"]) for each in first["items"]] == [("Bar", "offline")]
    rest = (await waiter.get(f"/api/screens?cursor={first['nextCursor']}")).json()
    assert rest == {"items": await shown(house), "nextCursor": None}
    gone = (await waiter.get("/api/screens?status=offline")).json()
    assert gone["items"] == first["items"]
    elsewhere = await house.open_branch()
    assert (await waiter.get(f"/api/screens?branchId={elsewhere}")).status_code == 404


async def test_another_name_shows_when_it_comes_again(house: House, clock: ManualClock) -> None:
    await renew(house, GRILL)
    plancha = GRILL.model_copy(update={"name": "Plancha", "kind": ScreenKind.MONITOR})
    await renew(house, plancha)
    assert told(house) == [("screen:online", "Grill")]
    await fall_silent(house, clock)
    await sweep(house)
    await renew(house, plancha)
    assert told(house)[1:] == [("screen:offline", "Grill"), ("screen:online", "Plancha")]
    assert [(screen["kind"], screen["name"]) for screen in await shown(house)] == [("monitor", "Plancha")]


async def test_what_was_thrown_away_is_forgotten(house: House, clock: ManualClock) -> None:
    await renew(house, GRILL, BAR)
    await fall_silent(house, clock)
    await sweep(house)
    await renew(house, BAR)
    clock.advance(30 * DAY + 1)
    async with house.database.transaction() as tx:
        assert await service.forget_due(tx, tx.now) == 1
        assert await tx.session.scalar(select(func.max(Screen.name))) == "Bar"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_is_one_that_can_be_shown(name: str) -> None:
    with pytest.raises(ValueError, match="string"):
        ScreenName(id=new_id(), kind=ScreenKind.KITCHEN, name=name)

"""The database fails over to a standby that lacks the last commits: no screen shows a mixture of the two."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from restai.realtime.brokers.redis import RedisBroker
from tests.realtime.support import eventually
from tests.support.clock import ManualClock
from tests.support.databases import PostgresFarm
from tests.support.processes import processes, takeout
from tests.support.standby import Cluster, cluster
from tests.support.valkey import Valkey


@pytest.fixture
def servers() -> Iterator[Cluster]:
    with cluster() as servers:
        yield servers


async def test_a_standby_without_the_last_five_commits_is_promoted(
    servers: Cluster, clock: ManualClock, valkey: Valkey
) -> None:
    brokers = (RedisBroker(valkey.url), RedisBroker(valkey.url))
    async with processes(servers.url, clock, *brokers, name="La Caída") as (here, there):
        house = here.restaurant.house
        kept = await takeout(here)
        await asyncio.to_thread(servers.follow)
        old = (await here.restaurant.snapshot(house.manager))["stream"]
        screens = [await process.restaurant.screen(house.kitchen) for process in (here, there)]
        await asyncio.to_thread(servers.lose_sight)
        for _ in range(5):
            await takeout(here)
        for screen in screens:
            await screen.sees(lambda m: m.get("seq") == old["seq"] + 5)
            before = len(screen.told)

        await asyncio.to_thread(servers.fail)
        await eventually(lambda: here.app.live.tail.last_poll_failed and there.app.live.tail.last_poll_failed)
        status, found = await here.ready()
        assert (status, found["database"]) == (503, "away"), "a standby is as good as none"
        draft = {"type": "takeout", "items": here.restaurant.items(here.restaurant.dish)}
        refused = await house.as_(house.waiter).post("/api/orders", json=draft)
        assert (refused.status_code, refused.json()["code"]) == (503, "database_away")
        assert refused.headers["Retry-After"]
        for screen in screens:
            await screen.settled()
            assert not [m for m in screen.told[before:] if m["type"] != "pong" and m["type"] != "heartbeat"]

        await asyncio.to_thread(servers.promote)
        resyncs = [await screen.sees("resync") for screen in screens]
        assert {resync["reason"] for resync in resyncs} == {"epoch"}
        assert len({resync["epoch"] for resync in resyncs} | {old["epoch"]}) == 2
        for process in (here, there):
            snapshot = await process.restaurant.snapshot(house.manager)
            assert snapshot["stream"] == {"epoch": resyncs[0]["epoch"], "seq": old["seq"]}
            assert [order["id"] for order in snapshot["orders"]] == [kept["id"]]
        new = await takeout(there)
        for screen in screens:
            told = await screen.sees(lambda m: m.get("orderId") == new["id"])
            assert told["seq"] == old["seq"] + 1, "as the first of the five that are lost"

        late = await there.screens.open()
        resume = {house.branch_id: old | {"seq": old["seq"] + 1}}
        await late.sign_in(house.token(house.kitchen), resume=resume)
        assert (await late.sees("resync"))["epoch"] == resyncs[0]["epoch"]
        assert [m for m in screens[0].told if m["type"] == "resync"] == resyncs[:1], "once"
        assert (await here.ready())[0] == 200


@pytest.mark.parametrize("change", ["timeline = '0000000A'", "system_identifier = 7"])
async def test_another_server_or_another_life_of_it_is_a_new_epoch_whatever_the_positions(
    postgres_farm: PostgresFarm, clock: ManualClock, change: str
) -> None:
    """As when nobody looked while it was promoted, and the log has grown past where all were."""
    with postgres_farm.database() as url:
        async with processes(url, clock, None, None) as pair:
            house = pair[0].restaurant.house
            before = (await pair[0].restaurant.snapshot(house.manager))["stream"]
            screens = [await process.restaurant.screen(house.kitchen) for process in pair]
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"UPDATE installation SET {change}")  # type: ignore[arg-type]
            resyncs = [await screen.sees("resync") for screen in screens]
            assert len({resync["epoch"] for resync in resyncs} | {before["epoch"]}) == 2
            assert {resync["seq"] for resync in resyncs} == {before["seq"]}
            await takeout(pair[1])
            for screen in screens:
                await screen.sees("order:created")
                assert len([m for m in screen.told if m["type"] == "resync"]) == 1


async def test_who_comes_back_after_nobody_looked_is_not_shown_a_mixture(
    postgres_farm: PostgresFarm, clock: ManualClock
) -> None:
    """The first to follow the log finds out, before anything is replayed from it."""
    with postgres_farm.database() as url:
        async with processes(url, clock, None) as (process,):
            house = process.restaurant.house
            position = (await process.restaurant.snapshot(house.kitchen))["stream"]
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute("UPDATE installation SET timeline = '0000000A'")
            await takeout(process)
            screen = await process.screens.open()
            welcome = await screen.sign_in(house.token(house.kitchen), resume={house.branch_id: position})
            assert (await screen.sees("resync"))["reason"] == "epoch"
            assert welcome["streams"][house.branch_id]["epoch"] != position["epoch"]
            assert screen.events == []

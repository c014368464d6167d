"""A process is stopped in the middle of an evening, and goes on later as if nothing had happened."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from restai.clock import SystemClock
from restai.realtime.brokers.redis import SILENCE, RedisBroker
from tests.support.databases import PostgresFarm
from tests.support.live import Screens
from tests.support.processes import processes, takeout
from tests.support.served import served
from tests.support.valkey import Valkey


async def test_a_process_that_was_stopped_shows_nobody_what_he_may_not_see_any_more(
    postgres_farm: PostgresFarm, valkey: Valkey, tmp_path: Path
) -> None:
    """He is dismissed by a process without Redis: so the frozen one hears of the orders first, on the
    connection that it had, since Redis has not been silent but waits to be heard."""
    with postgres_farm.database() as url:
        brokers = (RedisBroker(valkey.url), None)
        async with processes(url, SystemClock(), *brokers, name="La Helada") as (here, mute):
            house = here.restaurant.house
            with served(url, valkey.url, tmp_path) as server:
                there = Screens(server.address())
                waiter = await there.of(house.token(house.waiter))
                kitchen = await there.of(house.token(house.kitchen))
                before = await takeout(here)
                for screen in (waiter, kitchen):
                    await screen.sees(lambda m: m.get("orderId") == before["id"])
                server.process.send_signal(signal.SIGSTOP)
                path = f"/staff/{house.waiter.user_id}"
                await mute.restaurant.does(house.manager, "PATCH", path, active=False)
                after = [(await takeout(here, house.cashier))["id"] for _ in range(5)]
                await asyncio.sleep(SILENCE)
                server.process.send_signal(signal.SIGCONT)
                await kitchen.sees(lambda m: m.get("orderId") == after[-1])
                assert [event["orderId"] for event in kitchen.events] == [before["id"], *after]
                assert await waiter.closed() == 4503
                assert [event["orderId"] for event in waiter.events] == [before["id"]]
                await there.close()
                assert "listening to Redis failed" not in (tmp_path / "printed").read_text()

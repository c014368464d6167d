"""A process is stopped in the middle of an evening, and goes on later as if nothing had happened."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from restai.clock import SystemClock
from restai.realtime.brokers.redis import RedisBroker
from tests.support.databases import PostgresFarm
from tests.support.house import SECRET
from tests.support.live import Screens
from tests.support.processes import processes, takeout
from tests.support.valkey import Valkey

PATIENCE = 60  # seconds


@contextmanager
def served(url: str, redis: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of its own on the same database; with its address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RESTAI_")}
    environment |= {"RESTAI_DATABASE_URL": url, "RESTAI_REDIS_URL": redis, "RESTAI_SECRET": SECRET}
    command = [sys.executable, "-m", "restai", "serve", "--port", "0", "--data", str(folder)]
    printed = folder / "printed"
    with printed.open("w") as out:
        process = subprocess.Popen(command, stderr=out, env=environment, cwd=folder, text=True)
    try:
        yield process, _address(process, printed)
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[str], printed: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        for line in printed.read_text().splitlines():
            if line.startswith("RestAI is at http://"):
                address = line.removeprefix("RestAI is at http://")
                httpx.get(f"http://{address}/health", trust_env=False).raise_for_status()
                return address
        assert process.poll() is None and time.monotonic() < deadline, printed.read_text()
        time.sleep(0.05)


async def test_a_process_that_was_stopped_shows_nobody_what_he_may_not_see_any_more(
    postgres_farm: PostgresFarm, valkey: Valkey, tmp_path: Path
) -> None:
    """He is dismissed by a process without Redis: so the frozen one may hear of the orders first."""
    with postgres_farm.database() as url:
        brokers = (RedisBroker(valkey.url), None)
        async with processes(url, SystemClock(), *brokers, name="La Helada") as (here, mute):
            house = here.restaurant.house
            with served(url, valkey.url, tmp_path) as (process, address):
                there = Screens(address)
                waiter = await there.of(house.token(house.waiter))
                kitchen = await there.of(house.token(house.kitchen))
                before = await takeout(here)
                for screen in (waiter, kitchen):
                    await screen.sees(lambda m: m.get("orderId") == before["id"])
                process.send_signal(signal.SIGSTOP)
                path = f"/staff/{house.waiter.user_id}"
                await mute.restaurant.does(house.manager, "PATCH", path, active=False)
                after = [(await takeout(here, house.cashier))["id"] for _ in range(5)]
                await asyncio.sleep(2.5)
                process.send_signal(signal.SIGCONT)
                await kitchen.sees(lambda m: m.get("orderId") == after[-1])
                assert [event["orderId"] for event in kitchen.events] == [before["id"], *after]
                assert await waiter.closed() == 4503
                assert [event["orderId"] for event in waiter.events] == [before["id"]]
                await there.close()

"""The database goes away, or hangs: sockets stay and know how old their news is; nobody is sent away for
good; and when it is back, everything goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from restai.clock import SystemClock
from tests.support.databases import PostgresFarm
from tests.support.live import Screen
from tests.support.processes import Process, processes, takeout
from tests.support.proxy import Proxy
from tests.support.standby import way_to

Fault = Callable[[Proxy], None]


def away(way: Proxy) -> None:
    way.refuse()
    way.cut()


def hangs(way: Proxy) -> None:
    way.hold()


def heal(way: Proxy) -> None:
    way.release()
    way.accept()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hanging database is given up sooner than in a restaurant."""
    monkeypatch.setattr("restai.app.PATIENCE", 1.0)
    monkeypatch.setattr("restai.live.eventlog.DEADLINE", 1.0)
    monkeypatch.setattr("restai.realtime.admission.DEADLINE", 1.5)
    monkeypatch.setattr("restai.live.policy.STAFF_HEARTBEAT", 500)


@pytest.fixture
def way(tmp_path_factory: pytest.TempPathFactory, postgres_farm: PostgresFarm) -> Iterator[tuple[Proxy, str]]:
    """The only way of the process to its database."""
    folder = Path(tmp_path_factory.mktemp("way", numbered=True))
    with postgres_farm.database() as url, way_to(url, folder) as (proxy, by):
        yield proxy, by


@pytest.fixture
async def process(way: tuple[Proxy, str]) -> AsyncIterator[Process]:
    async with processes(way[1], SystemClock(), None) as (process,):
        yield process


async def staleness(screen: Screen, wanted: Callable[[int], bool]) -> None:
    """Wait for a heartbeat by which the age of a screen's news, in ms, is as `wanted`."""

    def fits(message: dict[str, Any]) -> bool:
        return message["type"] == "heartbeat" and wanted(message["timestamp"] - message["confirmedAt"])

    await screen.sees(fits, after=len(screen.told))


@pytest.mark.parametrize("fault", [away, hangs], ids=lambda fault: fault.__name__)
async def test_sockets_stay_and_say_how_old_their_news_are(
    process: Process, way: tuple[Proxy, str], fault: Fault
) -> None:
    house = process.restaurant.house
    screen = await process.restaurant.screen(house.kitchen)
    fault(way[0])
    await staleness(screen, lambda age: age > 1_500)
    status, found = await process.ready()
    assert (status, found["database"]) == (503, "away")
    stranger = await process.screens.open()
    await stranger.say(type="auth", token=house.token(house.waiter))
    assert await stranger.closed() == 4005
    assert stranger.told == []
    heal(way[0])
    order = await _until_it_is_placed(process)
    told = await screen.sees(lambda m: m.get("orderId") == order)
    assert told["seq"] == screen.events[0]["seq"]
    assert not [m for m in screen.told if m["type"] == "resync"]
    await staleness(screen, lambda age: age < 1_500)
    assert screen.code is None
    assert (await process.restaurant.screen(house.waiter)).code is None
    assert (await process.ready())[0] == 200


async def _until_it_is_placed(process: Process) -> str:
    """An order, tried again as an outbox does. It is one order, however often."""
    house, restaurant = process.restaurant.house, process.restaurant
    draft = {"type": "takeout", "items": restaurant.items(restaurant.dish)}
    async with asyncio.timeout(30):
        while True:
            answer = await house.as_(house.waiter).post("/api/orders", json=draft, key="one-order-4711")
            if answer.status_code == 201:
                found: str = answer.json()["id"]
                return found
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.2)


async def test_commands_are_told_to_come_again(process: Process, way: tuple[Proxy, str]) -> None:
    house, restaurant = process.restaurant.house, process.restaurant
    screen = await restaurant.screen(house.kitchen)
    away(way[0])
    draft = {"type": "takeout", "items": restaurant.items(restaurant.dish)}
    for _ in range(3):
        refused = await house.as_(house.waiter).post("/api/orders", json=draft, key="one-order-4711")
        assert (refused.status_code, refused.json()["code"]) == (503, "database_away")
        assert int(refused.headers["Retry-After"]) > 0
    heal(way[0])
    order = await _until_it_is_placed(process)
    await takeout(process)
    await screen.sees(lambda m: m["type"] == "order:created" and m["orderId"] != order)
    assert [event["orderId"] for event in screen.events].count(order) == 1
    assert len(screen.events) == 2

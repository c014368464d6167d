"""Programs beside RestAI: what they hear in the rooms' channels, and how they are heard there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from restai.app import App
from restai.realtime.brokers.memory import MemoryBroker
from tests.realtime.support import eventually
from tests.support.restaurant import Restaurant


class Program:
    """Listens to channels, and publishes, as any program with a client of Redis would."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = MemoryBroker(beside=broker)
        self.heard: dict[str, list[bytes]] = {}

    def listen(self, *channels: str) -> None:
        for channel in channels:
            self._broker.subscribe(channel, self.heard.setdefault(channel, []).append)

    def publish(self, channel: str, message: dict[str, Any]) -> None:
        self._broker.publish(channel, json.dumps(message).encode())

    def events(self, channel: str) -> list[dict[str, Any]]:
        return [json.loads(message) for message in self.heard[channel]]


@pytest.fixture
async def program(app: App) -> AsyncIterator[Program]:
    assert isinstance(app.live.broker, MemoryBroker)
    yield Program(app.live.broker)


async def test_programs_hear_staff_news_in_the_branch_and_what_guests_may_know_elsewhere(
    restaurant: Restaurant, program: Program
) -> None:
    house, phone = restaurant.house, await restaurant.seats("Ana")
    dish, far_table = restaurant.dish["id"], restaurant.tables[3]["id"]
    branch, table = f"branch:{restaurant.branch_id}", f"table:{restaurant.tables[0]['id']}"
    session, menu = f"session:{phone.session_id}", f"menu:{restaurant.branch_id}"
    program.listen(branch, table, session, menu)
    screen = await restaurant.screen(house.kitchen)
    await restaurant.orders(sessionId=phone.session_id, tableId=None)
    await restaurant.does(house.manager, "PATCH", f"/tables/{far_table}", capacity=9)
    await restaurant.does(house.kitchen, "POST", f"/menu/items/{dish}/availability", isAvailable=False)
    await screen.sees("menu:availability")
    await eventually(lambda: program.heard[menu])
    assert all(message.startswith(b'{"v":1,"seq":') for heard in program.heard.values() for message in heard)
    assert [event["type"] for event in program.events(branch)] == ["order:created", "table:updated"]
    assert [event["type"] for event in program.events(table)] == ["order:created"]
    assert [event["type"] for event in program.events(session)] == ["order:created"]
    assert [event["type"] for event in program.events(menu)] == ["menu:availability"]
    assert program.events(branch)[0] == screen.events[0], "just as a screen of the staff is told"
    assert program.heard[table] == program.heard[session]
    assert "station" in program.events(branch)[0]["order"]["items"][0]
    assert "station" not in program.events(table)[0]["order"]["items"][0]
    assert "station" not in program.events(menu)[0]["item"]


async def test_what_only_processes_may_know_is_on_no_rooms_channel(
    restaurant: Restaurant, program: Program
) -> None:
    house = restaurant.house
    program.listen(f"branch:{restaurant.branch_id}", f"menu:{restaurant.branch_id}", house.organization_id)
    screen = await restaurant.screen(house.waiter)
    await restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", active=False)
    assert await screen.closed() == 4503
    assert not any(program.heard.values())


async def test_a_program_can_say_something_in_a_room_and_nothing_in_our_name(
    restaurant: Restaurant, program: Program
) -> None:
    phone = await restaurant.seats("Ana")
    guest, waiter = await restaurant.screen(phone), await restaurant.screen(restaurant.house.waiter)
    table, branch = f"table:{restaurant.tables[0]['id']}", f"branch:{restaurant.branch_id}"
    head = (await restaurant.snapshot(restaurant.house.waiter))["stream"]["seq"]
    for forged in (
        {"v": 1, "seq": head + 1, "type": "order:created", "branchId": restaurant.branch_id},
        {"type": "order:created", "orderId": "x"},
        {"type": "session:ended", "sessionId": phone.session_id},
        {"type": "access:changed", "sessionId": phone.session_id, "outcome": "ended"},
        {"type": "resync", "branchId": restaurant.branch_id, "epoch": "x", "seq": 1, "reason": "epoch"},
        {"type": "heartbeat", "timestamp": 1, "confirmedAt": 1, "streams": {restaurant.branch_id: head + 9}},
    ):
        program.publish(table, forged)
        program.publish(branch, forged)
    program.publish(table, {"type": "printer:done"})
    program.publish(branch, {"type": "weather", "rain": True})
    assert await guest.sees("printer:done") == {"type": "printer:done", "signal": True}
    assert await waiter.sees("weather") == {"type": "weather", "rain": True, "signal": True}
    await asyncio.gather(guest.settled(), waiter.settled())
    assert [m["type"] for m in guest.told] == ["auth:success", "heartbeat", "printer:done", "pong"]
    assert [m["type"] for m in waiter.told] == ["auth:success", "heartbeat", "weather", "pong"]

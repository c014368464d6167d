"""The screens of `restai simulate` at a real server, and between them somebody who spoils what is told: he is
found out, and nothing is found where nothing is spoilt."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from restai.auth.permissions import Role
from restai.auth.principal import Staff
from restai.cli.simulate.checks.record import PATIENCE, Record
from restai.cli.simulate.comparing import compare
from restai.cli.simulate.report import Report
from restai.cli.simulate.screens import Screen, Watching
from restai.cli.simulate.spoil import Spoiler
from restai_sdk import State, fixed
from tests.realtime.support import eventually
from tests.support.databases import SqliteFarm
from tests.support.proxy import Proxy
from tests.support.restaurant import Phone, Restaurant

Json = dict[str, Any]
Doctor = Callable[[Json], list[Json]]


@pytest.fixture
def database_url(sqlite_farm: SqliteFarm) -> Iterator[str]:
    """To a screen all databases are the same."""
    with sqlite_farm.database() as url:
        yield url


class Doctored(Spoiler):
    """Frames as somebody made them of what the server sent."""

    def __init__(self, doctor: Doctor) -> None:
        super().__init__(None)
        self._doctor = doctor

    def pass_on(self, frame: str | bytes) -> list[str | bytes]:
        return [json.dumps(each) for each in self._doctor(json.loads(frame))]


def nothing(frame: Json) -> list[Json]:
    return [frame]


def an_orders_beginning(frame: Json) -> list[Json]:
    """Is lost on all screens, and nothing else."""
    return [] if frame["type"] == "order:created" else [frame]


def stations(frame: Json) -> list[Json]:
    """Are told with lines and dishes, to phones too."""
    for line in frame.get("order", {}).get("items", ()):
        line["station"] = "kitchen"
    if "item" in frame:
        frame["item"]["station"] = "kitchen"
    return [frame]


class Evening:
    """A branch with screens, and what is found to be wrong with them."""

    def __init__(self, restaurant: Restaurant, network: Proxy, stack: AsyncExitStack) -> None:
        self.restaurant = restaurant
        self.report = Report()
        self.kitchen = restaurant.house.kitchen
        self._clients: dict[Screen, Watching] = {}
        self._url = "http://{}:{}".format(*network.address)  # type: ignore[misc]
        self._stack = stack

    async def begin(self) -> None:
        """Screens are told all that happens from now on."""
        self._http = await self._stack.enter_async_context(httpx.AsyncClient(base_url=self._url))
        self.record = Record(await self.snapshot(), self.report.problem, is_ours=True)

    async def snapshot(self) -> Json:
        return await self.restaurant.snapshot(self.kitchen)

    async def screen(self, name: str, who: Staff | Phone, doctor: Doctor) -> Screen:
        """One that shows something, of what its doctor gave it."""
        guest = who.guest_id if isinstance(who, Phone) else None
        screen = Screen(name, self.record, self.report, guest=guest)
        screen.spoiler = Doctored(doctor)
        client = Watching(self._url, fixed(self.restaurant.token(who)), screen, self._http)
        self._clients[screen] = await self._stack.enter_async_context(client)
        await self.is_live(screen)
        return screen

    async def is_live(self, screen: Screen, *, reconnects: int = 0) -> None:
        """Waits until it has been told all that there was when it came, or came back."""
        client = self._clients[screen]
        await eventually(
            lambda: client.reconnects == reconnects and client.freshness(screen.branch).state is State.LIVE
        )

    async def reckon(self, staff: list[Screen]) -> list[str]:
        """Each problem that there was, once."""
        await compare(staff, self.snapshot, self.report)
        self.record.settle(time.monotonic(), finally_=True)
        return sorted(set(self.report.problems))


@pytest.fixture
async def evening(restaurant: Restaurant, network: Proxy) -> AsyncIterator[Evening]:
    async with AsyncExitStack() as stack:
        yield Evening(restaurant, network, stack)


def shows(order: Json, status: str) -> Callable[[Json], bool]:
    return lambda snapshot: (order["id"], status) in [(o["id"], o["status"]) for o in snapshot["orders"]]


@pytest.mark.parametrize(
    ("doctor", "found"),
    [
        (nothing, []),
        (an_orders_beginning, ["order {id} was first told of at rev 2 with event {seq}, order:updated"]),
        (
            stations,
            [
                "Ana's phone was told menu:availability with item.station",
                "Ana's phone was told order:created with items.station",
                "Ana's phone was told order:updated with items.station",
            ],
        ),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
async def test_what_is_spoilt_on_all_screens(evening: Evening, doctor: Doctor, found: list[str]) -> None:
    restaurant, kitchen = evening.restaurant, evening.kitchen
    await evening.begin()
    staff = [await evening.screen(name, kitchen, doctor) for name in ("one", "other")]
    phone = await evening.screen("Ana's phone", await restaurant.seats("Ana"), doctor)
    path = f"/menu/items/{restaurant.dish['id']}/availability"
    await restaurant.does(kitchen, "POST", path, isAvailable=True)
    await restaurant.does(kitchen, "POST", path, isAvailable=False)
    await restaurant.does(kitchen, "POST", path, isAvailable=True)
    order = await restaurant.orders()
    await restaurant.does(kitchen, "PATCH", f"/orders/{order['id']}/status", status="ready")
    seq = (await evening.snapshot())["stream"]["seq"]
    for screen in (*staff, phone):
        assert await screen.shows(shows(order, "ready"), PATIENCE)
    assert await evening.reckon(staff) == [text.format(id=order["id"], seq=seq) for text in found]


@pytest.mark.parametrize("blabs", [False, True])
async def test_who_waits_hears_no_orders_even_when_he_was_away(
    evening: Evening, network: Proxy, blabs: bool
) -> None:
    """Ben waits at Ana's table. While his phone is away they order; he is told of it as he comes back."""
    restaurant = evening.restaurant
    await restaurant.seats("Ana")
    ben = await restaurant.scans("Ben")
    await evening.begin()
    told: list[Json] = []

    def doctor(frame: Json) -> list[Json]:
        return [frame, *told] if frame["type"] == "auth:success" else [frame]

    staff = [await evening.screen("one", evening.kitchen, nothing)]
    phone = await evening.screen("Ben's phone", ben, doctor)
    network.refuse()
    network.cut()
    await restaurant.orders()
    if blabs:
        (body,) = restaurant.house.guest_events("order:created")
        told.append(body | {"seq": (await evening.snapshot())["stream"]["seq"]})
    network.accept()
    for screen in (*staff, phone):
        await evening.is_live(screen, reconnects=1)
    assert await evening.reckon(staff) == (
        ["Ben's phone was told order:created while it waited to be let in"] if blabs else []
    )


async def test_a_screen_of_the_staff_that_is_cut_off_is_missed(evening: Evening) -> None:
    house = evening.restaurant.house
    await evening.begin()
    cook = await house.hire("Nia Night", Role.KITCHEN)
    staff = [
        await evening.screen(name, who, nothing) for name, who in (("one", house.kitchen), ("Nia's", cook))
    ]
    await evening.restaurant.does(house.manager, "PATCH", f"/staff/{cook.user_id}", active=False)
    assert not await staff[1].shows(lambda _: False, PATIENCE)
    assert await evening.reckon(staff) == [
        "Nia's is off: signed out, or the visit is over",
        "Nia's was cut off and not told why",
    ]

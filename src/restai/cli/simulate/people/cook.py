"""Cooks: they say what they have seen, begin, bump, take a bump back, recall, and run out of things."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from restai.cli.simulate.people.person import Job, Worker
from restai.cli.simulate.scene import Account, Json, Scene
from restai.cli.simulate.screens import Screen

IN_THE_KITCHEN = ("confirmed", "preparing", "ready", "served")
TO_DO = ("pending", "preparing")
WRONG_TAPS = 0.03  # of all bumps
WHOLE_TICKETS = 0.5  # of those that one tap could bump
SOLD_OUT_FOR = (300.0, 900.0)  # seconds until a dish is sold out, and then until it is back
RECALLS_EVERY = (240.0, 600.0)  # seconds


class Cook(Worker):
    """Of one station."""

    def __init__(self, scene: Scene, account: Account, screen: Screen, station: str) -> None:
        super().__init__(scene, account.api, screen)
        self._station = station
        self._due: dict[str, float] = {}  # by line: the minute at which it goes on

    def jobs(self, snapshot: Json) -> Iterator[Job]:
        mine = list(self._lines(snapshot))
        if unseen := [line["id"] for _, line in mine if line["seenAt"] is None]:
            yield Job(("seen", *sorted(unseen)), partial(self._sees, unseen))
        for order, line in mine:
            if (
                line["status"] in TO_DO
                and order["status"] in ("confirmed", "preparing")
                and self._is_due(line)
            ):
                yield self._next_step(order, line)

    def _lines(self, snapshot: Json) -> Iterator[tuple[Json, Json]]:
        """What this station has to do with, with their orders."""
        for order in snapshot["orders"]:
            if order["status"] in IN_THE_KITCHEN:
                for line in order["items"]:
                    if line["station"] == self._station and line["status"] != "cancelled":
                        yield order, line

    def _is_due(self, line: Json) -> bool:
        now = self.scene.pace.minutes
        due = self._due.setdefault(line["id"], now + self.chance.uniform(0.2, 3))
        return now >= due or self.scene.pace.closing.is_set()

    def _next_step(self, order: Json, line: Json) -> Job:
        key = (line["id"], order["rev"])
        if line["status"] == "pending":
            return Job(key, partial(self._begins, order, line))
        left = [each for each in order["items"] if each["status"] in TO_DO]
        here = all(each["station"] == self._station and each["status"] == "preparing" for each in left)
        if here and len(left) > 1 and self.chance.random() < WHOLE_TICKETS:
            return Job(key, partial(self._bumps_all, order))
        return Job(key, partial(self._bumps, order, line))

    async def _sees(self, lines: list[str]) -> None:
        await self.pause(0.5, 2)
        await self.tries("seen", self.api.kitchen.see(lines))

    async def _begins(self, order: Json, line: Json) -> None:
        await self._sets(order, line, "pending", "preparing")
        minutes = self.scene.minutes_for(line["menuItemId"]) * self.chance.uniform(0.4, 1)
        self._due[line["id"]] = self.scene.pace.minutes + minutes

    async def _bumps(self, order: Json, line: Json) -> None:
        await self._sets(order, line, "preparing", "ready")
        if self.chance.random() < WRONG_TAPS:
            await self.pause(1, 4)
            await self._sets(order, line, "ready", "preparing")

    async def _sets(
        self,
        order: Json,
        line: Json,
        seen: Literal["pending", "preparing", "ready"],
        to: Literal["preparing", "ready"],
    ) -> None:
        await self.tries("order", self.api.orders.set_line_status(order["id"], line["id"], to, seen=seen))

    async def _bumps_all(self, order: Json) -> None:
        await self.tries("order", self.api.orders.set_status(order["id"], "ready", seen=order["status"]))

    # ---- now and then, until the house closes

    async def runs_out_of_things(self) -> None:
        """A dish is sold out, and comes back."""
        while not self.scene.pace.closing.is_set():
            await self.pause(*SOLD_OUT_FOR)
            dish = self.chance.choice(self.scene.dishes)["id"]
            self.scene.report.counts["86"] += 1
            await self.tries("item", self.api.menu.set_item_availability(dish, is_available=False))
            await self.pause(*SOLD_OUT_FOR)
            await self.tries("item", self.api.menu.set_item_availability(dish, is_available=True))

    async def recalls(self) -> None:
        """What had left the kitchen comes back."""
        while not self.scene.pace.closing.is_set():
            await self.pause(*RECALLS_EVERY)
            orders = [] if self.screen.snapshot is None else self.screen.snapshot["orders"]
            ready = [order for order in orders if order["status"] == "ready"]
            if ready and not self.scene.pace.closing.is_set():
                order = self.chance.choice(ready)
                await self.tries("order", self.api.orders.set_status(order["id"], "preparing", seen="ready"))

"""An evening in one branch: orders come in at the load's rate, and everything else follows from them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from typing import Any

from restai.cli.simulate.closing import close, tidy
from restai.cli.simulate.opening import Opened
from restai.cli.simulate.people.party import Party, free_tables
from restai.cli.simulate.people.person import BLINK
from restai.cli.simulate.plan import Plan

OVER_THE_COUNTER = 0.1  # of orders
ANOTHER_PARTY = 0.4  # of the others, if somebody sits there who would order again
AT_THE_BEGINNING = 1 / 4  # of the tables are taken soon: it is busy already
HURRY = 8  # times as many orders as later come until then
SETTLE_EVERY = 1.0  # seconds
LAST_GUESTS = 120.0  # seconds that the last parties have to pay, once nobody dawdles any more


class Evening:
    def __init__(self, plan: Plan, opened: Opened) -> None:
        self._plan = plan
        self._opened = opened
        self._scene = opened.scene
        self._crew = opened.crew
        self._chance = opened.scene.chance("orders")
        self._tables = min(plan.load.tables, opened.tables)
        self._parties: dict[asyncio.Task[None], Party] = {}
        self._numbers = 0

    async def play(self) -> None:
        """From the opening to the last bill, and the reckoning."""
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self._settles())]
            working += [
                tasks.create_task(worker.work()) for worker in (*self._crew.waiters, *self._crew.cooks)
            ]
            await self._crew.cashiers[0].opens()
            extras = [tasks.create_task(each) for each in self._extras()]
            await self._guests_come(tasks)
            await self._guests_go()
            await asyncio.wait(extras)
            if self._opened.house.is_ours:
                await tidy(self._crew)
            for task in working:
                task.cancel()
        await close(self._opened)

    def _extras(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield self._crew.cooks[0].runs_out_of_things()
        yield from (cook.recalls() for cook in self._crew.cooks)
        yield self._crew.cashiers[0].hands_over()

    async def _settles(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_EVERY)
            self._scene.record.settle(time.monotonic())

    # ---- guests

    async def _guests_come(self, tasks: asyncio.TaskGroup) -> None:
        """As many orders as the plan's time has room for, however fast they can be carried out."""
        pace, gap = self._scene.pace, 3600 / self._plan.load.orders_an_hour
        for _ in range(int(self._tables * AT_THE_BEGINNING)):
            self._seat(tasks)
            await pace.pause(self._chance.expovariate(HURRY / gap))
        for _ in self._plan.orders():
            while not self._somebody_orders(tasks):
                await self._crew.manager.screen.news(BLINK)
            await pace.pause(self._chance.expovariate(1 / gap))

    def _somebody_orders(self, tasks: asyncio.TaskGroup) -> bool:
        """Whether there was somebody to do so: else all tables are taken, and all eat."""
        hungry = [party for party in self._parties.values() if party.could_eat and not party.hungry.is_set()]
        if self._chance.random() < OVER_THE_COUNTER:
            self._numbers += 1
            cashier = self._crew.cashier(self._chance)
            tasks.create_task(cashier.sells(f"Cliente {self._numbers}"))
        elif hungry and self._chance.random() >= ANOTHER_PARTY:
            self._chance.choice(hungry).hungry.set()
        else:
            return self._seat(tasks)
        return True

    def _seat(self, tasks: asyncio.TaskGroup) -> bool:
        """Another party comes, if there is a table for it."""
        if not (free := free_tables(self._crew.manager.screen.snapshot, self._parties.values())):
            return False
        self._numbers += 1
        self._scene.report.counts["parties"] += 1
        table = self._chance.choice(free)
        party = Party(self._scene, self._crew, table, self._numbers, self._parties.values)
        task = tasks.create_task(party.dines())
        self._parties[task] = party
        task.add_done_callback(self._parties.pop)
        return True

    async def _guests_go(self) -> None:
        self._scene.pace.closing.set()
        for party in self._parties.values():
            party.hungry.set()
        if self._parties:
            _, late = await asyncio.wait(self._parties, timeout=LAST_GUESTS)
            for task in late:
                task.cancel()

"""A party's evening: it comes, is seated, orders round by round, eats, pays and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack

from restai.cli.simulate.people.crew import Crew
from restai.cli.simulate.people.leaving import Leaving
from restai.cli.simulate.people.person import Refused
from restai.cli.simulate.people.phone import Phone, scan
from restai.cli.simulate.scene import Json, Scene

NAMES = ("Ana", "Beto", "Carmen", "Diego", "Elsa", "Flor", "Gino", "Hilda", "Iván", "Julia", "Kike", "Luz")
WITH_PHONES = 0.75  # of parties; the others tell the waiter
LET_IN_BY_FRIENDS = 0.7  # of the second phones and later
FROM_CART = 0.8  # of phones' orders
BY_THE_WAITER = 0.15  # of orders of a party that has phones
TWO_PRESS = 0.15  # of carts: two phones order it at once
TAKEN_BACK = 0.1  # of orders by one phone, before they are confirmed
ADDED_TO = 0.5  # of rounds that a waiter takes: the others are orders of their own
LINE_CANCELLED = 0.1  # of what a waiter takes
MOVES = 0.08  # of parties, once, to another table
GOES_EARLY = 0.08  # of rounds, after each: one of the party, with his phone
JOINS = 0.08  # of parties, to sit with another one that then pays for both
SETTLED = ("served", "completed", "cancelled")

# Minutes of the evening that a party waits for others, and then makes do.
TO_BE_LET_IN, TO_BE_ATTENDED, TO_BE_SERVED, UNTIL_HUNGRY = 10.0, 10.0, 60.0, 15.0


class Party:
    """At a `table`. While it `could_eat` more, setting `hungry` makes it order again. `others`: the
    parties that are there."""

    def __init__(
        self, scene: Scene, crew: Crew, table: Json, number: int, others: Callable[[], Iterable[Party]]
    ) -> None:
        self.table = table
        self.visit = ""  # until it sits
        self.phones: list[Phone] = []
        self.could_eat = False
        self.hungry = asyncio.Event()
        self.gone = asyncio.Event()
        self._others = others
        self._scene = scene
        self._chance = scene.chance(f"party {number}")
        self._number = number
        self._size = self._chance.choice([1, 2, 2, 3, 3, 4, 4, 5, 6])
        self._rounds = self._chance.choice([1, 2, 2, 3, 3, 4])
        self._crew = crew
        self._waiter = crew.waiter(self._chance)

    async def dines(self) -> None:
        """From coming to going. Who is sent away, or waits too long for the waiter, just goes."""
        async with AsyncExitStack() as stack:
            try:
                self.visit = await self._sits_down(stack)
                await self._eats()
                if not await self._joins_another():
                    await self._pays_and_leaves()
            except Refused:
                self._scene.report.counts["gone early"] += 1
            finally:
                self.gone.set()

    # ---- sitting down

    async def _sits_down(self, stack: AsyncExitStack) -> str:
        """The visit. Raises Refused."""
        waiter, table = self._waiter, self.table["id"]
        if self._chance.random() < WITH_PHONES:
            return await self._scans(stack)
        if self._chance.random() < ADDED_TO:
            return str((await waiter.does("session", waiter.api.sessions.seat(table)))["id"])
        return str((await waiter.places(self._scene.lines(self._chance), table=table))["sessionId"])

    async def _scans(self, stack: AsyncExitStack) -> str:
        first = await self._scan(0, stack)
        visit = await first.is_let_in(self._patience(TO_BE_LET_IN))
        self.phones = [first]
        for place in range(1, self._size):
            phone = await self._scan(place, stack)
            if self._chance.random() < LET_IN_BY_FRIENDS:
                await first.tries("session", first.api.guest.admit(phone.guest))
            self.phones.append(phone)
        return visit

    async def _scan(self, place: int, stack: AsyncExitStack) -> Phone:
        name = f"{NAMES[(self._number + place) % len(NAMES)]} {self._number}.{place + 1}"
        return await scan(self._scene, self.table["code"], name, stack)

    # ---- eating

    async def _eats(self) -> None:
        for round_ in range(self._rounds):
            if round_ and not await self._is_hungry_again():
                return
            await self._orders(self.visit)
            await self._is_served(self.visit)
            if not round_ and self._chance.random() < MOVES:
                await self._moves()
            if len(self.phones) > 1 and self._chance.random() < GOES_EARLY:
                await self._sees_off(self.phones[-1])
            await self._scene.pace.pause(self._chance.uniform(60, 480))

    async def _moves(self) -> None:
        """To another table, if one is free."""
        before, free = self.table, free_tables(self._waiter.screen.snapshot, self._others())
        if free:
            self.table = self._chance.choice(free)
            call = self._waiter.api.sessions.move(self.visit, self.table["id"])
            if await self._waiter.tries("session", call) is None:
                self.table = before

    async def _sees_off(self, phone: Phone) -> None:
        if await self._waiter.sends_away(self.visit, phone.guest):
            self.phones.remove(phone)
            await phone.goes_out()

    async def _joins_another(self) -> bool:
        """Whether it sits with another party now, which pays for both, and then goes with it."""
        hosts = [party for party in self._others() if party.could_eat]
        if not hosts or self._chance.random() >= JOINS:
            return False
        host, keep = self._chance.choice(hosts), self._chance.random() < 0.5
        call = self._waiter.api.sessions.merge(self.visit, host.visit, keep_table=keep)
        if await self._waiter.tries("session", call) is None:
            return False
        host.phones += self.phones
        await host.gone.wait()
        return True

    async def _pays_and_leaves(self) -> None:
        """Raises Refused."""
        leaving = Leaving(self._crew, self.visit, self.table["id"], self._chance)
        await leaving.pay_and_leave(self.phones)

    async def _is_hungry_again(self) -> bool:
        if not self._scene.pace.closing.is_set():
            self.could_eat = True
            self.hungry.clear()
            await self._scene.pace.wait(self.hungry, UNTIL_HUNGRY * 60)
            self.could_eat = False
        return not self._scene.pace.closing.is_set()

    async def _orders(self, visit: str) -> None:
        guests = [phone for phone in self.phones if phone.screen.admitted]
        if not guests:
            await self._tells_the_waiter(visit)
        elif self._chance.random() < BY_THE_WAITER:
            await guests[0].calls("waiter", self._patience(TO_BE_ATTENDED))
            await self._tells_the_waiter(visit)
        elif self._chance.random() < FROM_CART:
            await asyncio.gather(*(guest.chooses(guest.chance) for guest in guests))
            press = 2 if self._chance.random() < TWO_PRESS else 1
            await asyncio.gather(*(guest.orders_cart() for guest in guests[:press]))
        else:
            await self._orders_alone(self._chance.choice(guests))

    async def _orders_alone(self, guest: Phone) -> None:
        items, order = self._scene.lines(self._chance), guest.api.guest.order
        placed = await guest.tries("order", order(items, id_=self._scene.new_id()))
        if placed is not None and self._chance.random() < TAKEN_BACK:
            await guest.tries("order", guest.api.guest.cancel_order(placed["id"]))
            await guest.tries("order", order(items, id_=self._scene.new_id()))

    async def _tells_the_waiter(self, visit: str) -> None:
        waiter, items = self._waiter, self._scene.lines(self._chance)
        open_ = _orders_of(waiter.screen.snapshot, visit)
        if open_ and self._chance.random() < ADDED_TO:
            order = await waiter.adds(self._chance.choice(open_)["id"], items)
        else:
            order = await waiter.places(items, visit=visit)
        if self._chance.random() < LINE_CANCELLED:
            line = self._chance.choice(order["items"])
            await waiter.tries("order", waiter.api.orders.cancel_line(order["id"], line["id"]))

    async def _is_served(self, visit: str) -> None:
        """As the phone shows it, or to who has none, the waiter."""
        screen = self.phones[0].screen if self.phones else self._waiter.screen
        await screen.shows(
            lambda snapshot: all(order["status"] in SETTLED for order in _orders_of(snapshot, visit)),
            self._patience(TO_BE_SERVED),
        )

    def _patience(self, minutes: float) -> float:
        return self._scene.pace.patience(minutes)


def free_tables(snapshot: Json | None, parties: Iterable[Party]) -> list[Json]:
    """Those where nobody sits, has asked to, or is about to."""
    if snapshot is None:
        return []
    taken = {party.table["id"] for party in parties} | {visit["tableId"] for visit in snapshot["sessions"]}
    return [each for each in snapshot["tables"] if each["status"] == "available" and each["id"] not in taken]


def _orders_of(snapshot: Json | None, visit: str) -> list[Json]:
    return [order for order in (snapshot or {"orders": []})["orders"] if order["sessionId"] == visit]

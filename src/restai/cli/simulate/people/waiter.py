"""Waiters: they let parties in, send their orders to the kitchen, bring them, and come when called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from zlib import crc32

from restai.cli.simulate.people.person import Job, Worker
from restai.cli.simulate.scene import Account, Json, Scene
from restai.cli.simulate.screens import Screen
from restai_sdk.api.orders import LineDraft, OrderDraft

TURNED_DOWN = 0.02  # of parties
SENT_AWAY = 0.05  # of phones that wait: they are nobody's friends
NOT_TODAY = 0.02  # of guests' orders
LEFT_TO_OTHERS = 0.05  # of what somebody took to bring
IN_A_RUSH = 0.05  # of orders
TWO_COME = 16  # one in so many things is two waiters' to do: one of them comes too late


class Waiter(Worker):
    """The `number`th of `of`. What is to be done is divided among them by chance."""

    def __init__(self, scene: Scene, account: Account, screen: Screen, *, number: int, of: int) -> None:
        super().__init__(scene, account.api, screen)
        self._user = account.user
        self._number, self._of = number, of

    def jobs(self, snapshot: Json) -> Iterator[Job]:
        for order in snapshot["orders"]:
            yield from self._about_order(order)
        for visit in snapshot["sessions"]:
            yield from self._about_visit(visit)
        for request in snapshot["requests"]:
            yield from self._about_request(request)

    def _about_order(self, order: Json) -> Iterator[Job]:
        key, taken_by = (order["id"], order["rev"]), order["takenBy"]
        match order["status"]:
            case "ready" if taken_by and taken_by["id"] == self._user:
                yield Job(key, partial(self._brings, order))
            case "ready" if not taken_by and self._is_mine(order):
                yield Job(key, partial(self._takes, order))
            case "pending" if self._is_mine(order):
                yield Job(key, partial(self._confirms, order))

    def _about_visit(self, visit: Json) -> Iterator[Job]:
        if not self._is_mine(visit):
            return
        if visit["status"] == "pending":
            yield Job((visit["id"], visit["rev"]), partial(self._lets_in, visit))
            return
        for guest in visit["guests"]:
            if guest["status"] == "waiting":
                yield Job(guest["id"], partial(self._admits, visit, guest))

    def _about_request(self, request: Json) -> Iterator[Job]:
        key, by = (request["id"], request["rev"]), request["acknowledgedBy"]
        if request["status"] == "pending" and self._is_mine(request):
            yield Job(key, partial(self._goes_to, request))
        elif request["kind"] == "waiter" and by is not None and by["id"] == self._user:
            yield Job(key, partial(self._has_been_at, request))

    def _is_mine(self, resource: Json) -> bool:
        lot = crc32(f"{resource['id']}{resource['rev']}".encode())
        return lot % self._of == self._number or (
            lot // self._of % TWO_COME == 0 and (lot + 1) % self._of == self._number
        )

    # ---- what a party tells them

    async def places(
        self, items: Sequence[LineDraft], *, visit: str | None = None, table: str | None = None
    ) -> Json:
        """An order of a visit, or the first at a table. Raises Refused."""
        order: OrderDraft = {
            "id": self.scene.new_id(),
            "type": "dine_in",
            "sessionId": visit,
            "tableId": table,
            "items": list(items),
        }
        return await self.does("order", self.api.orders.place(order))

    async def adds(self, order: str, items: Sequence[LineDraft]) -> Json:
        """A round to an order. Raises Refused."""
        return await self.does("order", self.api.orders.add_lines(order, items))

    async def sends_away(self, visit: str, guest: str) -> bool:
        """A phone of a visit, whether it waits or takes part; whether it was done."""
        done = await self.tries("session", self.api.sessions.remove(visit, guest)) is not None
        self.scene.report.counts["sent away"] += done
        return done

    # ---- what they do

    async def _lets_in(self, visit: Json) -> None:
        await self.pause(2, 20)
        if self.chance.random() < TURNED_DOWN:
            await self.tries("session", self.api.sessions.reject(visit["id"], reason="Estamos llenos"))
        else:
            await self.tries("session", self.api.sessions.approve(visit["id"]))

    async def _admits(self, visit: Json, guest: Json) -> None:
        await self.pause(10, 40)  # the party itself is often quicker
        if self.chance.random() < SENT_AWAY:
            await self.sends_away(visit["id"], guest["id"])
        else:
            await self.tries("session", self.api.sessions.admit(visit["id"], guest["id"]))

    async def _confirms(self, order: Json) -> None:
        await self.pause(2, 15)
        if self.chance.random() < NOT_TODAY:
            call = self.api.orders.set_status(order["id"], "cancelled", seen="pending", reason="No hay gas")
        else:
            call = self.api.orders.set_status(order["id"], "confirmed", seen="pending")
        await self.tries("order", call)
        if self.chance.random() < IN_A_RUSH:
            await self.tries("order", self.api.orders.set_priority(order["id"], priority=True))

    async def _takes(self, order: Json) -> None:
        await self.pause(1, 10)
        taken = await self.tries("order", self.api.orders.take(order["id"]))
        if taken is not None and self.chance.random() < LEFT_TO_OTHERS:
            await self.tries("order", self.api.orders.release(order["id"]))

    async def _brings(self, order: Json) -> None:
        await self.pause(10, 60)
        await self.tries("order", self.api.orders.set_status(order["id"], "served", seen="ready"))

    async def _goes_to(self, request: Json) -> None:
        await self.pause(2, 20)
        await self.tries("request", self.api.requests.acknowledge(request["id"]))

    async def _has_been_at(self, request: Json) -> None:
        await self.pause(10, 60)
        await self.tries("request", self.api.requests.resolve(request["id"]))

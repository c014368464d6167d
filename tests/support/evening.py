"""A house on an evening: something to eat, somewhere to sit, staff at work and guests with phones.

async def test_a_party_orders(evening: Evening) -> None:
    ana = await evening.phone("5", "Ana")
    await evening.approve(ana)
    order = ok(await ana.order("Lomo"), 201)
"""

from __future__ import annotations

from typing import Any

import httpx

from restai.features.orders import service as orders
from restai.http.deps import Context
from restai.ids import new_id
from tests.support.carte import Carte
from tests.support.house import Caller, House


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that must have succeeded."""
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer that must have been refused, just so."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    return answer.json()


class Phone(Caller):
    """A guest's phone that joined at a table."""

    def __init__(self, client: httpx.AsyncClient, evening: Evening, joined: dict[str, Any]) -> None:
        self.token: str = joined["token"]
        super().__init__(client, self.token)
        self.id: str = joined["guest"]["id"]
        self.session_id: str = joined["session"]["id"]
        self._evening = evening

    async def order(self, *dishes: str, **more: Any) -> httpx.Response:
        return await self.post("/api/guest/orders", json={"items": self._evening.items(*dishes), **more})

    async def wants(
        self, dish: str, quantity: int = 1, *, line: str | None = None, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Put a dish into the party's cart, or change the line that has this id."""
        body = {"menuItemId": self._evening.dishes[dish], "quantity": quantity, **more}
        return await self.put(f"/api/guest/cart/lines/{line or new_id()}", json=body, key=key)

    async def take_out(self, line: str, **more: Any) -> httpx.Response:
        return await self.delete(f"/api/guest/cart/lines/{line}", **more)

    async def order_cart(self, **more: Any) -> httpx.Response:
        """Press Order: all that is in the cart."""
        return await self.post("/api/guest/orders", json={"fromCart": True}, **more)

    async def cart(self) -> dict[str, Any]:
        return ok(await self.get("/api/guest/snapshot"))["cart"]

    async def ask(self, kind: str, **more: Any) -> httpx.Response:
        """Call for the waiter or the bill."""
        return await self.post("/api/guest/requests", json={"kind": kind, **more})


class Evening:
    """Three dishes (Lomo and Papas are cooked, Agua is not), tables 5, 6 and 7."""

    dishes: dict[str, str]
    tables: dict[str, dict[str, Any]]

    def __init__(self, house: House) -> None:
        self.house = house
        self.nobody = house.with_token(None)
        self.carte = Carte(house)

    @classmethod
    async def begin(cls, house: House) -> Evening:
        evening = cls(house)
        category = await evening.carte.category("Todo")
        lomo = await evening.carte.item(category, "Lomo", price=4_200, allergens=["soy"])
        papas = await evening.carte.item(category, "Papas", price=1_550)
        agua = await evening.carte.item(category, "Agua", price=601, station="none")
        evening.dishes = {"Lomo": lomo["id"], "Papas": papas["id"], "Agua": agua["id"]}
        evening.tables = {number: await evening.new_table(number) for number in ("5", "6", "7")}
        return evening

    @classmethod
    async def open(cls, context: Context, client: httpx.AsyncClient) -> Evening:
        """An evening like any other, at a house of its own."""

        async def furnish(house: House) -> tuple[dict[str, str], dict[str, Any]]:
            first = await cls.begin(house)
            return first.dishes, first.tables

        house, furniture = await House.furnished(context, client, "evening", furnish)
        evening = cls(house)
        evening.dishes, evening.tables = furniture
        return evening

    def at(self, client: httpx.AsyncClient) -> Evening:
        """The same evening, at another of the house's servers."""
        there = Evening(self.house.at(client))
        there.dishes, there.tables = self.dishes, self.tables
        return there

    async def new_table(self, number: str) -> dict[str, Any]:
        return ok(await self.manager.post("/api/tables", json={"number": number}), 201)

    # ---- staff, each with a token that is good now

    @property
    def waiter(self) -> Caller:
        return self.house.as_(self.house.waiter)

    @property
    def manager(self) -> Caller:
        return self.house.as_(self.house.manager)

    @property
    def cashier(self) -> Caller:
        return self.house.as_(self.house.cashier)

    @property
    def kitchen(self) -> Caller:
        return self.house.as_(self.house.kitchen)

    async def changes(self, **settings: Any) -> None:
        """The manager changes settings of the branch."""
        ok(await self.manager.patch(f"/api/branches/{self.house.branch_id}", json=settings))

    # ---- guests

    async def join(self, number: str, name: str, **more: Any) -> httpx.Response:
        code = self.tables[number]["code"]
        return await self.nobody.post(f"/api/guest/tables/{code}/join", json={"name": name}, **more)

    async def phone(self, number: str, name: str) -> Phone:
        """Somebody scans the code of a table and waits."""
        return Phone(self.house.client, self, ok(await self.join(number, name), 201))

    async def approve(self, phone: Phone) -> dict[str, Any]:
        return ok(await self.waiter.post(f"/api/sessions/{phone.session_id}/approve"))

    async def admit(self, phone: Phone) -> dict[str, Any]:
        return ok(await self.waiter.post(f"/api/sessions/{phone.session_id}/guests/{phone.id}/admit"))

    async def admits(self, host: Phone, phone: Phone) -> httpx.Response:
        """Somebody lets another phone into his visit."""
        return await host.post(f"/api/guest/guests/{phone.id}/admit")

    async def guest_in(self, number: str, name: str) -> Phone:
        """Somebody whose visit at a table was approved."""
        phone = await self.phone(number, name)
        await self.approve(phone)
        return phone

    # ---- visits

    async def seat(self, number: str, **more: Any) -> dict[str, Any]:
        body = {"tableId": self.tables[number]["id"], **more}
        return ok(await self.waiter.post("/api/sessions", json=body), 201)

    async def session(self, session_id: str) -> dict[str, Any]:
        return ok(await self.waiter.get(f"/api/sessions/{session_id}"))

    async def table(self, number: str) -> dict[str, Any]:
        return ok(await self.waiter.get(f"/api/tables/{self.tables[number]['id']}"))

    # ---- orders

    def items(self, *dishes: str) -> list[dict[str, Any]]:
        return [{"menuItemId": self.dishes[name], "quantity": 1} for name in dishes]

    def draft(self, *dishes: str, table: str | None = None, **more: Any) -> dict[str, Any]:
        """A dine_in order at a table, or one to take away."""
        where = {"type": "takeout"} if table is None else self._at(table)
        return {**where, "items": self.items(*dishes), **more}

    def _at(self, number: str) -> dict[str, Any]:
        return {"type": "dine_in", "tableId": self.tables[number]["id"]}

    async def order(self, *dishes: str, table: str | None = None, **more: Any) -> dict[str, Any]:
        """The waiter sends an order to the kitchen."""
        return ok(await self.waiter.post("/api/orders", json=self.draft(*dishes, table=table, **more)), 201)

    async def read(self, order: dict[str, Any]) -> dict[str, Any]:
        return ok(await self.waiter.get(f"/api/orders/{order['id']}"))

    async def move(
        self, order: dict[str, Any], to: str, *, by: Caller | None = None, **more: Any
    ) -> httpx.Response:
        """Command an order to a state; `from_` is the state that the caller saw."""
        body = {"status": to} | {name.rstrip("_"): value for name, value in more.items()}
        return await (by or self.kitchen).patch(f"/api/orders/{order['id']}/status", json=body)

    async def move_line(
        self, order: dict[str, Any], place: int, to: str, *, by: Caller | None = None, **more: Any
    ) -> httpx.Response:
        """Command the line at `place`, counted from 0, to a state."""
        body = {"status": to} | {name.rstrip("_"): value for name, value in more.items()}
        url = f"/api/orders/{order['id']}/items/{order['items'][place]['id']}/status"
        return await (by or self.kitchen).patch(url, json=body)

    # ---- money

    async def pay(
        self, what: dict[str, Any], *, by: Caller | None = None, key: str | None = None, **how: Any
    ) -> httpx.Response:
        """The cashier takes money for an order or a visit: by card and all of it, unless `how` says else."""
        body = {"orderId" if "orderNumber" in what else "sessionId": what["id"], "method": "card"} | how
        if not body.keys() & {"amount", "lines", "share"}:
            body["all"] = True
        return await (by or self.cashier).post("/api/payments", json=body, key=key)

    async def void(self, payment: dict[str, Any], *, by: Caller | None = None, **how: Any) -> httpx.Response:
        """The manager takes a payment back."""
        body = {"reason": "a wrong table"} | how
        return await (by or self.manager).post(f"/api/payments/{payment['id']}/void", json=body)

    async def bill(self, session_id: str) -> dict[str, Any]:
        return ok(await self.cashier.get(f"/api/sessions/{session_id}/bill"))

    async def open_till(self, opening_float: int = 20_000) -> dict[str, Any]:
        return ok(await self.cashier.post("/api/till/open", json={"openingFloat": opening_float}), 201)

    async def close_till(self, counted: int) -> dict[str, Any]:
        return ok(await self.cashier.post("/api/till/close", json={"counted": counted}))

    async def add(self, order: dict[str, Any], *dishes: str) -> httpx.Response:
        return await self.waiter.post(f"/api/orders/{order['id']}/items", json={"items": self.items(*dishes)})

    # ---- the kitchen

    async def see(self, *lines: dict[str, Any], by: Caller | None = None) -> list[str]:
        """A screen of the kitchen has drawn these lines; the ids of those that count as seen."""
        body = {"lineIds": [line["id"] for line in lines]}
        return ok(await (by or self.kitchen).post("/api/kitchen/seen", json=body))["lineIds"]

    async def sweep_alarms(self) -> int:
        """What every process does once a second; how many alarms it raised."""
        async with self.house.database.transaction() as tx:
            return await orders.alarm_due(tx, tx.now)

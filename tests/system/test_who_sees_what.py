"""Every event type, every kind of caller, live and in replay: who gets it, and which fields of it.

The tables here are written by hand, from what the restaurant needs: nothing in them is taken from the
code. An event type without a row fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from restai.auth.permissions import Role
from restai.clock import SECOND
from restai.ids import new_id
from restai.live.catalog import EVENTS, INTERNAL
from tests.support.clock import ManualClock
from tests.support.house import House
from tests.support.live import Screen
from tests.support.restaurant import Phone, Restaurant

STAFF = {"kitchen", "waiter", "cashier", "manager", "admin"}

# Who else is there, at each event:
#   A        a guest who is in, at table 1        A waiting   a second phone at table 1
#   B        a guest who is in, at table 2        C           a guest waiting to be let in at table 3
#   elsewhere  a waiter of another branch         rival       the admin of another organization
OTHERS = {"A", "A waiting", "B", "C", "elsewhere", "rival"}
GUESTS = {"A", "A waiting", "B", "C"}

# type: (who gets it live, who gets it when he resumes from before it)
WHO: dict[str, tuple[set[str], set[str]]] = {
    "order:created": (STAFF | {"A"}, STAFF | {"A"}),
    "order:updated": (STAFF | {"A"}, STAFF | {"A"}),
    "order:unseen": (STAFF, STAFF),
    "table:occupied": (STAFF | {"C"}, STAFF | {"C"}),
    "table:available": (STAFF, STAFF),
    "table:updated": (STAFF | {"A"}, STAFF | {"A"}),
    "session:requested": (STAFF, STAFF),
    "session:approved": (STAFF | {"C"}, STAFF | {"C"}),
    "session:rejected": (STAFF | {"C"}, STAFF),
    "session:ended": (STAFF | {"A", "A waiting"}, STAFF),
    "guest:waiting": (STAFF | {"A"}, STAFF | {"A"}),
    "guest:admitted": (STAFF | {"A", "A waiting"}, STAFF | {"A", "A waiting"}),
    "guest:left": (STAFF | {"A"}, STAFF | {"A"}),
    "cart:updated": ({"A"}, {"A"}),
    "payment:recorded": (STAFF | {"A"}, STAFF | {"A"}),
    "payment:voided": (STAFF | {"A"}, STAFF | {"A"}),
    "till:opened": (STAFF, STAFF),
    "till:closed": (STAFF, STAFF),
    "request:created": (STAFF | {"A"}, STAFF | {"A"}),
    "request:acknowledged": (STAFF | {"A"}, STAFF | {"A"}),
    "request:resolved": (STAFF | {"A"}, STAFF | {"A"}),
    "request:cancelled": (STAFF | {"A"}, STAFF | {"A"}),
    "menu:availability": (STAFF | GUESTS, STAFF | GUESTS),
    "menu:updated": (STAFF | GUESTS, STAFF | GUESTS),
    "branch:updated": (STAFF | GUESTS, STAFF | GUESTS),
    "access:changed": (set(), set()),
}

STAMP = {"v", "id", "type", "branchId", "seq", "timestamp"}

# type: (fields for staff, fields for guests), beside the stamp
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "order:created": (
        {"orderId", "orderNumber", "status", "total", "order"},
        {"orderId", "orderNumber", "status", "total", "order"},
    ),
    "order:updated": ({"orderId", "status", "order", "change"}, {"orderId", "status", "order", "change"}),
    "order:unseen": ({"orderId", "order"}, set()),
    "table:occupied": ({"tableId", "sessionId", "table"}, {"tableId", "sessionId", "table"}),
    "table:available": ({"tableId", "table"}, set()),
    "table:updated": ({"tableId", "table"}, {"tableId", "table"}),
    "session:requested": ({"sessionId", "tableId", "session"}, set()),
    "session:approved": ({"sessionId", "tableId", "session"}, {"sessionId", "tableId", "session"}),
    "session:rejected": ({"sessionId", "session", "reason"}, {"sessionId", "session", "reason"}),
    "session:ended": ({"sessionId", "tableId", "session"}, {"sessionId", "tableId", "session"}),
    "guest:waiting": ({"guestId", "sessionId", "session"}, {"guestId", "sessionId", "session"}),
    "guest:admitted": ({"guestId", "sessionId", "session"}, {"guestId", "sessionId", "session"}),
    "guest:left": ({"guestId", "sessionId", "session"}, {"guestId", "sessionId", "session"}),
    "cart:updated": (set(), {"sessionId", "cart"}),
    "payment:recorded": ({"paymentId", "payment", "orders"}, {"paymentId", "payment", "orders"}),
    "payment:voided": ({"paymentId", "payment", "orders"}, {"paymentId", "payment", "orders"}),
    "till:opened": ({"till"}, set()),
    "till:closed": ({"till"}, set()),
    "request:created": (
        {"requestId", "tableId", "kind", "request"},
        {"requestId", "tableId", "kind", "request"},
    ),
    "request:acknowledged": (
        {"requestId", "tableId", "kind", "request"},
        {"requestId", "tableId", "kind", "request"},
    ),
    "request:resolved": (
        {"requestId", "tableId", "kind", "request"},
        {"requestId", "tableId", "kind", "request"},
    ),
    "request:cancelled": (
        {"requestId", "tableId", "kind", "request"},
        {"requestId", "tableId", "kind", "request"},
    ),
    "menu:availability": ({"menuItemId", "isAvailable", "item"}, {"menuItemId", "isAvailable", "item"}),
    "menu:updated": ({"menuVersion"}, {"menuVersion"}),
    "branch:updated": ({"branch"}, {"branch"}),
}

# What guests may see of each resource; what staff see beside it.
RESOURCES: dict[str, tuple[set[str], set[str]]] = {
    "order": (
        {"id", "rev", "orderNumber", "branchId", "tableId", "tableNumber", "sessionId", "type", "status"}
        | {"customerName", "notes", "items", "subtotal", "tax", "total", "paid", "balance", "seenAt"}
        | {"createdAt", "statusChangedAt"},
        {"priority", "unseenAt", "takenBy"},
    ),
    "table": (
        {"id", "rev", "number", "status"},
        {"code", "spaceId", "capacity", "sessionId", "position", "archived"},
    ),
    "session": (
        {"id", "rev", "tableId", "tableNumber", "status", "guests", "startedAt", "mergedInto"},
        set(),
    ),
    "cart": ({"id", "rev", "lines"}, set()),
    "payment": (
        {"id", "rev", "sessionId", "method", "amount", "tip", "allocations", "voidedAt", "createdAt"},
        {"tendered", "change", "lines", "share", "by", "voidedBy", "voidReason"},
    ),
    "till": (
        set(),
        {"id", "rev", "branchId", "status", "openingFloat", "openedAt", "openedBy", "expected", "counted"}
        | {"difference", "closedAt", "closedBy"},
    ),
    "request": (
        {"id", "rev", "tableId", "sessionId", "kind", "status", "acknowledgedBy", "createdAt"},
        set(),
    ),
    "item": (
        {"id", "rev", "name", "description", "price", "isAvailable", "allergens", "tags", "imageUrl"}
        | {"prepMinutes", "modifierGroups"},
        {"station"},
    ),
    "branch": (
        {"id", "rev", "name", "currency", "pricesIncludeTax", "taxRate", "timeZone"},
        {"autoApprove", "autoConfirm", "dayStartsAt", "stations", "spaces"},
    ),
}
LINE: tuple[set[str], set[str]] = (
    {"id", "menuItemId", "name", "unitPrice", "quantity", "modifiers", "notes", "allergens", "status"}
    | {"round", "guestName", "seenAt"},
    {"station"},
)


CART_LINE = {"id", "menuItemId", "quantity", "modifierIds", "notes", "guestId", "guestName"}


@dataclass
class Night:
    """A restaurant with everybody in it, each with a live screen."""

    restaurant: Restaurant
    rival: House
    people: dict[str, Any]
    screens: dict[str, Screen]
    order: dict[str, Any]
    clock: ManualClock
    before: dict[str, Any]  # the branch's position before anything of the test happened

    @classmethod
    async def begin(cls, restaurant: Restaurant, rival: House, clock: ManualClock) -> Night:
        house = restaurant.house
        other_branch = await house.open_branch()
        people: dict[str, Any] = {
            role: getattr(house, role) for role in ("kitchen", "waiter", "cashier", "manager", "admin")
        }
        people["elsewhere"] = await house.hire("Elsa Elsewhere", Role.WAITER, [other_branch])
        people["A"] = await restaurant.seats("Ana", table=0)
        people["A waiting"] = await restaurant.scans("Abel", table=0)
        people["B"] = await restaurant.seats("Bea", table=1)
        people["C"] = await restaurant.scans("Ciro", table=2)
        order = await restaurant.orders(tableId=restaurant.tables[0]["id"])
        before = (await restaurant.snapshot(house.manager))["stream"]
        night = cls(restaurant, rival, people, {}, order, clock, before)
        for name, person in people.items():
            night.screens[name] = await restaurant.screen(person)
        night.screens["rival"] = await restaurant.screens.of(rival.token(rival.admin))
        return night

    async def does(self, name: str, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        return await self.restaurant.does(self.people[name], method, path, **body)

    def visit(self, name: str) -> str:
        phone: Phone = self.people[name]
        return f"/sessions/{phone.session_id}"

    # ---- what happens

    async def order_created(self) -> None:
        await self.restaurant.orders(tableId=self.restaurant.tables[0]["id"])

    async def order_updated(self) -> None:
        await self.does("kitchen", "PATCH", f"/orders/{self.order['id']}/status", status="ready")

    async def order_unseen(self) -> None:
        """Ten seconds pass; the server itself finds out."""
        self.clock.advance(10 * SECOND)

    async def cancel_order(self) -> None:
        await self.does("waiter", "PATCH", f"/orders/{self.order['id']}/status", status="cancelled")

    async def approve(self) -> None:
        await self.does("waiter", "POST", f"{self.visit('C')}/approve")

    async def reject(self) -> None:
        await self.does("waiter", "POST", f"{self.visit('C')}/reject", reason="full")

    async def end(self) -> None:
        await self.cancel_order()
        await self.does("cashier", "POST", f"{self.visit('A')}/end")

    async def pay(self) -> None:
        payment = {"orderId": self.order["id"], "method": "cash", "amount": 100}
        await self.does("cashier", "POST", "/payments", **payment)

    async def void(self) -> None:
        payment = await self.does(
            "cashier", "POST", "/payments", sessionId=self.order["sessionId"], method="card", all=True
        )
        await self.does("manager", "POST", f"/payments/{payment['id']}/void", reason="rude")

    async def open_till(self) -> None:
        await self.does("cashier", "POST", "/till/open", openingFloat=20_000)

    async def close_till(self) -> None:
        await self.open_till()
        await self.does("cashier", "POST", "/till/close", counted=20_000)

    async def rename_table(self) -> None:
        table = self.restaurant.tables[0]
        await self.does("manager", "PATCH", f"/tables/{table['id']}", capacity=6)

    async def scan_free_table(self) -> None:
        await self.restaurant.scans("Dora", table=3)

    async def scan_table_of_a(self) -> None:
        await self.restaurant.scans("Efra", table=0)

    async def admit(self) -> None:
        guest = self.people["A waiting"].guest_id
        await self.does("waiter", "POST", f"{self.visit('A')}/guests/{guest}/admit")

    async def remove(self) -> None:
        guest = self.people["A waiting"].guest_id
        await self.does("waiter", "POST", f"{self.visit('A')}/guests/{guest}/remove")

    async def fill_cart(self) -> None:
        dish = {"menuItemId": self.restaurant.dish["id"], "quantity": 2}
        await self.does("A", "PUT", f"/guest/cart/lines/{new_id()}", **dish)

    async def call(self) -> dict[str, Any]:
        return await self.does("A", "POST", "/guest/requests", kind="waiter")

    async def acknowledge(self) -> None:
        await self.does("waiter", "POST", f"/requests/{(await self.call())['id']}/acknowledge")

    async def resolve(self) -> None:
        await self.does("manager", "POST", f"/requests/{(await self.call())['id']}/resolve")

    async def take_back_the_call(self) -> None:
        await self.does("A", "DELETE", f"/guest/requests/{(await self.call())['id']}")

    async def sell_out(self) -> None:
        dish = self.restaurant.dish["id"]
        await self.does("kitchen", "POST", f"/menu/items/{dish}/availability", isAvailable=False)

    async def reprice(self) -> None:
        await self.does("manager", "PATCH", f"/menu/items/{self.restaurant.dish['id']}", price=3500)

    async def rename_branch(self) -> None:
        await self.does("manager", "PATCH", f"/branches/{self.restaurant.branch_id}", name="Casa Nueva")

    async def dismiss(self) -> None:
        gone = await self.restaurant.house.hire("Gon Gone", Role.WAITER)
        await self.does("manager", "PATCH", f"/staff/{gone.user_id}", active=False)


HAPPENS: dict[str, Callable[[Night], Awaitable[Any]]] = {
    "order:created": Night.order_created,
    "order:updated": Night.order_updated,
    "order:unseen": Night.order_unseen,
    "table:occupied": Night.approve,
    "table:available": Night.end,
    "table:updated": Night.rename_table,
    "session:requested": Night.scan_free_table,
    "session:approved": Night.approve,
    "session:rejected": Night.reject,
    "session:ended": Night.end,
    "guest:waiting": Night.scan_table_of_a,
    "guest:admitted": Night.admit,
    "guest:left": Night.remove,
    "cart:updated": Night.fill_cart,
    "payment:recorded": Night.pay,
    "payment:voided": Night.void,
    "till:opened": Night.open_till,
    "till:closed": Night.close_till,
    "request:created": Night.call,
    "request:acknowledged": Night.acknowledge,
    "request:resolved": Night.resolve,
    "request:cancelled": Night.take_back_the_call,
    "menu:availability": Night.sell_out,
    "menu:updated": Night.reprice,
    "branch:updated": Night.rename_branch,
    "access:changed": Night.dismiss,
}


@pytest.fixture
async def night(restaurant: Restaurant, clock: ManualClock) -> Night:
    house = restaurant.house
    rival = await House.open(house._context, house._client, name="La Rival")
    return await Night.begin(restaurant, rival, clock)


def test_every_event_type_has_a_row() -> None:
    types = {event.type for event in (*EVENTS, *INTERNAL)}
    assert types == set(WHO) == set(HAPPENS)
    assert {event.type for event in EVENTS} == set(FIELDS)


@pytest.mark.parametrize("type_", sorted(HAPPENS))
async def test_who_gets_it_and_what_of_it(night: Night, type_: str) -> None:
    await HAPPENS[type_](night)
    for name, screen in night.screens.items():
        expected = name in WHO[type_][0]
        events = await received(screen, type_, expected)
        assert bool(events) == expected, f"{name}, live"
        for event in events:
            check_fields(event, guest=name in GUESTS)
    for name, person in night.people.items():
        expected = name in WHO[type_][1]
        events = await replayed(night, person, type_)
        assert bool(events) == expected, f"{name}, in replay"
        for event in events:
            check_fields(event, guest=name in GUESTS)


async def received(screen: Screen, type_: str, expected: bool) -> list[dict[str, Any]]:
    """The events of a type on a live screen; one that is expected is waited for."""
    if expected:
        await screen.sees(type_)
    elif screen.code is None:
        await screen.settled()
    return [event for event in screen.events if event["type"] == type_]


async def replayed(night: Night, person: Any, type_: str) -> list[dict[str, Any]]:
    """The events of a type that somebody gets who resumes from before it."""
    screen = await night.restaurant.screens.open()
    token = night.restaurant.token(person)
    await screen.say(type="auth", token=token, resume={night.restaurant.branch_id: night.before})
    try:
        await screen.sees("heartbeat")
    except AssertionError:
        assert screen.code == 4503, screen.told
    return [event for event in screen.events if event["type"] == type_]


def check_fields(event: dict[str, Any], *, guest: bool) -> None:
    """Exactly the fields that the tables say."""
    staff_fields, guest_fields = FIELDS[event["type"]]
    assert set(event) == STAMP | (guest_fields if guest else staff_fields)
    carried = [(name, event[name]) for name in RESOURCES if name in event]
    carried += [("order", order) for order in event.get("orders", [])]
    for name, resource in carried:
        shown, hidden = RESOURCES[name]
        assert set(resource) == (shown if guest else shown | hidden), name
        for line in resource["items"] if name == "order" else []:
            assert set(line) == (LINE[0] if guest else LINE[0] | LINE[1])
    for name, (shown, hidden) in RESOURCES.items():
        if name in event:
            assert set(event[name]) == (shown if guest else shown | hidden), name
    goes = event.get("request", {}).get("acknowledgedBy")
    assert goes is None or set(goes) == ({"name"} if guest else {"id", "name"})
    for line in event.get("order", {}).get("items", []):
        assert set(line) == (LINE[0] if guest else LINE[0] | LINE[1])
    for line in event.get("cart", {}).get("lines", []):
        assert set(line) == CART_LINE


async def test_party_b_gets_nothing_of_party_a(night: Night) -> None:
    """B resumes from A's position, and stays live while much happens at A's table."""
    phone = night.people["B"]
    evening = (Night.fill_cart, Night.order_updated, Night.admit, Night.void, Night.cancel_order, Night.end)
    for happening in evening:
        await happening(night)
    resume = {night.restaurant.branch_id: night.before | {"seq": 0}}
    again = await night.restaurant.screen(phone, resume=resume)
    for screen in (again, night.screens["B"]):
        await screen.settled()
        visits = {event["sessionId"] for event in screen.events if "sessionId" in event}
        assert visits <= {phone.session_id}
        assert night.people["A"].session_id not in str(screen.told)
        assert night.order["id"] not in str(screen.told)

"""Every event type, every kind of caller, live and in replay: who gets it, and which fields of it.

The tables here are written by hand, from what the restaurant needs: nothing in them is taken from the
code. An event type without a row fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from restai.auth.permissions import Role
from restai.clock import SECOND
from restai.features.screens import service as screens
from restai.features.screens.rules import GONE_AFTER, MISSED_AFTER
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
    "session:moved": (STAFF | {"A"}, STAFF | {"A"}),
    "session:merged": (STAFF | {"A", "A waiting"}, STAFF),
    "session:updated": (STAFF, STAFF),
    "guest:waiting": (STAFF | {"A"}, STAFF | {"A"}),
    "guest:admitted": (STAFF | {"A", "A waiting"}, STAFF | {"A", "A waiting"}),
    "guest:left": (STAFF | {"A"}, STAFF | {"A"}),
    "cart:updated": ({"A"}, {"A"}),
    "payment:recorded": (STAFF | {"A"}, STAFF | {"A"}),
    "payment:voided": (STAFF | {"A"}, STAFF | {"A"}),
    "till:opened": (STAFF, STAFF),
    "till:closed": (STAFF, STAFF),
    "request:created": (STAFF | {"A"}, STAFF | {"A"}),
    "request:moved": (STAFF | {"A"}, STAFF | {"A"}),
    "request:acknowledged": (STAFF | {"A"}, STAFF | {"A"}),
    "request:resolved": (STAFF | {"A"}, STAFF | {"A"}),
    "request:cancelled": (STAFF | {"A"}, STAFF | {"A"}),
    "screen:online": (STAFF, STAFF),
    "screen:offline": (STAFF, STAFF),
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
    "session:moved": (
        {"sessionId", "tableId", "leftTableId", "session"},
        {"sessionId", "tableId", "session"},
    ),
    "session:merged": (
        {"sessionId", "tableId", "intoTableId", "guests", "session"},
        {"sessionId", "tableId", "session"},
    ),
    "session:updated": ({"sessionId", "tableId", "session"}, {"sessionId", "tableId", "session"}),
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
    "request:moved": (
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
    "screen:online": ({"screen"}, set()),
    "screen:offline": ({"screen"}, set()),
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
        {"id", "rev", "number", "spaceId", "status"},
        {"code", "capacity", "sessionId", "position", "archived"},
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
    "screen": (set(), {"id", "rev", "kind", "name", "status", "since"}),
    "item": (
        {"id", "rev", "name", "description", "price", "isAvailable", "allergens", "tags", "imageUrl"}
        | {"prepMinutes", "modifierGroups"},
        {"station"},
    ),
    "branch": (
        {"id", "rev", "name", "currency", "pricesIncludeTax", "taxRate", "timeZone", "spaces"},
        {"autoApprove", "autoConfirm", "dayStartsAt", "stations"},
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
    call: dict[str, Any]  # Ana's last

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
        night = cls(restaurant, rival, people, {}, order, clock, {})
        for name, person in people.items():
            night.screens[name] = await restaurant.screen(person)
        night.screens["rival"] = await restaurant.screens.of(rival.token(rival.admin))
        return night

    async def does(self, name: str, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        return await self.restaurant.does(self.people[name], method, path, **body)

    async def position(self) -> dict[str, Any]:
        """Where the branch's log is now."""
        stream: dict[str, Any] = (await self.restaurant.snapshot(self.people["manager"]))["stream"]
        return stream

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

    async def ask_for_the_waiter(self) -> None:
        self.call = await self.does("A", "POST", "/guest/requests", kind="waiter")

    async def acknowledge(self) -> None:
        await self.does("waiter", "POST", f"/requests/{self.call['id']}/acknowledge")

    async def resolve(self) -> None:
        await self.does("manager", "POST", f"/requests/{self.call['id']}/resolve")

    async def need_nothing_after_all(self) -> None:
        await self.ask_for_the_waiter()
        await self.does("A", "DELETE", f"/guest/requests/{self.call['id']}")

    async def seat(self) -> None:
        await self.does("waiter", "POST", "/sessions", tableId=self.restaurant.tables[0]["id"])

    async def move(self) -> None:
        await self.ask_for_the_waiter()
        free = self.restaurant.tables[3]["id"]
        await self.does("waiter", "POST", f"{self.visit('A')}/move", tableId=free)

    async def merge(self) -> None:
        into = self.people["B"].session_id
        await self.does("waiter", "POST", f"{self.visit('A')}/merge", into=into)

    async def sell_out(self) -> None:
        dish = self.restaurant.dish["id"]
        await self.does("kitchen", "POST", f"/menu/items/{dish}/availability", isAvailable=False)

    async def reprice(self) -> None:
        await self.does("manager", "PATCH", f"/menu/items/{self.restaurant.dish['id']}", price=3500)

    async def rename_branch(self) -> None:
        await self.does("manager", "PATCH", f"/branches/{self.restaurant.branch_id}", name="Casa Nueva")

    async def open_a_screen(self) -> None:
        grill = {"id": new_id(), "kind": "kitchen", "name": "Grill"}
        self.screens["grill"] = await self.restaurant.screen(self.people["kitchen"], screen=grill)

    async def close_that_screen(self) -> None:
        """Nobody hears of it for a while; the server itself finds out."""
        await self.screens.pop("grill").leave()
        self.clock.advance(15 * SECOND + MISSED_AFTER)
        async with self.restaurant.house.database.transaction() as tx:
            await screens.note_due(tx, tx.now)  # as it would within a second
        self.clock.advance(GONE_AFTER)

    async def dismiss(self) -> None:
        gone = await self.restaurant.house.hire("Gon Gone", Role.WAITER)
        await self.does("manager", "PATCH", f"/staff/{gone.user_id}", active=False)


# What happens in a night, one thing after another, and the types of which each tells. Who must be told of
# the later is not changed by the earlier.
Happening = Callable[[Night], Awaitable[Any]]
NIGHTS: dict[str, list[tuple[Happening, set[str]]]] = {
    "nobody comes or goes": [
        (Night.order_unseen, {"order:unseen"}),
        (Night.order_created, {"order:created"}),
        (Night.order_updated, {"order:updated"}),
        (Night.rename_table, {"table:updated"}),
        (Night.scan_free_table, {"session:requested"}),
        (Night.scan_table_of_a, {"guest:waiting"}),
        (Night.fill_cart, {"cart:updated"}),
        (Night.ask_for_the_waiter, {"request:created"}),
        (Night.acknowledge, {"request:acknowledged"}),
        (Night.resolve, {"request:resolved"}),
        (Night.need_nothing_after_all, {"request:cancelled"}),
        (Night.pay, {"payment:recorded"}),
        (Night.void, {"payment:voided"}),
        (Night.open_till, {"till:opened"}),
        (Night.close_till, {"till:closed"}),
        (Night.sell_out, {"menu:availability"}),
        (Night.reprice, {"menu:updated"}),
        (Night.rename_branch, {"branch:updated"}),
        (Night.open_a_screen, {"screen:online"}),
        (Night.close_that_screen, {"screen:offline"}),
        (Night.dismiss, {"access:changed"}),
    ],
    "a party is let in and a phone is sent away": [
        (Night.approve, {"table:occupied", "session:approved"}),
        (Night.remove, {"guest:left"}),
    ],
    "a party is refused and a phone is let in": [
        (Night.reject, {"session:rejected"}),
        (Night.admit, {"guest:admitted"}),
    ],
    "a party moves, and joins another": [
        (Night.move, {"session:moved", "request:moved"}),
        (Night.merge, {"session:merged"}),
        (Night.seat, {"session:updated"}),
    ],
    "a party goes": [(Night.end, {"session:ended", "table:available"})],
}


@pytest.fixture
async def night(restaurant: Restaurant, clock: ManualClock) -> Night:
    house = restaurant.house
    rival = await House.open(house._context, house._client, name="La Rival")
    return await Night.begin(restaurant, rival, clock)


def test_every_event_type_has_a_row() -> None:
    types = {event.type for event in (*EVENTS, *INTERNAL)}
    assert types == set(WHO)
    assert types == set().union(*(told for night in NIGHTS.values() for _, told in night))
    assert {event.type for event in EVENTS} == set(FIELDS)


@pytest.mark.parametrize("name", NIGHTS)
async def test_who_gets_it_and_what_of_it(night: Night, name: str) -> None:
    for happening, types in NIGHTS[name]:
        before = await night.position()
        screens = [(who, screen, len(screen.told)) for who, screen in night.screens.items()]
        await happening(night)
        for type_ in types:
            for who, screen, told in screens:
                expected = who in WHO[type_][0]
                events = await received(screen, type_, told, expected)
                assert bool(events) == expected, f"{type_}: {who}, live"
                for event in events:
                    check_fields(event, guest=who in GUESTS)
        replays = await asyncio.gather(*(replayed(night, each, before) for each in night.people.values()))
        for who, replay in zip(night.people, replays, strict=True):
            for type_ in types:
                events = [event for event in replay if event["type"] == type_]
                assert bool(events) == (who in WHO[type_][1]), f"{type_}: {who}, in replay"
                for event in events:
                    check_fields(event, guest=who in GUESTS)


async def received(screen: Screen, type_: str, told: int, expected: bool) -> list[dict[str, Any]]:
    """The events of a type on a live screen, behind what it was `told`; what is expected is waited for."""
    if expected:
        await screen.sees(type_, after=told)
    elif screen.code is None:
        await screen.settled()
    return [event for event in screen.told[told:] if event["type"] == type_]


async def replayed(night: Night, person: Any, position: dict[str, Any]) -> list[dict[str, Any]]:
    """The events that somebody gets who resumes from a position of the branch."""
    screen = await night.restaurant.screens.open()
    token = night.restaurant.token(person)
    await screen.say(type="auth", token=token, resume={night.restaurant.branch_id: position})
    try:
        await screen.sees("heartbeat")
    except AssertionError:
        assert screen.code == 4503, screen.told
    events = screen.events
    await screen.leave()
    return events


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
        for line in resource["lines"] if name == "cart" else []:
            assert set(line) == CART_LINE
    goes = event.get("request", {}).get("acknowledgedBy")
    assert goes is None or set(goes) == ({"name"} if guest else {"id", "name"})


async def test_party_b_gets_nothing_of_party_a(night: Night) -> None:
    """B resumes from A's position, and stays live while much happens at A's table."""
    phone = night.people["B"]
    beginning = await night.position() | {"seq": 0}
    evening = (Night.fill_cart, Night.order_updated, Night.admit, Night.void, Night.cancel_order, Night.end)
    for happening in evening:
        await happening(night)
    resume = {night.restaurant.branch_id: beginning}
    again = await night.restaurant.screen(phone, resume=resume)
    for screen in (again, night.screens["B"]):
        await screen.settled()
        visits = {event["sessionId"] for event in screen.events if "sessionId" in event}
        assert visits <= {phone.session_id}
        assert night.people["A"].session_id not in str(screen.told)
        assert night.order["id"] not in str(screen.told)

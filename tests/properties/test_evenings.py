"""Whole evenings, made up at random: after every command the events tell just what changed.

`apply(events, snapshot before) == snapshot after`, for the branch and for a guest at table 5, with
nothing left over: who follows the events needs no second look at the database.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from restai.clock import SECOND
from restai.db.outbox import LogRow
from restai.http.deps import Context
from restai.ids import new_id
from restai_sdk.apply import apply
from tests.properties.reference import LINE_STATES, ORDER_STATES, Seen, order_state
from tests.support.clock import ManualClock
from tests.support.evening import Evening, Phone, ok
from tests.support.house import House

Json = dict[str, Any]

TABLES = ("5", "6")
DISHES = ("Lomo", "Agua", "Papas")
EXPECTED = {200, 201, 401, 403, 404, 409, 422}

which = st.integers(0, 9)
tables = st.sampled_from(TABLES)
dishes = st.lists(st.sampled_from(DISHES), min_size=1, max_size=3)
commands = st.one_of(
    st.tuples(st.just("join"), tables),
    st.tuples(st.sampled_from(["approve", "reject"]), which),
    st.tuples(st.sampled_from(["admit", "remove"]), which),
    st.tuples(st.just("guest_admit"), which, which),
    st.tuples(st.just("let_in"), st.booleans()),
    st.tuples(st.just("seat"), tables),
    st.tuples(st.just("end"), which, st.booleans()),
    st.tuples(st.just("order"), st.sampled_from([*TABLES, None]), dishes),
    st.tuples(st.just("guest_order"), which, dishes),
    st.tuples(st.just("guest_cancel"), which, which),
    st.tuples(st.just("put"), which, which, st.sampled_from(DISHES), st.integers(1, 3)),
    st.tuples(st.just("take_out"), which, which),
    st.tuples(st.just("order_cart"), which),
    st.tuples(st.just("add"), which, dishes),
    st.tuples(st.just("move"), which, st.sampled_from(ORDER_STATES), st.sampled_from([*ORDER_STATES, None])),
    st.tuples(st.just("step"), which, st.sampled_from([-1, 1])),
    st.tuples(st.just("pay"), which, st.booleans(), st.sampled_from([None, 1, 600, 4_000])),
    st.tuples(st.just("void"), which),
    st.tuples(st.just("till"), st.booleans()),
    st.tuples(st.just("move_line"), which, which, st.sampled_from(LINE_STATES), st.booleans()),
    st.tuples(st.just("see"), which, which),
    st.tuples(st.just("ten_seconds_pass")),
    st.tuples(st.just("take"), which, st.booleans()),
    st.tuples(st.just("rush"), which, st.booleans()),
    st.tuples(st.just("ask"), which, st.sampled_from(["waiter", "bill"])),
    st.tuples(st.sampled_from(["acknowledge", "resolve"]), which),
    st.tuples(st.just("take_back"), which, which),
)


class Players:
    """Carries out commands; `which` of a command picks among what there is."""

    def __init__(self, evening: Evening, clock: ManualClock) -> None:
        self.evening = evening
        self.clock = clock
        self.phones: list[Phone] = []
        self.orders: list[Json] = []
        self.calls: list[Json] = []
        self.cart_lines = [new_id() for _ in range(10)]

    async def do(self, what: str, *args: Any) -> None:
        """Raises AssertionError if the answer is none that a caller may be given."""
        answer = await getattr(self, what)(*args)
        assert answer is None or answer.status_code in EXPECTED, answer.text

    async def join(self, table: str) -> None:
        self.phones.append(await self.evening.phone(table, f"Guest {len(self.phones)}"))

    async def approve(self, which: int) -> httpx.Response | None:
        return await self._visit(which, "approve")

    async def reject(self, which: int) -> httpx.Response | None:
        return await self._visit(which, "reject")

    async def admit(self, which: int) -> httpx.Response | None:
        return await self._guest(which, "admit")

    async def guest_admit(self, which: int, other: int) -> httpx.Response | None:
        host, phone = self._phone(which), self._phone(other)
        return host and await self.evening.admits(host, phone)

    async def let_in(self, at_once: bool) -> None:
        await self.evening.changes(autoApprove=at_once)

    async def remove(self, which: int) -> httpx.Response | None:
        return await self._guest(which, "remove")

    async def seat(self, table: str) -> httpx.Response:
        body = {"tableId": self.evening.tables[table]["id"]}
        return await self.evening.waiter.post("/api/sessions", json=body)

    async def end(self, which: int, force: bool) -> httpx.Response | None:
        visits = ok(await self.evening.waiter.get("/api/sessions?status=active"))["items"]
        if not visits:
            return None
        url = f"/api/sessions/{visits[which % len(visits)]['id']}/end"
        return await self.evening.manager.post(url, json={"force": force})

    async def order(self, table: str | None, dishes: list[str]) -> httpx.Response:
        draft = self.evening.draft(*dishes, table=table)
        return self._kept(await self.evening.waiter.post("/api/orders", json=draft))

    async def guest_order(self, which: int, dishes: list[str]) -> httpx.Response | None:
        phone = self._phone(which)
        return phone and self._kept(await phone.order(*dishes))

    async def guest_cancel(self, which: int, order: int) -> httpx.Response | None:
        phone, order_ = self._phone(which), self._order(order)
        if phone is None or order_ is None:
            return None
        return await phone.post(f"/api/guest/orders/{order_['id']}/cancel")

    async def put(self, which: int, line: int, dish: str, quantity: int) -> httpx.Response | None:
        phone = self._phone(which)
        return phone and await phone.wants(dish, quantity, line=self.cart_lines[line])

    async def take_out(self, which: int, line: int) -> httpx.Response | None:
        phone = self._phone(which)
        return phone and await phone.take_out(self.cart_lines[line])

    async def order_cart(self, which: int) -> httpx.Response | None:
        phone = self._phone(which)
        return phone and self._kept(await phone.order_cart())

    async def add(self, which: int, dishes: list[str]) -> httpx.Response | None:
        order = self._order(which)
        return order and await self.evening.add(order, *dishes)

    async def move(self, which: int, to: str, from_: str | None) -> httpx.Response | None:
        order = self._order(which)
        if order is None:
            return None
        return await self.evening.move(order, to, by=self.evening.manager, from_=from_, force=True)

    async def step(self, which: int, by: int) -> httpx.Response | None:
        """One step on or back from where the order is: what screens do."""
        order = self._order(which)
        if order is None:
            return None
        now = (await self.evening.read(order))["status"]
        to = ORDER_STATES[max(0, min(ORDER_STATES.index(now) + by, 4))]
        return await self.evening.move(order, to, from_=now)

    async def move_line(self, which: int, place: int, to: str, seen: bool) -> httpx.Response | None:
        order = self._order(which)
        if order is None:
            return None
        place %= len(order["items"])
        from_ = (await self.evening.read(order))["items"][place]["status"] if seen else None
        return await self.evening.move_line(order, place, to, from_=from_)

    async def see(self, which: int, place: int) -> httpx.Response | None:
        """A line of an order, as it is now, and all of the order after it."""
        order = self._order(which)
        if order is None:
            return None
        ids = [line["id"] for line in (await self.evening.read(order))["items"]]
        body = {"lineIds": [*ids[place % len(ids) :], order["id"]]}
        return await self.evening.kitchen.post("/api/kitchen/seen", json=body)

    async def ten_seconds_pass(self) -> None:
        self.clock.advance(10 * SECOND)
        await self.evening.sweep_alarms()

    async def take(self, which: int, release: bool) -> httpx.Response | None:
        order = self._order(which)
        body = {"release": release}
        return order and await self.evening.waiter.post(f"/api/orders/{order['id']}/take", json=body)

    async def rush(self, which: int, priority: bool) -> httpx.Response | None:
        order = self._order(which)
        body = {"priority": priority}
        return order and await self.evening.kitchen.post(f"/api/orders/{order['id']}/priority", json=body)

    async def pay(self, which: int, whole_visit: bool, amount: int | None) -> httpx.Response | None:
        order = self._order(which)
        if order is None:
            return None
        what = {"id": order["sessionId"]} if whole_visit and order["sessionId"] else order
        return await self.evening.pay(what, method="cash", **({"amount": amount} if amount else {}))

    async def void(self, which: int) -> httpx.Response | None:
        taken = ok(await self.evening.cashier.get("/api/payments"))["items"]
        return await self.evening.void(taken[which % len(taken)]) if taken else None

    async def till(self, opens: bool) -> httpx.Response:
        url, body = ("open", {"openingFloat": 100}) if opens else ("close", {"counted": 100})
        return await self.evening.manager.post(f"/api/till/{url}", json=body)

    async def ask(self, which: int, kind: str) -> httpx.Response | None:
        phone = self._phone(which)
        if phone is None:
            return None
        answer = await phone.ask(kind)
        self.calls += [answer.json()] if answer.is_success else []
        return answer

    async def acknowledge(self, which: int) -> httpx.Response | None:
        return await self._call(which, "acknowledge")

    async def resolve(self, which: int) -> httpx.Response | None:
        return await self._call(which, "resolve")

    async def take_back(self, which: int, call: int) -> httpx.Response | None:
        phone = self._phone(which)
        if phone is None or not self.calls:
            return None
        return await phone.delete(f"/api/guest/requests/{self.calls[call % len(self.calls)]['id']}")

    async def _call(self, which: int, what: str) -> httpx.Response | None:
        if not self.calls:
            return None
        request = self.calls[which % len(self.calls)]
        return await self.evening.waiter.post(f"/api/requests/{request['id']}/{what}")

    async def _visit(self, which: int, what: str) -> httpx.Response | None:
        phone = self._phone(which)
        return phone and await self.evening.waiter.post(f"/api/sessions/{phone.session_id}/{what}")

    async def _guest(self, which: int, what: str) -> httpx.Response | None:
        phone = self._phone(which)
        url = phone and f"/api/sessions/{phone.session_id}/guests/{phone.id}/{what}"
        return url and await self.evening.waiter.post(url)

    def _phone(self, which: int) -> Any:
        return self.phones[which % len(self.phones)] if self.phones else None

    def _order(self, which: int) -> Any:
        return self.orders[which % len(self.orders)] if self.orders else None

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == 201:
            self.orders.append(answer.json())
        return answer


class Follower:
    """Holds a snapshot and follows the log from it, as a screen does."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.branch: Json = {}
        self.states: dict[str, str] = {}

    async def look(self) -> Json:
        url = f"/api/branches/{self.evening.house.branch_id}/snapshot"
        return ok(await self.evening.kitchen.get(url))

    async def follow(self, rows: list[LogRow]) -> None:
        """Apply what was logged, and find that it is all that happened."""
        for row in rows:
            self.branch = apply(self.branch, framed(row, row.draft.staff))
        now = await self.look()
        assert in_no_order(self.branch) == in_no_order(now)
        self.check(now)

    def check(self, now: Json) -> None:
        """What must be so at any moment."""
        for order in now["orders"]:
            seen = [Seen(line["status"], line["station"]) for line in order["items"]]
            assert order["status"] == order_state(order["status"], seen)
            assert order["subtotal"] + order["tax"] == order["total"] == order["paid"] + order["balance"]
            assert order["status"] != "served" or order["balance"] != 0
            live = [line for line in order["items"] if line["status"] != "cancelled"]
            cooked = [line for line in live if line["station"] != "none"]
            sent = order["status"] != "pending" and cooked
            assert (order["seenAt"] is not None) is bool(sent and all(line["seenAt"] for line in cooked))
            assert order["unseenAt"] is None or (sent and order["seenAt"] is None)
        active = {visit["tableId"]: visit["id"] for visit in now["sessions"] if visit["status"] == "active"}
        assert len({visit["tableId"] for visit in now["sessions"]}) == len(now["sessions"])
        for table in now["tables"]:
            assert table["sessionId"] == active.get(table["id"])
            assert (table["status"] == "occupied") is (table["id"] in active)


def later(held: Json, order: Json) -> Json:
    """A guest is not told of alarms: all that one changes of what he sees of an order is its `rev`."""
    return held | {
        "orders": [
            mine | {"rev": order["rev"]} if mine["id"] == order["id"] else mine for mine in held["orders"]
        ]
    }


def framed(row: LogRow, body: bytes) -> Json:
    return msgspec.json.decode(body) | {"seq": row.seq}


def in_no_order(snapshot: Json) -> Json:
    """Collections by id: a screen sorts them as it likes."""
    return {
        name: {each["id"]: each for each in value} if isinstance(value, list) else value
        for name, value in snapshot.items()
    }


@pytest.fixture
def new_evening(context: Context, api: httpx.AsyncClient) -> Any:
    async def begin() -> Evening:
        return await Evening.begin(await House.open(context, api))

    return begin


# An evening takes a second, so a failing one is shown as it was found: making it shorter takes minutes.
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SETTINGS
@given(st.lists(commands, min_size=8, max_size=20))
async def test_events_tell_a_branch_all_that_changed(
    new_evening: Any, clock: ManualClock, acts: list[tuple[Any, ...]]
) -> None:
    evening = await new_evening()
    players, follower = Players(evening, clock), Follower(evening)
    follower.branch = await follower.look()
    for act in acts:
        evening.house.forget()
        await players.do(*act)
        await follower.follow(evening.house.log())


@SETTINGS
@given(st.lists(commands, min_size=8, max_size=20))
async def test_events_tell_a_guest_all_that_changed(
    new_evening: Any, clock: ManualClock, acts: list[tuple[Any, ...]]
) -> None:
    """As long as he takes part; and nothing that is not his."""
    evening = await new_evening()
    players = Players(evening, clock)
    menu_room = f"menu:{evening.house.branch_id}"
    ana = await evening.guest_in("5", "Ana")
    held = ok(await ana.get("/api/guest/snapshot"))
    for act in acts:
        evening.house.forget()
        await players.do(*act)
        answer = await ana.get("/api/guest/snapshot")
        if answer.status_code == 401:
            return
        for row in evening.house.log():
            heard = row.draft.session_id == ana.session_id or menu_room in row.draft.rooms
            if heard and row.draft.guest is not None:
                held = apply(held, framed(row, row.draft.guest))
            elif row.draft.type == "order:unseen":
                held = later(held, framed(row, row.draft.staff)["order"])
        now = ok(answer)
        assert in_no_order(held) | {"stream": None} == in_no_order(now) | {"stream": None}

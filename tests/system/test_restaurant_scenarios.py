"""An evening at two real servers, each a process of its own, on one PostgreSQL and with Redis between them:
what two people do at once is done at both, and the screens at either show what came of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial, reduce
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from restai.clock import MINUTE
from restai.ids import new_id
from restai_sdk.apply import apply
from tests.properties.following import difference
from tests.support.evening import Evening, Phone, ok, refused
from tests.support.live import PATIENCE, Screen
from tests.support.proxy import Proxy
from tests.support.served import Evenings, Pair, client_at, evening_at

Json = dict[str, Any]

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUNDS = 4  # of each race: one that is lost once in a while must be seen
LIMA = ZoneInfo("America/Lima")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(pair: Pair) -> AsyncIterator[Evenings]:
    """One evening for all scenarios: each has tables of its own."""
    async with evening_at(pair) as both:
        yield both


@pytest.fixture
def here(both: Evenings) -> Evening:
    return both.here


@pytest.fixture
def there(both: Evenings) -> Evening:
    return both.there


@pytest_asyncio.fixture(loop_scope="module")
async def kitchens(both: Evenings) -> AsyncIterator[tuple[Screen, Screen]]:
    """A screen of the kitchen at each server."""
    token = both.here.house.token(both.here.house.kitchen)
    screens = await both.screens_here.of(token), await both.screens_there.of(token)
    yield screens
    for screen in screens:
        await screen.leave()


_numbers = iter(range(100, 10_000))


async def a_table(evening: Evening) -> str:
    """The number of another table, at which nobody sits."""
    number = str(next(_numbers))
    evening.tables[number] = await evening.new_table(number)
    return number


async def told(screen: Screen, order: Json) -> list[Json]:
    """All that a screen is told of an order up to how it is now."""
    await screen.sees(lambda m: m.get("orderId") == order["id"] and m["order"] == order)
    await screen.settled()
    return [event for event in screen.events if event.get("orderId") == order["id"]]


def changes(events: list[Json]) -> list[str]:
    return [event.get("change", event["type"]) for event in events]


def in_lima(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, LIMA)


# ---- orders


async def test_two_waiters_add_lines_to_one_order_at_once(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    for _ in range(ROUNDS):
        order = await here.order("Lomo", table=await a_table(here))
        added = await asyncio.gather(here.add(order, "Papas"), there.add(order, "Agua", "Agua"))
        assert sorted(ok(answer)["rev"] for answer in added) == [2, 3]
        now = await there.read(order)
        assert sorted(line["name"] for line in now["items"]) == ["Agua", "Agua", "Lomo", "Papas"]
        assert now["total"] == 4_200 + 1_550 + 2 * 601
        for screen in kitchens:
            assert changes(await told(screen, now)) == ["order:created", "items_added", "items_added"]


async def test_what_got_no_answer_is_sent_again_to_the_other_server(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    """The connection is lost after all has happened: one order, one payment, the first answer each time."""

    async def sent(path: str, body: Json) -> Json:
        """Three times, and the answer is lost the first time."""
        with Proxy(("127.0.0.1", here.house.client.base_url.port or 0)) as network:
            network.hold(to_server=False)
            async with client_at("{}:{}".format(*network.address)) as client:  # type: ignore[misc]
                calling = asyncio.ensure_future(here.at(client).cashier.post(path, json=body, key=body["id"]))
                await kitchens[1].sees(lambda m: body["id"] in (m.get("orderId"), m.get("paymentId")))
                network.cut()
                with pytest.raises(httpx.TransportError):
                    await calling
        again, late = [await each.cashier.post(path, json=body, key=body["id"]) for each in (there, here)]
        assert again.content == late.content
        return ok(again, 201)

    order = await sent("/api/orders", here.draft("Agua", "Agua", id=new_id()))
    cash = {"id": new_id(), "orderId": order["id"], "method": "cash", "all": True, "tendered": 2_000}
    payment = await sent("/api/payments", cash)
    assert (payment["amount"], payment["change"]) == (1_202, 798)
    now = await here.read(order)
    assert (now["rev"], now["paid"], now["balance"]) == (2, 1_202, 0)
    for screen in kitchens:
        assert changes(await told(screen, now)) == ["order:created", "paid"]
        assert [event["payment"] for event in screen.events if "payment" in event] == [payment]


async def test_a_late_start_undoes_nothing(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    order = await here.order("Lomo")
    ready = ok(await here.move(order, "ready", from_="confirmed"))
    late = await there.move(order, "preparing", from_="confirmed")
    assert refused(late, 409, "stale")["resource"] == ready
    for screen in kitchens:
        assert changes(await told(screen, ready)) == ["order:created", "status"]
    for _ in range(ROUNDS):
        order = await here.order("Lomo")
        bump, start = await asyncio.gather(
            here.move(order, "ready"), there.move(order, "preparing", from_="confirmed")
        )
        assert (bump.status_code, start.status_code) in [(200, 200), (200, 409)]
        now = await there.read(order)
        assert now["status"] == "ready"
        for screen in kitchens:
            assert (await told(screen, now))[-1]["order"] == now


async def test_what_was_made_offline_is_sent_late_and_twice_and_is_there_once(
    both: Evenings, here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    """An order with its payment behind it, half an hour later; and all of it again at the other server."""
    draft = here.draft("Agua", "Agua", id=new_id())
    cash = {"id": new_id(), "method": "cash", "tip": 100, "tendered": 2_000}
    for evening in (here, there):
        both.time.advance(30 * MINUTE)
        order = ok(await evening.waiter.post("/api/orders", json=draft, key=draft["id"]), 201)
        payment = ok(await evening.pay(order, by=evening.waiter, key=cash["id"], **cash), 201)
        assert (payment["id"], payment["amount"], payment["change"]) == (cash["id"], 1_202, 698)
    now = await here.read(order)
    assert (now["id"], now["paid"], now["balance"]) == (draft["id"], 1_202, 0)
    for screen in kitchens:
        assert changes(await told(screen, now)) == ["order:created", "paid"]
        assert [event["payment"] for event in screen.events if "payment" in event] == [payment]


@pytest.mark.timeout(300)  # they take turns at one counter: slow on a busy machine
async def test_a_thousand_orders_across_midnight_in_lima_have_numbers_of_their_day(pair: Pair) -> None:
    numbers: defaultdict[date, list[int]] = defaultdict(list)

    async def waiter(evening: Evening) -> None:
        caller, draft = evening.waiter, evening.draft("Agua")
        for _ in range(100):
            order = ok(await caller.post("/api/orders", json=draft), 201)
            numbers[in_lima(order["createdAt"]).date()].append(int(order["orderNumber"]))
            if sum(map(len, numbers.values())) == 500:
                pair.time.advance(60 * MINUTE)

    async with evening_at(pair) as both:
        await both.here.changes(timeZone="America/Lima", dayStartsAt=0)
        now = in_lima(pair.time.now())
        eve = now.replace(hour=23, minute=30)
        if eve < now:
            eve += timedelta(days=1)
        pair.time.advance(round((eve - now).total_seconds() * 1000))
        await asyncio.gather(*(waiter(evening) for evening in (both.here, both.there) for _ in range(5)))
    assert sorted(numbers) == [eve.date(), eve.date() + timedelta(days=1)]
    assert sum(map(len, numbers.values())) == 1_000
    for given_out in numbers.values():
        assert sorted(given_out) == list(range(1, len(given_out) + 1))


# ---- visits


async def open_visits(evening: Evening, number: str) -> list[Json]:
    found = ok(await evening.waiter.get("/api/sessions?status=pending&status=active&limit=200"))["items"]
    return [visit for visit in found if visit["tableNumber"] == number]


async def told_of_table(screen: Screen, table: Json) -> list[str]:
    """What a screen is told about a table until somebody sits there, and at once after that."""
    await screen.sees(lambda m: m["type"] == "table:occupied" and m["tableId"] == table["id"])
    await screen.settled()
    return [event["type"] for event in screen.events if event.get("tableId") == table["id"]]


async def test_two_approvals_at_once_are_one(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    for _ in range(ROUNDS):
        number = await a_table(here)
        ana = await here.phone(number, "Ana")
        first, second = await asyncio.gather(here.approve(ana), there.approve(ana))
        assert (first["status"], first["rev"], second) == ("active", 2, first)
        assert await open_visits(there, number) == [first]
        for screen in kitchens:
            assert await told_of_table(screen, here.tables[number]) == [
                "table:updated",
                "session:requested",
                "session:approved",
                "table:occupied",
            ]


async def test_a_walk_in_against_a_scan_leaves_one_visit(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    for _ in range(ROUNDS):
        number = await a_table(here)
        seating = here.waiter.post("/api/sessions", json={"tableId": here.tables[number]["id"]})
        seated, joined = await asyncio.gather(seating, there.join(number, "Ana"))
        (visit,) = await open_visits(here, number)
        assert ok(joined, 201)["session"]["id"] == visit["id"]
        assert (seated.status_code, visit["status"]) in [(201, "active"), (409, "pending")]
        ok(await here.waiter.post(f"/api/sessions/{visit['id']}/approve"))
        for screen in kitchens:
            assert (await told_of_table(screen, here.tables[number])).count("table:occupied") == 1


async def test_what_expires_is_not_approved_and_the_other_way_round(
    both: Evenings, here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    """Parties have waited for ten minutes, and are let in one by one at both servers, until their time is
    found to be up."""
    parties = [await here.phone(await a_table(here), "Ana") for _ in range(30)]
    both.time.advance(10 * MINUTE)
    came_in: list[Phone] = []
    for party in parties:
        path = f"/api/sessions/{party.session_id}/approve"
        first, second = await asyncio.gather(here.waiter.post(path), there.waiter.post(path))
        if (first.status_code, second.status_code) != (200, 200):
            break
        came_in.append(party)
        await asyncio.sleep(0.4)  # it is looked for every five seconds
    for party in parties:
        name = "session:approved" if party in came_in else "session:rejected"
        for screen in kitchens:
            await screen.sees(lambda m, is_=(name, party.session_id): (m["type"], m.get("sessionId")) == is_)  # type: ignore[misc]
        session = await here.session(party.session_id)
        table = await there.table(session["tableNumber"])
        if party in came_in:
            assert (session["status"], table["sessionId"]) == ("active", session["id"])
        else:
            assert (session["status"], table["status"]) == ("rejected", "available")
    assert len(came_in) < len(parties)


async def test_split_moved_and_merged_at_once_nothing_is_cooked_twice(
    here: Evening, there: Evening, kitchens: tuple[Screen, Screen]
) -> None:
    for _ in range(ROUNDS):
        first, second, third = [await a_table(here) for _ in range(3)]
        order = await here.order("Lomo", "Papas", table=first)
        await here.see(*order["items"])
        ok(await here.move_line(order, 0, "ready"))
        host = (await here.order("Agua", table=second))["sessionId"]
        before, visit = await here.read(order), f"/api/sessions/{order['sessionId']}"
        moved, merged, paid = await asyncio.gather(
            here.waiter.post(f"{visit}/move", json={"tableId": here.tables[third]["id"]}),
            there.waiter.post(f"{visit}/merge", json={"into": host}),
            there.pay(order, lines=[order["items"][1]["id"]]),
        )
        assert (moved.status_code, merged.status_code) in [(200, 200), (409, 200)]
        assert ok(paid, 201)["amount"] == 1_550
        now = await there.read(order)
        assert (now["sessionId"], now["tableNumber"], now["paid"]) == (host, second, 1_550)
        for screen in kitchens:
            events = await told(screen, now)
            assert changes(events)[:3] == ["order:created", "seen", "item_status"]
            assert sorted(set(changes(events)[3:])) == ["moved", "paid"]
            assert all(event["order"]["items"] == before["items"] for event in events[3:])


# ---- money


async def test_two_cashiers_close_one_bill_and_it_is_paid_on_every_screen(
    both: Evenings, here: Evening, there: Evening
) -> None:
    house = here.house
    for _ in range(ROUNDS):
        ana = await here.guest_in(await a_table(here), "Ana")
        order = ok(await ana.order("Lomo"), 201)
        more = await here.order("Agua", sessionId=ana.session_id, type="dine_in")
        screens = [
            await both.screens_here.of(house.token(house.cashier)),
            await both.screens_there.of(house.token(house.waiter)),
            await both.screens_there.of(ana.token),
        ]
        visit = {"id": ana.session_id}
        answers = await asyncio.gather(here.pay(visit), there.pay(visit, by=there.manager))
        paid, late = sorted(answers, key=lambda answer: answer.status_code)
        assert ok(paid, 201)["amount"] == 4_801
        assert refused(late, 409, "not_owed")["balance"] == 0
        for screen in screens:
            event = await screen.sees("payment:recorded")
            assert {each["id"]: each["balance"] for each in event["orders"]} == {
                order["id"]: 0,
                more["id"]: 0,
            }
            updated = [await screen.sees(partial(is_paid, each["id"])) for each in (order, more)]
            assert [event["order"]["balance"] for event in updated] == [0, 0]
            await screen.settled()
            assert [event["type"] for event in screen.events].count("payment:recorded") == 1
            await screen.leave()


def is_paid(order_id: str, message: Json) -> bool:
    return (message.get("orderId"), message.get("change")) == (order_id, "paid")


# A bill takes a third of a second, so a failing one is shown as it was found.
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    prices=st.lists(st.integers(0, 1_000_000), min_size=1, max_size=3).filter(any),
    rate=st.integers(0, 3_000),
    inclusive=st.booleans(),
    tip=st.integers(0, 10_000),
    of=st.integers(1, 7),
)
async def test_shares_come_to_the_whole(
    both: Evenings, prices: list[int], rate: int, inclusive: bool, tip: int, of: int
) -> None:
    here, there = both.here, both.there
    await here.changes(taxRate=rate, pricesIncludeTax=inclusive)
    category = await here.carte.category()
    dishes = [(await here.carte.item(category, price=price))["id"] for price in prices]
    draft = {"type": "takeout", "items": [{"menuItemId": id_, "quantity": 1} for id_ in dishes]}
    order = ok(await here.waiter.post("/api/orders", json=draft), 201)
    await here.changes(taxRate=1_800, pricesIncludeTax=True)
    assert order["subtotal"] + order["tax"] == order["total"]
    assert order["total" if inclusive else "subtotal"] == sum(prices)
    left, shares = order["total"], []
    for number in range(1, of + 1):
        share = {"share": {"number": number, "of": of}, "balance": left, "tip": tip}
        payment = ok(await (here, there)[number % 2].pay(order, **share), 201)
        left -= payment["amount"]
        shares.append(payment["amount"])
    assert sum(shares) == order["total"]
    assert shares == sorted(shares, reverse=True) and shares[0] - shares[-1] <= 1
    assert (await there.read(order))["balance"] == 0


# ---- what is told is all that happened


class Showing:
    """A screen that makes what it shows of the snapshot that it read first, and of events alone."""

    def __init__(self, name: str, screen: Screen, read: Callable[[], Awaitable[httpx.Response]]) -> None:
        self.name = name
        self.screen = screen
        self.first: Json = {}
        self._read = read

    async def begin(self) -> Showing:
        self.first = ok(await self._read())
        return self

    def shown(self, events: list[Json]) -> Json:
        return _as_told(reduce(apply, events, self.first))

    async def shows_what_there_is(self, after: str) -> None:
        """Soon: what it was not told yet may be on its way."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while differs := difference(self.shown(self.screen.events), _as_told(ok(await self._read()))):
            assert asyncio.get_running_loop().time() < deadline, f"{self.name} after {after}: {differs}"
            await asyncio.sleep(0.01)

    async def shows_it_again(self, screen: Screen, token: str) -> None:
        """Another one that was off until now, by a replay. What is told twice or late changes nothing."""
        branch, events = self.first["branch"]["id"], self.screen.events
        await screen.sign_in(token, resume={branch: self.first["stream"]})
        await screen.sees(lambda m: m == events[-1])
        assert screen.events == events
        last = reduce(apply, events, self.first)
        assert all(apply(last, event) == last for event in events)


def _as_told(snapshot: Json) -> Json:
    """But for the revisions of a guest's orders: the kitchen's alarms raise them, of which he is not told."""
    if "tables" in snapshot:
        return snapshot
    return snapshot | {"orders": [{**order, "rev": 0} for order in snapshot["orders"]]}


async def an_evening(here: Evening, there: Evening, ana: Phone) -> AsyncIterator[str]:
    """Something of everything that is done in a restaurant, at both servers; what was done, each time."""
    visit = f"/api/sessions/{ana.session_id}"
    number = (await here.session(ana.session_id))["tableNumber"]
    ben = await there.phone(number, "Ben")
    yield "a phone waits"
    ok(await here.admits(ana, ben))
    yield "it is let in"
    ok(await ben.wants("Lomo", line=(line := new_id())))
    ok(await ana.wants("Papas", 2))
    yield "two fill the cart"
    ok(await ben.take_out(line))
    yield "one thinks again"
    ok(await ana.wants("Agua"))
    order = ok(await ana.order_cart(), 201)
    yield "they order"
    ok(await there.move(order, "confirmed", by=there.waiter))
    yield "it is confirmed"
    await here.see(order["items"][0])
    yield "the kitchen has seen it"
    ok(await there.kitchen.post(f"/api/orders/{order['id']}/priority", json={"priority": True}))
    ok(await there.move_line(order, 0, "preparing"))
    yield "it is begun, in a hurry"
    ok(await here.move(order, "ready"))
    ok(await there.waiter.post(f"/api/orders/{order['id']}/take"))
    yield "somebody takes it"
    ok(await here.move(order, "served", by=here.waiter))
    ok(await there.move(order, "ready", from_="served"))
    ok(await here.move(order, "served", by=here.waiter))
    yield "it is brought, at the second try"
    order = ok(await there.add(order, "Lomo", "Lomo"))
    ok(await here.move_line(order, 2, "cancelled", by=here.waiter))
    yield "another round, and one dish less"
    call = ok(await ana.ask("waiter"), 201)
    ok(await there.waiter.post(f"/api/requests/{call['id']}/acknowledge"))
    ok(await here.waiter.post(f"/api/requests/{call['id']}/resolve"))
    yield "the waiter is called, and comes"
    call = ok(await ana.ask("bill"), 201)
    assert (await ana.delete(f"/api/guest/requests/{call['id']}")).is_success
    yield "they call for the bill, and think again"
    await here.open_till()
    payment = ok(await there.pay(order, amount=1_000, method="cash"), 201)
    yield "some of it is paid"
    ok(await here.void(payment))
    yield "and given back"
    ok(await there.waiter.post(f"{visit}/move", json={"tableId": here.tables[await a_table(here)]["id"]}))
    yield "they sit elsewhere"
    eva = await there.guest_in(await a_table(here), "Eva")
    ok(await eva.order("Agua"), 201)
    ok(await here.waiter.post(f"/api/sessions/{eva.session_id}/merge", json={"into": ana.session_id}))
    yield "another party joins them"
    ok(await there.waiter.post(f"{visit}/guests/{ben.id}/remove"))
    yield "one goes"
    await here.carte.sold_out(here.dishes["Lomo"])
    await there.carte.sold_out(here.dishes["Lomo"], back=True)
    yield "a dish is sold out, and back"
    await there.carte.item(await here.carte.category("Sopas"), "Chupe")
    yield "there is a new dish"
    await here.changes(name="Casa Lola y Ana")
    yield "the house has another name"
    table = f"/api/tables/{here.tables[number]['id']}"
    ok(await there.manager.patch(f"{table}/status", json={"status": "reserved"}))
    ok(await here.manager.patch(table, json={"capacity": 7}))
    yield "their old table is reserved for more"
    assert (await there.manager.delete(f"/api/tables/{here.tables[await a_table(here)]['id']}")).is_success
    yield "a table is taken away"
    await here.order("Lomo", "Agua")
    yield "somebody takes food away"
    ok(await there.pay({"id": ana.session_id}), 201)
    yield "all is paid"


async def test_screens_show_what_there_is_by_what_they_were_told(
    both: Evenings, here: Evening, there: Evening
) -> None:
    """After everything that is done, live; and all of it at once as a replay, and told twice."""
    ana = await here.guest_in(await a_table(here), "Ana")
    house, snapshot = here.house, f"/api/branches/{here.house.branch_id}/snapshot"
    kitchen, waiter = house.token(house.kitchen), house.token(house.waiter)
    showings = [
        await Showing(
            name, await screens.of(token), partial(evening.house.with_token(token).get, path)
        ).begin()
        for name, screens, evening, token, path in (
            ("the kitchen", both.screens_here, here, kitchen, snapshot),
            ("a waiter", both.screens_there, there, waiter, snapshot),
            ("a phone", both.screens_there, there, ana.token, "/api/guest/snapshot"),
        )
    ]
    async for done in an_evening(here, there, ana):
        for showing in showings:
            await showing.shows_what_there_is(done)
    for showing, token in zip(showings, (kitchen, waiter, ana.token), strict=True):
        await showing.shows_it_again(await both.screens_here.open(), token)
    staff = showings[:2]
    ok(await here.cashier.post(f"/api/sessions/{ana.session_id}/end"))
    await there.close_till(20_000)
    for showing in staff:
        await showing.shows_what_there_is("they are gone")

"""The typed API: each call is the one it says, its shapes are the document's, and a party can be served."""

from __future__ import annotations

import json
import typing
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import httpx
import jsonschema
import pytest

from restai_sdk import Api, ApiError, apply, fixed
from restai_sdk.api import (
    branches,
    guests,
    menu,
    orders,
    overview,
    payments,
    requests,
    sessions,
    staff,
    tables,
)
from tests.support.document import document, operation_of, operations, schema_of
from tests.support.evening import Evening
from tests.support.house import House

Json = dict[str, Any]
Call = Callable[[Api], Any]

ITEMS: list[orders.LineDraft] = [{"menuItemId": "0198c2a4-0000-7000-8000-000000000001", "quantity": 2}]
ID = "0198c2a4-0000-7000-8000-000000000002"
FEATURES = (branches, guests, menu, orders, overview, payments, requests, sessions, staff, tables)


# Each command of the API, what calls it, and what it must send. Written by hand.
COMMANDS: list[tuple[str, str, Call]] = [
    ("POST", "/api/branches", lambda api: api.branches.open({"name": "Larco"})),
    ("PATCH", "/api/branches/{}", lambda api: api.branches.change(ID, {"taxRate": 1_000})),
    (
        "POST",
        "/api/staff",
        lambda api: api.staff.hire(
            {"name": "Ana", "email": "ana@restai.org", "password": "mise en place", "role": "waiter"}
        ),
    ),
    ("PATCH", "/api/staff/{}", lambda api: api.staff.change(ID, {"active": False})),
    (
        "POST",
        "/api/staff/{}/password",
        lambda api: api.staff.set_password(ID, "mise en place", current="before"),
    ),
    ("POST", "/api/menu/categories", lambda api: api.menu.add_category({"name": "Grill"})),
    ("PATCH", "/api/menu/categories/{}", lambda api: api.menu.change_category(ID, {"position": 0})),
    ("DELETE", "/api/menu/categories/{}", lambda api: api.menu.remove_category(ID)),
    (
        "POST",
        "/api/menu/items",
        lambda api: api.menu.add_item(
            {"categoryId": ID, "name": "Lomo", "price": 4_200, "station": "kitchen"}
        ),
    ),
    ("PATCH", "/api/menu/items/{}", lambda api: api.menu.change_item(ID, {"price": 4_500})),
    ("DELETE", "/api/menu/items/{}", lambda api: api.menu.archive_item(ID)),
    (
        "POST",
        "/api/menu/items/{}/availability",
        lambda api: api.menu.set_item_availability(ID, is_available=False),
    ),
    (
        "POST",
        "/api/menu/modifier-groups",
        lambda api: api.menu.add_group({"name": "Side", "modifiers": [{"name": "Rice"}]}),
    ),
    ("PATCH", "/api/menu/modifier-groups/{}", lambda api: api.menu.change_group(ID, {"max": 2})),
    ("DELETE", "/api/menu/modifier-groups/{}", lambda api: api.menu.remove_group(ID)),
    (
        "POST",
        "/api/menu/modifiers/{}/availability",
        lambda api: api.menu.set_modifier_availability(ID, is_available=True),
    ),
    ("POST", "/api/spaces", lambda api: api.spaces.add({"name": "Terrace"})),
    ("PATCH", "/api/spaces/{}", lambda api: api.spaces.change(ID, {"name": "Roof"})),
    ("DELETE", "/api/spaces/{}", lambda api: api.spaces.remove(ID)),
    ("POST", "/api/tables", lambda api: api.tables.add({"number": "7", "position": {"x": 10}})),
    ("PATCH", "/api/tables/{}", lambda api: api.tables.change(ID, {"capacity": 6})),
    ("DELETE", "/api/tables/{}", lambda api: api.tables.archive(ID)),
    (
        "PATCH",
        "/api/tables/{}/status",
        lambda api: api.tables.set_status(ID, "reserved", seen="available"),
    ),
    ("POST", "/api/sessions", lambda api: api.sessions.seat(ID, id_=ID)),
    ("POST", "/api/sessions/{}/approve", lambda api: api.sessions.approve(ID)),
    ("POST", "/api/sessions/{}/reject", lambda api: api.sessions.reject(ID, reason="full")),
    ("POST", "/api/sessions/{}/guests/{}/admit", lambda api: api.sessions.admit(ID, ID)),
    ("POST", "/api/sessions/{}/guests/{}/remove", lambda api: api.sessions.remove(ID, ID)),
    ("POST", "/api/sessions/{}/move", lambda api: api.sessions.move(ID, ID)),
    ("POST", "/api/sessions/{}/merge", lambda api: api.sessions.merge(ID, ID, keep_table=True)),
    ("POST", "/api/tables/{}/free", lambda api: api.tables.free(ID, force=True)),
    ("POST", "/api/sessions/{}/end", lambda api: api.sessions.end(ID, force=True)),
    ("POST", "/api/orders", lambda api: api.orders.place({"type": "takeout", "items": ITEMS})),
    (
        "PATCH",
        "/api/orders/{}/status",
        lambda api: api.orders.set_status(ID, "ready", seen="preparing", force=True),
    ),
    ("POST", "/api/orders/{}/items", lambda api: api.orders.add_lines(ID, ITEMS)),
    (
        "PATCH",
        "/api/orders/{}/items/{}/status",
        lambda api: api.orders.set_line_status(ID, ID, "ready", seen="pending"),
    ),
    ("POST", "/api/orders/{}/items/{}/cancel", lambda api: api.orders.cancel_line(ID, ID, reason="burnt")),
    ("POST", "/api/orders/{}/take", lambda api: api.orders.take(ID)),
    ("POST", "/api/orders/{}/take", lambda api: api.orders.release(ID)),
    ("POST", "/api/orders/{}/priority", lambda api: api.orders.set_priority(ID, priority=True)),
    ("POST", "/api/requests/{}/acknowledge", lambda api: api.requests.acknowledge(ID)),
    ("POST", "/api/requests/{}/resolve", lambda api: api.requests.resolve(ID)),
    ("POST", "/api/guest/requests", lambda api: api.guest.ask("bill", id_=ID)),
    ("DELETE", "/api/guest/requests/{}", lambda api: api.guest.cancel_request(ID)),
    ("POST", "/api/kitchen/seen", lambda api: api.kitchen.see([ID])),
    (
        "POST",
        "/api/payments",
        lambda api: api.payments.take({"sessionId": ID, "method": "cash", "all": True, "tendered": 5_000}),
    ),
    (
        "POST",
        "/api/payments/sale",
        lambda api: api.payments.sell({"type": "takeout", "items": ITEMS}, {"method": "card", "tip": 100}),
    ),
    ("POST", "/api/payments/{}/void", lambda api: api.payments.void(ID, "a wrong table")),
    ("POST", "/api/till/open", lambda api: api.till.open({"openingFloat": 20_000})),
    ("POST", "/api/till/close", lambda api: api.till.close(19_500, branch_id=ID)),
    ("POST", "/api/guest/tables/{}/join", lambda api: api.guest.join("ABCDEF", "Ana")),
    ("POST", "/api/guest/guests/{}/admit", lambda api: api.guest.admit(ID)),
    ("POST", "/api/guest/orders", lambda api: api.guest.order(ITEMS, id_=ID, notes="at once")),
    ("POST", "/api/guest/orders", lambda api: api.guest.order_cart(notes="at once")),
    (
        "PUT",
        "/api/guest/cart/lines/{}",
        lambda api: api.guest.put_line(ID, {"menuItemId": ID, "quantity": 2, "notes": "rare"}),
    ),
    ("DELETE", "/api/guest/cart/lines/{}", lambda api: api.guest.remove_line(ID)),
    ("POST", "/api/guest/orders/{}/cancel", lambda api: api.guest.cancel_order(ID)),
]


@pytest.mark.parametrize(("method", "path", "call"), COMMANDS, ids=[f"{m} {p}" for m, p, _ in COMMANDS])
async def test_each_command_is_one_of_the_document(
    method: str, path: str, call: Callable[[Api], Awaitable[Any]]
) -> None:
    """Its method and path, and a body that the document accepts."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={})

    async with httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(answer)) as http:
        await call(Api("", fixed("abc"), http=http))
    (request,) = sent
    assert operation_of(request.method, request.url.path) == f"{method} {path}"
    if request.content:
        body = operations()[f"{method} {path}"]["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(json.loads(request.content), body | {"components": document()["components"]})


def _shapes(module: ModuleType) -> list[type]:
    own = [each for each in vars(module).values() if typing.is_typeddict(each)]
    return [each for each in own if each.__module__ == module.__name__]


SHAPES = [shape for module in FEATURES for shape in _shapes(module)]
# Where the server's name of a shape is not ours, nor ours with View.
NAMES = {"StaffMember": "StaffView", "Position": "Position-Output"}


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.__name__ for shape in SHAPES])
def test_shapes_are_the_documents(shape: type) -> None:
    hints = typing.get_type_hints(shape, include_extras=True)
    name = NAMES.get(shape.__name__, shape.__name__)
    schema = document()["components"]["schemas"].get(f"{name}View") or schema_of(name)
    assert set(hints) == set(schema["properties"])
    if shape.__name__.endswith("Draft"):
        needed = {name for name, hint in hints.items() if typing.get_origin(hint) is not typing.NotRequired}
        assert needed == set(schema["required"])


# ---- against the server


@pytest.fixture
def waiter(house: House) -> Api:
    return _as(house, house.token(house.waiter))


def _as(house: House, token: str | None) -> Api:
    return Api("", None if token is None else fixed(token), http=house.client)


async def test_an_evening_through_the_sdk(evening: Evening, waiter: Api) -> None:
    """A phone joins, orders and changes its mind; the kitchen cooks; the party pays and leaves."""
    house = evening.house
    code = evening.tables["5"]["code"]
    nobody = _as(house, None)
    assert (await nobody.guest.welcome(code))["table"]["number"] == "5"
    joined = await nobody.guest.join(code, "Ana")
    ana = _as(house, joined["token"])
    await waiter.sessions.approve(joined["session"]["id"])
    assert [guest["status"] for guest in (await ana.guest.session())["guests"]] == ["in"]
    regretted = await ana.guest.order([{"menuItemId": evening.dishes["Papas"], "quantity": 1}])
    assert (await ana.guest.cancel_order(regretted["id"]))["status"] == "cancelled"
    order = await ana.guest.order([{"menuItemId": evening.dishes["Lomo"], "quantity": 2, "notes": "rare"}])
    kitchen = _as(house, house.token(house.kitchen))
    await kitchen.orders.set_status(order["id"], "confirmed", seen="pending")
    line = (await kitchen.orders.get(order["id"]))["items"][0]
    assert await kitchen.kitchen.see([line["id"]]) == {"lineIds": [line["id"]]}
    assert (await kitchen.orders.set_priority(order["id"], priority=True))["seenAt"] is not None
    await kitchen.orders.set_line_status(order["id"], line["id"], "ready", seen="pending")
    assert [found["id"] async for found in waiter.orders.each(status=["ready"])] == [order["id"]]
    assert [bumped["order"]["id"] for bumped in await kitchen.kitchen.recent()] == [order["id"]]
    assert (await waiter.orders.take(order["id"]))["takenBy"] is not None
    await waiter.orders.release(order["id"])
    await waiter.orders.set_status(order["id"], "served", seen="ready")
    regretted_call, call = await ana.guest.ask("waiter"), await ana.guest.ask("bill")
    await ana.guest.cancel_request(regretted_call["id"])
    assert (await waiter.requests.acknowledge(call["id"]))["acknowledgedBy"] is not None
    assert [found["id"] async for found in waiter.requests.each(status=["acknowledged"])] == [call["id"]]
    assert (await waiter.requests.resolve(call["id"]))["status"] == "resolved"
    assert (await ana.guest.snapshot())["orders"][1]["status"] == "served"
    cashier = _as(house, house.token(house.cashier))
    await cashier.till.open({"openingFloat": 20_000})
    visit = joined["session"]["id"]
    assert (await cashier.payments.bill(visit))["balance"] == 8_400
    payment = await cashier.payments.take({"sessionId": visit, "method": "cash", "all": True})
    assert [each async for each in cashier.payments.each(session_id=visit)] == [payment]
    assert (await cashier.till.now())["expected"] == 28_400
    assert (await cashier.till.close(28_400))["difference"] == 0
    assert (await cashier.sessions.end(visit))["status"] == "completed"
    assert [visit["id"] async for visit in waiter.sessions.each(status=["active", "pending"])] == []


async def test_a_command_repeated_by_its_key_is_one_command(evening: Evening, waiter: Api) -> None:
    draft: orders.OrderDraft = {
        "type": "takeout",
        "items": [{"menuItemId": evening.dishes["Lomo"], "quantity": 1}],
    }
    first = await waiter.orders.place(draft, key="from the outbox")
    assert await waiter.orders.place(draft, key="from the outbox") == first
    assert len([order async for order in waiter.orders.each()]) == 1


async def test_a_refusal_carries_what_one_needs_to_know(evening: Evening, waiter: Api) -> None:
    draft: orders.OrderDraft = {
        "type": "takeout",
        "items": [{"menuItemId": evening.dishes["Lomo"], "quantity": 1}],
    }
    order = await waiter.orders.place(draft)
    with pytest.raises(ApiError) as error:
        await waiter.orders.set_status(order["id"], "ready", seen="pending")
    assert (error.value.code, error.value.status) == ("stale", 409)
    assert error.value.members["resource"]["status"] == "confirmed"


async def test_a_snapshot_of_the_api_is_one_for_apply(evening: Evening, waiter: Api) -> None:
    before = await waiter.branches.snapshot(evening.house.branch_id)
    evening.house.forget()
    await waiter.orders.place(
        {"type": "takeout", "items": [{"menuItemId": evening.dishes["Lomo"], "quantity": 1}]}
    )
    (created,) = evening.house.events("order:created")
    after = apply(dict(before), created | {"seq": before["stream"]["seq"] + 1})
    assert after == await waiter.branches.snapshot(evening.house.branch_id)


async def test_lists_of_the_house(evening: Evening, house: House) -> None:
    manager = _as(house, house.token(house.manager))
    assert [table["number"] async for table in manager.tables.each()] == ["5", "6", "7"]
    assert [each["name"] async for each in manager.branches.each()] == ["Casa Lola"]
    assert len([each async for each in manager.staff.each()]) == 5
    assert (await manager.staff.me())["role"] == "branch_manager"
    assert [item["name"] for item in (await manager.menu.get())["categories"][0]["items"]] == [
        "Lomo",
        "Papas",
        "Agua",
    ]
    assert [each async for each in manager.menu.groups()] == []
    visit = await manager.sessions.seat(evening.tables["5"]["id"])
    await manager.sessions.end(visit["id"])
    assert [each["id"] async for each in manager.overview.history(since=visit["startedAt"])] == [visit["id"]]
    deeds = [each["deed"] async for each in manager.overview.audit(about=house.waiter.user_id)]
    assert deeds == ["signed_in", "hired"]
    space = await manager.spaces.add({"name": "Terrace"})
    assert [each async for each in manager.spaces.each()] == [space]

"""A table gets another number: whatever shows it is told anew, and nothing else of it changes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from restai.features.floor import service
from restai.features.payments import service as payments
from restai.features.sessions import service as sessions
from restai.features.tables.models import Table
from restai.features.tables.schemas import TablePatch
from restai.http.deps import Context
from tests.support.databases import somebody_waits
from tests.support.evening import Evening, ok, refused

Json = dict[str, Any]


async def renumbers(evening: Evening, number: str, to: str, **more: Any) -> httpx.Response:
    url = f"/api/tables/{evening.tables[number]['id']}"
    return await evening.manager.patch(url, json={"number": to, **more})


async def snapshot(evening: Evening) -> Json:
    return ok(await evening.kitchen.get(f"/api/branches/{evening.house.branch_id}/snapshot"))


def renamed(resource: Json, number: str) -> Json:
    return resource | {"rev": resource["rev"] + 1, "tableNumber": number}


async def test_what_shows_the_number_is_told_anew(evening: Evening) -> None:
    """Orders under way and settled ones of the party, what an earlier party still owes, and the visit."""
    owed = await evening.order("Lomo", table="5")
    ok(await evening.manager.post(f"/api/sessions/{owed['sessionId']}/end", json={"force": True}))
    paid = await evening.order("Agua", table="5")
    ok(await evening.pay(paid), 201)
    ok(await evening.manager.post(f"/api/sessions/{paid['sessionId']}/end"))
    ana = await evening.guest_in("5", "Ana")
    cooking = ok(await ana.order("Lomo"), 201)
    done = ok(await evening.move(await evening.order("Papas", table="5"), "served"))
    ok(await evening.pay(done), 201)
    elsewhere = await evening.order("Papas", table="6")
    shown = {each["id"]: await evening.read(each) for each in (owed, cooking, done)}
    others = [await evening.read(each) for each in (paid, elsewhere)]
    visit = await evening.session(ana.session_id)
    evening.house.forget()

    table = ok(await renumbers(evening, "5", "14", capacity=9))
    assert (table["number"], table["capacity"]) == ("14", 9)
    now = {id_: await evening.read(each) for id_, each in shown.items()}
    assert now == {id_: renamed(each, "14") for id_, each in shown.items()}
    told = evening.house.events()
    assert [event["type"] for event in told] == ["table:updated", "session:updated", *["order:updated"] * 3]
    assert (told[0]["table"], told[1]["session"]) == (table, renamed(visit, "14"))
    assert {event["orderId"]: event["order"] for event in told[2:]} == now
    assert {event["change"] for event in told[2:]} == {"moved"}
    assert [each["rev"] for each in others] == [
        (await evening.read(each))["rev"] for each in (paid, elsewhere)
    ]
    mine = ok(await ana.get("/api/guest/snapshot"))
    assert (mine["table"]["number"], mine["session"]["tableNumber"]) == ("14", "14")
    assert {order["tableNumber"] for order in mine["orders"]} == {"14"}


async def test_a_party_that_waits_to_be_let_in_is_told_of_too(evening: Evening) -> None:
    ana = await evening.phone("5", "Ana")
    visit = await evening.session(ana.session_id)
    evening.house.forget()
    ok(await renumbers(evening, "5", "14"))
    told = evening.house.events()
    assert [event["type"] for event in told] == ["table:updated", "session:updated"]
    assert told[1]["session"] == renamed(visit, "14") == (await snapshot(evening))["sessions"][0]


async def test_by_its_own_number_nothing_changes(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    before = await snapshot(evening)
    evening.house.forget()
    ok(await renumbers(evening, "5", "5"))
    assert await snapshot(evening) == before
    assert evening.house.events() == []
    ok(await renumbers(evening, "5", "5", capacity=9))
    assert [event["type"] for event in evening.house.events()] == ["table:updated"]
    assert await evening.read(order) == order


async def test_a_party_with_two_tables_is_called_by_its_own(evening: Evening) -> None:
    order, joined = await evening.order("Lomo", table="5"), await evening.seat("6")
    into = {"into": order["sessionId"], "keepTable": True}
    ok(await evening.waiter.post(f"/api/sessions/{joined['id']}/merge", json=into))
    before = await evening.read(order), await evening.session(order["sessionId"])
    evening.house.forget()
    ok(await renumbers(evening, "6", "14"))
    assert [event["type"] for event in evening.house.events()] == ["table:updated"]
    assert (await evening.read(order), await evening.session(order["sessionId"])) == before


async def test_a_number_that_is_had_already_changes_nothing(evening: Evening) -> None:
    await evening.order("Lomo", table="5")
    before = await snapshot(evening)
    refused(await renumbers(evening, "5", "6"), 409, "taken")
    assert await snapshot(evening) == before


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_phone_that_comes_meanwhile_says_the_new_number(evening: Evening) -> None:
    """What it asks for is told after the table's new number, and would not be told again."""
    manager = evening.house.manager
    async with evening.house.database.transaction() as tx:
        await service.change_table(tx, manager, evening.tables["5"]["id"], TablePatch(number="14"))
        joining = asyncio.create_task(evening.join("5", "Ana"))
        await somebody_waits(evening.house.database)
    assert ok(await joining, 201)["session"]["tableNumber"] == "14"
    assert evening.house.events("session:requested")[0]["session"]["tableNumber"] == "14"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_sat_down_since_somebody_looked_is_asked_for_again(
    evening: Evening, context: Context
) -> None:
    """Its visit would have to be locked before the table."""
    async with context.database.transaction() as tx:
        table = await tx.session.get_one(Table, evening.tables["5"]["id"])
        await sessions.join(tx, table, "Ana")
        renumbering = asyncio.create_task(renumbers(evening, "5", "14"))
        await somebody_waits(context.database)
    refused(await renumbering, 503, "busy")
    ok(await renumbers(evening, "5", "14"))
    assert (await snapshot(evening))["sessions"][0]["tableNumber"] == "14"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_an_order_that_is_owed_again_meanwhile_is_told_of(evening: Evening) -> None:
    order = await evening.order("Agua", table="5")
    payment = ok(await evening.pay(order), 201)
    ok(await evening.manager.post(f"/api/sessions/{order['sessionId']}/end"))
    async with evening.house.database.transaction() as tx:
        await payments.void(tx, evening.house.manager, payment["id"], "a wrong table")
        renumbering = asyncio.create_task(renumbers(evening, "5", "14"))
        await somebody_waits(evening.house.database)
    ok(await renumbering)
    assert evening.house.events("order:updated")[-1]["order"] == await evening.read(order)
    assert (await evening.read(order))["tableNumber"] == "14"

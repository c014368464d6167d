"""A party changes its table: what it has ordered is labelled anew, and nothing happens twice."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from restai.auth.permissions import Role
from tests.support.evening import Evening, ok, refused
from tests.support.house import Caller, House

Json = dict[str, Any]


async def moves(evening: Evening, session_id: str, number: str, by: Caller | None = None) -> httpx.Response:
    body = {"tableId": evening.tables[number]["id"]}
    return await (by or evening.waiter).post(f"/api/sessions/{session_id}/move", json=body)


def without(resource: Json, *fields: str) -> Json:
    return {name: value for name, value in resource.items() if name not in fields}


async def test_the_bill_goes_along_and_the_old_table_is_free(evening: Evening) -> None:
    ana = await evening.guest_in("5", "Ana")
    cooking = ok(await ana.order("Lomo", "Agua"), 201)
    ok(await evening.move(cooking, "preparing"))
    done = ok(await evening.move(await evening.order("Papas", table="5"), "served"))
    ok(await evening.pay(done), 201)
    call = ok(await ana.ask("bill"), 201)
    before = [await evening.read(order) for order in (cooking, done)]
    bill = await evening.bill(ana.session_id)
    evening.house.forget()

    session = ok(await moves(evening, ana.session_id, "6"))
    assert (session["tableNumber"], session["status"]) == ("6", "active")
    old, new = await evening.table("5"), await evening.table("6")
    assert (old["status"], old["sessionId"]) == ("available", None)
    assert (new["status"], new["sessionId"]) == ("occupied", ana.session_id)
    after = [await evening.read(order) for order in (cooking, done)]
    label = ("rev", "tableId", "tableNumber")
    assert [without(order, *label) for order in after] == [without(order, *label) for order in before]
    assert [(order["tableId"], order["tableNumber"]) for order in after] == [(new["id"], "6")] * 2
    now = await evening.bill(ana.session_id)
    assert (now["balance"], now["payments"], now["lines"]) == (4_801, bill["payments"], bill["lines"])

    told = [event["type"] for event in evening.house.events()]
    assert told[0] == "session:moved"
    assert sorted(told[1:3]) == ["table:available", "table:occupied"]
    assert told[3:] == ["order:updated", "order:updated", "request:moved"]
    moved = evening.house.events("session:moved")[0]
    assert (moved["tableId"], moved["leftTableId"], moved["session"]) == (new["id"], old["id"], session)
    updated = {event["orderId"]: event for event in evening.house.events("order:updated")}
    for order in after:
        assert (updated[order["id"]]["order"], updated[order["id"]]["change"]) == (order, "moved")
    told_of = evening.house.events("request:moved")[0]["request"]
    assert (told_of["id"], told_of["tableId"], told_of["status"]) == (call["id"], new["id"], "pending")


async def test_the_kitchen_cooks_nothing_twice(evening: Evening) -> None:
    """What a kitchen's screen shows of the tickets is the same, but for where they go."""
    order = await evening.order("Lomo", "Papas", table="5")
    await evening.see(*order["items"])
    ok(await evening.move_line(order, 0, "ready"))
    before = await evening.read(order)
    ok(await moves(evening, order["sessionId"], "7"))
    after = await evening.read(order)
    assert (after["items"], after["seenAt"], after["status"]) == (
        before["items"],
        before["seenAt"],
        before["status"],
    )
    assert evening.house.events("order:created")[-1]["orderId"] == order["id"]
    assert len(evening.house.events("order:created")) == 1
    recent = ok(await evening.kitchen.get("/api/kitchen/recent"))["items"]
    assert [each["order"]["tableNumber"] for each in recent] == ["7"]


async def test_moving_to_where_one_sits_changes_nothing(evening: Evening) -> None:
    session = await evening.seat("5")
    evening.house.forget()
    assert ok(await moves(evening, session["id"], "5")) == session
    assert evening.house.events() == []


async def test_only_to_a_free_table(evening: Evening) -> None:
    session = await evening.seat("5")
    taken, asked = await evening.seat("6"), await evening.phone("7", "Ana")
    closed = await evening.new_table("8")
    evening.tables["8"] = closed
    ok(await evening.manager.patch(f"/api/tables/{closed['id']}/status", json={"status": "maintenance"}))
    found = {}
    for number in ("6", "7", "8"):
        answer = await moves(evening, session["id"], number)
        found[number] = refused(answer, 409, "table_unavailable")["current"]
    assert found == {"6": "occupied", "7": "requested", "8": "maintenance"}
    assert await evening.session(session["id"]) == session
    assert [(await evening.session(one))["status"] for one in (taken["id"], asked.session_id)] == [
        "active",
        "pending",
    ]
    ok(await evening.manager.patch(f"/api/tables/{closed['id']}/status", json={"status": "available"}))
    ok(await evening.manager.patch(f"/api/tables/{closed['id']}/status", json={"status": "reserved"}))
    assert ok(await moves(evening, session["id"], "8"))["tableNumber"] == "8", "it was kept for them"


async def test_only_a_visit_that_is_going_on(evening: Evening) -> None:
    asked = await evening.phone("5", "Ana")
    refused(await moves(evening, asked.session_id, "6"), 409, "illegal_transition")
    over = await evening.seat("7")
    ok(await evening.waiter.post(f"/api/sessions/{over['id']}/end"))
    refused(await moves(evening, over["id"], "6"), 409, "illegal_transition")
    refused(await moves(evening, over["id"], "7"), 409, "illegal_transition")


async def test_who_may(evening: Evening, rival: House) -> None:
    session = await evening.seat("5")
    for caller in (evening.cashier, evening.kitchen):
        refused(await moves(evening, session["id"], "6", caller), 403, "forbidden")
    refused(await moves(evening, session["id"], "6", rival.as_(rival.admin)), 404, "not_found")
    ok(await moves(evening, session["id"], "6", evening.manager))


async def test_to_another_branch_there_is_no_way(evening: Evening) -> None:
    house = evening.house
    other = await house.open_branch()
    both = house.as_(await house.hire("Berta Both", Role.BRANCH_MANAGER, [house.branch_id, other]))
    far = ok(await both.post("/api/tables", json={"number": "5", "branchId": other}), 201)
    session = await evening.seat("5")
    url = f"/api/sessions/{session['id']}/move"
    refused(await both.post(url, json={"tableId": far["id"]}), 404, "not_found")


async def test_two_parties_to_one_table_and_a_scan_of_it(evening: Evening) -> None:
    """Whoever comes at the same moment, one party has the table, and nothing is left half done."""
    for round_ in range(6):
        numbers = [f"{name}{round_}" for name in "ABC"]
        for number in numbers:
            evening.tables[number] = await evening.new_table(number)
        first, second = await evening.seat(numbers[0]), await evening.seat(numbers[1])
        answers = await asyncio.gather(
            moves(evening, first["id"], numbers[2]),
            moves(evening, second["id"], numbers[2]),
            evening.join(numbers[2], "Ana"),
        )
        came = [answer.status_code for answer in answers]
        assert came[0] in (200, 409, 503) and came[1] in (200, 409, 503) and came[:2] != [200, 200]
        table = await evening.table(numbers[2])
        sits = [
            one for one in (first, second) if (await evening.session(one["id"]))["tableId"] == table["id"]
        ]
        assert [one["id"] for one in sits] == ([table["sessionId"]] if table["sessionId"] else [])
        assert len(sits) == came[:2].count(200)
        if came[2] == 201:
            visit = await evening.session(answers[2].json()["session"]["id"])
            assert visit["id"] == table["sessionId"] if sits else visit["status"] == "pending"

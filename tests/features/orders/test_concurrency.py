"""Two people at one order, or at one table, in the same moment."""

from __future__ import annotations

import asyncio

from tests.support.evening import Evening, ok

ROUNDS = 8  # of each race: one that is lost once in a while must be seen


async def test_two_lines_made_ready_at_once_end_in_one_truth(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo", "Papas")
        evening.house.forget()
        answers = await asyncio.gather(
            evening.move_line(order, 0, "ready"), evening.move_line(order, 1, "ready")
        )
        assert sorted(ok(answer)["rev"] for answer in answers) == [2, 3]
        now = await evening.read(order)
        assert now["status"] == "ready"
        assert evening.house.events()[-1]["order"] == now
        assert [event["order"]["rev"] for event in evening.house.events()] == [2, 3]


async def test_two_waiters_rounds_are_both_there(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo", table="5")
        await asyncio.gather(evening.add(order, "Papas"), evening.add(order, "Agua", "Agua"))
        now = await evening.read(order)
        assert sorted(line["name"] for line in now["items"]) == ["Agua", "Agua", "Lomo", "Papas"]
        assert sorted(line["round"] for line in now["items"]) in ([1, 2, 2, 3], [1, 2, 3, 3])
        assert now["total"] == 4_200 + 1_550 + 2 * 601
        assert evening.house.events()[-1]["order"] == now


async def test_one_bump_wins_and_the_others_are_told_quietly(evening: Evening) -> None:
    order = await evening.order("Lomo")
    evening.house.forget()
    bumps = [evening.move(order, "ready", from_="confirmed") for _ in range(8)]
    answers = await asyncio.gather(*bumps)
    assert {answer.status_code for answer in answers} == {200}
    assert len(evening.house.events("order:updated")) == 1


async def test_what_is_started_late_undoes_nothing(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo")
        start, bump = await asyncio.gather(
            evening.move(order, "preparing", from_="confirmed"), evening.move(order, "ready")
        )
        assert bump.status_code == 200
        assert start.status_code in (200, 409)
        assert (await evening.read(order))["status"] == "ready"


async def test_orders_at_one_empty_table_share_its_visit(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        evening.house.forget()
        orders = await asyncio.gather(*(evening.order("Agua", table=number) for _ in range(3)))
        assert len({order["sessionId"] for order in orders}) == 1
        assert len(evening.house.events("table:occupied")) == 1
        assert (await evening.table(number))["sessionId"] == orders[0]["sessionId"]


async def test_an_order_and_an_approval_at_one_table_share_its_visit(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        ana = await evening.phone(number, "Ana")
        evening.house.forget()
        order, _ = await asyncio.gather(evening.order("Agua", table=number), evening.approve(ana))
        assert order["sessionId"] == ana.session_id
        assert len(evening.house.events("table:occupied")) == 1


async def test_an_order_against_the_end_of_its_visit_is_in_it_or_refused(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        session = await evening.seat(number)
        body = evening.draft("Lomo", sessionId=session["id"])
        placed, ended = await asyncio.gather(
            evening.waiter.post("/api/orders", json=body),
            evening.waiter.post(f"/api/sessions/{session['id']}/end"),
        )
        now = await evening.session(session["id"])
        if ended.status_code == 200:
            assert (placed.status_code, placed.json()["code"]) == (409, "stale")
            assert now["status"] == "completed"
        else:
            assert (placed.status_code, ended.json()["code"]) == (201, "open_balance")
            assert now["status"] == "active"


async def test_a_round_against_the_end_of_its_visit_is_paid_or_refused(evening: Evening) -> None:
    free = f"/api/menu/items/{evening.dishes['Agua']}"
    ok(await evening.manager.patch(free, json={"price": 0}))
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        order = await evening.order("Agua", table=number)
        added, ended = await asyncio.gather(
            evening.add(order, "Lomo"),
            evening.waiter.post(f"/api/sessions/{order['sessionId']}/end"),
        )
        now = await evening.read(order)
        if ended.status_code == 200:
            assert (added.status_code, added.json()["code"]) == (409, "order_over")
            assert (now["status"], now["balance"]) == ("completed", 0)
        else:
            assert (added.status_code, ended.json()["code"]) == (200, "open_balance")
            assert (now["status"], now["balance"]) == ("confirmed", 4_200)

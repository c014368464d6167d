"""The two snapshots: what is in them, for whom, and that they are of one moment."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import event as sql_event

from tests.support.evening import Evening, ok, refused
from tests.support.house import House


async def snapshot(evening: Evening) -> dict[str, Any]:
    return ok(await evening.kitchen.get(f"/api/branches/{evening.house.branch_id}/snapshot"))


def numbers(orders: list[dict[str, Any]]) -> list[str]:
    return [order["orderNumber"] for order in orders]


class TestStaff:
    async def test_hold_what_goes_on_and_where_the_log_stands(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        asked = await evening.phone("6", "Ben")
        gone = await evening.phone("7", "Cleo")
        ok(await evening.waiter.post(f"/api/sessions/{gone.session_id}/reject"))
        order = await evening.order("Lomo", table="5")
        cancelled = await evening.order("Papas")
        ok(await evening.move(cancelled, "cancelled"))
        archived = await evening.new_table("99")
        ok(await evening.manager.delete(f"/api/tables/{archived['id']}"))

        found = await snapshot(evening)
        last = evening.house.log()[-1]
        assert found == {
            "stream": {"epoch": last.epoch, "seq": last.seq},
            "branch": ok(await evening.waiter.get(f"/api/branches/{evening.house.branch_id}")),
            "tables": [await evening.table(number) for number in ("5", "6", "7")],
            "sessions": [
                await evening.session(ana.session_id),
                await evening.session(asked.session_id),
            ],
            "orders": [order],
            "requests": [],
            "screens": [],
            "till": None,
            "menuVersion": (await evening.carte.read())["version"],
        }
        assert "stations" in found["branch"]

    async def test_keep_a_completed_order_while_its_money_is_open(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        free = f"/api/menu/items/{evening.dishes['Agua']}"
        ok(await evening.manager.patch(free, json={"price": 0}))
        settled = await evening.order("Agua")
        for one in (order, settled):
            ok(await evening.move(one, "completed", by=evening.manager, force=True))
        assert numbers((await snapshot(evening))["orders"]) == [order["orderNumber"]]

    async def test_are_never_kept(self, evening: Evening) -> None:
        url = f"/api/branches/{evening.house.branch_id}/snapshot"
        answer = await evening.waiter.get(url)
        assert answer.headers["Cache-Control"] == "no-store"

    async def test_of_another_house_or_branch_are_not_found(self, evening: Evening, rival: House) -> None:
        url = f"/api/branches/{evening.house.branch_id}/snapshot"
        refused(await rival.as_(rival.admin).get(url), 404, "not_found")
        elsewhere = await evening.house.open_branch()
        refused(await evening.waiter.get(f"/api/branches/{elsewhere}/snapshot"), 404, "not_found")

    async def test_are_of_one_moment(self, evening: Evening) -> None:
        """However fast orders come in: as many are held as the log says, at its position."""
        begun = (await snapshot(evening))["stream"]["seq"]

        async def hammer() -> None:
            for _ in range(12):
                await evening.order("Lomo")

        hammering = asyncio.gather(hammer(), hammer())
        seen: list[dict[str, Any]] = []
        while not hammering.done():
            seen.append(await snapshot(evening))
        await hammering
        assert [len(one["orders"]) for one in seen] == [one["stream"]["seq"] - begun for one in seen]
        assert len({one["stream"]["seq"] for one in seen}) > 2

    async def test_take_as_many_queries_for_a_full_house(self, evening: Evening) -> None:
        engine = evening.house.database._reader.sync_engine
        queries: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            queries.append(statement)

        await evening.order("Lomo", table="5")
        sql_event.listen(engine, "before_cursor_execute", count)
        await snapshot(evening)
        quiet = len(queries)
        sql_event.remove(engine, "before_cursor_execute", count)
        for number in ("6", "7"):
            await evening.guest_in(number, "Ana")
            for _ in range(3):
                await evening.order("Lomo", "Agua", table=number)
        queries.clear()
        sql_event.listen(engine, "before_cursor_execute", count)
        await snapshot(evening)
        assert len(queries) == quiet, "\n".join(queries)


class TestGuests:
    async def test_hold_the_whole_visit(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        await evening.phone("5", "Ben")
        gone = await evening.phone("5", "Cleo")
        ok(await evening.waiter.post(f"/api/sessions/{gone.session_id}/guests/{gone.id}/remove"))
        own = ok(await ana.order("Lomo"), 201)
        staffs = await evening.order("Agua", table="5", notes="on the house")
        cancelled = ok(await ana.order("Papas"), 201)
        cancelled = ok(await ana.post(f"/api/guest/orders/{cancelled['id']}/cancel"))
        await evening.order("Lomo", table="6")

        found = ok(await ana.get("/api/guest/snapshot"))
        last = evening.house.log()[-1]
        assert found["stream"] == {"epoch": last.epoch, "seq": last.seq}
        assert set(found) == {
            *("stream", "branch", "table", "session", "orders", "cart", "requests", "menuVersion")
        }
        assert found["table"] == {
            "id": evening.tables["5"]["id"],
            "rev": (await evening.table("5"))["rev"],
            "number": "5",
            "spaceId": None,
            "status": "occupied",
        }
        assert [guest["name"] for guest in found["session"]["guests"]] == ["Ana", "Ben"]
        assert numbers(found["orders"]) == numbers([own, staffs, cancelled])
        assert (found["orders"][0], found["orders"][2]) == (own, cancelled)
        assert found["orders"][1]["notes"] is None
        assert found["cart"] == {"id": ana.session_id, "rev": 0, "lines": []}
        assert found["requests"] == []
        assert "autoConfirm" not in found["branch"]
        assert found["menuVersion"] == (await evening.carte.read())["version"]

    async def test_hold_the_cart(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        cart = ok(await ana.wants("Lomo"))
        assert ok(await ana.get("/api/guest/snapshot"))["cart"] == cart

    async def test_show_who_waits_himself_and_nothing_of_the_party(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        await evening.order("Lomo", table="5")
        ok(await ana.wants("Papas"))
        ben = await evening.phone("5", "Ben")
        found = ok(await ben.get("/api/guest/snapshot"))
        assert [guest["name"] for guest in found["session"]["guests"]] == ["Ben"]
        assert found["orders"] == []
        assert found["cart"] == {"id": ana.session_id, "rev": 0, "lines": []}

    async def test_are_not_for_staff_nor_for_who_is_out(self, evening: Evening) -> None:
        refused(await evening.waiter.get("/api/guest/snapshot"), 401, "token_invalid")
        ana = await evening.guest_in("5", "Ana")
        refused(await ana.get(f"/api/branches/{evening.house.branch_id}/snapshot"), 401, "token_invalid")
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/guests/{ana.id}/remove"))
        refused(await ana.get("/api/guest/snapshot"), 401, "token_revoked")

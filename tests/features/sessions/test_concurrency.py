"""Whoever comes at the same moment: one open visit a table, and everybody told the same."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from restai.features.sessions import service
from restai.features.sessions.models import Session
from restai.features.sessions.rules import PENDING_LIFE
from restai.features.sessions.service import joining
from restai.features.sessions.service.finding import begun
from restai.http.deps import Context
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused

ROUNDS = 8  # of each race, at as many tables: a race that is lost once in a while must be seen


async def open_visits(evening: Evening, number: str) -> list[dict[str, Any]]:
    found = ok(await evening.waiter.get("/api/sessions?status=pending&status=active&limit=200"))["items"]
    return [one for one in found if one["tableNumber"] == number]


async def more_tables(evening: Evening) -> list[str]:
    numbers = [f"R{n}" for n in range(ROUNDS)]
    for number in numbers:
        evening.tables[number] = await evening.new_table(number)
    return numbers


async def test_two_phones_at_one_empty_table_wait_in_one_visit(evening: Evening) -> None:
    for number in await more_tables(evening):
        answers = await asyncio.gather(evening.join(number, "Ana"), evening.join(number, "Ben"))
        joined = [ok(answer, 201) for answer in answers]
        (visit,) = await open_visits(evening, number)
        assert {one["session"]["id"] for one in joined} == {visit["id"]}
        assert sorted(guest["name"] for guest in visit["guests"]) == ["Ana", "Ben"]


async def test_of_two_who_come_to_a_free_table_one_is_in_and_the_other_waits(evening: Evening) -> None:
    await evening.changes(autoApprove=True)
    for number in await more_tables(evening):
        answers = await asyncio.gather(evening.join(number, "Ana"), evening.join(number, "Ben"))
        joined = [ok(answer, 201) for answer in answers]
        (visit,) = await open_visits(evening, number)
        assert {one["session"]["id"] for one in joined} == {visit["id"]}
        assert visit["status"] == "active"
        assert sorted(guest["status"] for guest in visit["guests"]) == ["in", "waiting"]
        assert (await evening.table(number))["sessionId"] == visit["id"]


async def test_a_walk_in_against_a_guest_who_lets_himself_in(evening: Evening) -> None:
    await evening.changes(autoApprove=True)
    for number in await more_tables(evening):
        evening.house.forget()
        seating = evening.waiter.post("/api/sessions", json={"tableId": evening.tables[number]["id"]})
        seated, joined = await asyncio.gather(seating, evening.join(number, "Ana"))
        (visit,) = await open_visits(evening, number)
        came_first = seated.status_code == 201
        assert ok(joined, 201)["guest"]["status"] == ("waiting" if came_first else "in")
        assert (await evening.table(number))["sessionId"] == visit["id"]
        assert len(evening.house.events("table:occupied")) == 1


async def test_a_phone_let_in_by_everybody_at_once_is_in_once(evening: Evening) -> None:
    for number in await more_tables(evening):
        ana, ben = await evening.guest_in(number, "Ana"), await evening.phone(number, "Ben")
        evening.house.forget()
        party, staff = await asyncio.gather(evening.admits(ana, ben), evening.admit(ben))
        assert ok(party)["guests"] == staff["guests"]
        assert len(evening.house.events("guest:admitted")) == 1


async def test_a_phone_let_in_and_sent_away_at_once_is_out(evening: Evening) -> None:
    for number in await more_tables(evening):
        ana, ben = await evening.guest_in(number, "Ana"), await evening.phone(number, "Ben")
        evening.house.forget()
        url = f"/api/sessions/{ben.session_id}/guests/{ben.id}/remove"
        admitted, removed = await asyncio.gather(evening.admits(ana, ben), evening.waiter.post(url))
        assert (admitted.status_code, removed.status_code) in ((200, 200), (404, 200))
        assert {guest["name"]: guest["status"] for guest in ok(removed)["guests"]}["Ben"] == "out"
        assert evening.house.events()[-1]["session"] == await evening.session(ben.session_id)


async def test_two_approvals_at_once_are_one(evening: Evening) -> None:
    for number in await more_tables(evening):
        phone = await evening.phone(number, "Ana")
        evening.house.forget()
        first, second = await asyncio.gather(evening.approve(phone), evening.approve(phone))
        assert first == second
        assert len(evening.house.events("session:approved")) == 1
        assert len(evening.house.events("table:occupied")) == 1


async def test_a_walk_in_against_a_scan_leaves_one_visit(evening: Evening) -> None:
    for number in await more_tables(evening):
        seating = evening.waiter.post("/api/sessions", json={"tableId": evening.tables[number]["id"]})
        seated, joined = await asyncio.gather(seating, evening.join(number, "Ana"))
        (visit,) = await open_visits(evening, number)
        assert ok(joined, 201)["session"]["id"] == visit["id"]
        assert visit["status"] == ("active" if seated.status_code == 201 else "pending"), seated.text
        assert seated.status_code in (201, 409)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_scan_of_a_table_that_is_just_being_kept_for_others_leads_to_them(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its two looks a party sits down there, and joins another one."""
    others = await evening.seat("6")

    async def later(*args: Any, **named: Any) -> Session | None:
        monkeypatch.undo()
        seated = await evening.seat("5")
        where = {"into": others["id"], "keepTable": True}
        ok(await evening.waiter.post(f"/api/sessions/{seated['id']}/merge", json=where))
        return await begun(*args, **named)

    monkeypatch.setattr(joining, "begun", later)
    refused(await evening.join("5", "Ana"), 503, "busy")
    assert await open_visits(evening, "5") == []
    assert ok(await evening.join("5", "Ana"), 201)["session"]["id"] == others["id"]


async def test_two_waiters_seat_one_party(evening: Evening) -> None:
    for number in await more_tables(evening):
        body = {"tableId": evening.tables[number]["id"]}
        answers = await asyncio.gather(*(evening.waiter.post("/api/sessions", json=body) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        (visit,) = await open_visits(evening, number)
        assert (await evening.table(number))["sessionId"] == visit["id"]


async def test_what_expires_is_not_approved_and_the_other_way_round(
    evening: Evening, context: Context, clock: ManualClock
) -> None:
    for number in await more_tables(evening):
        phone = await evening.phone(number, "Ana")
        clock.advance(PENDING_LIFE)
        evening.house.forget()
        approval = evening.waiter.post(f"/api/sessions/{phone.session_id}/approve")
        approved, expired = await asyncio.gather(approval, _expire(context))
        session = await evening.session(phone.session_id)
        table = await evening.table(number)
        told = [event["type"] for event in evening.house.events()]
        if approved.status_code == 200:
            assert (session["status"], table["status"], expired) == ("active", "occupied", 0)
            assert told == ["session:approved", "table:occupied"]
        else:
            assert (session["status"], table["status"], expired) == ("rejected", "available", 1)
            assert told == ["session:rejected", "access:changed"]


async def test_several_processes_expire_each_visit_once(
    evening: Evening, context: Context, clock: ManualClock
) -> None:
    for number in await more_tables(evening):
        await evening.phone(number, "Ana")
    clock.advance(PENDING_LIFE)
    ended = await asyncio.gather(*(_expire(context) for _ in range(4)))
    assert sum(ended) == ROUNDS
    assert len(evening.house.events("session:rejected")) == ROUNDS


async def test_the_last_event_tells_of_all_who_joined(evening: Evening) -> None:
    await evening.seat("5")
    names = [f"Guest {n}" for n in range(ROUNDS)]
    await asyncio.gather(*(evening.join("5", name) for name in names))
    (visit,) = await open_visits(evening, "5")
    assert evening.house.events("guest:waiting")[-1]["session"] == visit
    assert sorted(guest["name"] for guest in visit["guests"]) == names


async def _expire(context: Context) -> int:
    async with context.database.transaction() as tx:
        return await service.expire_due(tx, tx.now)

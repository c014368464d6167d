"""A party calls for the waiter or the bill, and one of the staff goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from restai.auth.permissions import Role
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, Phone, ok, refused
from tests.support.house import Caller, House

Json = dict[str, Any]


async def called(phone: Phone, kind: str = "waiter") -> Json:
    return ok(await phone.ask(kind), 201)


async def read(evening: Evening, request: Json) -> Json:
    """A request as staff see it now."""
    found = ok(await evening.waiter.get("/api/requests"))["items"]
    return next(each for each in found if each["id"] == request["id"])


async def runner(evening: Evening, name: str) -> Caller:
    return evening.house.as_(await evening.house.hire(name, Role.WAITER))


def url(request: Json, what: str) -> str:
    return f"/api/requests/{request['id']}/{what}"


class TestAsking:
    async def test_tells_the_branch_and_the_party(self, evening: Evening, clock: ManualClock) -> None:
        ana = await evening.guest_in("5", "Ana")
        evening.house.forget()
        answer = await ana.ask("bill")
        request = ok(answer, 201)
        assert answer.headers["Location"] == "/api/guest/snapshot"
        assert request == {
            "id": request["id"],
            "rev": 1,
            "tableId": evening.tables["5"]["id"],
            "sessionId": ana.session_id,
            "kind": "bill",
            "status": "pending",
            "acknowledgedBy": None,
            "createdAt": clock.now(),
        }
        assert await read(evening, request) == request
        (event,) = evening.house.events()
        told = {
            "type": "request:created",
            "requestId": request["id"],
            "tableId": request["tableId"],
            "kind": "bill",
            "request": request,
        }
        assert event.items() >= told.items()
        assert evening.house.guest_events()[0].items() >= told.items()
        (row,) = evening.house.log()
        assert row.draft.rooms == (f"branch:{evening.house.branch_id}", f"session:{ana.session_id}")
        assert row.draft.session_id == ana.session_id

    async def test_again_gets_the_open_one_and_tells_nobody(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        ben = await evening.phone("5", "Ben")
        await evening.admit(ben)
        request = await called(ana)
        evening.house.forget()
        assert await called(ben) == request
        taken = ok(await evening.waiter.post(url(request, "acknowledge")))
        assert (await called(ana))["rev"] == taken["rev"]
        assert [event["type"] for event in evening.house.events()] == ["request:acknowledged"]

    async def test_for_something_else_or_at_another_table_is_another_call(self, evening: Evening) -> None:
        ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
        ids = {(await called(phone, kind))["id"] for phone in (ana, bea) for kind in ("waiter", "bill")}
        assert len(ids) == 4

    @pytest.mark.parametrize("closed_by", ["resolve", "cancel"])
    async def test_after_it_was_closed_is_another_call(self, evening: Evening, closed_by: str) -> None:
        ana = await evening.guest_in("5", "Ana")
        request = await called(ana)
        if closed_by == "resolve":
            ok(await evening.waiter.post(url(request, "resolve")))
        else:
            ok(await ana.delete(f"/api/guest/requests/{request['id']}"))
        assert (await called(ana))["id"] != request["id"]

    async def test_from_many_phones_at_once_is_one_call(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        phones = [ana] + [await evening.phone("5", f"Guest {n}") for n in range(5)]
        for phone in phones[1:]:
            await evening.admit(phone)
        evening.house.forget()
        requests = await asyncio.gather(*(called(phone) for phone in phones))
        assert len({request["id"] for request in requests}) == 1
        assert len(evening.house.events()) == 1

    async def test_takes_the_id_that_a_phone_made_once(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        id_ = new_id()
        request = ok(await ana.ask("waiter", id=id_), 201)
        assert request["id"] == id_
        ok(await evening.waiter.post(url(request, "resolve")))
        refused(await ana.ask("waiter", id=id_), 409, "taken")
        refused(await ana.ask("bill", id=id_), 409, "taken")

    async def test_sent_again_with_its_key_is_answered_as_before(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        body = {"kind": "waiter"}
        first = await ana.post("/api/guest/requests", json=body, key="tap")
        ok(await evening.waiter.post(url(first.json(), "resolve")))
        again = await ana.post("/api/guest/requests", json=body, key="tap")
        assert (again.status_code, again.content) == (201, first.content)
        assert len(evening.house.events("request:created")) == 1

    async def test_is_for_who_takes_part(self, evening: Evening) -> None:
        await evening.guest_in("5", "Ana")
        ben = await evening.phone("5", "Ben")
        cleo = await evening.phone("6", "Cleo")
        for waiting in (ben, cleo):
            assert refused(await waiting.ask("waiter"), 403, "forbidden")["detail"].endswith("service")
        refused(await evening.waiter.post("/api/guest/requests", json={"kind": "bill"}), 401, "token_invalid")

    @pytest.mark.parametrize("body", [{}, {"kind": "song"}, {"kind": "bill", "tableId": new_id()}, None])
    async def test_is_for_the_waiter_or_the_bill(self, evening: Evening, body: Any) -> None:
        ana = await evening.guest_in("5", "Ana")
        refused(await ana.post("/api/guest/requests", json=body), 422, "invalid")

    async def test_is_counted_with_the_other_calls_of_a_phone(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        answers = [await ana.ask("waiter") for _ in range(31)]
        assert {answer.status_code for answer in answers[:30]} == {201}
        refused(answers[-1], 429, "too_many_requests")


class TestGoing:
    async def test_is_told_to_all_and_to_the_party_by_a_first_name(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        request = await called(ana)
        tomas = await runner(evening, "Tomás Quispe Rojas")
        evening.house.forget()
        taken = ok(await tomas.post(url(request, "acknowledge")))
        assert taken["acknowledgedBy"].keys() == {"id", "name"}
        assert taken["acknowledgedBy"]["name"] == "Tomás Quispe Rojas"
        assert taken == request | {
            "rev": 2,
            "status": "acknowledged",
            "acknowledgedBy": taken["acknowledgedBy"],
        }
        (event,) = evening.house.events()
        assert (event["type"], event["request"]) == ("request:acknowledged", taken)
        (theirs,) = evening.house.guest_events()
        assert theirs["request"] == taken | {"acknowledgedBy": {"name": "Tomás"}}
        assert "Quispe" not in str(theirs)

    async def test_is_for_the_first_and_the_second_is_told_who(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        tomas = await runner(evening, "Tomás Quispe")
        taken = ok(await tomas.post(url(request, "acknowledge")))
        evening.house.forget()
        problem = refused(await evening.waiter.post(url(request, "acknowledge")), 409, "in_other_hands")
        assert (problem["detail"], problem["resource"]) == ("Tomás Quispe has the request", taken)
        assert ok(await tomas.post(url(request, "acknowledge"))) == taken
        assert evening.house.events() == []

    async def test_is_for_one_of_twenty(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        waiters = [await runner(evening, f"Waiter {n}") for n in range(20)]
        evening.house.forget()
        answers = await asyncio.gather(*(waiter.post(url(request, "acknowledge")) for waiter in waiters))
        now = await read(evening, request)
        (winner,) = [answer for answer in answers if answer.status_code == 200]
        assert winner.json() == now
        losers = [refused(answer, 409, "in_other_hands") for answer in answers if answer is not winner]
        assert [loser["resource"] for loser in losers] == [now] * 19
        assert [event["request"] for event in evening.house.events()] == [now]

    async def test_is_over_once_it_is_resolved_by_whoever(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        tomas = await runner(evening, "Tomás Quispe")
        ok(await tomas.post(url(request, "acknowledge")))
        evening.house.forget()
        done = ok(await evening.manager.post(url(request, "resolve")))
        assert (done["status"], done["acknowledgedBy"]["name"]) == ("resolved", "Tomás Quispe")
        assert ok(await evening.waiter.post(url(request, "resolve"))) == done
        (event,) = evening.house.events()
        assert (event["type"], event["request"]) == ("request:resolved", done)
        problem = refused(await tomas.post(url(request, "acknowledge")), 409, "illegal_transition")
        assert problem["resource"] == done

    async def test_need_not_be_said_before_it_is_done(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        done = ok(await evening.waiter.post(url(request, "resolve")))
        assert (done["status"], done["acknowledgedBy"]["name"]) == ("resolved", "Walter Waiter")

    async def test_is_for_waiters_and_managers(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        for caller in (evening.kitchen, evening.cashier):
            for what in ("acknowledge", "resolve"):
                refused(await caller.post(url(request, what)), 403, "forbidden")
        ok(await evening.manager.post(url(request, "acknowledge")))

    async def test_is_no_other_houses_or_branchs_business(self, evening: Evening, rival: House) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        elsewhere = await evening.house.open_branch()
        nora = evening.house.as_(await evening.house.hire("Nora Norte", Role.WAITER, [elsewhere]))
        for stranger in (rival.as_(rival.admin), nora):
            for what in ("acknowledge", "resolve"):
                refused(await stranger.post(url(request, what)), 404, "not_found")
        assert await read(evening, request) == request


class TestTakingBack:
    async def test_is_told_and_twice_is_once(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        ben = await evening.phone("5", "Ben")
        await evening.admit(ben)
        request = await called(ana)
        evening.house.forget()
        mine = f"/api/guest/requests/{request['id']}"
        gone = ok(await ben.delete(mine))
        assert gone == request | {"rev": 2, "status": "cancelled"}
        assert ok(await ana.delete(mine)) == gone
        (event,) = evening.house.events()
        assert (event["type"], event["request"]) == ("request:cancelled", gone)
        for what in ("acknowledge", "resolve"):
            refused(await evening.waiter.post(url(request, what)), 409, "illegal_transition")

    async def test_is_possible_while_somebody_is_on_the_way(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        request = await called(ana)
        ok(await evening.waiter.post(url(request, "acknowledge")))
        gone = ok(await ana.delete(f"/api/guest/requests/{request['id']}"))
        assert (gone["status"], gone["acknowledgedBy"]) == ("cancelled", {"name": "Walter"})

    async def test_comes_too_late_once_it_is_resolved(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        request = await called(ana)
        ok(await evening.waiter.post(url(request, "resolve")))
        problem = refused(await ana.delete(f"/api/guest/requests/{request['id']}"), 409, "illegal_transition")
        assert problem["resource"]["acknowledgedBy"] == {"name": "Walter"}

    async def test_is_the_partys_own_business(self, evening: Evening) -> None:
        request = await called(await evening.guest_in("5", "Ana"))
        mine = f"/api/guest/requests/{request['id']}"
        bea = await evening.guest_in("6", "Bea")
        refused(await bea.delete(mine), 404, "not_found")
        ben = await evening.phone("5", "Ben")
        refused(await ben.delete(mine), 403, "forbidden")

    async def test_against_who_goes_ends_in_one_truth(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        for _ in range(6):
            request = await called(ana)
            evening.house.forget()
            taken, gone = await asyncio.gather(
                evening.waiter.post(url(request, "acknowledge")),
                ana.delete(f"/api/guest/requests/{request['id']}"),
            )
            now = await read(evening, request)
            assert (gone.status_code, now["status"]) == (200, "cancelled")
            assert taken.status_code in (200, 409)
            assert evening.house.events()[-1]["request"] == now


class TestTheEndOfAVisit:
    async def test_closes_what_is_open_as_far_as_it_had_come(self, evening: Evening) -> None:
        ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
        waiter, bill = await called(ana, "waiter"), await called(ana, "bill")
        other = await called(bea)
        ok(await evening.waiter.post(url(bill, "acknowledge")))
        evening.house.forget()
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/end"))
        states = [(await read(evening, each))["status"] for each in (waiter, bill, other)]
        assert states == ["cancelled", "resolved", "pending"]
        told = [event["type"] for event in evening.house.events()]
        assert sorted(told[:2]) == ["request:cancelled", "request:resolved"]
        assert told[2:] == ["session:ended", "table:available", "access:changed"]

    async def test_leaves_the_table_to_the_calls_of_the_next_party(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        first = await called(ana)
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/end"))
        refused(await ana.ask("waiter"), 401, "token_revoked")
        assert (await called(await evening.guest_in("5", "Bea")))["id"] != first["id"]

    async def test_against_a_call_leaves_none_open(self, evening: Evening) -> None:
        for n in range(6):
            number = f"R{n}"
            evening.tables[number] = await evening.new_table(number)
            ana = await evening.guest_in(number, "Ana")
            asked, ended = await asyncio.gather(
                ana.ask("waiter"), evening.waiter.post(f"/api/sessions/{ana.session_id}/end")
            )
            ok(ended)
            assert asked.status_code in (201, 401, 403)
        open_ = ok(await evening.waiter.get("/api/requests?status=pending&status=acknowledged"))
        assert open_["items"] == []


class TestListing:
    async def test_is_newest_first_by_state_and_page_by_page(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        first = await called(ana, "waiter")
        ok(await evening.waiter.post(url(first, "resolve")))
        second, third = await called(ana, "waiter"), await called(ana, "bill")

        async def found(query: str) -> list[str]:
            page = ok(await evening.kitchen.get(f"/api/requests?{query}"))
            return [each["id"] for each in page["items"]]

        assert await found("") == [third["id"], second["id"], first["id"]]
        assert await found("status=resolved") == [first["id"]]
        assert await found("limit=2") == [third["id"], second["id"]]
        assert await found(f"limit=2&cursor={second['id']}") == [first["id"]]

    async def test_is_of_ones_own_branch(self, evening: Evening, rival: House) -> None:
        await called(await evening.guest_in("5", "Ana"))
        stranger = rival.as_(rival.waiter)
        assert ok(await stranger.get("/api/requests"))["items"] == []
        refused(await stranger.get(f"/api/requests?branchId={evening.house.branch_id}"), 404, "not_found")


class TestSnapshots:
    async def test_of_staff_hold_what_is_open(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        waiter, bill = await called(ana, "waiter"), await called(ana, "bill")
        ok(await evening.waiter.post(url(waiter, "acknowledge")))
        gone = await called(await evening.guest_in("6", "Bea"))
        ok(await evening.waiter.post(url(gone, "resolve")))
        found = ok(await evening.kitchen.get(f"/api/branches/{evening.house.branch_id}/snapshot"))
        assert found["requests"] == [await read(evening, each) for each in (waiter, bill)]

    async def test_of_guests_hold_those_of_the_visit(self, evening: Evening) -> None:
        ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
        done = await called(ana, "waiter")
        ok(await evening.waiter.post(url(done, "resolve")))
        mine = await called(ana, "bill")
        await called(bea)
        found = ok(await ana.get("/api/guest/snapshot"))["requests"]
        assert [each["id"] for each in found] == [done["id"], mine["id"]]
        assert found[0]["acknowledgedBy"] == {"name": "Walter"}

    async def test_show_who_waits_none(self, evening: Evening) -> None:
        await called(await evening.guest_in("5", "Ana"))
        ben = await evening.phone("5", "Ben")
        assert ok(await ben.get("/api/guest/snapshot"))["requests"] == []

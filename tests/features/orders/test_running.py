"""What is ready is brought to its table, by the one who took it first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from restai.auth.permissions import Role
from tests.support.evening import Evening, ok, refused
from tests.support.house import Caller, House


def url(order: dict[str, Any]) -> str:
    return f"/api/orders/{order['id']}/take"


async def ready(evening: Evening) -> dict[str, Any]:
    return ok(await evening.move(await evening.order("Lomo", table="5"), "ready"))


async def runner(evening: Evening, name: str) -> Caller:
    return evening.house.as_(await evening.house.hire(name, Role.WAITER))


async def test_the_first_has_it_and_the_second_is_told_who(evening: Evening) -> None:
    order = await ready(evening)
    ana = await runner(evening, "Ana Torres")
    evening.house.forget()
    taken = ok(await ana.post(url(order)))
    assert taken["takenBy"]["name"] == "Ana Torres"
    assert taken["takenBy"].keys() == {"id", "name"}
    (event,) = evening.house.events()
    assert (event["type"], event["change"], event["order"]) == ("order:updated", "taken", taken)
    assert taken["rev"] == order["rev"] + 1
    problem = refused(await evening.waiter.post(url(order)), 409, "in_other_hands")
    assert problem["resource"] == taken
    assert problem["detail"] == "Ana Torres has the order"
    assert await evening.read(order) == taken
    assert len(evening.house.events()) == 1


async def test_guests_are_told_no_names(evening: Evening) -> None:
    order = await ready(evening)
    ok(await evening.waiter.post(url(order)))
    told = evening.house.guest_events("order:updated")[-1]
    assert told["change"] == "taken"
    assert "Walter" not in str(told)


async def test_twice_is_once(evening: Evening) -> None:
    order = await ready(evening)
    taken = ok(await evening.waiter.post(url(order)))
    evening.house.forget()
    assert ok(await evening.waiter.post(url(order))) == taken
    served = ok(await evening.move(order, "served"))
    assert served["takenBy"] == taken["takenBy"], "who brought it stays known"
    assert ok(await evening.waiter.post(url(order))) == served
    assert len(evening.house.events()) == 1


async def test_one_of_twenty_has_it(evening: Evening) -> None:
    """All tap in the same moment: one wins, the others are told quietly, with the order as it is."""
    order = await ready(evening)
    waiters = [await runner(evening, f"Waiter {n}") for n in range(20)]
    evening.house.forget()
    answers = await asyncio.gather(*(waiter.post(url(order)) for waiter in waiters))
    now = await evening.read(order)
    (winner,) = [answer for answer in answers if answer.status_code == 200]
    assert winner.json() == now
    losers = [refused(answer, 409, "in_other_hands") for answer in answers if answer is not winner]
    assert [loser["resource"] for loser in losers] == [now] * 19
    assert [event["order"] for event in evening.house.events()] == [now]


@pytest.mark.parametrize("state", ["pending", "confirmed", "preparing", "served", "cancelled"])
async def test_is_of_what_is_ready(evening: Evening, state: str) -> None:
    order = await evening.order("Lomo")
    order = order if state == "confirmed" else ok(await evening.move(order, state, from_="confirmed"))
    problem = refused(await evening.waiter.post(url(order)), 409, "illegal_transition")
    assert problem["resource"] == order
    assert await evening.read(order) == order


async def test_drinks_are_there_to_be_taken_at_once(evening: Evening) -> None:
    ok(await evening.waiter.post(url(await evening.order("Agua"))))


class TestReleasing:
    async def test_leaves_it_to_another(self, evening: Evening) -> None:
        order = await ready(evening)
        ana = await runner(evening, "Ana Torres")
        ok(await ana.post(url(order)))
        evening.house.forget()
        free = ok(await ana.post(url(order), json={"release": True}))
        assert free["takenBy"] is None
        assert ok(await ana.post(url(order), json={"release": True})) == free
        (event,) = evening.house.events()
        assert (event["change"], event["order"]) == ("taken", free)
        assert ok(await evening.waiter.post(url(order)))["takenBy"]["name"] == "Walter Waiter"

    async def test_is_for_who_has_it_and_for_managers(self, evening: Evening) -> None:
        order = await ready(evening)
        ana = await runner(evening, "Ana Torres")
        taken = ok(await ana.post(url(order)))
        answer = await evening.waiter.post(url(order), json={"release": True})
        assert refused(answer, 409, "in_other_hands")["resource"] == taken
        assert ok(await evening.manager.post(url(order), json={"release": True}))["takenBy"] is None

    async def test_comes_too_late_once_it_is_served(self, evening: Evening) -> None:
        order = await ready(evening)
        ok(await evening.waiter.post(url(order)))
        served = ok(await evening.move(order, "served"))
        answer = await evening.waiter.post(url(order), json={"release": True})
        assert refused(answer, 409, "illegal_transition")["resource"] == served

    @pytest.mark.parametrize("body", [{"release": 1}, {"by": "me"}, []])
    async def test_is_said_so(self, evening: Evening, body: Any) -> None:
        order = await ready(evening)
        refused(await evening.waiter.post(url(order), json=body), 422, "invalid")


async def test_what_goes_back_to_the_kitchen_is_taken_by_nobody(evening: Evening) -> None:
    order = await ready(evening)
    ok(await evening.waiter.post(url(order)))
    back = ok(await evening.move(order, "preparing", from_="ready"))
    assert back["takenBy"] is None
    ok(await evening.move(order, "ready"))
    ok(await evening.waiter.post(url(order)))
    grown = ok(await evening.add(order, "Papas"))
    assert (grown["status"], grown["takenBy"]) == ("preparing", None)


async def test_a_wrong_tap_on_served_leaves_the_runner(evening: Evening) -> None:
    order = await ready(evening)
    taken = ok(await evening.waiter.post(url(order)))
    ok(await evening.move(order, "served"))
    back = ok(await evening.move(order, "ready", from_="served"))
    assert back["takenBy"] == taken["takenBy"]


async def test_is_for_waiters_and_managers(evening: Evening) -> None:
    order = await ready(evening)
    for caller in (evening.kitchen, evening.cashier):
        refused(await caller.post(url(order)), 403, "forbidden")
    ok(await evening.manager.post(url(order)))


async def test_is_no_other_houses_business(evening: Evening, rival: House) -> None:
    order = await ready(evening)
    refused(await rival.as_(rival.admin).post(url(order)), 404, "not_found")
    assert await evening.read(order) == order


async def test_sent_again_with_its_key_is_answered_as_before(evening: Evening) -> None:
    order = await ready(evening)
    first = await evening.waiter.post(url(order), key="tap")
    ok(await evening.waiter.post(url(order), json={"release": True}))
    again = await evening.waiter.post(url(order), key="tap")
    assert (again.status_code, again.content) == (200, first.content)
    assert (await evening.read(order))["takenBy"] is None

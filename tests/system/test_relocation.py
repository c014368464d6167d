"""Parties that move or join another: each phone goes on with its own visit and sees nothing else, also one
that was away meanwhile; and what is said of it is compared field by field."""

from __future__ import annotations

from typing import Any

import pytest

from restai.app import App
from restai.auth.principal import GuestClaims
from restai.realtime.frames import Auth
from restai.realtime.ports import Grant
from restai_sdk import apply
from tests.support.clock import ManualClock
from tests.support.live import Screen
from tests.support.processes import processes
from tests.support.restaurant import Phone, Restaurant

Json = dict[str, Any]


async def moves(restaurant: Restaurant, phone: Phone, table: int) -> None:
    body = {"tableId": restaurant.tables[table]["id"]}
    await restaurant.does(restaurant.house.waiter, "POST", f"/sessions/{phone.session_id}/move", **body)


async def merges(restaurant: Restaurant, phone: Phone, into: Phone) -> None:
    waiter = restaurant.house.waiter
    await restaurant.does(waiter, "POST", f"/sessions/{phone.session_id}/merge", into=into.session_id)


async def orders(restaurant: Restaurant, phone: Phone) -> Json:
    return await restaurant.does(phone, "POST", "/guest/orders", items=restaurant.items(restaurant.dish))


def shown(snapshot: Json, screen: Screen, after: int = 0) -> Json:
    """What a screen makes of a snapshot with all that it was told behind `after`."""
    for event in screen.told[after:]:
        if "seq" in event and "v" in event:
            snapshot = apply(snapshot, event)
    return comparable(snapshot)


def comparable(snapshot: Json) -> Json:
    return {
        name: {each["id"]: each for each in value} if isinstance(value, list) else value
        for name, value in snapshot.items()
        if name != "stream"
    }


async def test_a_moved_party_hears_all_of_its_own_and_nothing_of_who_comes_to_its_old_table(
    restaurant: Restaurant,
) -> None:
    ana = await restaurant.seats("Ana", table=0)
    await orders(restaurant, ana)
    await restaurant.does(ana, "POST", "/guest/requests", kind="waiter")
    away = await restaurant.snapshot(ana)
    screen = await restaurant.screen(ana, resume={restaurant.branch_id: away["stream"]})
    await moves(restaurant, ana, 3)
    bea = await restaurant.seats("Bea", table=0)
    await orders(restaurant, bea)
    await orders(restaurant, ana)
    await restaurant.does(ana, "POST", "/guest/requests", kind="bill")
    await screen.sees(lambda m: m["type"] == "request:created" and m["kind"] == "bill")
    back = await restaurant.screen(ana, resume={restaurant.branch_id: away["stream"]})
    now = await restaurant.snapshot(ana)
    assert now["table"]["number"] == "4"
    assert {order["tableNumber"] for order in now["orders"]} == {"4"}
    for each in (screen, back):
        await each.settled()
        assert shown(away, each) == comparable(now)
        assert not [message for message in each.told if message["type"] == "resync"]
        assert bea.session_id not in str(each.told)
        assert {event["sessionId"] for event in each.events if "sessionId" in event} == {ana.session_id}


async def test_a_phone_that_waits_is_admitted_where_its_party_is_now(restaurant: Restaurant) -> None:
    ana, abel = await restaurant.seats("Ana", table=0), await restaurant.scans("Abel", table=0)
    bea = await restaurant.seats("Bea", table=1)
    screen = await restaurant.screen(abel)
    await merges(restaurant, ana, bea)
    assert (await screen.sees("resync"))["reason"] == "access"
    assert [event["type"] for event in screen.events] == ["session:merged"]
    await orders(restaurant, bea)
    told = len(screen.told)
    await restaurant.does(bea, "POST", f"/guest/guests/{abel.guest_id}/admit")
    await screen.sees("resync", after=told)
    assert [event["type"] for event in screen.events] == ["session:merged", "guest:admitted"]
    await orders(restaurant, bea)
    assert (await screen.sees("order:created"))["order"]["sessionId"] == bea.session_id


async def test_a_party_that_joins_another_reads_anew_and_then_hears_all_of_it(restaurant: Restaurant) -> None:
    ana, bea = await restaurant.seats("Ana", table=0), await restaurant.seats("Bea", table=1)
    await orders(restaurant, ana)
    await orders(restaurant, bea)
    screen, hers = await restaurant.screen(ana), await restaurant.screen(bea)
    before = await restaurant.snapshot(bea)
    await merges(restaurant, ana, bea)
    resync = await screen.sees("resync")
    assert (resync["reason"], screen.events[-1]["type"]) == ("access", "session:merged")
    assert (screen.events[-1]["seq"], screen.events[-1]["session"]["mergedInto"]) == (
        resync["seq"],
        bea.session_id,
    )
    mine = await restaurant.snapshot(ana)
    assert mine["stream"]["seq"] >= resync["seq"]
    assert (mine["session"]["id"], len(mine["orders"])) == (bea.session_id, 2)
    later = await orders(restaurant, bea)
    await screen.sees(lambda m: m.get("orderId") == later["id"])
    await hers.settled()
    now = await restaurant.snapshot(bea)
    assert shown(mine, screen) == shown(before, hers) == comparable(now)
    assert not [message for message in hers.told if message["type"] == "resync"]


@pytest.mark.parametrize("after", [False, True])
async def test_who_was_away_when_his_party_joined_another_begins_anew(
    restaurant: Restaurant, after: bool
) -> None:
    """Also when his position is behind the merging: nothing that he knew leads to what he sees now."""
    ana, bea = await restaurant.seats("Ana", table=0), await restaurant.seats("Bea", table=1)
    position = (await restaurant.snapshot(ana))["stream"]
    await orders(restaurant, bea)
    await merges(restaurant, ana, bea)
    if after:
        position = (await restaurant.snapshot(restaurant.house.waiter))["stream"]
    await orders(restaurant, bea)
    back = await restaurant.screens.open()
    welcome = await back.sign_in(ana.token, resume={restaurant.branch_id: position})
    await back.sees("heartbeat")
    assert (await back.sees("resync"))["reason"] == "access"
    assert back.events == []
    assert set(welcome["rooms"]) == {
        f"session:{bea.session_id}",
        f"table:{restaurant.tables[1]['id']}",
        f"menu:{restaurant.branch_id}",
    }
    snapshot = await restaurant.snapshot(ana)
    last = await orders(restaurant, bea)
    await back.sees(lambda m: m.get("orderId") == last["id"])
    assert shown(snapshot, back) == comparable(await restaurant.snapshot(ana))


async def test_a_token_asked_for_again_after_the_merging_goes_on_where_the_old_one_begins_anew(
    restaurant: Restaurant, app: App
) -> None:
    """The same phone's, whose answer to its first scan had been lost."""
    door = restaurant.house.with_token(None)

    async def scan() -> str:
        path = f"/api/guest/tables/{restaurant.tables[0]['code']}/join"
        answer = await door.post(path, json={"name": "Ana"}, headers={"Idempotency-Key": "scan-of-ana"})
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    old = await scan()
    claims = app.context.tokens.verify(old, 0)
    assert isinstance(claims, GuestClaims)
    ana = Phone(old, claims.guest_id, claims.session_id, restaurant.house.with_token(old))
    await restaurant.does(restaurant.house.waiter, "POST", f"/sessions/{ana.session_id}/approve")
    bea = await restaurant.seats("Bea", table=1)
    screen = await restaurant.screen(ana)
    await merges(restaurant, ana, bea)
    await screen.sees("resync")
    new = await scan()
    access = app.live.access
    for tokens in ((old, new), (new, old)):
        asked = [(access.identify(Auth(token)), Auth(token)) for token in tokens]
        answers = await access.grants(asked)
        goes_on = [isinstance(answer, Grant) and answer.resumable for answer in answers]
        assert goes_on == [token == new for token in tokens]
    welcome = await screen.sign_in(new)
    assert f"session:{bea.session_id}" in welcome["rooms"]


async def test_it_is_so_at_another_process(database_url: str, clock: ManualClock) -> None:
    async with processes(database_url, clock, None, None) as (here, there):
        restaurant = here.restaurant
        ana, bea = await restaurant.seats("Ana", table=0), await restaurant.seats("Bea", table=1)
        screen, hers = await there.restaurant.screen(ana), await there.restaurant.screen(bea)
        await moves(restaurant, ana, 3)
        assert (await screen.sees("table:occupied"))["table"]["number"] == "4"
        await merges(restaurant, ana, bea)
        await screen.sees("resync")
        order = await orders(restaurant, bea)
        for each in (screen, hers):
            await each.sees(lambda m: m.get("orderId") == order["id"])
        await restaurant.does(restaurant.house.manager, "POST", f"/sessions/{bea.session_id}/end", force=True)
        for each in (screen, hers):
            assert await each.closed() == 4503
            assert each.events[-1]["type"] == "session:ended"

"""What ends or changes somebody's access ends or changes it on every open socket, at once."""

from __future__ import annotations

from typing import Any

import pytest

from restai.auth.permissions import Role
from restai.clock import MINUTE
from tests.support.clock import ManualClock
from tests.support.house import PASSWORD
from tests.support.live import Screens
from tests.support.restaurant import Restaurant


async def signed_in(restaurant: Restaurant, who: str) -> dict[str, Any]:
    """Sign in with e-mail and password, as a device does."""
    house = restaurant.house
    answer = await house.with_token(None).post(
        "/api/auth/login",
        json={"email": house.emails[getattr(house, who).user_id], "password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_signing_out_closes_the_sockets_of_that_sign_in_alone(
    restaurant: Restaurant, screens: Screens
) -> None:
    here, there = await signed_in(restaurant, "waiter"), await signed_in(restaurant, "waiter")
    leaving, staying = await screens.of(here["accessToken"]), await screens.of(there["accessToken"])
    answer = await restaurant.house.with_token(here["accessToken"]).post("/api/auth/logout")
    assert answer.status_code == 204
    assert await leaving.closed() == 4503
    await staying.settled()
    assert staying.code is None
    again = await screens.open()
    await again.say(type="auth", token=here["accessToken"])
    assert await again.closed() == 4503


async def test_who_is_dismissed_is_out_at_once(restaurant: Restaurant) -> None:
    house = restaurant.house
    screen = await restaurant.screen(house.waiter)
    await restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", active=False)
    assert await screen.closed() == 4503


async def test_who_gets_another_role_comes_back_with_it(restaurant: Restaurant) -> None:
    house = restaurant.house
    screen = await restaurant.screen(house.waiter)
    await restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", role=Role.CASHIER)
    assert await screen.closed() == 4006
    await restaurant.screen(house.waiter)


async def test_whose_branch_is_taken_cannot_resume_there(restaurant: Restaurant, screens: Screens) -> None:
    house = restaurant.house
    other = await house.open_branch()
    screen = await restaurant.screen(house.waiter)
    before = (await restaurant.snapshot(house.manager))["stream"]
    await screen.leave()
    await restaurant.does(house.admin, "PATCH", f"/staff/{house.waiter.user_id}", branchIds=[other])
    await restaurant.orders(house.manager)
    again = await screens.open()
    welcome = await again.sign_in(house.token(house.waiter), resume={restaurant.branch_id: before})
    await again.settled()
    assert list(welcome["streams"]) == [other]
    assert again.events == []


async def test_the_end_of_a_visit_is_the_last_thing_its_guests_hear(restaurant: Restaurant) -> None:
    phone = await restaurant.seats("Rosa")
    guest = await restaurant.screen(phone)
    await restaurant.does(restaurant.house.waiter, "POST", f"/sessions/{phone.session_id}/end")
    assert await guest.closed() == 4503
    assert guest.events[-1]["type"] == "session:ended"


async def test_who_sits_down_hears_nothing_of_who_sat_there_before(restaurant: Restaurant) -> None:
    """The table's room is the same one, and somebody may claim to have been there at any time."""
    branch, manager = restaurant.branch_id, restaurant.house.manager
    before = (await restaurant.snapshot(manager))["stream"]
    rosa = await restaurant.seats("Rosa")
    await restaurant.orders(sessionId=rosa.session_id)
    await restaurant.does(manager, "POST", f"/sessions/{rosa.session_id}/end", force=True)
    luis = await restaurant.seats("Luis")
    guest = await restaurant.screen(luis, resume={branch: before})
    assert {event["sessionId"] for event in guest.events} == {luis.session_id}
    assert rosa.session_id not in str(guest.told)


async def test_a_guest_who_is_sent_away_is_out(restaurant: Restaurant, screens: Screens) -> None:
    rosa = await restaurant.seats("Rosa")
    luis = await restaurant.scans("Luis")
    waiting = await restaurant.screen(luis)
    await restaurant.does(
        restaurant.house.waiter, "POST", f"/sessions/{rosa.session_id}/guests/{luis.guest_id}/remove"
    )
    assert await waiting.closed() == 4503
    assert waiting.events == []
    again = await screens.open()
    await again.say(type="auth", token=luis.token)
    assert await again.closed() == 4503


async def test_a_guest_who_is_let_in_reads_his_snapshot_again_and_then_sees_all(
    restaurant: Restaurant,
) -> None:
    rosa = await restaurant.seats("Rosa")
    await restaurant.orders(sessionId=rosa.session_id, tableId=None)
    luis = await restaurant.scans("Luis")
    screen = await restaurant.screen(luis)
    assert (await restaurant.snapshot(luis))["orders"] == []
    await restaurant.does(
        restaurant.house.waiter, "POST", f"/sessions/{rosa.session_id}/guests/{luis.guest_id}/admit"
    )
    resync = await screen.sees("resync")
    assert resync["reason"] == "access"
    snapshot = await restaurant.snapshot(luis)
    assert snapshot["stream"]["seq"] >= resync["seq"]
    assert len(snapshot["orders"]) == 1
    await restaurant.orders(sessionId=rosa.session_id, tableId=None)
    await screen.sees("order:created")


async def test_a_guest_whom_the_party_lets_in_sees_what_they_see(restaurant: Restaurant) -> None:
    rosa = await restaurant.seats("Rosa")
    luis = await restaurant.scans("Luis")
    screen = await restaurant.screen(luis)
    await restaurant.does(rosa, "POST", f"/guest/guests/{luis.guest_id}/admit")
    assert (await screen.sees("resync"))["reason"] == "access"
    await restaurant.orders(sessionId=rosa.session_id, tableId=None)
    await screen.sees("order:created")


async def test_who_is_let_in_at_once_is_live_at_once(restaurant: Restaurant) -> None:
    house = restaurant.house
    await restaurant.does(house.manager, "PATCH", f"/branches/{house.branch_id}", autoApprove=True)
    waiter = await restaurant.screen(house.waiter)
    rosa = await restaurant.scans("Rosa")
    assert (await waiter.sees("session:approved"))["sessionId"] == rosa.session_id
    screen = await restaurant.screen(rosa)
    await restaurant.does(rosa, "POST", "/guest/orders", items=restaurant.items(restaurant.dish))
    await screen.sees("order:created")


async def test_a_renewal_keeps_the_socket_and_an_expired_token_is_refused(
    restaurant: Restaurant, screens: Screens, clock: ManualClock
) -> None:
    house = restaurant.house
    old = house.token(house.waiter)
    screen = await screens.of(old)
    clock.advance(14 * MINUTE)
    assert (await screen.sign_in(house.token(house.waiter)))["type"] == "auth:success"
    clock.advance(2 * MINUTE)
    late = await screens.open()
    assert (await late.sign_in(old))["type"] == "auth:error"
    order = await restaurant.orders()
    assert (await screen.sees("order:created"))["orderId"] == order["id"]


async def test_a_renewal_with_a_colleagues_token_is_refused(restaurant: Restaurant) -> None:
    screen = await restaurant.screen(restaurant.house.waiter)
    answer = await screen.sign_in(restaurant.token(restaurant.house.cashier))
    assert answer["type"] == "auth:error"
    assert await screen.closed() == 4500


async def test_three_bad_tokens(screens: Screens) -> None:
    screen = await screens.open()
    for _ in range(3):
        await screen.say(type="auth", token="x.y.z")
    assert await screen.closed() == 4500


@pytest.mark.parametrize("chosen", [["first"], ["first", "nonsense"], ["second"]])
async def test_a_screen_may_choose_its_branches(
    restaurant: Restaurant, screens: Screens, chosen: list[str]
) -> None:
    house = restaurant.house
    names = {"first": house.branch_id, "second": await house.open_branch(), "nonsense": "nonsense"}
    screen = await screens.open()
    welcome = await screen.sign_in(house.token(house.admin), branches=[names[name] for name in chosen])
    assert set(welcome["streams"]) == {names[name] for name in chosen} - {"nonsense"}


async def test_more_than_twenty_branches_are_joined_twenty_at_a_time(
    restaurant: Restaurant, screens: Screens
) -> None:
    house = restaurant.house
    for number in range(21):
        await house.open_branch(f"Branch {number}")
    screen = await screens.open()
    welcome = await screen.sign_in(house.token(house.admin))
    assert welcome["moreBranches"] is True
    assert list(welcome["streams"]) == sorted(house.admin.branches)[:20]

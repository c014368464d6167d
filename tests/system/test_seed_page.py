"""The page RestAI was born from, message by message and event by event, against the whole server.

What the page promises works here unchanged, field for field; more fields may stand beside.
"""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.live import Screens
from tests.support.restaurant import Restaurant


def has(event: dict[str, Any], /, **fields: Any) -> bool:
    return all(event.get(name) == value for name, value in fields.items())


class TestMessageHandlers:
    async def test_auth_succeeds_with_the_user_and_the_time(
        self, restaurant: Restaurant, screens: Screens
    ) -> None:
        screen = await screens.open()
        welcome = await screen.sign_in(restaurant.token(restaurant.house.waiter))
        assert welcome["type"] == "auth:success"
        assert welcome["userId"] == restaurant.house.waiter.user_id
        assert isinstance(welcome["timestamp"], int)

    async def test_a_wrong_token_is_an_auth_error(self, screens: Screens) -> None:
        screen = await screens.open()
        answer = await screen.sign_in("not.a.token")
        assert has(answer, type="auth:error", message="Invalid token")
        assert isinstance(answer["timestamp"], int)

    async def test_auth_needs_a_token(self, screens: Screens) -> None:
        screen = await screens.open()
        await screen.say(type="auth")
        assert await screen.sees("error") == {"type": "error", "message": "Token required"}

    async def test_ping_is_answered_with_pong(self, screens: Screens) -> None:
        screen = await screens.open()
        await screen.say(type="ping")
        pong = await screen.sees("pong")
        assert isinstance(pong["timestamp"], int)

    async def test_an_unknown_type_is_named(self, screens: Screens) -> None:
        screen = await screens.open()
        await screen.say(type="subscribe")
        assert await screen.sees("error") == {"type": "error", "message": "Unknown type: subscribe"}

    async def test_what_is_not_json(self, screens: Screens) -> None:
        screen = await screens.open()
        await screen.say_raw("{oops")
        assert await screen.sees("error") == {"type": "error", "message": "Invalid JSON"}


class TestRooms:
    async def test_staff_join_all_their_branches(self, restaurant: Restaurant, screens: Screens) -> None:
        second = await restaurant.house.open_branch()
        screen = await screens.open()
        welcome = await screen.sign_in(restaurant.token(restaurant.house.admin))
        assert {f"branch:{restaurant.branch_id}", f"branch:{second}"} <= set(welcome["rooms"])

    async def test_customers_join_their_table_and_session(
        self, restaurant: Restaurant, screens: Screens
    ) -> None:
        phone = await restaurant.seats("Rosa")
        screen = await screens.open()
        welcome = await screen.sign_in(phone.token)
        assert welcome["userId"] == phone.session_id
        assert set(welcome["rooms"]) == {
            f"table:{restaurant.tables[0]['id']}",
            f"session:{phone.session_id}",
            f"menu:{restaurant.branch_id}",
        }

    async def test_nobody_hears_anything_before_auth(self, restaurant: Restaurant, screens: Screens) -> None:
        stranger = await screens.open()
        await restaurant.orders()
        await stranger.settled()
        assert stranger.events == []


class TestOrderEvents:
    async def test_an_order_placed_by_one_appears_on_everybody_elses_screen(
        self, restaurant: Restaurant
    ) -> None:
        house = restaurant.house
        phone = await restaurant.seats("Rosa")
        everybody = [
            await restaurant.screen(who) for who in (house.kitchen, house.waiter, house.cashier, phone)
        ]
        order = await restaurant.orders(house.cashier, tableId=restaurant.tables[0]["id"])
        for screen in everybody:
            event = await screen.sees("order:created")
            assert has(
                event,
                orderId=order["id"],
                orderNumber=order["orderNumber"],
                status="confirmed",
                total=order["total"],
            )
            assert isinstance(event["timestamp"], int)

    async def test_a_change_of_status_reaches_the_branch_and_the_table(self, restaurant: Restaurant) -> None:
        phone = await restaurant.seats("Rosa")
        order = await restaurant.orders()
        kitchen = await restaurant.screen(restaurant.house.kitchen)
        guest = await restaurant.screen(phone)
        await restaurant.does(
            restaurant.house.kitchen, "PATCH", f"/orders/{order['id']}/status", status="preparing"
        )
        for screen in (kitchen, guest):
            event = await screen.sees("order:updated")
            assert has(event, orderId=order["id"], status="preparing")

    async def test_the_call_itself_answers_with_the_order(self, restaurant: Restaurant, address: str) -> None:
        async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as client:
            answer = await client.post(
                "/api/orders",
                json={"type": "takeout", "items": restaurant.items(restaurant.dish)},
                headers={"Authorization": f"Bearer {restaurant.token(restaurant.house.waiter)}"},
            )
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/api/orders/{answer.json()['id']}"


class TestTableEvents:
    async def test_a_table_is_occupied_by_a_session_and_available_when_it_ends(
        self, restaurant: Restaurant
    ) -> None:
        house, table = restaurant.house, restaurant.tables[1]
        screen = await restaurant.screen(house.waiter)
        session = await restaurant.does(house.waiter, "POST", "/sessions", tableId=table["id"])
        occupied = await screen.sees("table:occupied")
        assert has(occupied, tableId=table["id"], sessionId=session["id"])
        await restaurant.does(house.waiter, "POST", f"/sessions/{session['id']}/end")
        available = await screen.sees("table:available")
        assert has(available, tableId=table["id"])


class TestSessionEvents:
    async def test_approval_reaches_the_branch_and_the_guest_who_waits(self, restaurant: Restaurant) -> None:
        phone = await restaurant.scans("Rosa")
        waiting = await restaurant.screen(phone)
        waiter = await restaurant.screen(restaurant.house.waiter)
        await restaurant.does(restaurant.house.waiter, "POST", f"/sessions/{phone.session_id}/approve")
        for screen in (waiting, waiter):
            event = await screen.sees("session:approved")
            assert has(event, sessionId=phone.session_id, tableId=restaurant.tables[0]["id"])

    async def test_rejection_tells_why(self, restaurant: Restaurant) -> None:
        phone = await restaurant.scans("Rosa")
        waiting = await restaurant.screen(phone)
        await restaurant.does(
            restaurant.house.waiter, "POST", f"/sessions/{phone.session_id}/reject", reason="We are full"
        )
        event = await waiting.sees("session:rejected")
        assert has(event, sessionId=phone.session_id, reason="We are full")
        assert await waiting.closed() == 4503

    async def test_a_rejection_without_a_reason_has_none(self, restaurant: Restaurant) -> None:
        phone = await restaurant.scans("Rosa")
        waiting = await restaurant.screen(phone)
        await restaurant.does(restaurant.house.waiter, "POST", f"/sessions/{phone.session_id}/reject")
        assert "reason" not in await waiting.sees("session:rejected")


class TestMenuEvents:
    async def test_availability_reaches_staff_and_guests(self, restaurant: Restaurant) -> None:
        house, dish = restaurant.house, restaurant.dish
        screens = [
            await restaurant.screen(house.waiter),
            await restaurant.screen(await restaurant.seats("Rosa", table=0)),
            await restaurant.screen(await restaurant.scans("Luis", table=1)),
        ]
        await restaurant.does(
            house.kitchen, "POST", f"/menu/items/{dish['id']}/availability", isAvailable=False
        )
        for screen in screens:
            event = await screen.sees("menu:availability")
            assert has(event, menuItemId=dish["id"], isAvailable=False)


class TestMonitoring:
    async def test_clients_rooms_and_messages_are_counted(self, restaurant: Restaurant, address: str) -> None:
        await restaurant.screen(restaurant.house.kitchen)
        await restaurant.orders()
        async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as client:
            text = (await client.get("/metrics")).text
            health, ready = await client.get("/health"), await client.get("/ready")
        assert "restai_clients 1.0" in text
        assert "restai_rooms 2.0" in text
        assert "restai_messages_sent_total" in text
        assert (health.status_code, ready.status_code) == (200, 200)


class TestCleanDisconnects:
    async def test_the_last_to_leave_empties_the_room(self, restaurant: Restaurant, address: str) -> None:
        screen = await restaurant.screen(restaurant.house.kitchen)
        await screen.leave()
        async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as client:
            text = (await client.get("/metrics")).text
        assert "restai_clients 0.0" in text
        assert "restai_rooms 0.0" in text

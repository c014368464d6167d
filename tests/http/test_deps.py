"""Calls and callers: what is true of every route that takes a token."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from restai.clock import MINUTE
from restai.errors import NotFound
from restai.http.deps import Context
from tests.http import bells
from tests.http.bells import Bell, kept
from tests.support.clock import ManualClock
from tests.support.house import Caller, House, api_of


async def test_a_created_resource_says_where_it_is_and_is_not_cached(house: House, bell: Bell) -> None:
    answer = await house.as_(house.waiter).post("/api/bells", json={})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/bells/{answer.json()['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


async def test_the_answer_is_given_after_the_commit(house: House, bell: Bell) -> None:
    """A listener of commits has heard of it before the caller is answered."""
    await house.as_(house.waiter).post("/api/bells", json={})
    assert [event["bell"]["rung"] for event in house.events("bell:rang")] == [1]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("Basic YTpi", "token_missing"),
        ("Bearer", "token_missing"),
        ("Bearer garbage", "token_invalid"),
        ("Bearer a.b.c", "token_invalid"),
        ("Bearer \xff\xfe", "token_invalid"),
        ("Bearer " + "x" * 10_000, "token_invalid"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_has_no_good_token_gets_401(
    house: House, bell: Bell, method: str, header: str | None, code: str
) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = await house.with_token(None).request(method, "/api/bells", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert bell.rings == 0


async def test_a_token_that_has_ended_gets_401(house: House, clock: ManualClock) -> None:
    waiter = house.as_(house.waiter)
    clock.advance(15 * MINUTE)
    answer = await waiter.get("/api/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


async def test_a_guests_token_is_no_staff_token(house: House, bell: Bell, clock: ManualClock) -> None:
    token, _ = house.tokens.for_guest(
        guest_id=house.waiter.user_id,
        session_id=house.waiter.sign_in_id,
        organization_id=house.organization_id,
        branch_id=house.branch_id,
        table_id=house.branch_id,
        now=clock.now(),
    )
    answer = await house.with_token(token).post("/api/bells", json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_who_may_not_gets_403_and_nothing_happens(house: House, bell: Bell) -> None:
    answer = await house.as_(house.kitchen).post("/api/bells", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "orders:create" in answer.json()["detail"]
    assert (bell.rings, await kept(house)) == (0, (0, 0))


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/bells"), ("PUT", "/api/bells"), ("POST", "/api/menu/images")]
)
async def test_who_hangs_up_while_he_is_heard_is_no_error(
    house: House, context: Context, logged: list[Any], method: str, path: str
) -> None:
    app = api_of(context, bells.router)

    async def hung_up(scope: Scope, _receive: Receive, send: Send) -> None:
        async def gone() -> Message:
            return {"type": "http.disconnect"}

        await app(scope, gone, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(hung_up), base_url="http://test") as client:
        headers = {"Content-Type": "multipart/form-data; boundary=x"} if "images" in path else {}
        caller = Caller(client, house.token(house.manager))
        assert (await caller.request(method, path, key="k", headers=headers)).status_code == 400
    assert logged == []


async def test_a_failed_command_leaves_nothing(house: House, bell: Bell) -> None:
    bell.fails = NotFound("table", "9")
    assert (await house.as_(house.waiter).post("/api/bells", json={}, key="k")).status_code == 404
    assert await kept(house) == (0, 0)
    assert house.events() == []

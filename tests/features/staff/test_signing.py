"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from restai.auth import passwords
from restai.auth.models import RefreshToken, SignIn
from restai.clock import DAY, MINUTE, SECOND
from restai.db.engine import Database
from restai.errors import DatabaseAway
from restai.features.staff import service
from restai.features.staff.service import signing
from tests.support.clock import ManualClock
from tests.support.house import PASSWORD, House

Api = httpx.AsyncClient


async def sign_in(api: Api, house: House, **more: Any) -> dict[str, Any]:
    """The waiter signs in; the answer's body."""
    credentials = {"email": house.emails[house.waiter.user_id], "password": PASSWORD} | more
    answer = await api.post("/api/auth/login", json=credentials)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


async def refresh(api: Api, token: str) -> httpx.Response:
    return await api.post("/api/auth/refresh", json={"refreshToken": token})


async def renewed(api: Api, token: str) -> str:
    """The successor of a refresh token."""
    answer = await refresh(api, token)
    assert answer.status_code == 200
    successor: str = answer.json()["refreshToken"]
    return successor


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def me(api: Api, signed_in: dict[str, Any]) -> httpx.Response:
    return await api.get("/api/auth/me", headers={"Authorization": f"Bearer {signed_in['accessToken']}"})


# ---- in


async def test_signing_in_answers_with_tokens_and_who_one_is(
    api: Api, house: House, clock: ManualClock
) -> None:
    signed_in = await sign_in(api, house)
    user = {
        "id": house.waiter.user_id,
        "name": "Walter Waiter",
        "email": house.emails[house.waiter.user_id],
        "role": "waiter",
        "organizationId": house.organization_id,
        "branches": [{"id": house.branch_id, "name": "Casa Lola"}],
    }
    assert signed_in == {
        "accessToken": signed_in["accessToken"],
        "refreshToken": signed_in["refreshToken"],
        "expiresAt": clock.now() + 15 * MINUTE,
        "user": user,
    }
    assert (await me(api, signed_in)).json() == user


async def test_an_email_is_known_in_any_case(api: Api, house: House) -> None:
    email = house.emails[house.waiter.user_id].upper()
    assert (await sign_in(api, house, email=email))["user"]["id"] == house.waiter.user_id


async def test_a_wrong_password_an_unknown_email_and_a_dismissed_account_look_the_same(
    api: Api, house: House
) -> None:
    await house.as_(house.admin).patch(f"/api/staff/{house.kitchen.user_id}", json={"active": False})
    attempts = [
        {"email": house.emails[house.waiter.user_id], "password": PASSWORD + "!"},
        {"email": house.emails[house.waiter.user_id], "password": ""},
        {"email": "nobody@lola.example", "password": PASSWORD},
        {"email": house.emails[house.kitchen.user_id], "password": PASSWORD},
    ]
    answers = [await api.post("/api/auth/login", json=attempt) for attempt in attempts]
    assert {code(answer) for answer in answers} == {(401, "wrong_password")}
    assert len({answer.content for answer in answers}) == 1


async def test_an_unknown_email_costs_as_much_as_a_wrong_password(
    api: Api, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash is verified either way, so that the time tells nothing."""
    verified: list[str] = []
    monkeypatch.setattr(passwords, "_verify", lambda stored, given: bool(verified.append(stored)))
    await api.post("/api/auth/login", json={"email": "nobody@lola.example", "password": PASSWORD})
    assert [stored.split("$")[1:4] for stored in verified] == [["argon2id", "v=19", "m=65536,t=3,p=4"]]


async def test_each_signing_in_is_its_own(api: Api, house: House) -> None:
    tablet, phone = await sign_in(api, house), await sign_in(api, house)
    assert tablet["refreshToken"] != phone["refreshToken"]
    await api.post("/api/auth/logout", json={"refreshToken": tablet["refreshToken"]})
    assert (await me(api, tablet)).status_code == 401
    assert (await me(api, phone)).status_code == 200


async def test_no_secret_stands_in_the_database(api: Api, house: House, database: Database) -> None:
    first = (await sign_in(api, house))["refreshToken"]
    second = await renewed(api, first)
    async with database.reading() as tx:
        links = (await tx.session.scalars(select(RefreshToken))).all()
    kept = " ".join(f"{link.hash} {link.salt}" for link in links)
    assert first not in kept
    assert second not in kept


# A password is verified between two transactions. What happens meanwhile must count.


@pytest.mark.parametrize("change", ["dismissed", "given another password"])
async def test_what_happens_while_a_password_is_being_verified_counts(
    api: Api, house: House, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = f"/api/staff/{house.waiter.user_id}"
    matches = signing.matches

    async def slowly(password: str, stored: str | None) -> bool:
        if change == "dismissed":
            await house.as_(house.admin).patch(path, json={"active": False})
        else:
            await house.as_(house.admin).post(f"{path}/password", json={"password": "something else"})
        return await matches(password, stored)

    monkeypatch.setattr(signing, "matches", slowly)
    credentials = {"email": house.emails[house.waiter.user_id], "password": PASSWORD}
    assert code(await api.post("/api/auth/login", json=credentials)) == (401, "wrong_password")


# ---- staying


async def test_a_refresh_token_brings_the_next_of_each(api: Api, house: House, clock: ManualClock) -> None:
    first = await sign_in(api, house)
    clock.advance(20 * MINUTE)
    assert code(await me(api, first)) == (401, "token_expired")
    second = (await refresh(api, first["refreshToken"])).json()
    assert second.keys() == first.keys()
    assert second["refreshToken"] != first["refreshToken"]
    assert second["expiresAt"] == clock.now() + 15 * MINUTE
    assert (await me(api, second)).status_code == 200


async def test_a_chain_goes_on_for_as_long_as_it_is_used(api: Api, house: House, clock: ManualClock) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    for _ in range(4):
        clock.advance(7 * DAY - 1)
        token = await renewed(api, token)


async def test_a_token_that_nobody_used_for_seven_days_is_over(
    api: Api, house: House, clock: ManualClock
) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    clock.advance(7 * DAY)
    assert code(await refresh(api, token)) == (401, "token_expired")


async def test_a_renewal_says_who_one_is_now(api: Api, house: House) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    await house.as_(house.admin).patch(f"/api/staff/{house.waiter.user_id}", json={"role": "cashier"})
    assert (await refresh(api, token)).json()["user"]["role"] == "cashier"


async def test_within_sixty_seconds_the_answer_can_be_had_again(
    api: Api, house: House, clock: ManualClock
) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    successor = await renewed(api, token)
    assert await renewed(api, token) == successor
    clock.advance(60 * SECOND)
    assert await renewed(api, token) == successor
    assert await renewed(api, successor) not in (token, successor)


async def test_two_at_once_get_the_same_successor(api: Api, house: House, database: Database) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    successors = await asyncio.gather(*(renewed(api, token) for _ in range(5)))
    assert len(set(successors)) == 1
    assert await renewed(api, successors[0])


async def _reuse_after_a_minute(api: Api, clock: ManualClock, token: str) -> str:
    successor = await renewed(api, token)
    clock.advance(60 * SECOND + 1)
    return successor


async def _reuse_of_one_before_the_last(api: Api, clock: ManualClock, token: str) -> str:
    """At once, but its successor is in use already: it is not the one used last."""
    return await renewed(api, await renewed(api, token))


Reuse = Callable[[Api, ManualClock, str], Awaitable[str]]


@pytest.mark.parametrize("begin", [_reuse_after_a_minute, _reuse_of_one_before_the_last])
async def test_other_reuse_ends_the_sign_in_for_both_parties(
    api: Api, house: House, database: Database, clock: ManualClock, begin: Reuse
) -> None:
    """Two hold the chain, and nobody can tell which is the thief. The answer is 401, and it is kept."""
    signed_in = await sign_in(api, house)
    newest = await begin(api, clock, signed_in["refreshToken"])
    assert (await me(api, signed_in)).status_code == 200
    house.forget()
    assert code(await refresh(api, signed_in["refreshToken"])) == (401, "token_revoked")
    assert code(await refresh(api, newest)) == (401, "token_revoked")
    assert code(await me(api, signed_in)) == (401, "token_revoked")
    [told] = house.events()
    assert (told["type"], told["outcome"], told["userId"]) == ("access:changed", "ended", None)
    async with database.reading() as tx:
        ended = await tx.session.get(SignIn, told["sid"])
    assert ended is not None
    assert (ended.user_id, ended.ended_at) == (house.waiter.user_id, clock.now())
    assert await sign_in(api, house)


async def test_reuse_ends_no_other_sign_in(api: Api, house: House, clock: ManualClock) -> None:
    stolen, other = await sign_in(api, house), await sign_in(api, house)
    await _reuse_after_a_minute(api, clock, stolen["refreshToken"])
    await refresh(api, stolen["refreshToken"])
    assert (await me(api, other)).status_code == 200
    assert (await refresh(api, other["refreshToken"])).status_code == 200


@pytest.mark.parametrize("token", ["garbage", "é\x00", "x" * 100])
async def test_an_unknown_refresh_token_is_refused(api: Api, house: House, token: str) -> None:
    assert code(await refresh(api, token)) == (401, "token_invalid")


async def test_an_access_token_does_not_refresh(api: Api, house: House) -> None:
    signed_in = await sign_in(api, house)
    answer = await refresh(api, signed_in["accessToken"][:100])
    assert code(answer) == (401, "token_invalid")


async def test_a_refresh_token_is_no_access_token(api: Api, house: House) -> None:
    signed_in = await sign_in(api, house)
    assert code(await me(api, {"accessToken": signed_in["refreshToken"]})) == (401, "token_invalid")


async def test_a_call_without_any_token_says_so(api: Api, house: House) -> None:
    for body in ({}, None):
        assert code(await api.post("/api/auth/refresh", json=body)) == (401, "token_missing")
    assert code(await api.post("/api/auth/refresh")) == (401, "token_missing")
    assert code(await api.post("/api/auth/logout")) == (401, "token_missing")


# ---- out


async def test_signing_out_ends_it_everywhere_at_once(api: Api, house: House) -> None:
    signed_in = await sign_in(api, house)
    answer = await api.post("/api/auth/logout", json={"refreshToken": signed_in["refreshToken"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert code(await me(api, signed_in)) == (401, "token_revoked")
    assert code(await refresh(api, signed_in["refreshToken"])) == (401, "token_revoked")
    [told] = house.events()
    assert (told["type"], told["outcome"], told["branchId"]) == (
        "access:changed",
        "ended",
        house.organization_id,
    )


async def test_signing_out_by_the_access_token(api: Api, house: House) -> None:
    assert (await house.as_(house.waiter).post("/api/auth/logout")).status_code == 204
    assert code(await house.as_(house.waiter).get("/api/auth/me")) == (401, "token_revoked")
    [told] = house.events()
    assert (told["sid"], told["outcome"]) == (house.waiter.sign_in_id, "ended")


async def test_signing_out_twice_tells_once(api: Api, house: House) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    for _ in range(2):
        body = {"refreshToken": token}
        assert (await api.post("/api/auth/logout", json=body)).status_code == 204
        assert (await house.as_(house.waiter).post("/api/auth/logout")).status_code == 204
    assert [event["outcome"] for event in house.events()] == ["ended", "ended"]


async def test_an_old_refresh_token_still_signs_out(api: Api, house: House) -> None:
    signed_in = await sign_in(api, house)
    await renewed(api, signed_in["refreshToken"])
    await api.post("/api/auth/logout", json={"refreshToken": signed_in["refreshToken"]})
    assert (await me(api, signed_in)).status_code == 401


# ---- the web's way: the refresh token is in a cookie, and in nothing that a script can read


async def test_the_web_gets_its_refresh_token_as_a_cookie(api: Api, house: House) -> None:
    credentials = {"email": house.emails[house.waiter.user_id], "password": PASSWORD, "cookie": True}
    answer = await api.post("/api/auth/login", json=credentials)
    assert answer.json().keys() == {"accessToken", "expiresAt", "user"}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("restai_refresh=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=strict", "path=/api/auth", "max-age=604800"}
    assert cookie.split(";")[0].split("=")[1] not in answer.text


async def test_over_https_the_cookie_never_leaves_it(api: Api, house: House) -> None:
    credentials = {"email": house.emails[house.waiter.user_id], "password": PASSWORD, "cookie": True}
    answer = await api.post("https://test/api/auth/login", json=credentials)
    assert "; Secure" in answer.headers["set-cookie"]


async def test_the_web_renews_and_signs_out_by_its_cookie(api: Api, house: House) -> None:
    await sign_in(api, house, cookie=True)
    first = api.cookies["restai_refresh"]
    answer = await api.post("/api/auth/refresh")
    assert (answer.status_code, answer.json().keys()) == (200, {"accessToken", "expiresAt", "user"})
    assert api.cookies["restai_refresh"] != first
    answer_out = await api.post("/api/auth/logout")
    assert answer_out.status_code == 204
    assert "restai_refresh" not in api.cookies
    assert code(await me(api, answer.json())) == (401, "token_revoked")


async def test_registering_over_the_web_sets_the_cookie_too(api: Api, house: House) -> None:
    form = {"branchName": "Sol", "name": "Sol", "email": "sol@sol.example", "password": PASSWORD}
    answer = await api.post("/api/auth/register", json=form | {"cookie": True})
    assert answer.status_code == 201
    assert "refreshToken" not in answer.json()
    assert (await api.post("/api/auth/refresh")).json()["user"]["name"] == "Sol"


async def test_a_program_never_gets_a_cookie(api: Api, house: House) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    await refresh(api, token)
    assert not api.cookies


# ---- not too often


async def test_ten_wrong_passwords_and_the_account_waits(api: Api, house: House, clock: ManualClock) -> None:
    email = house.emails[house.waiter.user_id]
    for _ in range(10):
        answer = await api.post("/api/auth/login", json={"email": email, "password": "guess"})
        assert answer.status_code == 401
    answer = await api.post("/api/auth/login", json={"email": email.upper(), "password": PASSWORD})
    assert code(answer) == (429, "too_many_requests")
    assert answer.headers["retry-after"] == "300"
    assert (await sign_in(api, house, email=house.emails[house.cashier.user_id]))["user"]["role"] == "cashier"
    clock.advance(5 * MINUTE)
    assert await sign_in(api, house)


async def test_who_tries_while_the_database_is_away_has_not_guessed(
    api: Api, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole restaurant that tries again and again is let in as soon as the database is back."""
    account = {"email": house.emails[house.waiter.user_id], "password": PASSWORD}
    form = {"branchName": "Sol", "name": "Sol", "email": "sol@sol.example", "password": PASSWORD}
    token = (await sign_in(api, house))["refreshToken"]

    def away() -> Any:
        raise DatabaseAway

    calls = [("login", account, 110), ("register", form, 40), ("refresh", {"refreshToken": token}, 30)]
    with monkeypatch.context() as outage:
        outage.setattr(house.database, "reading", away)
        outage.setattr(house.database, "transaction", away)
        for name, body, times in calls:
            answers = [await api.post(f"/api/auth/{name}", json=body) for _ in range(times)]
            assert {code(answer) for answer in answers} == {(503, "database_away")}
    for name, body, _ in calls:
        assert (await api.post(f"/api/auth/{name}", json=body)).is_success


async def test_a_crew_that_shares_an_account_is_not_locked_out(api: Api, house: House) -> None:
    for _ in range(12):
        await sign_in(api, house)


async def test_an_address_tries_a_hundred_times_a_minute_whatever_it_tries(
    api: Api, house: House, clock: ManualClock
) -> None:
    for _ in range(100):
        assert (await api.post("/api/auth/login", json={})).status_code == 422
    assert code(await api.post("/api/auth/login", json={})) == (429, "too_many_requests")
    clock.advance(1 * MINUTE)
    assert await sign_in(api, house)


async def test_a_token_refreshed_in_a_loop_is_slowed_down(api: Api, house: House) -> None:
    token = (await sign_in(api, house))["refreshToken"]
    answers = [await refresh(api, token) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


async def test_an_email_registers_five_times_an_hour(api: Api, house: House) -> None:
    form = {"branchName": "Sol", "name": "Sol", "email": "sol@sol.example", "password": PASSWORD}
    answers = [await api.post("/api/auth/register", json=form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [201, 409, 409, 409, 409, 429]
    assert answers[-1].headers["retry-after"] == "3600"


# ---- forgetting


async def test_what_is_over_is_forgotten_in_the_end(
    api: Api, house: House, database: Database, clock: ManualClock
) -> None:
    async def left() -> tuple[int | None, int | None]:
        async with database.reading() as tx:
            links = await tx.session.scalar(select(func.count()).select_from(RefreshToken))
            return links, await tx.session.scalar(select(func.count()).select_from(SignIn))

    async def sweep() -> int:
        async with database.transaction() as tx:
            return await service.expire_due(tx, tx.now)

    assert (await left(), await sweep()) == ((5, 5), 0)
    clock.advance(1 * DAY)
    token = (await sign_in(api, house))["refreshToken"]
    clock.advance(6 * DAY)
    token = await renewed(api, token)
    assert (await sweep(), await left()) == (10, (2, 1))
    clock.advance(1 * DAY)
    assert (await sweep(), await left()) == (1, (1, 1))
    assert await renewed(api, token)

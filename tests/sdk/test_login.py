"""Where tokens come from."""

from __future__ import annotations

import asyncio
import json
import time
from email.utils import formatdate

import httpx
import pytest

from restai_sdk import Login, SignedOut, fixed, login

CLOCK_SLOW = 300.0  # seconds: this machine's clock is wrong


class Office:
    """Signs people in, with tokens that last `life` seconds."""

    def __init__(self, life: float = 900.0) -> None:
        self.life = life
        self.calls: list[str] = []
        self.answers: dict[str, int] = {}
        self._number = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        call = request.url.path.removeprefix("/api/auth/")
        body = json.loads(request.content)
        self.calls.append(call if call == "login" else f"refresh {body['refreshToken']}")
        if (status := self.answers.get(call)) is not None:
            return httpx.Response(status)
        self._number += 1
        now = time.time() + CLOCK_SLOW
        tokens = {
            "accessToken": f"access {self._number}",
            "refreshToken": f"r{self._number}",
            "expiresAt": int((now + self.life) * 1000),
            "user": {"name": "Rosa"},
        }
        return httpx.Response(200, json=tokens, headers={"date": formatdate(now, usegmt=True)})


def client_of(office: Office) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(office))


def rosa(office: Office) -> Login:
    return Login("", "rosa@example.com", "secret", http=client_of(office))


async def test_a_token_is_used_while_it_lasts() -> None:
    office = Office()
    rosas = rosa(office)
    assert [await rosas(False), await rosas(False)] == ["access 1", "access 1"]
    assert office.calls == ["login"]
    assert rosas.user == {"name": "Rosa"}


async def test_another_one_comes_from_the_refresh_token() -> None:
    office = Office()
    rosas = rosa(office)
    await rosas(False)
    assert await rosas(True) == "access 2"
    assert await rosas(True) == "access 3"
    assert office.calls == ["login", "refresh r1", "refresh r2"]


async def test_a_token_that_is_about_to_end_is_replaced_in_time() -> None:
    office = Office(life=80.0)
    rosas = rosa(office)
    await rosas(False)
    assert await rosas(False) == "access 2"


async def test_a_refresh_token_that_no_longer_counts_means_signing_in() -> None:
    office = Office()
    rosas = rosa(office)
    await rosas(False)
    office.answers["refresh"] = 401
    assert await rosas(True) == "access 2"
    assert office.calls == ["login", "refresh r1", "login"]


async def test_a_wrong_password_is_final() -> None:
    office = Office()
    office.answers["login"] = 401
    with pytest.raises(SignedOut, match="E-mail or password is wrong"):
        await rosa(office)(False)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_no_sign_out(status: int) -> None:
    office = Office()
    rosas = rosa(office)
    await rosas(False)
    office.answers["refresh"] = status
    with pytest.raises(httpx.HTTPError):
        await rosas(True)
    del office.answers["refresh"]
    assert await rosas(True) == "access 2"
    assert office.calls == ["login", "refresh r1", "refresh r1"]


async def test_who_signs_in_while_the_server_cannot_say_is_not_sent_away() -> None:
    office, naps = Office(), []
    office.answers["login"] = 503

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        del office.answers["login"]

    signed_in = await login("", "rosa@example.com", "secret", http=client_of(office), sleep=nap)
    assert await signed_in(False) == "access 1"
    assert office.calls == ["login", "login"]
    assert len(naps) == 1


@pytest.mark.parametrize(("status", "error"), [(401, SignedOut), (404, httpx.HTTPStatusError)])
async def test_what_no_second_try_can_change_is_said_at_once(status: int, error: type[Exception]) -> None:
    office = Office()
    office.answers["login"] = status
    with pytest.raises(error):
        await login("", "rosa@example.com", "secret", http=client_of(office))
    assert office.calls == ["login"]


async def test_a_client_that_others_use_too_stays_open() -> None:
    office = Office()
    async with client_of(office) as shared:
        office.answers["login"] = 401
        with pytest.raises(SignedOut):
            await login("", "rosa@example.com", "a guess", http=shared)
        del office.answers["login"]
        rosas = await login("", "rosa@example.com", "secret", http=shared)
        await rosas.aclose()
        assert not shared.is_closed


async def test_two_who_ask_at_once_share_one_renewal() -> None:
    office = Office()
    rosas = rosa(office)
    await rosas(False)
    assert await asyncio.gather(rosas(True), rosas(True)) == ["access 2", "access 2"]
    assert office.calls == ["login", "refresh r1"]


async def test_a_given_token_is_all_there_is() -> None:
    provide = fixed("abc")
    assert [await provide(False), await provide(True)] == ["abc", "abc"]

"""Where tokens come from."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import httpx
import pytest

from restai_sdk import Login, SignedOut, fixed

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


def rosa(office: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> Login:
    http = httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(office))
    return Login("http://restai", "rosa@example.com", "secret", http=http)


async def test_a_token_is_used_while_it_lasts() -> None:
    office = Office()
    login = rosa(office)
    assert [await login(False), await login(False)] == ["access 1", "access 1"]
    assert office.calls == ["login"]
    assert login.user == {"name": "Rosa"}


async def test_another_one_comes_from_the_refresh_token() -> None:
    office = Office()
    login = rosa(office)
    await login(False)
    assert await login(True) == "access 2"
    assert await login(True) == "access 3"
    assert office.calls == ["login", "refresh r1", "refresh r2"]


async def test_a_token_that_is_about_to_end_is_replaced_in_time() -> None:
    office = Office(life=80.0)
    login = rosa(office)
    await login(False)
    assert await login(False) == "access 2"


async def test_a_refresh_token_that_no_longer_counts_means_signing_in() -> None:
    office = Office()
    login = rosa(office)
    await login(False)
    office.answers["refresh"] = 401
    assert await login(True) == "access 2"
    assert office.calls == ["login", "refresh r1", "login"]


async def test_a_wrong_password_is_final() -> None:
    office = Office()
    office.answers["login"] = 401
    with pytest.raises(SignedOut, match="E-mail or password is wrong"):
        await rosa(office)(False)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_no_sign_out(status: int) -> None:
    office = Office()
    login = rosa(office)
    await login(False)
    office.answers["refresh"] = status
    with pytest.raises(httpx.HTTPError):
        await login(True)
    del office.answers["refresh"]
    assert await login(True) == "access 2"
    assert office.calls == ["login", "refresh r1", "refresh r1"]


async def test_two_who_ask_at_once_share_one_renewal() -> None:
    office = Office()
    login = rosa(office)
    await login(False)
    assert await asyncio.gather(login(True), login(True)) == ["access 2", "access 2"]
    assert office.calls == ["login", "refresh r1"]


async def test_a_given_token_is_all_there_is() -> None:
    provide = fixed("abc")
    assert [await provide(False), await provide(True)] == ["abc", "abc"]

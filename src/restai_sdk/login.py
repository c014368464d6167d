"""Where tokens come from: e-mail and password, kept good by the refresh token; or one given token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import httpx

from restai_sdk.retrying import PATIENCE, passes, persist, retry_after

TokenProvider = Callable[[bool], Awaitable[str]]
"""Asked for an access token at each connection and renewal; True: for another than it gave before.

Raises SignedOut when only a person can help; any httpx error counts as passing.
"""

MARGIN = 90.0  # seconds a token must still last: the server warns 60 s before its end


class SignedOut(Exception):
    """There is no token to be had until a person signs in again. The text says why."""


class Login:
    """A token provider that signs in, and again when its refresh token no longer counts. It tries once each
    time that it is asked: `Client` and `Api` ask again.

    `user` is the account as the last sign-in described it. Safe to ask concurrently. Close it with `aclose`,
    unless `http` is given: then that is its owner's, and `url` is not used.
    """

    def __init__(self, url: str, email: str, password: str, *, http: httpx.AsyncClient | None = None) -> None:
        self._is_shared = http is not None
        self._http = http or httpx.AsyncClient(base_url=url)
        self._credentials = {"email": email, "password": password}
        self._access = self._refresh = ""
        self._good_until = 0.0  # on the monotonic clock
        self._asking = asyncio.Lock()
        self.user: dict[str, Any] = {}

    async def __call__(self, fresh: bool) -> str:
        asked = self._access
        async with self._asking:
            others = self._access != asked  # somebody got a new one while we waited
            if (fresh and not others) or time.monotonic() >= self._good_until:
                await self._renew()
            return self._access

    async def aclose(self) -> None:
        if not self._is_shared:
            await self._http.aclose()

    async def _renew(self) -> None:
        if self._refresh and await self._post("refresh", {"refreshToken": self._refresh}):
            return
        self._refresh = ""
        if not await self._post("login", self._credentials):
            raise SignedOut("E-mail or password is wrong")

    async def _post(self, call: str, body: dict[str, str]) -> bool:
        """Whether it was granted. Raises httpx errors for what cannot be decided now."""
        response = await self._http.post(f"/api/auth/{call}", json=body)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            return False
        self._take(response.raise_for_status())
        return True

    def _take(self, response: httpx.Response) -> None:
        tokens = response.json()
        self._access, self._refresh = tokens["accessToken"], tokens["refreshToken"]
        self.user = tokens.get("user", self.user)
        life = tokens["expiresAt"] / 1000 - _sent_at(response)
        self._good_until = time.monotonic() + life - MARGIN


async def login(
    url: str,
    email: str,
    password: str,
    *,
    http: httpx.AsyncClient | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Login:
    """Sign in now, in several tries if the server says that it can't yet: a sign-in of which the answer was
    lost is one that nobody uses. Raises SignedOut for a wrong password, httpx errors if nobody answers."""
    provider = Login(url, email, password, http=http)
    try:
        await persist(partial(provider, False), _pause, patience=PATIENCE, sleep=sleep)
    except BaseException:
        await provider.aclose()
        raise
    return provider


def _pause(error: Exception) -> float | None:
    if isinstance(error, httpx.HTTPStatusError) and passes(error.response.status_code):
        return retry_after(error.response)
    return None


def fixed(token: str) -> TokenProvider:
    """A provider of one given token, for as long as it lasts."""

    async def provide(fresh: bool) -> str:
        return token

    return provide


def _sent_at(response: httpx.Response) -> float:
    """Seconds since the epoch by the server's clock: ours may be minutes off."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return datetime.now().timestamp()

"""Calls to the REST API: signed in, tried again while that can help, each command at most once.

A command carries an idempotency key that is the same in all its tries, so that one whose answer was
lost on the way applies once and is answered as the first time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from restai_sdk.login import TokenProvider
from restai_sdk.retrying import PATIENCE, passes, persist, retry_after

Json = dict[str, Any]

TIMEOUT = 10.0  # seconds for one try
PAGE = 200  # items: the most that the server gives at once
NO_ANSWER = "no_answer"  # the code of the one error that did not come from a server


@dataclass(eq=False)
class ApiError(Exception):
    """A call did not succeed. `code` is the server's, stable; `members` are what else it told.

    `status` None: no answer came, and whether a command applied is not known.
    """

    code: str
    text: str
    status: int | None = None
    retry_after: float = 0.0  # seconds, as the server asked for
    members: Json = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether the same call may succeed later."""
        return self.status is None or passes(self.status)

    def __str__(self) -> str:
        return f"{self.text} ({self.code})"


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    body: Any = None
    query: Json = field(default_factory=dict)
    key: str | None = None

    def headers(self, token: str | None) -> dict[str, str]:
        asked = {"Accept": "application/json"}
        if token is not None:
            asked["Authorization"] = f"Bearer {token}"
        if self.key is not None:
            asked["Idempotency-Key"] = self.key
        if self.body is not None:
            asked["Content-Type"] = "application/json"
        return asked


class Calls:
    """Calls a server as whoever `token` provides for; None: as nobody, or a guest who has yet to join.

    Close it with `aclose`, unless `http` is given: then that is its owner's, and `url` is not used.
    """

    def __init__(
        self,
        url: str,
        token: TokenProvider | None,
        *,
        http: httpx.AsyncClient | None = None,
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._is_shared = http is not None
        self._http = http or httpx.AsyncClient(base_url=url, timeout=TIMEOUT)
        self._token = token
        self._patience = patience
        self._sleep = sleep

    async def aclose(self) -> None:
        if not self._is_shared:
            await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        """What is at `path`. Raises ApiError, SignedOut."""
        return await self._done(_Call("GET", path, query=given(**query)))

    async def each(self, path: str, **query: Any) -> AsyncIterator[Any]:
        """Everything in a list, page by page. Raises ApiError, SignedOut."""
        cursor = None
        while True:
            page = await self.get(path, limit=PAGE, cursor=cursor, **query)
            for item in page["items"]:
                yield item
            if (cursor := page["nextCursor"]) is None:
                return

    async def command(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Carry out a command once; its answer. Who may repeat it later gives it a `key` and keeps that.

        Raises ApiError, SignedOut.
        """
        return await self._done(_Call(method, path, body, key=key or str(uuid4())))

    async def _done(self, call: _Call) -> Any:
        attempt = partial(self._tried, call)
        return await persist(attempt, _pause, patience=self._patience, sleep=self._sleep)

    async def _tried(self, call: _Call) -> Any:
        """One try; another with a new token if the old one is no good any more."""
        try:
            response = await self._sent(call, fresh=False)
            if response.status_code == httpx.codes.UNAUTHORIZED and self._token is not None:
                response = await self._sent(call, fresh=True)
            if not response.is_success:
                raise _error(response)
            return msgspec.json.decode(response.content) if response.content else None
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise ApiError(NO_ANSWER, str(error) or type(error).__name__) from error

    async def _sent(self, call: _Call, *, fresh: bool) -> httpx.Response:
        token = None if self._token is None else await self._token(fresh)
        return await self._http.request(
            call.method,
            f"/api{call.path}",
            params=call.query,
            content=None if call.body is None else msgspec.json.encode(call.body),
            headers=call.headers(token),
        )


def given(**fields: Any) -> Json:
    """Those that are not None, by their names on the wire: `branch_id` is `branchId`."""
    return {_camel(name): value for name, value in fields.items() if value is not None}


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _pause(error: Exception) -> float | None:
    return error.retry_after if isinstance(error, ApiError) and error.passes else None


def _error(response: httpx.Response) -> ApiError:
    """What a server, or something before it, refused with."""
    status, wait = response.status_code, retry_after(response)
    try:
        problem = msgspec.json.decode(response.content, type=dict[str, Any])
        code = str(problem.pop("code"))
    except (msgspec.DecodeError, KeyError):
        return ApiError(f"http_{status}", response.reason_phrase or "Not a word", status, wait)
    return ApiError(code, str(problem.get("detail")), status, wait, problem)

"""How a branch fares, what is over, and who did what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, TypedDict, cast

from restai_sdk.api.calling import Calls
from restai_sdk.api.orders import Order


class PastAccount(TypedDict):
    """A visit that is over, or an order that was on no visit's bill, by its `id`. Money in minor units."""

    id: str
    kind: Literal["visit", "order"]
    tableNumber: str | None
    customerName: str | None
    orderNumbers: list[str]
    beganAt: int
    endedAt: int
    total: int
    paid: int
    balance: int
    tips: int


class Doer(TypedDict):
    id: str
    name: str


class Audit(TypedDict):
    """Somebody did something that has to be answered for. `about` is what or whom it was done to."""

    id: str
    at: int
    by: Doer
    deed: str
    branchId: str | None
    about: str
    details: dict[str, Any]


class Process(TypedDict):
    """How the process that answered serves the branch."""

    connections: int
    phones: int
    rooms: int
    logLagMs: int | None
    redis: Literal["ok", "away"] | None
    redisMs: float | None


class Monitor(TypedDict):
    """How a branch fares at a moment, `at`. `eventsPerSecond` are those of the last minute."""

    at: int
    eventsPerSecond: float
    screens: list[Any]
    unseenOrders: list[Order]
    databaseMs: float
    process: Process | None


class Overview:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def monitor(self, branch_id: str) -> Monitor:
        return cast(Monitor, await self._calls.get(f"/branches/{branch_id}/monitor"))

    def history(
        self, *, branch_id: str | None = None, since: int | None = None, until: int | None = None
    ) -> AsyncIterator[PastAccount]:
        """What is over, of what began from `since` up to `until` (ms); the last first."""
        return self._calls.each("/history", branch_id=branch_id, since=since, until=until)

    def audit(
        self,
        *,
        branch_id: str | None = None,
        deed: Sequence[str] = (),
        about: str | None = None,
        since: int | None = None,
    ) -> AsyncIterator[Audit]:
        """Who did what at a branch and to the accounts that work there, newest first."""
        return self._calls.each(
            "/audit", branch_id=branch_id, deed=list(deed) or None, about=about, since=since
        )

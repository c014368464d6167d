"""What guests call for, as staff see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal, TypedDict, cast

from restai_sdk.api.calling import Calls
from restai_sdk.api.staff import StaffRef

RequestKind = Literal["waiter", "bill"]
RequestStatus = Literal["pending", "acknowledged", "resolved", "cancelled"]


class Request(TypedDict):
    """`acknowledgedBy`: who goes, or went."""

    id: str
    rev: int
    tableId: str
    sessionId: str
    kind: RequestKind
    status: RequestStatus
    acknowledgedBy: StaffRef | None
    createdAt: int


class Requests:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(
        self, *, branch_id: str | None = None, status: Sequence[RequestStatus] = ()
    ) -> AsyncIterator[Request]:
        """Newest first: those in one of these states."""
        return self._calls.each("/requests", branch_id=branch_id, status=list(status) or None)

    async def acknowledge(self, request_id: str, *, key: str | None = None) -> Request:
        """Go there. All but the first who says so are refused (`in_other_hands`)."""
        return await self._does(request_id, "acknowledge", key)

    async def resolve(self, request_id: str, *, key: str | None = None) -> Request:
        return await self._does(request_id, "resolve", key)

    async def _does(self, request_id: str, what: str, key: str | None) -> Request:
        answer = await self._calls.command("POST", f"/requests/{request_id}/{what}", key=key)
        return cast(Request, answer)

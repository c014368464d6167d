"""Visits and the phones in them, as staff see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, TypedDict, cast

from restai_sdk.api.calling import Calls, given

SessionStatus = Literal["pending", "active", "rejected", "completed"]
GuestStatus = Literal["waiting", "in", "out"]


class Guest(TypedDict):
    id: str
    name: str
    status: GuestStatus


class Session(TypedDict):
    """A visit at a table. `startedAt` in ms: when the party was seated, or asked to be."""

    id: str
    rev: int
    tableId: str
    tableNumber: str
    status: SessionStatus
    guests: list[Guest]
    startedAt: int
    mergedInto: str | None


class Sessions:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(
        self, *, branch_id: str | None = None, status: Sequence[SessionStatus] = ()
    ) -> AsyncIterator[Session]:
        return self._calls.each("/sessions", branch_id=branch_id, status=list(status) or None)

    async def get(self, session_id: str) -> Session:
        return cast(Session, await self._calls.get(f"/sessions/{session_id}"))

    async def seat(self, table_id: str, *, id_: str | None = None, key: str | None = None) -> Session:
        """A party sits down. `id_`: a UUIDv7 of one's own for the visit."""
        return await self._does("", given(table_id=table_id, id_=id_), key)

    async def approve(self, session_id: str, *, key: str | None = None) -> Session:
        """Let a party in that asked to be; who asked is in, its other phones wait."""
        return await self._does(f"/{session_id}/approve", None, key)

    async def reject(self, session_id: str, *, reason: str | None = None, key: str | None = None) -> Session:
        return await self._does(f"/{session_id}/reject", given(reason=reason), key)

    async def admit(self, session_id: str, guest_id: str, *, key: str | None = None) -> Session:
        return await self._does(f"/{session_id}/guests/{guest_id}/admit", None, key)

    async def remove(self, session_id: str, guest_id: str, *, key: str | None = None) -> Session:
        return await self._does(f"/{session_id}/guests/{guest_id}/remove", None, key)

    async def move(self, session_id: str, table_id: str, *, key: str | None = None) -> Session:
        """The party changes its table; its orders are labelled anew."""
        return await self._does(f"/{session_id}/move", {"tableId": table_id}, key)

    async def merge(
        self, session_id: str, into: str, *, keep_table: bool | None = None, key: str | None = None
    ) -> Session:
        """The party joins the one of the visit `into`. `keep_table`: that has both tables then."""
        return await self._does(f"/{session_id}/merge", given(into=into, keep_table=keep_table), key)

    async def end(self, session_id: str, *, force: bool | None = None, key: str | None = None) -> Session:
        """The party leaves. `force`: although it has not paid, as a manager may say."""
        return await self._does(f"/{session_id}/end", given(force=force), key)

    async def _does(self, path: str, body: Any, key: str | None) -> Session:
        return cast(Session, await self._calls.command("POST", f"/sessions{path}", body, key=key))

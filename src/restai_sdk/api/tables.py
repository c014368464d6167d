"""Tables and the spaces they stand in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls, given

TableStatus = Literal["available", "occupied", "reserved", "maintenance"]


class Position(TypedDict, total=False):
    """Where a table stands and how large it is, in cm and degrees."""

    x: int
    y: int
    width: int
    height: int
    rotation: int
    shape: Literal["square", "round"]


class Table(TypedDict):
    """`code` is what its QR code says."""

    id: str
    rev: int
    number: str
    code: str
    spaceId: str | None
    capacity: int
    status: TableStatus
    sessionId: str | None
    position: Position
    archived: bool


class TableDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    spaceId: NotRequired[str | None]
    number: str
    capacity: NotRequired[int]
    position: NotRequired[Position]


class TablePatch(TypedDict, total=False):
    spaceId: str | None
    number: str | None
    capacity: int | None
    position: Position | None


class Space(TypedDict):
    id: str
    name: str


class SpaceDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    name: str
    position: NotRequired[int | None]


class SpacePatch(TypedDict, total=False):
    name: str | None
    position: int | None


class Tables:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(self, *, branch_id: str | None = None) -> AsyncIterator[Table]:
        return self._calls.each("/tables", branch_id=branch_id)

    async def get(self, table_id: str) -> Table:
        return cast(Table, await self._calls.get(f"/tables/{table_id}"))

    async def add(self, draft: TableDraft, *, key: str | None = None) -> Table:
        return await self._does("POST", "", draft, key)

    async def change(self, table_id: str, patch: TablePatch, *, key: str | None = None) -> Table:
        return await self._does("PATCH", f"/{table_id}", patch, key)

    async def archive(self, table_id: str, *, key: str | None = None) -> Table:
        """Take it away for good."""
        return await self._does("DELETE", f"/{table_id}", None, key)

    async def set_status(
        self, table_id: str, status: TableStatus, *, seen: TableStatus | None = None, key: str | None = None
    ) -> Table:
        """Keep it for somebody, close it, or open it again."""
        return await self._does("PATCH", f"/{table_id}/status", given(status=status, from_=seen), key)

    async def free(self, table_id: str, *, force: bool | None = None, key: str | None = None) -> Table:
        """Whoever sat there has left. `force`: without having paid, as a manager may say."""
        return await self._does("POST", f"/{table_id}/free", given(force=force), key)

    async def _does(self, method: str, path: str, body: Any, key: str | None) -> Table:
        return cast(Table, await self._calls.command(method, f"/tables{path}", body, key=key))


class Spaces:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(self, *, branch_id: str | None = None) -> AsyncIterator[Space]:
        return self._calls.each("/spaces", branch_id=branch_id)

    async def get(self, space_id: str) -> Space:
        return cast(Space, await self._calls.get(f"/spaces/{space_id}"))

    async def add(self, draft: SpaceDraft, *, key: str | None = None) -> Space:
        return await self._does("POST", "", draft, key)

    async def change(self, space_id: str, patch: SpacePatch, *, key: str | None = None) -> Space:
        return await self._does("PATCH", f"/{space_id}", patch, key)

    async def remove(self, space_id: str, *, key: str | None = None) -> Space:
        return await self._does("DELETE", f"/{space_id}", None, key)

    async def _does(self, method: str, path: str, body: Any, key: str | None) -> Space:
        return cast(Space, await self._calls.command(method, f"/spaces{path}", body, key=key))

"""Branches, and the snapshot that a screen starts from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls
from restai_sdk.api.orders import Order
from restai_sdk.api.payments import Till
from restai_sdk.api.requests import Request
from restai_sdk.api.sessions import Session
from restai_sdk.api.tables import Space, Table


class Branch(TypedDict):
    """`taxRate` is in basis points, `dayStartsAt` in minutes after midnight."""

    id: str
    rev: int
    name: str
    currency: str
    taxRate: int
    pricesIncludeTax: bool
    autoApprove: bool
    autoConfirm: bool
    timeZone: str
    dayStartsAt: int
    stations: list[str]
    spaces: list[Space]


class BranchDraft(TypedDict):
    id: NotRequired[str | None]
    name: str
    currency: NotRequired[str]
    taxRate: NotRequired[int]
    pricesIncludeTax: NotRequired[bool]
    autoApprove: NotRequired[bool]
    autoConfirm: NotRequired[bool]
    timeZone: NotRequired[str]
    dayStartsAt: NotRequired[int]
    stations: NotRequired[list[str]]
    copyMenuFrom: NotRequired[str | None]


class BranchPatch(TypedDict, total=False):
    name: str | None
    currency: str | None
    taxRate: int | None
    pricesIncludeTax: bool | None
    autoApprove: bool | None
    autoConfirm: bool | None
    timeZone: str | None
    dayStartsAt: int | None
    stations: list[str] | None


class LogPosition(TypedDict):
    """A place in a branch's log."""

    epoch: str
    seq: int


class Snapshot(TypedDict):
    """A branch's state, and the place in its log up to which the events are in it."""

    stream: LogPosition
    branch: Branch
    tables: list[Table]
    sessions: list[Session]
    orders: list[Order]
    requests: list[Request]
    screens: list[Any]
    till: Till | None
    menuVersion: int


class Branches:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(self) -> AsyncIterator[Branch]:
        """One's own."""
        return self._calls.each("/branches")

    async def get(self, branch_id: str) -> Branch:
        return cast(Branch, await self._calls.get(f"/branches/{branch_id}"))

    async def open(self, draft: BranchDraft, *, key: str | None = None) -> Branch:
        return cast(Branch, await self._calls.command("POST", "/branches", draft, key=key))

    async def change(self, branch_id: str, patch: BranchPatch, *, key: str | None = None) -> Branch:
        return cast(Branch, await self._calls.command("PATCH", f"/branches/{branch_id}", patch, key=key))

    async def snapshot(self, branch_id: str) -> Snapshot:
        return cast(Snapshot, await self._calls.get(f"/branches/{branch_id}/snapshot"))

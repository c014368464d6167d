"""Who works there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls, given

Role = Literal["org_admin", "branch_manager", "cashier", "waiter", "kitchen"]


class BranchRef(TypedDict):
    id: str
    name: str


class StaffRef(TypedDict):
    """A member of staff by his name, as it was when he did what this is told of."""

    id: str
    name: str


class Account(TypedDict):
    """Who is signed in."""

    id: str
    name: str
    email: str
    role: Role
    organizationId: str
    branches: list[BranchRef]


class StaffMember(TypedDict):
    id: str
    rev: int
    name: str
    email: str
    role: Role
    branches: list[BranchRef]
    active: bool
    createdAt: int


class StaffDraft(TypedDict):
    id: NotRequired[str | None]
    name: str
    email: str
    password: str
    role: Role
    branchIds: NotRequired[list[str] | None]


class StaffPatch(TypedDict, total=False):
    name: str | None
    email: str | None
    role: Role | None
    branchIds: list[str] | None
    active: bool | None


class Team:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def me(self) -> Account:
        return cast(Account, await self._calls.get("/auth/me"))

    def each(self, *, branch_id: str | None = None) -> AsyncIterator[StaffMember]:
        return self._calls.each("/staff", branch_id=branch_id)

    async def hire(self, draft: StaffDraft, *, key: str | None = None) -> StaffMember:
        return await self._does("POST", "", draft, key)

    async def change(self, user_id: str, patch: StaffPatch, *, key: str | None = None) -> StaffMember:
        """`active: False` dismisses."""
        return await self._does("PATCH", f"/{user_id}", patch, key)

    async def set_password(
        self, user_id: str, password: str, *, current: str | None = None, key: str | None = None
    ) -> StaffMember:
        """One's own by the `current` one, somebody else's as who may manage them."""
        body = given(password=password, current_password=current)
        return await self._does("POST", f"/{user_id}/password", body, key)

    async def _does(self, method: str, path: str, body: Any, key: str | None) -> StaffMember:
        return cast(StaffMember, await self._calls.command(method, f"/staff{path}", body, key=key))

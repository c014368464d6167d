"""A bell that can be rung over the API: the smallest command there is, for what is true of all commands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.outbox import LogEntry
from restai.db.transaction import Transaction
from restai.events import Address, Event, Shape
from restai.http.deps import StaffCommand, StaffQuery
from restai.http.idempotency import IdempotencyKey
from restai.ids import Id, new_id
from tests.support.house import House

router = APIRouter()


class BellDraft(Shape):
    tune: str = "ding"
    branch_id: Id | None = None
    password: str | None = None


class BellView(Shape):
    id: Id
    branch_id: Id
    tune: str
    rung: int  # how often, when it was answered


class BellRang(Event):
    type = "bell:rang"
    bell: BellView

    @classmethod
    async def render(cls, _tx: Transaction, bell: BellView) -> BellRang:
        return cls(bell=bell)

    def address(self) -> Address:
        return Address(self.bell.branch_id, (f"branch:{self.bell.branch_id}",))


class Bell:
    """Counts its rings. What else a ring does is the test's to say."""

    def __init__(self) -> None:
        self.rings = 0
        self.fails: Exception | None = None
        self.held = asyncio.Event()  # a ring has begun
        self.let_go = asyncio.Event()  # and may end
        self.let_go.set()
        self.also: Any = None

    async def ring(self, tx: Transaction, who: Staff, draft: BellDraft) -> BellView:
        self.rings += 1
        fails = self.fails  # as it was when this ring began
        bell = BellView(id=new_id(), branch_id=who.branch(draft.branch_id), tune=draft.tune, rung=self.rings)
        tx.emit(BellRang, bell)
        if self.also is not None:
            await self.also(tx)
        self.held.set()
        await self.let_go.wait()
        if fails is not None:
            raise fails
        return bell


async def _as_it_is(_tx: Transaction, bell: BellView) -> BellView:
    return bell


@router.post("/bells", status_code=201)
async def ring(draft: BellDraft, command: StaffCommand, request: Request) -> Response:
    bell: Bell = request.app.state.bell
    return await command.run(
        lambda tx, who: bell.ring(tx, who, draft),
        permission=Permission.ORDERS_CREATE,
        view=_as_it_is,
        status=201,
        location="/api/bells/{id}",
    )


@router.put("/bells")
async def ring_as_ever(command: StaffCommand, request: Request) -> Response:
    """A command that needs no body."""
    bell: Bell = request.app.state.bell
    return await command.run(lambda tx, who: bell.ring(tx, who, BellDraft()), view=_as_it_is)


@router.get("/bells")
async def listen(query: StaffQuery, request: Request) -> Response:
    async def fail(_tx: Transaction, _who: Staff) -> Shape:
        raise request.app.state.bell.fails

    return await query.run(fail)


async def kept(house: House) -> tuple[int, int]:
    """How many keys and how many events the database holds."""
    async with house.database.reading() as tx:
        keys = await tx.session.scalar(select(func.count()).select_from(IdempotencyKey))
        events = await tx.session.scalar(
            select(func.count()).select_from(LogEntry).where(LogEntry.type == BellRang.type)
        )
    return keys or 0, events or 0


@asynccontextmanager
async def running(*calls: Any) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """`calls` under way; none is left behind."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

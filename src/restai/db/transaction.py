"""A command's transaction: its session, its moment, and the events it will have caused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement, ScalarResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from restai.db.outbox import Draft, LogRow, append
from restai.db.types import Base
from restai.db.upsert import insert_new
from restai.events import Event, Stamp
from restai.ids import new_id


class Versioned(Protocol):
    """A resource whose `rev` rises with every change of its body."""

    id: Any
    rev: Any


V = TypeVar("V", bound=Versioned)

Render = Callable[["Transaction"], Awaitable[Event]]


class Transaction:
    """What a service function gets. `now` is the restaurant's time, in ms, when it began."""

    def __init__(self, session: AsyncSession, now: int, *, read_only: bool = False) -> None:
        self.session = session
        self.now = now
        self._read_only = read_only
        self._pending: list[Render] = []
        self._last_writes: list[Callable[[], Awaitable[None]]] = []

    async def lock(self, model: type[V], *where: ColumnElement[bool]) -> V | None:
        """Lock the one row that `where` selects, raise its `rev`, return it fresh; None if none is.

        A command locks the root row of what it changes before it reads anything that it decides by,
        in the order session, table, order, payment, till. A command that then finds nothing to do
        calls `keep`.
        """
        return (await self._raised(model, where)).one_or_none()

    async def lock_or_begin(self, model: type[V], id_: str, **values: Any) -> V:
        """Likewise the row with this id, which is made with `values` at `rev` 0 if nobody has: for what
        there is of each branch or visit, and begins with its first change."""
        locked = await self.lock(model, model.id == id_)
        if locked is None:
            await insert_new(self.session, cast("type[Base]", model), id=id_, rev=0, **values)
            locked = await self.lock(model, model.id == id_)
        assert locked is not None  # nobody deletes it while the caller holds what it belongs to
        return locked

    async def lock_all(self, model: type[V], *where: ColumnElement[bool]) -> Sequence[V]:
        """Likewise every row that `where` selects. They are locked in the order of their ids, so that
        two who lock several do not wait for each other. As by `lock`, who only refers to a row does not
        wait: PostgreSQL asks for what a row refers to whenever that row is written for a second time."""
        await self.session.flush()
        ids = select(model.id).where(*where).order_by(model.id).with_for_update(key_share=True)
        locked = (await self.session.scalars(ids)).all()
        return (await self._raised(model, [model.id.in_(locked)])).all() if locked else []

    async def _raised(self, model: type[V], where: Sequence[ColumnElement[bool]]) -> ScalarResult[V]:
        await self.session.flush()  # a row that is read again must not lose what was changed on it
        statement = (
            update(model)
            .where(*where)
            .values(rev=model.rev + 1)
            .returning(model)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return await self.session.scalars(statement)

    async def keep(self, row: Versioned) -> None:
        """Take back the `rev` that `lock` raised: nothing of the row's body changes."""
        row.rev = row.rev - 1
        await self.session.flush()

    def emit(self, event: type[Event], resource: Any, **extra: Any) -> None:
        """Announce a change of `resource`. Its body is rendered when the transaction ends, so that it
        carries the final state whatever else this transaction still does."""
        if self._read_only:
            raise RuntimeError(f"{event.type}: a transaction that only reads changes nothing to announce")
        self._pending.append(lambda tx: event.render(tx, resource, **extra))  # type: ignore[attr-defined]

    def before_counter(self, write: Callable[[], Awaitable[None]]) -> None:
        """Run `write` at the end, after the bodies are rendered and before the log's counter is taken."""
        self._last_writes.append(write)

    async def finish(self) -> list[LogRow]:
        """Render what was emitted and write it to the log. Only COMMIT may follow."""
        await self.session.flush()
        drafts = [self._draft(await render(self)) for render in self._pending]
        for write in self._last_writes:
            await write()
        await self.session.flush()
        return await append(self.session, drafts) if drafts else []

    def _draft(self, event: Event) -> Draft:
        where = event.address()
        stamp = Stamp(new_id(), where.stream, self.now)
        return Draft(
            stream=where.stream,
            id=stamp.id,
            type=event.type,
            rooms=where.rooms,
            session_id=where.session_id,
            guest_id=where.guest_id,
            staff=event.staff_body(stamp),
            guest=event.guest_body(stamp),
            created_at=self.now,
        )

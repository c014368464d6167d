"""Finding visits and taking hold of them: always the first lock of a command."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.upsert import insert_new
from restai.errors import IllegalTransition, NotFound, TableUnavailable
from restai.features.sessions import rules
from restai.features.sessions.models import Guest, Session
from restai.features.sessions.rules import OPEN, GuestStatus, SessionStatus
from restai.features.sessions.schemas import session_view
from restai.features.tables.models import Table
from restai.ids import new_id

TRIES = 3  # the visit at a table may begin or end between two looks; more often is no coincidence


async def visits(
    tx: Transaction,
    who: Staff,
    branch_id: str | None,
    *,
    states: Collection[SessionStatus],
    before: str | None,
    most: int,
) -> Sequence[Session]:
    """A branch's visits, newest first, at most `most` before the one named; all states if none is.

    Raises NotFound.
    """
    query = select(Session).where(Session.branch_id == who.branch(branch_id))
    if states:
        query = query.where(Session.status.in_(states))
    if before is not None:
        query = query.where(Session.id < before)
    return (await tx.session.scalars(query.order_by(Session.id.desc()).limit(most))).all()


async def visit(tx: Transaction, who: Staff, session_id: str) -> Session:
    """A visit at one's own branches as it is now, not locked. Raises NotFound."""
    found = await tx.session.scalar(
        select(Session)
        .where(Session.id == session_id, Session.organization_id == who.organization_id)
        .where(Session.branch_id.in_(who.branches))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("session", session_id)
    return found


async def locked(tx: Transaction, who: Staff, session_id: str) -> Session:
    """A visit at one's own branches, locked. Raises NotFound."""
    found = await tx.lock(
        Session,
        Session.id == session_id,
        Session.organization_id == who.organization_id,
        Session.branch_id.in_(who.branches),
    )
    if found is None:
        raise NotFound("session", session_id)
    return found


async def held(tx: Transaction, session_id: str) -> Session | None:
    """An active visit that cannot end or move before this transaction does; None if it is not active.

    Its body does not change by it, so its `rev` stays and many orders may hold it at once.
    """
    found: Session | None = await tx.session.scalar(
        select(Session)
        .where(Session.id == session_id, Session.status == SessionStatus.ACTIVE)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return found


async def open_at(tx: Transaction, table_id: str) -> Session | None:
    """The open visit at a table as it is now, not locked: its own, or the one that it is kept for."""
    holder = select(Table.session_id).where(Table.id == table_id).scalar_subquery()
    found: Session | None = await tx.session.scalar(
        select(Session)
        .where(or_(Session.table_id == table_id, Session.id == holder), Session.status.in_(OPEN))
        .order_by(Session.status)  # an active one holds the table, whoever else asks for it
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return found


async def pair(tx: Transaction, who: Staff, first_id: str, second_id: str) -> tuple[Session, Session]:
    """Two visits at one branch of one's own, locked. Raises NotFound."""
    found = await tx.lock_all(
        Session,
        Session.id.in_([first_id, second_id]),
        Session.organization_id == who.organization_id,
        Session.branch_id.in_(who.branches),
    )
    by_id = {session.id: session for session in found}
    for id_ in (first_id, second_id):
        if id_ not in by_id:
            raise NotFound("session", id_)
    first, second = by_id[first_id], by_id[second_id]
    if first.branch_id != second.branch_id:
        raise NotFound("session", second_id)
    return first, second


async def begun(
    tx: Transaction,
    table: Table,
    status: SessionStatus,
    *,
    id_: str | None = None,
    opened_by: str | None = None,
) -> Session | None:
    """A new visit at a table that has none; None if another was there first, or has the id."""
    id_ = id_ or new_id()
    fresh = await insert_new(
        tx.session,
        Session,
        id=id_,
        organization_id=table.organization_id,
        branch_id=table.branch_id,
        table_id=table.id,
        status=status,
        opened_by=opened_by,
        created_at=tx.now,
        started_at=tx.now,
    )
    return await tx.session.get_one(Session, id_) if fresh else None


def not_begun(table: Table, there: Session) -> TableUnavailable:
    """Why nobody can sit down at a table where this visit is open."""
    current = "requested" if there.status is SessionStatus.PENDING else "occupied"
    return TableUnavailable(table.number, current)


async def table_of(tx: Transaction, session: Session) -> Table:
    """The table of a locked visit, locked after it."""
    table = await tx.lock(Table, Table.id == session.table_id)
    if table is None:
        raise NotFound("table", session.table_id)
    return table


async def guests_of(tx: Transaction, session: Session, *states: GuestStatus) -> Sequence[Guest]:
    """The guests of a locked visit that are in one of `states`."""
    found = await tx.session.scalars(
        select(Guest)
        .where(Guest.session_id == session.id, Guest.status.in_(states))
        .execution_options(populate_existing=True)
    )
    return found.all()


async def check_may_become(tx: Transaction, session: Session, to: SessionStatus) -> None:
    """Raises IllegalTransition, with the visit as it is, unless a locked visit may become `to`."""
    if not rules.may_become(session.status, to):
        await tx.keep(session)
        raise IllegalTransition("session", session.status, to, await session_view(tx, session))

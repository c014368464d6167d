"""A party changes its table, or joins another, or its table changes its number.

Its orders, payments and calls are brought along by who calls this.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Busy, IllegalTransition, NotFound, Stale
from restai.features.sessions.events import SessionMerged, SessionMoved, SessionUpdated
from restai.features.sessions.models import Session
from restai.features.sessions.rules import OPEN, GuestStatus, SessionStatus
from restai.features.sessions.schemas import session_view
from restai.features.sessions.service.finding import guests_of, not_begun, open_at
from restai.features.tables import service as tables
from restai.features.tables.models import Table


async def move(tx: Transaction, who: Staff, session: Session, table_id: str) -> None:
    """Seat a locked visit at another table of its branch, one that is free or kept for it already.

    Raises NotFound, IllegalTransition unless it is going on, TableUnavailable, Busy.
    """
    await check_going_on(tx, session, "moved")
    there = await tables.table(tx, who, table_id)
    if there.branch_id != session.branch_id:
        raise NotFound("table", table_id)
    left = session.table_id
    await _claim(tx, session, there)
    locked = await tx.lock_all(Table, Table.id.in_([left, there.id]))
    tx.emit(SessionMoved, session, left=left)
    for table in locked:
        if table.id == left:
            tables.release(tx, table)
        elif table.session_id == session.id:
            tables.hand_over(tx, table, session.id)
        else:
            tables.occupy(tx, table, session.id)


async def merge(
    tx: Transaction, session: Session, into: Session, seats: Sequence[Table], *, keep_table: bool
) -> None:
    """End a locked visit as merged into another locked one, to which its guests go. Its locked tables
    are free, or kept for the other."""
    going = await guests_of(tx, session, GuestStatus.WAITING, GuestStatus.IN)
    for guest in going:
        guest.session_id = into.id
    session.status = SessionStatus.COMPLETED
    session.merged_into = into.id
    session.ended_at = tx.now
    tx.emit(SessionUpdated, into)
    tx.emit(SessionMerged, session, into=into, going=going)
    for table in seats:
        if keep_table:
            tables.hand_over(tx, table, into.id)
        else:
            tables.release(tx, table)


async def locked_at(tx: Transaction, table_id: str) -> Session | None:
    """The open visit whose own table this is, locked before that; None if there is none."""
    return await tx.lock(Session, *_open_at(table_id))


async def label_anew(tx: Transaction, table: Table, visit: Session | None) -> None:
    """Tell of the visit that `locked_at` found at a table which is locked since, and is called by another
    number now. Raises Busy if another visit came there between the two locks."""
    there = await tx.session.scalar(select(Session.id).where(*_open_at(table.id)))
    if there != (visit.id if visit is not None else None):
        raise Busy
    if visit is not None:
        tx.emit(SessionUpdated, visit)


async def check_going_on(tx: Transaction, session: Session, to: str) -> None:
    """Raises IllegalTransition, with the visit as it is, unless a locked visit is going on."""
    if session.status is not SessionStatus.ACTIVE:
        await tx.keep(session)
        raise IllegalTransition("session", session.status, to, await session_view(tx, session))


async def check_open_for(tx: Transaction, session: Session) -> None:
    """Raises Stale, with the visit as it is, unless another may come to a locked one."""
    if session.status is not SessionStatus.ACTIVE:
        await tx.keep(session)
        raise Stale("session", session.status, SessionStatus.ACTIVE, await session_view(tx, session))


def _open_at(table_id: str) -> tuple[ColumnElement[bool], ...]:
    return Session.table_id == table_id, Session.status.in_(OPEN)


async def _claim(tx: Transaction, session: Session, table: Table) -> None:
    """Write where a locked visit sits now, before its tables are locked: who is just coming to the table
    has it first. Raises TableUnavailable, Busy."""
    other = await open_at(tx, table.id)
    if other is not None and other.id != session.id:
        raise not_begun(table, other)
    session.table_id = table.id
    try:
        await tx.session.flush()
    except IntegrityError as error:  # somebody has come to the table since
        raise Busy from error

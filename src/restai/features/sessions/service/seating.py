"""Staff seat parties, let guests in and send them away."""

from __future__ import annotations

from collections.abc import Sequence

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Busy, IllegalTransition, NotFound, Stale, TableUnavailable, Taken
from restai.events import Event
from restai.features.sessions import rules
from restai.features.sessions.events import (
    GuestAdmitted,
    GuestLeft,
    SessionApproved,
    SessionEnded,
    SessionRejected,
    SessionUpdated,
    VisitAccessChanged,
)
from restai.features.sessions.models import Session
from restai.features.sessions.rules import GuestStatus, SessionStatus
from restai.features.sessions.schemas import SeatDraft, session_view
from restai.features.sessions.service.finding import (
    TRIES,
    begun,
    check_may_become,
    guests_of,
    held,
    locked,
    not_begun,
    open_at,
    table_of,
    visit,
)
from restai.features.tables import service as tables
from restai.features.tables.models import Table


async def seat(tx: Transaction, who: Staff, draft: SeatDraft) -> Session:
    """Seat a party at a table where nobody sits or asks to.

    Raises NotFound, Taken, and TableUnavailable: `requested` while a guest's request is undecided.
    """
    table = await tables.table(tx, who, draft.table_id)
    if draft.branch_id not in (None, table.branch_id):
        raise NotFound("table", draft.table_id)
    session = await begun(tx, table, SessionStatus.ACTIVE, id_=draft.id)
    if session is None:
        raise await _unseated(tx, table, draft.id)
    await start(tx, session, SessionUpdated)
    return session


async def approve(tx: Transaction, who: Staff, session_id: str) -> Session:
    """Let in a requested visit and the guest who asked; other phones go on waiting.

    Raises NotFound, IllegalTransition, TableUnavailable.
    """
    session = await locked(tx, who, session_id)
    if session.status is SessionStatus.ACTIVE:
        await tx.keep(session)
        return session
    await _become(tx, session, SessionStatus.ACTIVE)
    for guest in await guests_of(tx, session, GuestStatus.WAITING):
        if guest.id == session.opened_by:
            guest.status = GuestStatus.IN
    await start(tx, session, SessionApproved)
    return session


async def reject(tx: Transaction, who: Staff, session_id: str, reason: str | None) -> Session:
    """Turn down a requested visit: all its phones are out. Raises NotFound, IllegalTransition."""
    session = await locked(tx, who, session_id)
    if session.status is SessionStatus.REJECTED:
        await tx.keep(session)
        return session
    await turn_down(tx, session, reason)
    return session


async def turn_down(tx: Transaction, session: Session, reason: str | None) -> None:
    """Reject a locked visit. Raises IllegalTransition."""
    await _become(tx, session, SessionStatus.REJECTED)
    await _close(tx, session)
    tx.emit(SessionRejected, session, reason=reason)
    tx.emit(VisitAccessChanged, session)


async def start(tx: Transaction, session: Session, told: type[Event]) -> None:
    """Announce that a locked visit is on, and seat it at its table. Raises TableUnavailable."""
    session.started_at = tx.now
    tx.emit(told, session)
    tables.occupy(tx, await table_of(tx, session), session.id)


async def complete(tx: Transaction, session: Session, seats: Sequence[Table]) -> None:
    """End a locked visit, freeing its locked tables. That nothing is left to pay is the caller's to see.

    Raises IllegalTransition.
    """
    await _become(tx, session, SessionStatus.COMPLETED)
    await _close(tx, session)
    tx.emit(SessionEnded, session)
    for table in seats:
        tables.release(tx, table)
    tx.emit(VisitAccessChanged, session)


async def admit(tx: Transaction, who: Staff, session_id: str, guest_id: str) -> Session:
    """Let a waiting phone take part in an active visit. Raises NotFound, IllegalTransition."""
    session = await locked(tx, who, session_id)
    return await _move_guest(tx, session, guest_id, GuestStatus.IN)


async def remove(tx: Transaction, who: Staff, session_id: str, guest_id: str) -> Session:
    """Send a phone away, whether it waits or takes part. Raises NotFound, IllegalTransition."""
    session = await locked(tx, who, session_id)
    return await _move_guest(tx, session, guest_id, GuestStatus.OUT)


async def visit_for_order(tx: Transaction, who: Staff, session_id: str) -> Session:
    """The visit on whose bill staff put an order: held, and begun if it was only requested.

    Raises NotFound, Stale if it is over, TableUnavailable.
    """
    found = await visit(tx, who, session_id)
    if found.status is SessionStatus.PENDING and (session := await _begin_requested(tx, found)):
        return session
    if session := await held(tx, session_id):
        return session
    over = await visit(tx, who, session_id)
    raise Stale("session", over.status, SessionStatus.ACTIVE, await session_view(tx, over))


async def visit_at(tx: Transaction, who: Staff, table_id: str) -> Session:
    """The visit at a table, held for an order: the one there is, or one that begins now.

    A requested visit begins by it too, since its table is being served; who may take part in it on
    a phone stays to be decided. Raises NotFound, TableUnavailable, Busy.
    """
    table = await tables.table(tx, who, table_id)
    for _ in range(TRIES):
        found = await open_at(tx, table.id)
        if found is None:
            session = await _begin(tx, table)
        elif found.status is SessionStatus.PENDING:
            session = await _begin_requested(tx, found)
        else:
            session = await held(tx, found.id)
        if session is not None:
            return session
    raise Busy


async def _begin(tx: Transaction, table: Table) -> Session | None:
    session = await begun(tx, table, SessionStatus.ACTIVE)
    if session is not None:
        await start(tx, session, SessionUpdated)
    return session


async def _begin_requested(tx: Transaction, found: Session) -> Session | None:
    session = await tx.lock(Session, Session.id == found.id, Session.status == SessionStatus.PENDING)
    if session is not None:
        session.status = SessionStatus.ACTIVE
        await start(tx, session, SessionUpdated)
    return session


async def _become(tx: Transaction, session: Session, to: SessionStatus) -> None:
    await check_may_become(tx, session, to)
    session.status = to


async def _close(tx: Transaction, session: Session) -> None:
    session.ended_at = tx.now
    for guest in await guests_of(tx, session, GuestStatus.WAITING, GuestStatus.IN):
        guest.status = GuestStatus.OUT


async def _move_guest(tx: Transaction, session: Session, guest_id: str, to: GuestStatus) -> Session:
    guest = next((one for one in await guests_of(tx, session, *GuestStatus) if one.id == guest_id), None)
    if guest is None:
        raise NotFound("guest", guest_id)
    if guest.status is to:
        await tx.keep(session)
        return session
    if not rules.guest_may_become(session.status, guest.status, to):
        await tx.keep(session)
        raise IllegalTransition("guest", guest.status, to, await session_view(tx, session))
    guest.status = to
    tx.emit(GuestAdmitted if to is GuestStatus.IN else GuestLeft, session, guest=guest)
    return session


async def _unseated(tx: Transaction, table: Table, id_: str | None) -> Taken | TableUnavailable:
    there = await open_at(tx, table.id)
    if there is None or there.id == id_:
        return Taken("session", str(id_))
    return not_begun(table, there)

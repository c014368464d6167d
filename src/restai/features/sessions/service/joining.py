"""Guests come in by a table's code, and are known by their row from then on."""

from __future__ import annotations

from sqlalchemy import func, select

from restai.auth import principal
from restai.auth.permissions import Permission
from restai.auth.principal import Claims, GuestClaims
from restai.db.transaction import Transaction
from restai.errors import Busy, Forbidden, NotFound, TableUnavailable, Unauthorized
from restai.features.branches.models import Branch
from restai.features.sessions.events import GuestAdmitted, GuestWaiting, SessionApproved, SessionRequested
from restai.features.sessions.models import Guest, Session
from restai.features.sessions.rules import OPEN, GuestStatus, SessionStatus
from restai.features.sessions.service.finding import TRIES, begun, guests_of, held, open_at
from restai.features.sessions.service.seating import start
from restai.features.tables import service as tables
from restai.features.tables.models import Table
from restai.features.tables.rules import TableStatus
from restai.ids import new_id

MOST_PHONES = 100  # in one visit, those sent away included: every event of the visit lists them


async def join(tx: Transaction, table: Table, name: str) -> Guest:
    """A phone asks to take part in the visit at a table, or asks for one where nobody sits.

    It waits to be let in, unless it comes to a free table of a branch that lets guests in by itself.
    Raises TableUnavailable, Busy.
    """
    guest_id = new_id()
    at_once = await _lets_in(tx, table)
    for _ in range(TRIES):
        there = await open_at(tx, table.id)
        if there is not None:
            is_here = (Session.table_id == there.table_id, Session.status.in_(OPEN))
            session = await tx.lock(Session, Session.id == there.id, *is_here)
            if session is None:
                continue
            guest = await _further_phone(tx, table, session, guest_id, name)
            tx.emit(GuestWaiting, session, guest=guest)
            return guest
        if table.status is TableStatus.MAINTENANCE:
            raise TableUnavailable(table.number, table.status)
        status = SessionStatus.ACTIVE if at_once else SessionStatus.PENDING
        session = await begun(tx, table, status, opened_by=guest_id)
        if session is not None:
            await _check_alone(tx, session)
            return await _first_phone(tx, session, guest_id, name)
    raise Busy


async def _check_alone(tx: Transaction, session: Session) -> None:
    """Raises Busy if the table of a visit that has just begun is another party's: since somebody looked,
    who sat there may have joined others who keep it. Nobody else can sit down there any more."""
    there = await open_at(tx, session.table_id)
    if there is not None and there.id != session.id:
        raise Busy


async def _lets_in(tx: Transaction, table: Table) -> bool:
    """Whether who comes to a table needs nobody's approval. A reserved one waits for somebody else."""
    branch = await tx.session.get_one(Branch, table.branch_id)
    return branch.auto_approve and table.status is TableStatus.AVAILABLE


async def _first_phone(tx: Transaction, session: Session, guest_id: str, name: str) -> Guest:
    if session.status is SessionStatus.ACTIVE:
        await start(tx, session, SessionApproved)
        return _added(tx, session, guest_id, name, GuestStatus.IN)
    await tables.hold_number(tx, session.table_id)
    tx.emit(SessionRequested, session)
    return _added(tx, session, guest_id, name, GuestStatus.WAITING)


async def _further_phone(tx: Transaction, table: Table, session: Session, guest_id: str, name: str) -> Guest:
    phones = await tx.session.scalar(
        select(func.count()).select_from(Guest).where(Guest.session_id == session.id)
    )
    if (phones or 0) >= MOST_PHONES:
        raise TableUnavailable(table.number, "full")
    return _added(tx, session, guest_id, name, GuestStatus.WAITING)


def _added(tx: Transaction, session: Session, guest_id: str, name: str, status: GuestStatus) -> Guest:
    guest = Guest(
        id=guest_id,
        organization_id=session.organization_id,
        branch_id=session.branch_id,
        session_id=session.id,
        name=name,
        status=status,
        created_at=tx.now,
    )
    tx.session.add(guest)
    return guest


async def guest_of(tx: Transaction, claims: Claims) -> principal.Guest:
    """The guest behind a token, as his and his visit's rows say now.

    Raises Unauthorized, `revoked` once he is out or the visit is over.
    """
    if not isinstance(claims, GuestClaims):
        raise Unauthorized("invalid")
    return await known_guest(tx, claims.guest_id, claims.organization_id)


async def known_guest(tx: Transaction, guest_id: str, organization_id: str) -> principal.Guest:
    """The guest with this id, as `guest_of`. Raises Unauthorized."""
    found = (
        await tx.session.execute(
            select(Guest, Session)
            .join(Session, Session.id == Guest.session_id)
            .where(Guest.id == guest_id, Guest.organization_id == organization_id)
            .where(Guest.status != GuestStatus.OUT, Session.status.in_(OPEN))
        )
    ).one_or_none()
    if found is None:
        raise Unauthorized("revoked")
    return _principal(*found)


async def hold_for(
    tx: Transaction, who: principal.Guest, needed: Permission = Permission.ORDERS_CREATE
) -> Session:
    """A guest's visit, held for what he does in it. Raises Forbidden, naming what is `needed`, unless he
    takes part in it now."""
    session = await held(tx, who.session_id)
    session_id, status = await _standing(tx, who)
    if session is None and session_id != who.session_id:  # merged since he was identified
        session = await held(tx, session_id)
        session_id, status = await _standing(tx, who)
    if session is None or session.id != session_id or status is not GuestStatus.IN:
        raise Forbidden(needed)
    return session


async def _standing(tx: Transaction, who: principal.Guest) -> tuple[str, GuestStatus]:
    """The visit that a guest is of now, and whether he takes part in it."""
    found = await tx.session.execute(select(Guest.session_id, Guest.status).where(Guest.id == who.guest_id))
    session_id, status = found.one()
    return session_id, status


async def admit_as_guest(tx: Transaction, who: principal.Guest, guest_id: str) -> Session:
    """Let a waiting phone take part in one's own visit.

    Raises NotFound, and Forbidden unless one takes part in it oneself now.
    """
    session = await tx.lock(Session, Session.id == who.session_id, Session.status == SessionStatus.ACTIVE)
    if session is None:
        raise Forbidden(Permission.SESSIONS_MANAGE)
    party = {one.id: one for one in await guests_of(tx, session, GuestStatus.WAITING, GuestStatus.IN)}
    if who.guest_id not in party or party[who.guest_id].status is not GuestStatus.IN:
        raise Forbidden(Permission.SESSIONS_MANAGE)
    guest = party.get(guest_id)
    if guest is None:
        raise NotFound("guest", guest_id)
    if guest.status is GuestStatus.IN:
        await tx.keep(session)
        return session
    guest.status = GuestStatus.IN
    tx.emit(GuestAdmitted, session, guest=guest)
    return session


def _principal(guest: Guest, session: Session) -> principal.Guest:
    return principal.Guest(
        guest_id=guest.id,
        session_id=session.id,
        organization_id=guest.organization_id,
        branch_id=session.branch_id,
        table_id=session.table_id,
        name=guest.name,
        admitted=guest.status is GuestStatus.IN and session.status is SessionStatus.ACTIVE,
    )

"""A party calls, and one of the staff goes.

A request is locked alone, or after its visit by whoever ends or moves that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select

from restai.auth import principal
from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.upsert import insert_new
from restai.errors import Busy, Forbidden, IllegalTransition, InOtherHands, NotFound, Taken
from restai.events import Event
from restai.features.requests import rules
from restai.features.requests.events import (
    RequestAcknowledged,
    RequestCancelled,
    RequestCreated,
    RequestMoved,
    RequestResolved,
)
from restai.features.requests.models import Request
from restai.features.requests.rules import RequestStatus
from restai.features.requests.schemas import RequestDraft, guest_request_view, request_view
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.ids import new_id

TRIES = 3  # the open request may be closed between two looks; more often is no coincidence

TOLD: dict[RequestStatus, type[Event]] = {
    RequestStatus.ACKNOWLEDGED: RequestAcknowledged,
    RequestStatus.RESOLVED: RequestResolved,
    RequestStatus.CANCELLED: RequestCancelled,
}


async def requests(
    tx: Transaction,
    who: Staff,
    branch_id: str | None,
    *,
    states: Collection[RequestStatus],
    before: str | None,
    most: int,
) -> Sequence[Request]:
    """A branch's requests, newest first, at most `most` before the one named; all states if none is.

    Raises NotFound.
    """
    query = select(Request).where(Request.branch_id == who.branch(branch_id))
    if states:
        query = query.where(Request.status.in_(states))
    if before is not None:
        query = query.where(Request.id < before)
    return (await tx.session.scalars(query.order_by(Request.id.desc()).limit(most))).all()


# ---- guests


async def ask(tx: Transaction, who: principal.Guest, draft: RequestDraft) -> Request:
    """Call from one's table. While such a call of the table is open, that one is it, and nobody is told
    again. Raises Forbidden to who does not take part in the visit (yet), Taken, Busy."""
    visit = await sessions.hold_for(tx, who, Permission.SERVICE)
    id_ = draft.id or new_id()
    for _ in range(TRIES):
        request = await _asked(tx, visit, id_, draft) or await _open(tx, visit, draft)
        if request is not None:
            return request
        if await tx.session.get(Request, id_) is not None:
            raise Taken("request", id_)
    raise Busy


async def cancel(tx: Transaction, who: principal.Guest, request_id: str) -> Request:
    """The party does not need it any more. Raises NotFound, IllegalTransition, and Forbidden to who
    does not take part in the visit (yet)."""
    if not who.admitted:
        raise Forbidden(Permission.SERVICE)
    request = await tx.lock(Request, Request.id == request_id, Request.session_id == who.session_id)
    if request is None:
        raise NotFound("request", request_id)
    if request.status is RequestStatus.CANCELLED:
        await tx.keep(request)
        return request
    if not rules.may_become(request.status, RequestStatus.CANCELLED):
        await tx.keep(request)
        resource = await guest_request_view(tx, request)
        raise IllegalTransition("request", request.status, RequestStatus.CANCELLED, resource)
    _become(tx, request, RequestStatus.CANCELLED)
    return request


# ---- staff


async def acknowledge(tx: Transaction, who: Staff, request_id: str) -> Request:
    """Go there. Raises NotFound, IllegalTransition, and InOtherHands to all but the first who goes."""
    request = await _locked(tx, who, request_id)
    if request.status is RequestStatus.ACKNOWLEDGED:
        await tx.keep(request)
        if request.acknowledged_by != who.user_id:
            raise InOtherHands("request", request.acknowledged_by_name or "", await request_view(tx, request))
        return request
    await _check_may_become(tx, request, RequestStatus.ACKNOWLEDGED)
    request.acknowledged_by, request.acknowledged_by_name = who.user_id, who.name
    _become(tx, request, RequestStatus.ACKNOWLEDGED)
    return request


async def resolve(tx: Transaction, who: Staff, request_id: str) -> Request:
    """The party has what it called for, whoever went; if nobody had said so, it was the caller.

    Raises NotFound, IllegalTransition.
    """
    request = await _locked(tx, who, request_id)
    if request.status is RequestStatus.RESOLVED:
        await tx.keep(request)
        return request
    await _check_may_become(tx, request, RequestStatus.RESOLVED)
    if request.acknowledged_by is None:
        request.acknowledged_by, request.acknowledged_by_name = who.user_id, who.name
    _become(tx, request, RequestStatus.RESOLVED)
    return request


# ---- with the visit


async def close(tx: Transaction, session_id: str) -> None:
    """End what is open of a locked visit that ends: what somebody had taken on is resolved, the rest is
    cancelled."""
    open_ = Request.status.in_(rules.OPEN)
    for request in await tx.lock_all(Request, Request.session_id == session_id, open_):
        _become(tx, request, rules.at_visits_end(request.status))


async def move(tx: Transaction, visit: Session) -> None:
    """Tell where a locked visit calls from, now that it has moved. What it has called for before stays
    what was called for there."""
    for request in await tx.lock_all(Request, Request.session_id == visit.id, Request.status.in_(rules.OPEN)):
        request.table_id = visit.table_id
        tx.emit(RequestMoved, request)


async def merge(tx: Transaction, session_id: str, into: Session) -> None:
    """Give what a locked visit called for to the locked one that it becomes part of. Of two open calls of
    a kind the other's stays open: this one's ends as at a visit's end."""
    open_there = and_(Request.session_id == into.id, Request.status.in_(rules.OPEN))
    found = await tx.lock_all(Request, or_(Request.session_id == session_id, open_there))
    called_for = {request.kind for request in found if request.session_id == into.id}
    for request in found:
        if request.session_id == into.id:
            await tx.keep(request)
            continue
        request.session_id, request.table_id = into.id, into.table_id
        if request.status in rules.OPEN and request.kind in called_for:
            _become(tx, request, rules.at_visits_end(request.status))
        else:
            tx.emit(RequestMoved, request)


async def _asked(tx: Transaction, visit: Session, id_: str, draft: RequestDraft) -> Request | None:
    """A new request of a visit; None if its table has an open one, or the id is used."""
    fresh = await insert_new(
        tx.session,
        Request,
        id=id_,
        rev=1,
        organization_id=visit.organization_id,
        branch_id=visit.branch_id,
        table_id=visit.table_id,
        session_id=visit.id,
        kind=draft.kind,
        status=RequestStatus.PENDING,
        created_at=tx.now,
    )
    if not fresh:
        return None
    request = await tx.session.get_one(Request, id_)
    tx.emit(RequestCreated, request)
    return request


async def _open(tx: Transaction, visit: Session, draft: RequestDraft) -> Request | None:
    found: Request | None = await tx.session.scalar(
        select(Request)
        .where(Request.session_id == visit.id, Request.kind == draft.kind)
        .where(Request.status.in_(rules.OPEN))
    )
    return found


async def _locked(tx: Transaction, who: Staff, request_id: str) -> Request:
    """A request of one's own branches, locked. Raises NotFound."""
    found = await tx.lock(
        Request,
        Request.id == request_id,
        Request.organization_id == who.organization_id,
        Request.branch_id.in_(who.branches),
    )
    if found is None:
        raise NotFound("request", request_id)
    return found


async def _check_may_become(tx: Transaction, request: Request, to: RequestStatus) -> None:
    if not rules.may_become(request.status, to):
        await tx.keep(request)
        raise IllegalTransition("request", request.status, to, await request_view(tx, request))


def _become(tx: Transaction, request: Request, to: RequestStatus) -> None:
    request.status = to
    tx.emit(TOLD[to], request)

"""Routes that read across features."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from restai.auth.audit import Deed
from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.features.overview import service
from restai.features.overview.schemas import (
    AuditView,
    Bill,
    GuestSnapshot,
    Monitor,
    PastAccount,
    ProcessView,
    Snapshot,
    audit_view,
)
from restai.features.overview.service import Deeds, Period
from restai.features.sessions.api import GuestQuery
from restai.http.deps import InContext, StaffQuery
from restai.http.limits import limited
from restai.http.paging import Page, Paging
from restai.ids import Id

router = APIRouter(tags=["overview"])

OfBranch = Annotated[Id | None, Query(alias="branchId")]
Moment = Annotated[int | None, Query(ge=0, le=2**53, description="ms since the epoch")]


@router.get("/branches/{branch_id}/snapshot", response_model=Snapshot)
async def snapshot(branch_id: Id, query: StaffQuery) -> Response:
    """A branch as its staff's screens start from: all that is open, and its place in the log."""
    return await query.run(
        lambda tx, who: service.snapshot(tx, who, branch_id), permission=Permission.ORDERS_READ
    )


@router.get("/branches/{branch_id}/monitor", response_model=Monitor)
async def monitor(branch_id: Id, query: StaffQuery, context: InContext) -> Response:
    """How a branch fares now, and the answering process with it."""

    async def now(tx: Transaction, who: Staff) -> Monitor:
        found = await service.monitor(tx, who, branch_id)
        if context.vitals is not None:
            found.process = ProcessView.model_validate(context.vitals(branch_id))
        return found

    return await query.run(now, permission=Permission.OVERSEE)


@router.get("/sessions/{session_id}/bill", response_model=Bill)
async def bill(session_id: Id, query: StaffQuery) -> Response:
    """What a visit comes to, line by line, and what of it is paid."""
    return await query.run(
        lambda tx, who: service.bill(tx, who, session_id), permission=Permission.PAYMENTS_TAKE
    )


@router.get("/guest/snapshot", response_model=GuestSnapshot, dependencies=[limited("guest")])
async def guest_snapshot(query: GuestQuery) -> Response:
    """A visit as one of its guests may see it, and its place in the log."""
    return await query.run(service.guest_snapshot)


@router.get("/history", response_model=Page[PastAccount])
async def history(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """Visits that are over, and orders that were on no visit's bill; those that began last first."""

    async def listing(tx: Transaction, who: Staff) -> Page[PastAccount]:
        found = await service.history(
            tx, who, branch_id, Period(since, until), before=page.cursor, most=page.limit + 1
        )
        rows, more = page.cut(found)
        return Page(items=rows, next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.PAYMENTS_TAKE)


@router.get("/audit", response_model=Page[AuditView])
async def audit(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    deed: Annotated[frozenset[Deed], Query()] = frozenset(),
    by: Annotated[Id | None, Query(description="who did it")] = None,
    about: Annotated[Id | None, Query(description="what or whom it was done to")] = None,
    since: Moment = None,
) -> Response:
    """Who did what at a branch, and about the accounts that work there, the newest first."""

    async def listing(tx: Transaction, who: Staff) -> Page[AuditView]:
        sought = Deeds(deed, by, about, since)
        found = await service.audited(tx, who, branch_id, sought, before=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=[audit_view(row) for row in rows], next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.OVERSEE)

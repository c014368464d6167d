"""Routes that read across features."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.auth.permissions import Permission
from restai.features.overview import service
from restai.features.overview.schemas import Bill, GuestSnapshot, Snapshot
from restai.features.sessions.api import GuestQuery
from restai.http.deps import StaffQuery
from restai.http.limits import limited
from restai.ids import Id

router = APIRouter(tags=["overview"])


@router.get("/branches/{branch_id}/snapshot", response_model=Snapshot)
async def snapshot(branch_id: Id, query: StaffQuery) -> Response:
    """A branch as its staff's screens start from: all that is open, and its place in the log."""
    return await query.run(
        lambda tx, who: service.snapshot(tx, who, branch_id), permission=Permission.ORDERS_READ
    )


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

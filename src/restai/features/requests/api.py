"""Routes of what guests call for, for staff and for guests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Forbidden, IllegalTransition, InOtherHands, Taken
from restai.features.requests import service
from restai.features.requests.rules import RequestStatus
from restai.features.requests.schemas import (
    GuestRequestView,
    RequestDraft,
    RequestView,
    guest_request_view,
    request_view,
    request_views,
)
from restai.features.sessions.api import GuestCommand
from restai.http.deps import StaffCommand, StaffQuery
from restai.http.limits import limited
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["requests"])
guests = APIRouter(prefix="/guest/requests", dependencies=[limited("guest")])

OfBranch = Annotated[Id | None, Query(alias="branchId")]


@router.get("/requests", response_model=Page[RequestView])
async def requests(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    status: Annotated[frozenset[RequestStatus], Query()] = frozenset(),
) -> Response:
    """Calls of a branch's parties, the newest first."""

    async def listing(tx: Transaction, who: Staff) -> Page[RequestView]:
        found = await service.requests(
            tx, who, branch_id, states=status, before=page.cursor, most=page.limit + 1
        )
        rows, more = page.cut(list(found))
        return Page(items=await request_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@router.post("/requests/{request_id}/acknowledge", response_model=RequestView)
@raises(IllegalTransition, InOtherHands)
async def acknowledge(request_id: Id, command: StaffCommand) -> Response:
    """Go there: the first who says so has it."""
    return await command.run(
        lambda tx, who: service.acknowledge(tx, who, request_id),
        permission=Permission.SERVICE,
        view=request_view,
    )


@router.post("/requests/{request_id}/resolve", response_model=RequestView)
@raises(IllegalTransition)
async def resolve(request_id: Id, command: StaffCommand) -> Response:
    """The party has what it called for."""
    return await command.run(
        lambda tx, who: service.resolve(tx, who, request_id),
        permission=Permission.SERVICE,
        view=request_view,
    )


@guests.post("", status_code=201, response_model=GuestRequestView)
@raises(Forbidden, Taken)
async def ask(draft: RequestDraft, command: GuestCommand) -> Response:
    """Call the waiter, or ask for the bill. While the table has such a call open, that one is answered."""
    return await command.run(
        lambda tx, who: service.ask(tx, who, draft),
        view=guest_request_view,
        status=201,
        location="/api/guest/snapshot",
    )


@guests.delete("/{request_id}", response_model=GuestRequestView)
@raises(Forbidden, IllegalTransition)
async def cancel(request_id: Id, command: GuestCommand) -> Response:
    """Take back a call of one's party, while nobody has resolved it."""
    return await command.run(lambda tx, who: service.cancel(tx, who, request_id), view=guest_request_view)


router.include_router(guests)

"""Routes of visits, for staff and for guests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Claims, Guest, GuestClaims, Staff
from restai.db.transaction import Transaction
from restai.errors import (
    DiskFull,
    Forbidden,
    IllegalTransition,
    Invalid,
    KeyReused,
    TableUnavailable,
    Taken,
    TooManyRequests,
    Unauthorized,
)
from restai.features.sessions import service
from restai.features.sessions.rules import SessionStatus
from restai.features.sessions.schemas import (
    GuestSessionView,
    JoinDraft,
    Joined,
    Rejection,
    SeatDraft,
    SessionView,
    Welcome,
    guest_session_view,
    own_session_view,
    session_view,
    session_views,
    welcome_view,
)
from restai.features.tables import service as tables
from restai.features.tables.models import Table
from restai.features.tables.rules import read_code
from restai.http import deps, idempotency
from restai.http.deps import (
    Context,
    GuestClaimed,
    IdempotencyKeyHeader,
    InContext,
    StaffCommand,
    StaffQuery,
    json_response,
)
from restai.http.encodings import zipped
from restai.http.limits import address_of, limited
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["sessions"])
guests = APIRouter(prefix="/guest", dependencies=[limited("guest")])

TableCode = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z -]+$")]
OfBranch = Annotated[Id | None, Query(alias="branchId")]


@raises(TooManyRequests)
async def guest_query(context: InContext, claims: GuestClaimed) -> deps.Query[Guest]:
    _count(context, claims)
    return deps.Query(context, claims, service.guest_of)


@raises(DiskFull, Invalid, KeyReused, TooManyRequests)
async def guest_command(
    request: Request, context: InContext, claims: GuestClaimed, key: IdempotencyKeyHeader = None
) -> deps.Command[Guest]:
    _count(context, claims)
    return deps.Command(request, context, claims, key, service.guest_of)


def _count(context: Context, claims: Claims) -> None:
    """Count a call for the phone that makes it. Raises TooManyRequests."""
    if isinstance(claims, GuestClaims):
        context.limiter.account("guest", claims.guest_id)


GuestQuery = Annotated[deps.Query[Guest], Depends(guest_query)]
GuestCommand = Annotated[deps.Command[Guest], Depends(guest_command)]


# ---- staff


@router.get("/sessions", response_model=Page[SessionView])
async def visits(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    status: Annotated[frozenset[SessionStatus], Query()] = frozenset(),
) -> Response:
    """Visits of a branch, the newest first."""

    async def listing(tx: Transaction, who: Staff) -> Page[SessionView]:
        found = await service.visits(
            tx, who, branch_id, states=status, before=page.cursor, most=page.limit + 1
        )
        rows, more = page.cut(list(found))
        return Page(items=await session_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@router.post("/sessions", status_code=201, response_model=SessionView)
@raises(TableUnavailable, Taken)
async def seat(draft: SeatDraft, command: StaffCommand) -> Response:
    """Seat a party at a free table."""
    return await command.run(
        lambda tx, who: service.seat(tx, who, draft),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
        status=201,
        location="/api/sessions/{id}",
    )


@router.get("/sessions/{session_id}", response_model=SessionView)
async def visit(session_id: Id, query: StaffQuery) -> Response:
    """One visit with its guests."""

    async def one(tx: Transaction, who: Staff) -> SessionView:
        return await session_view(tx, await service.visit(tx, who, session_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@router.post("/sessions/{session_id}/approve", response_model=SessionView)
@raises(IllegalTransition, TableUnavailable)
async def approve(session_id: Id, command: StaffCommand) -> Response:
    """Let in a requested visit; the guest who asked is in, too."""
    return await command.run(
        lambda tx, who: service.approve(tx, who, session_id),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


@router.post("/sessions/{session_id}/reject", response_model=SessionView)
@raises(IllegalTransition)
async def reject(session_id: Id, command: StaffCommand, body: Rejection | None = None) -> Response:
    """Turn down a requested visit."""
    reason = body.reason if body else None
    return await command.run(
        lambda tx, who: service.reject(tx, who, session_id, reason),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


@router.post("/sessions/{session_id}/guests/{guest_id}/admit", response_model=SessionView)
@raises(IllegalTransition)
async def admit(session_id: Id, guest_id: Id, command: StaffCommand) -> Response:
    """Let a waiting phone take part in a visit."""
    return await command.run(
        lambda tx, who: service.admit(tx, who, session_id, guest_id),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


@router.post("/sessions/{session_id}/guests/{guest_id}/remove", response_model=SessionView)
@raises(IllegalTransition)
async def remove(session_id: Id, guest_id: Id, command: StaffCommand) -> Response:
    """Send a phone away, whether it waits or takes part."""
    return await command.run(
        lambda tx, who: service.remove(tx, who, session_id, guest_id),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


# ---- guests


@guests.get("/tables/{code}", response_model=Welcome, dependencies=[limited("scan")])
async def welcome(code: TableCode, request: Request, context: InContext) -> Response:
    """What a phone sees that has scanned a table's code, before it joins.

    The code is good as it was scanned or typed: in any case, with or without its hyphen.
    """
    async with context.database.reading() as tx:
        table = await _table(tx, request, context, code)
        context.limiter.account("scan", table.id)
        shape = await welcome_view(tx, table)
    return zipped(request, json_response(shape.json_bytes()))


@guests.post("/tables/{code}/join", status_code=201, response_model=Joined, dependencies=[limited("join")])
@raises(DiskFull, KeyReused, TableUnavailable, Unauthorized)
async def join(
    code: TableCode,
    draft: JoinDraft,
    request: Request,
    context: InContext,
    key: IdempotencyKeyHeader = None,
) -> Response:
    """Join the visit at a table, or ask for one; either way the phone waits to be let in.

    Who sends the same key again is the same guest, with a fresh token: tokens are not kept.
    """
    async with context.database.transaction() as tx:
        table = await _table(tx, request, context, code)
        context.limiter.account("join", table.id)
        row = await _claimed(tx, request, table, idempotency.checked(key))
        guest_id = row.body if row is not None else None
        if guest_id is None:
            guest_id = (await service.join(tx, table, draft.name)).id
            await tx.session.flush()
        who = await service.known_guest(tx, guest_id, table.organization_id)
        if row is not None:
            idempotency.answer(row, who, who, 201, guest_id.encode())
        shape = await _joined(tx, context, who)
    return json_response(shape.json_bytes(), 201, Location="/api/guest/session")


@guests.get("/session", response_model=GuestSessionView)
async def own_visit(query: GuestQuery) -> Response:
    """One's own visit, as much of it as one may see."""
    return await query.run(own_session_view)


@guests.post("/guests/{guest_id}/admit", response_model=GuestSessionView)
@raises(Forbidden)
async def admit_as_guest(guest_id: Id, command: GuestCommand) -> Response:
    """Let a waiting phone take part in one's own visit."""
    return await command.run(
        lambda tx, who: service.admit_as_guest(tx, who, guest_id), view=guest_session_view
    )


router.include_router(guests)


async def _table(tx: Transaction, request: Request, context: Context, typed: str) -> Table:
    """The table of a code. Raises NotFound, and TooManyRequests to who guesses."""
    with context.limiter.guessing(address_of(request), read_code(typed) or typed):
        return await tables.by_code(tx, typed)


async def _claimed(
    tx: Transaction, request: Request, table: Table, key: str | None
) -> idempotency.IdempotencyKey | None:
    if key is None:
        return None
    print_ = idempotency.fingerprint(request.method, request.url.path, await request.body())
    return await idempotency.claim(tx, table.organization_id, key, print_)


async def _joined(tx: Transaction, context: Context, who: Guest) -> Joined:
    token, _ = context.tokens.for_guest(
        guest_id=who.guest_id,
        session_id=who.session_id,
        organization_id=who.organization_id,
        branch_id=who.branch_id,
        table_id=who.table_id,
        now=tx.now,
    )
    session = await own_session_view(tx, who)
    own = next(guest for guest in session.guests if guest.id == who.guest_id)
    return Joined(token=token, guest=own, session=session)

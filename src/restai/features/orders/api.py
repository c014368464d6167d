"""Routes of orders, for staff and for guests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import (
    CartEmpty,
    Forbidden,
    IllegalTransition,
    InOtherHands,
    NotFound,
    OpenBalance,
    OrderOver,
    SoldOut,
    Stale,
    TableUnavailable,
    Taken,
)
from restai.features.orders import service
from restai.features.orders.rules import OrderStatus
from restai.features.orders.schemas import (
    Bumped,
    Cancellation,
    GuestOrderDraft,
    GuestOrderView,
    LineStatusChange,
    OrderDraft,
    OrderView,
    RoundDraft,
    Rush,
    Seen,
    Sighting,
    StatusChange,
    Taking,
    bumped_views,
    guest_order_view,
    order_view,
    order_views,
    seen_view,
)
from restai.features.orders.service.finding import Sought
from restai.features.sessions.api import GuestCommand
from restai.http.deps import StaffCommand, StaffQuery
from restai.http.limits import limited
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["orders"])
kitchen = APIRouter(prefix="/kitchen")
guests = APIRouter(prefix="/guest/orders", dependencies=[limited("guest")])

OfBranch = Annotated[Id | None, Query(alias="branchId")]
Since = Annotated[int | None, Query(ge=0, le=2**53, description="ms since the epoch")]
Search = Annotated[str | None, Query(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


# ---- staff


@router.get("/orders", response_model=Page[OrderView])
async def orders(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    status: Annotated[frozenset[OrderStatus], Query()] = frozenset(),
    since: Since = None,
    search: Search = None,
) -> Response:
    """Orders of a branch, the newest first."""
    sought = Sought(status, since, search)

    async def listing(tx: Transaction, who: Staff) -> Page[OrderView]:
        found = await service.orders(tx, who, branch_id, sought, before=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await order_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.ORDERS_READ)


@router.post("/orders", status_code=201, response_model=OrderView)
@raises(SoldOut, Stale, TableUnavailable, Taken)
async def place(draft: OrderDraft, command: StaffCommand) -> Response:
    """Place an order. It begins a visit at a table where nobody sits."""
    return await command.run(
        lambda tx, who: service.place(tx, who, draft),
        permission=Permission.ORDERS_CREATE,
        view=order_view,
        status=201,
        location="/api/orders/{id}",
    )


@router.get("/orders/{order_id}", response_model=OrderView)
async def order(order_id: Id, query: StaffQuery) -> Response:
    """One order with its lines."""

    async def one(tx: Transaction, who: Staff) -> OrderView:
        return await order_view(tx, await service.order(tx, who, order_id))

    return await query.run(one, permission=Permission.ORDERS_READ)


@router.patch("/orders/{order_id}/status", response_model=OrderView)
@raises(IllegalTransition, OpenBalance, Stale)
async def set_status(order_id: Id, change: StatusChange, command: StaffCommand) -> Response:
    """Move an order to a state. A step back needs `from`, the state that the caller saw."""
    return await command.run(
        lambda tx, who: service.set_status(tx, who, order_id, change),
        permission=Permission.ORDERS_STATUS,
        view=order_view,
    )


@router.post("/orders/{order_id}/items", response_model=OrderView)
@raises(OrderOver, SoldOut)
async def add_lines(order_id: Id, draft: RoundDraft, command: StaffCommand) -> Response:
    """Add a round to an order that is not over."""
    return await command.run(
        lambda tx, who: service.add_lines(tx, who, order_id, draft),
        permission=Permission.ORDERS_CREATE,
        view=order_view,
    )


@router.patch("/orders/{order_id}/items/{line_id}/status", response_model=OrderView)
@raises(IllegalTransition, Stale)
async def set_line_status(
    order_id: Id, line_id: Id, change: LineStatusChange, command: StaffCommand
) -> Response:
    """Move one line to a state. A step back needs `from`."""
    return await command.run(
        lambda tx, who: service.set_line_status(tx, who, order_id, line_id, change),
        permission=Permission.ORDERS_STATUS,
        view=order_view,
    )


@router.post("/orders/{order_id}/items/{line_id}/cancel", response_model=OrderView)
@raises(IllegalTransition)
async def cancel_line(
    order_id: Id, line_id: Id, command: StaffCommand, body: Cancellation | None = None
) -> Response:
    """Take a line off an order, while it is not served."""
    reason = body.reason if body else None
    return await command.run(
        lambda tx, who: service.cancel_line(tx, who, order_id, line_id, reason),
        permission=Permission.ORDERS_STATUS,
        view=order_view,
    )


@router.post("/orders/{order_id}/take", response_model=OrderView)
@raises(IllegalTransition, InOtherHands)
async def take(order_id: Id, command: StaffCommand, body: Taking | None = None) -> Response:
    """Bring a ready order to its table, or with `release` leave it to another runner."""
    use_case = service.release if body is not None and body.release else service.take
    return await command.run(
        lambda tx, who: use_case(tx, who, order_id), permission=Permission.SERVICE, view=order_view
    )


@router.post("/orders/{order_id}/priority", response_model=OrderView)
@raises(IllegalTransition)
async def set_priority(order_id: Id, body: Rush, command: StaffCommand) -> Response:
    """Rush an order, or do not any more."""
    return await command.run(
        lambda tx, who: service.set_priority(tx, who, order_id, priority=body.priority),
        permission=Permission.ORDERS_STATUS,
        view=order_view,
    )


# ---- the kitchen's screens


@kitchen.post("/seen", response_model=Seen)
async def see(sighting: Sighting, command: StaffCommand) -> Response:
    """Report the lines that a screen of the kitchen has drawn."""
    return await command.run(
        lambda tx, who: service.see(tx, who, frozenset(sighting.line_ids)),
        permission=Permission.ORDERS_STATUS,
        view=seen_view,
    )


@kitchen.get("/recent", response_model=Page[Bumped])
async def recent(query: StaffQuery, branch_id: OfBranch = None) -> Response:
    """The last 50 orders of which a line left the kitchen within 15 minutes, to be recalled from."""

    async def listing(tx: Transaction, who: Staff) -> Page[Bumped]:
        return Page(items=await bumped_views(tx, await service.recent(tx, who, branch_id)))

    return await query.run(listing, permission=Permission.ORDERS_READ)


# ---- guests


@guests.post("", status_code=201, response_model=GuestOrderView)
@raises(CartEmpty, Forbidden, NotFound, SoldOut, Taken)
async def place_as_guest(draft: GuestOrderDraft, command: GuestCommand) -> Response:
    """Order from one's table: some dishes, or once all that is in the party's cart. If any of it is sold
    out, nothing is ordered and the cart stays as it was."""
    return await command.run(
        lambda tx, who: service.place_as_guest(tx, who, draft),
        view=guest_order_view,
        status=201,
        location="/api/guest/snapshot",
    )


@guests.post("/{order_id}/cancel", response_model=GuestOrderView)
@raises(Forbidden, IllegalTransition)
async def cancel_as_guest(order_id: Id, command: GuestCommand) -> Response:
    """Take back one's own order, while the house has not confirmed it."""
    return await command.run(
        lambda tx, who: service.cancel_as_guest(tx, who, order_id), view=guest_order_view
    )


router.include_router(kitchen)
router.include_router(guests)

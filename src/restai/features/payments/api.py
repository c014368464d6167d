"""Routes of payments and of the till."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NoTill, NotOwed, NotPayable, SoldOut, Stale, TableUnavailable, Taken, TillIsOpen
from restai.features.orders.schemas import order_view
from restai.features.payments import service
from restai.features.payments.schemas import (
    Count,
    PaymentDraft,
    PaymentView,
    Sale,
    SaleDraft,
    TillDraft,
    TillNow,
    TillView,
    Voiding,
    payment_view,
    payment_views,
    till_view,
)
from restai.http.deps import StaffCommand, StaffQuery
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["payments"])

OfBranch = Annotated[Id | None, Query(alias="branchId")]
OfSession = Annotated[Id | None, Query(alias="sessionId")]
OfOrder = Annotated[Id | None, Query(alias="orderId")]
Since = Annotated[int | None, Query(ge=0, le=2**53, description="ms since the epoch")]


# ---- payments


@router.get("/payments", response_model=Page[PaymentView])
async def payments(
    query: StaffQuery,
    page: Paging,
    branch_id: OfBranch = None,
    session_id: OfSession = None,
    order_id: OfOrder = None,
    since: Since = None,
) -> Response:
    """Payments of a branch, the newest first, voided ones too."""
    sought = service.Sought(session_id, order_id, since)

    async def listing(tx: Transaction, who: Staff) -> Page[PaymentView]:
        found = await service.payments(tx, who, branch_id, sought, before=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await payment_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.PAYMENTS_TAKE)


@router.post("/payments", status_code=201, response_model=PaymentView)
@raises(NotOwed, NotPayable, Taken)
async def take(draft: PaymentDraft, command: StaffCommand) -> Response:
    """Take money for an order, or for the orders of a visit."""
    return await command.run(
        lambda tx, who: service.take(tx, who, draft),
        permission=Permission.PAYMENTS_TAKE,
        view=payment_view,
        status=201,
        location="/api/payments/{id}",
    )


@router.post("/payments/sale", status_code=201, response_model=Sale)
@raises(NotOwed, SoldOut, Stale, TableUnavailable, Taken)
async def sell(draft: SaleDraft, command: StaffCommand) -> Response:
    """Place an order and take the money for it: at a counter, both or neither."""
    return await command.run(
        lambda tx, who: service.sell(tx, who, draft),
        permission=Permission.PAYMENTS_TAKE,
        view=_sale_view,
        status=201,
        location="/api/payments/{id}",
    )


@router.get("/payments/{payment_id}", response_model=PaymentView)
async def payment(payment_id: Id, query: StaffQuery) -> Response:
    """One payment."""

    async def one(tx: Transaction, who: Staff) -> PaymentView:
        return await payment_view(tx, await service.payment(tx, who, payment_id))

    return await query.run(one, permission=Permission.PAYMENTS_TAKE)


@router.post("/payments/{payment_id}/void", response_model=PaymentView)
async def void(payment_id: Id, body: Voiding, command: StaffCommand) -> Response:
    """Give a payment back: its orders owe its money again."""
    return await command.run(
        lambda tx, who: service.void(tx, who, payment_id, body.reason),
        permission=Permission.PAYMENTS_VOID,
        view=payment_view,
    )


# ---- the till


@router.get("/till", response_model=TillNow)
async def till(query: StaffQuery, branch_id: OfBranch = None) -> Response:
    """The open till, and the cash that should be in it."""
    return await query.run(lambda tx, who: service.till_now(tx, who, branch_id), permission=Permission.TILL)


@router.post("/till/open", status_code=201, response_model=TillView)
@raises(Taken, TillIsOpen)
async def open_till(draft: TillDraft, command: StaffCommand) -> Response:
    """Open the till with the cash that is in it; from now on it collects what is paid in cash."""
    return await command.run(
        lambda tx, who: service.open_till(tx, who, draft),
        permission=Permission.TILL,
        view=till_view,
        status=201,
        location="/api/till",
    )


@router.post("/till/close", response_model=TillView)
@raises(NoTill)
async def close_till(count: Count, command: StaffCommand) -> Response:
    """Close the till with what was counted in it."""
    return await command.run(
        lambda tx, who: service.close_till(tx, who, count), permission=Permission.TILL, view=till_view
    )


async def _sale_view(tx: Transaction, sold: service.Sold) -> Sale:
    return Sale(order=await order_view(tx, sold.order), payment=await payment_view(tx, sold.payment))

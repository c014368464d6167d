"""What screens start from, and the bill of a visit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from restai.auth.principal import Guest, Staff
from restai.db.outbox import Stream
from restai.db.transaction import Transaction
from restai.features.branches.models import Branch
from restai.features.branches.schemas import branch_view
from restai.features.cart.schemas import cart_of_visit, empty_cart
from restai.features.menu.schemas import menu_version
from restai.features.orders.models import UNSETTLED, Order
from restai.features.orders.rules import OrderStatus
from restai.features.orders.schemas import order_views
from restai.features.overview.schemas import Bill, BilledLineView, GuestSnapshot, LogPosition, Snapshot
from restai.features.payments import service as payments
from restai.features.payments.models import Payment
from restai.features.payments.schemas import payment_views, till_view
from restai.features.requests.models import UNRESOLVED, Request
from restai.features.requests.schemas import request_views
from restai.features.screens import service as screens
from restai.features.screens.schemas import screen_view
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.features.sessions.rules import OPEN
from restai.features.sessions.schemas import own_session_view, session_view, session_views
from restai.features.tables.models import Table
from restai.features.tables.schemas import table_view, table_views


async def snapshot(tx: Transaction, who: Staff, branch_id: str) -> Snapshot:
    """A branch of one's own, in a number of queries that does not depend on how busy it is.

    Raises NotFound.
    """
    branch = await tx.session.get_one(Branch, who.branch(branch_id))
    till = await payments.open_till_of(tx, branch.id)
    return Snapshot(
        stream=await _position(tx, branch.id),
        branch=await branch_view(tx, branch),
        tables=await table_views(tx, await _tables(tx, branch.id)),
        sessions=await session_views(tx, await _open_visits(tx, branch.id)),
        orders=await order_views(tx, await _unsettled_orders(tx, branch.id)),
        till=await till_view(tx, till) if till is not None else None,
        requests=await request_views(tx, await _unresolved_requests(tx, branch.id)),
        screens=[screen_view(screen) for screen in await screens.online(tx, branch.id)],
        menu_version=await menu_version(tx, branch.id),
    )


async def guest_snapshot(tx: Transaction, who: Guest) -> GuestSnapshot:
    """A guest's own visit, all of it that he may see."""
    branch = await tx.session.get_one(Branch, who.branch_id)
    table = await tx.session.get_one(Table, who.table_id)
    orders = await _orders_of_visit(tx, who.session_id) if who.admitted else []
    requests = await _requests_of_visit(tx, who.session_id) if who.admitted else []
    return GuestSnapshot(
        stream=await _position(tx, branch.id),
        branch=(await branch_view(tx, branch)).for_guests(),
        table=(await table_view(tx, table)).for_guests(),
        session=await own_session_view(tx, who),
        orders=[view.for_guests() for view in await order_views(tx, orders)],
        cart=await cart_of_visit(tx, who.session_id) if who.admitted else empty_cart(who.session_id),
        requests=[view.for_guests() for view in await request_views(tx, requests)],
        menu_version=await menu_version(tx, branch.id),
    )


async def bill(tx: Transaction, who: Staff, session_id: str) -> Bill:
    """What a visit of one's own branches comes to, whether or not it is over. Raises NotFound."""
    session = await sessions.visit(tx, who, session_id)
    branch = await tx.session.get_one(Branch, session.branch_id)
    orders = [order for order in await _orders_of_visit(tx, session.id) if _is_billed(order)]
    taken = await _payments_of_visit(tx, session.id)
    return Bill(
        session=await session_view(tx, session),
        currency=branch.currency,
        orders=await order_views(tx, orders),
        lines=await _billed_lines(tx, orders),
        payments=await payment_views(tx, taken),
        subtotal=sum(order.subtotal for order in orders),
        tax=sum(order.tax for order in orders),
        total=sum(order.total for order in orders),
        paid=sum(order.paid for order in orders),
        balance=sum(order.balance for order in orders),
        tips=sum(payment.tip for payment in taken if payment.voided_at is None),
    )


def _is_billed(order: Order) -> bool:
    """A cancelled order is none of the guests' business, unless money was taken for it."""
    return order.status is not OrderStatus.CANCELLED or order.paid != 0


async def _billed_lines(tx: Transaction, orders: Sequence[Order]) -> list[BilledLineView]:
    billed = await payments.billed(tx, orders)
    return [
        BilledLineView(id=each.line.id, order_id=order.id, amount=each.share, payment_id=each.payment_id)
        for order in orders
        for each in billed[order.id]
    ]


async def _position(tx: Transaction, stream_id: str) -> LogPosition:
    stream = (await tx.session.execute(select(Stream.epoch, Stream.head).where(Stream.id == stream_id))).one()
    return LogPosition(epoch=stream.epoch, seq=stream.head)


async def _tables(tx: Transaction, branch_id: str) -> Sequence[Table]:
    found = await tx.session.scalars(
        select(Table).where(Table.branch_id == branch_id, Table.archived.is_(False)).order_by(Table.id)
    )
    return found.all()


async def _open_visits(tx: Transaction, branch_id: str) -> Sequence[Session]:
    found = await tx.session.scalars(
        select(Session).where(Session.branch_id == branch_id, Session.status.in_(OPEN)).order_by(Session.id)
    )
    return found.all()


async def _unsettled_orders(tx: Transaction, branch_id: str) -> Sequence[Order]:
    found = await tx.session.scalars(
        select(Order).where(Order.branch_id == branch_id, UNSETTLED).order_by(Order.created_at, Order.id)
    )
    return found.all()


async def _orders_of_visit(tx: Transaction, session_id: str) -> Sequence[Order]:
    found = await tx.session.scalars(
        select(Order).where(Order.session_id == session_id).order_by(Order.created_at, Order.id)
    )
    return found.all()


async def _payments_of_visit(tx: Transaction, session_id: str) -> Sequence[Payment]:
    found = await tx.session.scalars(
        select(Payment).where(Payment.session_id == session_id).order_by(Payment.created_at, Payment.id)
    )
    return found.all()


async def _unresolved_requests(tx: Transaction, branch_id: str) -> Sequence[Request]:
    found = await tx.session.scalars(
        select(Request).where(Request.branch_id == branch_id, UNRESOLVED).order_by(Request.id)
    )
    return found.all()


async def _requests_of_visit(tx: Transaction, session_id: str) -> Sequence[Request]:
    found = await tx.session.scalars(
        select(Request).where(Request.session_id == session_id).order_by(Request.id)
    )
    return found.all()

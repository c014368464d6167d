"""What follows from an order's lines and payments: its state, its money, what the kitchen has seen of it.

No other place sets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, func, or_, select

from restai.db.transaction import Transaction
from restai.features.branches.rules import NO_STATION
from restai.features.orders import rules
from restai.features.orders.events import Change, OrderUpdated
from restai.features.orders.models import UNSETTLED, Line, Order
from restai.features.orders.rules import (
    BEFORE_READY,
    ORDER_OVER,
    LineState,
    LineStatus,
    Moments,
    OrderStatus,
)
from restai.features.sessions.models import Session
from restai.features.tables.models import Table
from restai.money import totals


def state_of(line: Line) -> LineState:
    return LineState(line.status, cooked=line.station != NO_STATION)


def cooked(lines: Iterable[Line]) -> list[Line]:
    """Those of an order's lines that the kitchen cooks and nobody cancelled."""
    return [line for line in lines if line.station != NO_STATION and line.status is not LineStatus.CANCELLED]


def settle(tx: Transaction, order: Order, lines: Sequence[Line], was: OrderStatus) -> None:
    """Make an order that was `was` agree with its lines; one that is served and paid is completed."""
    money = totals(_amount(lines), order.tax_rate, inclusive=order.prices_include_tax)
    order.subtotal, order.tax, order.total = money
    _become(tx, order, rules.rollup(was, map(state_of, lines)))
    if order.status in BEFORE_READY:
        order.taken_by = order.taken_by_name = None
    _note_moments(order, lines, tx.now)


def credit(tx: Transaction, order: Order, amount: int) -> None:
    """Put so much of a payment to a locked order; below zero, take it back.

    It may complete the order. A completed one stays so, whatever it owes.
    """
    order.paid += amount
    _become(tx, order, order.status)


def _become(tx: Transaction, order: Order, status: OrderStatus) -> None:
    status = rules.closing(status, order.balance)
    if order.status is not status:
        order.status = status
        order.status_changed_at = tx.now


def _note_moments(order: Order, lines: Sequence[Line], now: int) -> None:
    noted: list[Moments] = []
    for line in cooked(lines):
        held = Moments(line.sent_at, line.seen_at, line.ready_at)
        noted.append(rules.moments(held, order.status, line.status, now))
        line.sent_at, line.seen_at, line.ready_at = noted[-1]
    order.seen_at, order.unseen_at, order.alarm_at = rules.watch(noted, order.unseen_at, now)


def _amount(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines if line.status is not LineStatus.CANCELLED)


async def go_with(tx: Transaction, session_id: str, visit: Session) -> None:
    """Relabel the orders of a locked visit, that has moved or become part of `visit`, locked too. Nothing
    else of them changes: the kitchen has had them."""
    for order in await tx.lock_all(Order, Order.session_id == session_id):
        order.session_id, order.table_id = visit.id, visit.table_id
        tx.emit(OrderUpdated, order, change=Change.MOVED)


async def label_anew(tx: Transaction, table: Table, visit: Session | None) -> None:
    """Tell of the orders of a locked table that is called by another number now: those that the branch's
    screens hold, whoever sat there, and all of its locked visit, which its guests' phones hold."""
    shown = and_(Order.branch_id == table.branch_id, UNSETTLED)
    held = shown if visit is None else or_(shown, Order.session_id == visit.id)
    for order in await tx.lock_all(Order, Order.table_id == table.id, held):
        tx.emit(OrderUpdated, order, change=Change.MOVED)


async def lock_open_of_visit(tx: Transaction, session_id: str) -> Sequence[Order]:
    """The orders of a locked visit that are neither completed nor cancelled, locked after it."""
    return await tx.lock_all(Order, Order.session_id == session_id, Order.status.not_in(ORDER_OVER))


async def lock_unsettled_of_visit(
    tx: Transaction, session_id: str, locked: Sequence[Order] = ()
) -> list[Order]:
    """The orders of a locked visit that owe something or got too much, locked after it, oldest first.
    Those of `locked` are so already."""
    others = Order.id.not_in([order.id for order in locked])
    found = await tx.lock_all(Order, Order.session_id == session_id, Order.total != Order.paid, others)
    unsettled = [*found, *(order for order in locked if order.balance != 0)]
    return sorted(unsettled, key=lambda order: (order.created_at, order.id))


async def balance_of_visit(tx: Transaction, session_id: str) -> int:
    """What is still to be paid of a locked visit's orders, locked too."""
    balance = await tx.session.scalar(
        select(func.sum(Order.total - Order.paid)).where(Order.session_id == session_id)
    )
    return int(balance or 0)


def complete(tx: Transaction, orders: Iterable[Order]) -> None:
    """End locked orders with their visit. Their lines stay as they were: true, if unfinished."""
    for order in orders:
        order.status = OrderStatus.COMPLETED
        order.status_changed_at = tx.now
        order.unseen_at = order.alarm_at = None
        tx.emit(OrderUpdated, order, change=Change.STATUS)

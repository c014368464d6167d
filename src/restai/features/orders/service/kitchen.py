"""The kitchen's screens: what they have drawn, what they have not in time, and what left the kitchen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import IllegalTransition
from restai.features.branches.rules import NO_STATION
from restai.features.orders.events import Change, OrderUnseen, OrderUpdated
from restai.features.orders.models import Line, Order
from restai.features.orders.rules import IN_THE_KITCHEN, ORDER_OVER, RECALLABLE, LineStatus
from restai.features.orders.schemas import order_view
from restai.features.orders.service.finding import lines_by_order, locked
from restai.features.orders.service.settling import cooked, settle

MOST_RECENT = 50  # orders to be recalled from: as many as a cook may want to look through
BATCH = 20  # alarms raised in one transaction, so that none holds its locks for long


async def see(tx: Transaction, who: Staff, line_ids: Collection[str]) -> Sequence[str]:
    """A kitchen's screen has drawn these lines; those that count as seen now.

    The others are passed over, so that one line which is gone, or was never the caller's, does not
    keep the rest of a report waiting. Of several reports the first counts.
    """
    drawn = (Line.id.in_(line_ids), *_cooked(who))
    fresh = select(Line.order_id).where(*drawn, Line.seen_at.is_(None))
    orders = await tx.lock_all(Order, Order.id.in_(fresh), Order.status.in_(IN_THE_KITCHEN))
    lines = await lines_by_order(tx, orders)
    for order in orders:
        await _see(tx, order, lines[order.id], line_ids)
    await tx.session.flush()
    return (await tx.session.scalars(select(Line.id).where(*drawn, Line.seen_at.is_not(None)))).all()


def unseen(now: int) -> Select[str]:
    """Orders that at `now` (ms) the kitchen should have seen, the longest waiting first."""
    return select(Order.id).where(Order.alarm_at <= now).order_by(Order.alarm_at)


async def alarm_due(tx: Transaction, now: int) -> int:
    """Raise the alarm for those that are `unseen` at `now` (ms); how many it were.

    Several processes may do so at once: each takes what no other has taken.
    """
    batch = unseen(now).limit(BATCH).with_for_update(skip_locked=True, key_share=True)
    due = (await tx.session.scalars(batch)).all()
    alarming = await tx.lock_all(Order, Order.id.in_(due)) if due else []
    for order in alarming:
        order.unseen_at, order.alarm_at = order.alarm_at, None
        tx.emit(OrderUnseen, order)
    return len(alarming)


async def recent(tx: Transaction, who: Staff, branch_id: str | None) -> Sequence[tuple[Order, int]]:
    """The orders of which a line left the kitchen last, and when (ms), newest first. Raises NotFound."""
    bumped = (
        select(Line.order_id, func.max(Line.ready_at).label("at"))
        .where(Line.branch_id == who.branch(branch_id), Line.ready_at > tx.now - RECALLABLE)
        .where(Line.status != LineStatus.CANCELLED)
        .group_by(Line.order_id)
        .subquery()
    )
    found = await tx.session.execute(
        select(Order, bumped.c.at)
        .join(bumped, bumped.c.order_id == Order.id)
        .where(Order.status.in_(IN_THE_KITCHEN))
        .order_by(bumped.c.at.desc(), Order.id.desc())
        .limit(MOST_RECENT)
    )
    return [(order, at) for order, at in found]


async def set_priority(tx: Transaction, who: Staff, order_id: str, *, priority: bool) -> Order:
    """Rush an order, or do not any more. Raises NotFound, IllegalTransition once it is over."""
    order = await locked(tx, who, order_id)
    if order.priority is priority:
        await tx.keep(order)
        return order
    if order.status in ORDER_OVER:
        await tx.keep(order)
        raise IllegalTransition("order", order.status, "urgent", await order_view(tx, order))
    order.priority = priority
    tx.emit(OrderUpdated, order, change=Change.PRIORITY)
    return order


def _cooked(who: Staff) -> tuple[ColumnElement[bool], ...]:
    """Live lines that the kitchens of one's own branches cook."""
    return (
        Line.organization_id == who.organization_id,
        Line.branch_id.in_(who.branches),
        Line.station != NO_STATION,
        Line.status != LineStatus.CANCELLED,
    )


async def _see(tx: Transaction, order: Order, lines: Sequence[Line], drawn: Collection[str]) -> None:
    fresh = [line for line in cooked(lines) if line.id in drawn and line.seen_at is None]
    if not fresh:
        await tx.keep(order)
        return
    for line in fresh:
        line.seen_at = tx.now
    settle(tx, order, lines, order.status)
    tx.emit(OrderUpdated, order, change=Change.SEEN)

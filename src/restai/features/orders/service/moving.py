"""Orders and their lines move on, back, or are cancelled."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from restai.auth import audit, principal
from restai.auth.audit import Deed
from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Forbidden, IllegalTransition, NotFound, OpenBalance, Stale
from restai.features.branches.models import Branch
from restai.features.orders import rules
from restai.features.orders.events import Change, OrderUpdated
from restai.features.orders.models import Line, Order
from restai.features.orders.rules import LineStatus, Moved, OrderStatus
from restai.features.orders.schemas import LineStatusChange, StatusChange, guest_order_view, order_view
from restai.features.orders.service.finding import lines_of, locked
from restai.features.orders.service.settling import settle, state_of

_log = structlog.get_logger(__name__)


async def set_status(tx: Transaction, who: Staff, order_id: str, change: StatusChange) -> Order:
    """Move an order on, take it one step back, or cancel it; with it go the lines that may.

    Raises NotFound, Stale (it is not `from` any more), IllegalTransition, OpenBalance, Forbidden.
    """
    order = await locked(tx, who, order_id)
    if order.status is change.status:
        await tx.keep(order)
        return order
    await _check_seen(tx, "order", order, order.status, change.from_)
    lines = await lines_of(tx, order)
    moved = _moved(order, lines, change)
    if moved is None:
        raise await _illegal(tx, "order", order, order.status, change.status)
    if moved.status is OrderStatus.COMPLETED:
        await _check_paid(tx, who, order, force=change.force)
    if change.status is OrderStatus.CANCELLED:
        order.cancel_reason = change.reason or None
    _move(tx, order, lines, moved)
    tx.emit(OrderUpdated, order, change=Change.STATUS)
    return order


async def set_line_status(
    tx: Transaction, who: Staff, order_id: str, line_id: str, change: LineStatusChange
) -> Order:
    """Move one line on, take it one step back, or cancel it. Its order's state follows.

    Raises NotFound, Stale (it is not `from` any more), IllegalTransition.
    """
    order = await locked(tx, who, order_id)
    lines = await lines_of(tx, order)
    line = next((one for one in lines if one.id == line_id), None)
    if line is None:
        raise NotFound("line", line_id)
    if line.status is change.status:
        await tx.keep(order)
        return order
    await _check_seen(tx, "line", order, line.status, change.from_)
    if not rules.line_may_move(order.status, state_of(line), change.status, back=change.from_ is not None):
        raise await _illegal(tx, "line", order, line.status, change.status)
    line.status = change.status
    cancelled = change.status is LineStatus.CANCELLED
    if cancelled:
        line.cancel_reason = change.reason or None
    settle(tx, order, lines, order.status)
    tx.emit(OrderUpdated, order, change=Change.ITEM_CANCELLED if cancelled else Change.ITEM_STATUS)
    return order


async def cancel_line(tx: Transaction, who: Staff, order_id: str, line_id: str, reason: str | None) -> Order:
    """Take a line off an order that is not served yet. Raises NotFound, IllegalTransition."""
    change = LineStatusChange(status=LineStatus.CANCELLED, reason=reason)
    return await set_line_status(tx, who, order_id, line_id, change)


async def cancel_as_guest(tx: Transaction, who: principal.Guest, order_id: str) -> Order:
    """Take back an order of one's visit that nobody has confirmed.

    Raises NotFound, IllegalTransition, and Forbidden to who does not take part in the visit (yet).
    """
    if not who.admitted:
        raise Forbidden(Permission.ORDERS_CREATE)
    order = await tx.lock(Order, Order.id == order_id, Order.session_id == who.session_id)
    if order is None:
        raise NotFound("order", order_id)
    if order.status is OrderStatus.CANCELLED:
        await tx.keep(order)
        return order
    if order.status is not OrderStatus.PENDING:
        await tx.keep(order)
        resource = await guest_order_view(tx, order)
        raise IllegalTransition("order", order.status, OrderStatus.CANCELLED, resource)
    lines = await lines_of(tx, order)
    _move(tx, order, lines, Moved(OrderStatus.CANCELLED, [LineStatus.CANCELLED] * len(lines)))
    tx.emit(OrderUpdated, order, change=Change.STATUS)
    return order


def _moved(order: Order, lines: Sequence[Line], change: StatusChange) -> Moved | None:
    states = [state_of(line) for line in lines]
    if change.status is OrderStatus.CANCELLED:
        return rules.cancel(order.status, states)
    moved = rules.forward(order.status, states, change.status)
    if moved is None and change.from_ is not None:
        return rules.step_back(order.status, states, change.status)
    return moved


def _move(tx: Transaction, order: Order, lines: Sequence[Line], moved: Moved) -> None:
    for line, status in zip(lines, moved.lines, strict=True):
        line.status = status
    settle(tx, order, lines, moved.status)


async def _check_paid(tx: Transaction, who: Staff, order: Order, *, force: bool) -> None:
    """Only a manager may complete what is not paid, and nobody may while its visit goes on."""
    if order.balance == 0:
        return
    if not force or order.session_id is not None:
        branch = await tx.session.get_one(Branch, order.branch_id)
        raise OpenBalance(order.balance, branch.currency)
    who.require(Permission.FORCE)
    what = {"order_number": str(order.number), "balance": order.balance}
    audit.record(tx, who, Deed.ORDER_FORCED, order.id, branch_id=order.branch_id, **what)
    _log.warning("completed unpaid", order=order.id, balance=order.balance, by=who.user_id)


async def _check_seen(tx: Transaction, what: str, order: Order, current: str, seen: str | None) -> None:
    """Raises Stale, with the order as it is, if the caller saw another state."""
    if seen not in (None, current):
        await tx.keep(order)
        raise Stale(what, current, str(seen), await order_view(tx, order))


async def _illegal(tx: Transaction, what: str, order: Order, current: str, to: str) -> IllegalTransition:
    await tx.keep(order)
    return IllegalTransition(what, current, to, await order_view(tx, order))

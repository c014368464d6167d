"""What is ready is brought to its table, by one runner."""

from __future__ import annotations

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import IllegalTransition, InOtherHands
from restai.features.orders.events import Change, OrderUpdated
from restai.features.orders.models import Order
from restai.features.orders.rules import OrderStatus
from restai.features.orders.schemas import order_view
from restai.features.orders.service.finding import locked


async def take(tx: Transaction, who: Staff, order_id: str) -> Order:
    """Bring a ready order to its table. Raises NotFound, IllegalTransition, and InOtherHands to all
    but the first who takes it."""
    order = await locked(tx, who, order_id)
    if order.taken_by == who.user_id:
        await tx.keep(order)
        return order
    if order.taken_by is not None:
        raise await _in_other_hands(tx, order)
    await _check_ready(tx, order, "taken")
    order.taken_by, order.taken_by_name = who.user_id, who.name
    tx.emit(OrderUpdated, order, change=Change.TAKEN)
    return order


async def release(tx: Transaction, who: Staff, order_id: str) -> Order:
    """Leave a ready order to another runner: one's own, or as a manager anybody's.

    Raises NotFound, IllegalTransition, InOtherHands.
    """
    order = await locked(tx, who, order_id)
    if order.taken_by is None:
        await tx.keep(order)
        return order
    if order.taken_by != who.user_id and not who.may(Permission.FORCE):
        raise await _in_other_hands(tx, order)
    await _check_ready(tx, order, "released")
    order.taken_by = order.taken_by_name = None
    tx.emit(OrderUpdated, order, change=Change.TAKEN)
    return order


async def _check_ready(tx: Transaction, order: Order, to: str) -> None:
    if order.status is not OrderStatus.READY:
        await tx.keep(order)
        raise IllegalTransition("order", order.status, to, await order_view(tx, order))


async def _in_other_hands(tx: Transaction, order: Order) -> InOtherHands:
    await tx.keep(order)
    return InOtherHands("order", order.taken_by_name or "", await order_view(tx, order))

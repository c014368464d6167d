"""What happens to an order."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.orders.models import Order
from restai.features.orders.rules import OrderStatus
from restai.features.orders.schemas import OrderView, order_view


class Change(StrEnum):
    """What to say or ring for an `order:updated`; never what to apply."""

    STATUS = "status"
    ITEMS_ADDED = "items_added"
    ITEM_STATUS = "item_status"
    ITEM_CANCELLED = "item_cancelled"
    TAKEN = "taken"
    SEEN = "seen"
    MOVED = "moved"
    PRIORITY = "priority"
    PAID = "paid"


def _address(order: OrderView) -> Address:
    """To the branch; to the table and the visit, if it has them."""
    names = [rooms.branch(order.branch_id)]
    if order.table_id is not None:
        names.append(rooms.table(order.table_id))
    if order.session_id is not None:
        names.append(rooms.session(order.session_id))
    return Address(order.branch_id, tuple(names), order.session_id)


class OrderCreated(Event):
    """An order was placed."""

    type: ClassVar[str] = "order:created"
    guest_fields: ClassVar[frozenset[str]] = frozenset(
        {"order_id", "order_number", "status", "total", "order"}
    )

    order_id: str
    order_number: str
    status: OrderStatus
    total: int
    order: OrderView

    @classmethod
    async def render(cls, tx: Transaction, resource: Order) -> OrderCreated:
        order = await order_view(tx, resource)
        return cls(
            order_id=order.id,
            order_number=order.order_number,
            status=order.status,
            total=order.total,
            order=order,
        )

    def address(self) -> Address:
        return _address(self.order)


class OrderUpdated(Event):
    """An order, or a line of it, changed."""

    type: ClassVar[str] = "order:updated"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"order_id", "status", "order", "change"})

    order_id: str
    status: OrderStatus
    order: OrderView
    change: Change

    @classmethod
    async def render(cls, tx: Transaction, resource: Order, *, change: Change) -> OrderUpdated:
        order = await order_view(tx, resource)
        return cls(order_id=order.id, status=order.status, order=order, change=change)

    def address(self) -> Address:
        return _address(self.order)


class OrderUnseen(Event):
    """Nobody in the kitchen has seen an order, or a line of it, for too long. Guests are not told: of
    what they see of the order nothing has changed but its `rev`."""

    type: ClassVar[str] = "order:unseen"

    order_id: str
    order: OrderView

    @classmethod
    async def render(cls, tx: Transaction, resource: Order) -> OrderUnseen:
        return cls(order_id=resource.id, order=await order_view(tx, resource))

    def address(self) -> Address:
        return Address(self.order.branch_id, (rooms.branch(self.order.branch_id),))

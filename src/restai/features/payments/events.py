"""What happens to payments and tills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import PrivateAttr

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.orders.models import Order
from restai.features.orders.schemas import OrderView, order_views
from restai.features.payments.models import Payment, Till
from restai.features.payments.schemas import PaymentView, TillView, payment_view, till_view


class _PaymentEvent(Event):
    """Base of what happens to a payment: heard by the branch and by the visit, with the orders whose
    balance changed by it."""

    guest_fields: ClassVar[frozenset[str]] = frozenset({"payment_id", "payment", "orders"})

    payment_id: str
    payment: PaymentView
    orders: list[OrderView]
    _branch_id: str = PrivateAttr()

    @classmethod
    async def render(cls, tx: Transaction, resource: Payment, *, orders: Sequence[Order]) -> Self:
        event = cls(
            payment_id=resource.id,
            payment=await payment_view(tx, resource),
            orders=await order_views(tx, orders),
        )
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        names = [rooms.branch(self._branch_id)]
        if self.payment.session_id is not None:
            names.append(rooms.session(self.payment.session_id))
        return Address(self._branch_id, tuple(names), self.payment.session_id)


class PaymentRecorded(_PaymentEvent):
    """Money was taken."""

    type: ClassVar[str] = "payment:recorded"


class PaymentVoided(_PaymentEvent):
    """A payment counts no more; its orders owe its money again."""

    type: ClassVar[str] = "payment:voided"


class _TillEvent(Event):
    till: TillView

    @classmethod
    async def render(cls, tx: Transaction, resource: Till) -> Self:
        return cls(till=await till_view(tx, resource))

    def address(self) -> Address:
        return Address(self.till.branch_id, (rooms.branch(self.till.branch_id),))


class TillOpened(_TillEvent):
    """From now on a till collects the branch's cash."""

    type: ClassVar[str] = "till:opened"


class TillClosed(_TillEvent):
    """A till was counted."""

    type: ClassVar[str] = "till:closed"

"""What happens to a cart."""

from __future__ import annotations

from typing import ClassVar

from pydantic import PrivateAttr

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.cart.models import Cart
from restai.features.cart.schemas import CartView, cart_view


class CartUpdated(Event):
    """A line was put into a cart, changed or taken out, or all were ordered. For the party alone: what
    somebody thinks of eating is not the staff's concern yet."""

    type: ClassVar[str] = "cart:updated"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"session_id", "cart"})

    session_id: str
    cart: CartView
    _branch_id: str = PrivateAttr()

    @classmethod
    async def render(cls, tx: Transaction, resource: Cart) -> CartUpdated:
        event = cls(session_id=resource.id, cart=await cart_view(tx, resource))
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        return Address(self._branch_id, (rooms.session(self.session_id),), self.session_id)

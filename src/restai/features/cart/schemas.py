"""The cart on the wire."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Shape
from restai.features.cart.models import Cart, CartLine
from restai.features.cart.rules import LineState
from restai.features.menu.schemas import DishDraft
from restai.ids import Id


class CartLineDraft(DishDraft):
    """A dish for the cart. It is the whole line: notes or modifiers that are left out are none."""


class CartLineView(Shape):
    """A line costs what the menu says when it is ordered. `guestName` put it there."""

    id: Id
    menu_item_id: Id
    quantity: int
    modifier_ids: list[Id]
    notes: str | None
    guest_id: Id
    guest_name: str


class CartView(Shape):
    """A visit's cart: its id is the visit's. Of the lines, the oldest first."""

    id: Id
    rev: int
    lines: list[CartLineView]


def empty_cart(session_id: str) -> CartView:
    """A cart that nobody has put anything into yet, or that one may not see."""
    return CartView(id=session_id, rev=0, lines=[])


async def cart_view(tx: Transaction, cart: Cart) -> CartView:
    lines = [CartLineView.model_validate(line) for line in await lines_of(tx, cart.id)]
    return CartView(id=cart.id, rev=cart.rev, lines=lines)


async def cart_of_visit(tx: Transaction, session_id: str) -> CartView:
    cart = await tx.session.get(Cart, session_id)
    return await cart_view(tx, cart) if cart is not None else empty_cart(session_id)


async def lines_of(tx: Transaction, cart_id: str) -> Sequence[CartLine]:
    """The lines that are in a cart, as they are now, oldest first."""
    found = await tx.session.scalars(
        select(CartLine)
        .where(CartLine.cart_id == cart_id, CartLine.state == LineState.IN_CART)
        .order_by(CartLine.created_at, CartLine.id)
        .execution_options(populate_existing=True)
    )
    return found.all()

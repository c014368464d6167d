"""Filling a cart, line by line and by several phones at once, and taking what is in it.

Whoever does so holds the visit, so that it cannot end meanwhile, and locks the cart: phones wait for
each other no longer than one statement takes, each event shows all lines, and no edit is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from restai.auth import principal
from restai.db.transaction import Transaction
from restai.errors import CartEmpty, Invalid, NotFound, Stale, Taken
from restai.features.cart.events import CartUpdated
from restai.features.cart.models import Cart, CartLine
from restai.features.cart.rules import MOST_LINES, LineState
from restai.features.cart.schemas import CartLineDraft, cart_view, lines_of
from restai.features.menu.rules import check_available, choose
from restai.features.menu.schemas import items_for_order
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session


async def put_line(tx: Transaction, who: principal.Guest, line_id: str, draft: CartLineDraft) -> Cart:
    """Put a dish into the cart, or change a line that is there, whoever of the party put it.

    Raises Forbidden to who does not take part in the visit (yet), NotFound (the dish), Invalid,
    SoldOut, Stale for a line that was ordered or taken out, Taken.
    """
    visit = await sessions.hold_for(tx, who)
    await _check_dish(tx, visit.branch_id, draft)
    cart = await _lock(tx, visit)
    line = await tx.session.get(CartLine, line_id, populate_existing=True)
    if line is None:
        await _check_room(tx, cart)
        line = _new(cart, who, line_id, tx.now)
    await _check_in_cart(tx, cart, line)
    line.menu_item_id, line.quantity = draft.menu_item_id, draft.quantity
    line.modifier_ids, line.notes = draft.modifier_ids, draft.notes or None
    tx.session.add(line)
    return await _told(tx, cart, line)


async def remove_line(tx: Transaction, who: principal.Guest, line_id: str) -> Cart:
    """Take a line out of the cart, whoever of the party put it there.

    Raises Forbidden to who does not take part in the visit (yet), NotFound, Stale if it was ordered.
    """
    visit = await sessions.hold_for(tx, who)
    cart = await _lock(tx, visit)
    line = await tx.session.get(CartLine, line_id, populate_existing=True)
    if line is None or line.cart_id != cart.id:
        raise NotFound("cart line", line_id)
    if line.state is not LineState.REMOVED:
        await _check_in_cart(tx, cart, line)
    line.state = LineState.REMOVED
    return await _told(tx, cart, line)


async def take(tx: Transaction, visit: Session) -> Sequence[CartLine]:
    """Take all lines out of the cart of a visit that is held, to be ordered. Raises CartEmpty."""
    cart = await _lock(tx, visit)
    lines = await lines_of(tx, cart.id)
    if not lines:
        await tx.keep(cart)
        raise CartEmpty(await cart_view(tx, cart))
    for line in lines:
        line.state = LineState.ORDERED
    tx.emit(CartUpdated, cart)
    return lines


async def pour(tx: Transaction, visit: Session, into: Session) -> None:
    """Put what is in the cart of a locked visit into that of the locked one that it becomes part of. With
    it go the lines that have left the cart, so that they do not come back there either."""
    if await tx.session.get(Cart, visit.id) is None:
        return
    cart = await _lock(tx, into)
    brings = bool(await lines_of(tx, visit.id))
    await tx.session.execute(update(CartLine).where(CartLine.cart_id == visit.id).values(cart_id=cart.id))
    await discard(tx, visit)
    if brings:
        tx.emit(CartUpdated, cart)
    else:
        await tx.keep(cart)


async def discard(tx: Transaction, visit: Session) -> None:
    """Forget the cart of a locked visit that ends. Nobody is left to be told."""
    await tx.session.execute(delete(CartLine).where(CartLine.cart_id == visit.id))
    await tx.session.execute(delete(Cart).where(Cart.id == visit.id))


async def _lock(tx: Transaction, visit: Session) -> Cart:
    return await tx.lock_or_begin(
        Cart, visit.id, organization_id=visit.organization_id, branch_id=visit.branch_id
    )


async def _told(tx: Transaction, cart: Cart, line: CartLine) -> Cart:
    """Write what became of a line of a locked cart, and announce it if that is news. Raises Taken."""
    if line not in tx.session.new and not tx.session.is_modified(line):
        await tx.keep(cart)
        return cart
    line_id = line.id
    try:
        await tx.session.flush()
    except IntegrityError as error:  # a line that another cart is getting at this moment has the id
        raise Taken("cart line", line_id) from error
    tx.emit(CartUpdated, cart)
    return cart


def _new(cart: Cart, who: principal.Guest, line_id: str, now: int) -> CartLine:
    return CartLine(
        id=line_id,
        organization_id=cart.organization_id,
        branch_id=cart.branch_id,
        cart_id=cart.id,
        guest_id=who.guest_id,
        guest_name=who.name,
        state=LineState.IN_CART,
        created_at=now,
    )


async def _check_dish(tx: Transaction, branch_id: str, draft: CartLineDraft) -> None:
    dish = (await items_for_order(tx, branch_id, [draft.menu_item_id])).get(draft.menu_item_id)
    if dish is None:
        raise NotFound("dish", draft.menu_item_id)
    check_available([(dish, choose(dish.groups, draft.modifier_ids))])


async def _check_room(tx: Transaction, cart: Cart) -> None:
    if len(await lines_of(tx, cart.id)) >= MOST_LINES:
        raise Invalid("lines", f"a cart has at most {MOST_LINES}")


async def _check_in_cart(tx: Transaction, cart: Cart, line: CartLine) -> None:
    """Raises Taken for another cart's line, and Stale, with the cart as it is, for one that left it."""
    if line.cart_id != cart.id:
        raise Taken("cart line", line.id)
    if line.state is not LineState.IN_CART:
        await tx.keep(cart)
        raise Stale("cart line", line.state, LineState.IN_CART, await cart_view(tx, cart))

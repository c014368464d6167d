"""Routes of the cart. Ordering what is in it is an order: see `features/orders`."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.errors import Forbidden, SoldOut, Stale, Taken
from restai.features.cart import service
from restai.features.cart.schemas import CartLineDraft, CartView, cart_view
from restai.features.sessions.api import GuestCommand
from restai.http.limits import limited
from restai.http.problems import raises
from restai.ids import ClientId, Id

router = APIRouter(prefix="/guest/cart", tags=["cart"], dependencies=[limited("guest")])


@router.put("/lines/{line_id}", response_model=CartView)
@raises(Forbidden, SoldOut, Stale, Taken)
async def put_line(line_id: ClientId, draft: CartLineDraft, command: GuestCommand) -> Response:
    """Put a dish into the party's cart, or change a line there. The phone makes the line's id; one that
    was ordered or taken out does not come back."""
    return await command.run(lambda tx, who: service.put_line(tx, who, line_id, draft), view=cart_view)


@router.delete("/lines/{line_id}", response_model=CartView)
@raises(Forbidden, Stale)
async def remove_line(line_id: Id, command: GuestCommand) -> Response:
    """Take a line out of the party's cart."""
    return await command.run(lambda tx, who: service.remove_line(tx, who, line_id), view=cart_view)

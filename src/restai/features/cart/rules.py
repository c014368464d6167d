"""What becomes of a line of a cart. Pure."""

from __future__ import annotations

from enum import StrEnum

MOST_LINES = 100  # in a cart: as many as one order brings


class LineState(StrEnum):
    """A line that left the cart does not come back: a phone that had not heard of it yet would have
    it ordered twice. Who wants more of the dish begins a new line."""

    IN_CART = "in_cart"
    ORDERED = "ordered"
    REMOVED = "removed"

"""What a payment comes to and where its money goes, to the minor unit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from restai.money import divide_half_up, shares


class Method(StrEnum):
    CASH = "cash"
    CARD = "card"
    OTHER = "other"


class TillStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class LineDue(NamedTuple):
    """A live line as its order's payments see it. `share` is its part of the order's total."""

    share: int
    paid: bool


def allocate(amount: int, balances: Sequence[int]) -> list[int]:
    """What of `amount` goes to each of the orders that owe `balances`, in that order.

    What one has got too much (a balance below zero) is taken from it and goes to the others too, so
    that a bill paid in full leaves each order at 0. `amount` is at most their sum.
    """
    left = amount - sum(balance for balance in balances if balance < 0)
    parts = []
    for balance in balances:
        part = min(balance, left)
        left -= max(part, 0)
        parts.append(part)
    return parts


def share(balance: int, number: int, of: int) -> int:
    """The `number`th of `of` equal shares, once those before it are paid and `balance` is left.

    Taken one after the other they differ by at most one minor unit, the larger first, and are the
    whole, even if the whole has changed in between.
    """
    return shares(balance, of - number + 1)[0]


def line_shares(total: int, amounts: Sequence[int]) -> list[int]:
    """An order's total, tax and all, over its lines that cost `amounts` on the menu.

    Each is at most one minor unit from its exact part, and together they are the total.
    """
    whole = sum(amounts)
    if whole == 0:
        return [0] * len(amounts)
    cuts = [divide_half_up(total * upto, whole) for upto in accumulate(amounts, initial=0)]
    return [after - before for before, after in pairwise(cuts)]


def lines_amount(balance: int, lines: Sequence[LineDue], chosen: Sequence[int]) -> int:
    """What the lines at the places `chosen` come to, of an order that owes `balance`.

    Who pays the last lines pays what is left: so the cents work out however the order grew, and what
    others have paid by amount counts.
    """
    last = all(line.paid or not line.share or place in chosen for place, line in enumerate(lines))
    return balance if last else sum(lines[place].share for place in chosen)


def change(tendered: int, amount: int, tip: int) -> int:
    """What the guest gets back; below zero, he gave too little."""
    return tendered - amount - tip


def expected(opening_float: int, taken: int, given_back: int) -> int:
    """The cash that should be in a till: `taken` and `given_back` are amounts with their tips."""
    return opening_float + taken - given_back

"""Money is integer minor units (cents); rates are basis points (1 % is 100). Pure."""

from typing import NamedTuple


class Totals(NamedTuple):
    """`subtotal` is net and `subtotal + tax == total`, always."""

    subtotal: int
    tax: int
    total: int


def divide_half_up(numerator: int, denominator: int) -> int:
    """Rounded quotient of two non-negative integers, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def totals(amount: int, rate: int, *, inclusive: bool) -> Totals:
    """Tax taken once on the sum of an order's lines.

    `amount` is Σ lines as priced on the menu, `rate` in basis points. Inclusive prices contain the
    tax: `tax = total - round(total * 10000 / (10000 + rate))`, else it comes on top; half up.
    """
    if inclusive:
        net = divide_half_up(amount * 10_000, 10_000 + rate)
        return Totals(net, amount - net, amount)
    tax = divide_half_up(amount * rate, 10_000)
    return Totals(amount, tax, amount + tax)


def shares(amount: int, parts: int) -> list[int]:
    """`amount` in `parts` that differ by at most one minor unit, the larger first."""
    base, larger = divmod(amount, parts)
    return [base + 1] * larger + [base] * (parts - larger)

"""Money adds up, whatever the amounts."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from restai.money import shares, totals

amounts = st.integers(0, 10**14)
rates = st.integers(0, 10_000)


@given(amounts, rates, st.booleans())
def test_net_and_tax_are_the_total(amount: int, rate: int, inclusive: bool) -> None:
    subtotal, tax, total = totals(amount, rate, inclusive=inclusive)
    assert subtotal + tax == total
    assert subtotal >= 0
    assert tax >= 0
    assert (total if inclusive else subtotal) == amount


@given(amounts, rates)
def test_tax_on_top_is_the_nearest_unit_halves_upwards(amount: int, rate: int) -> None:
    exact = Fraction(amount * rate, 10_000)
    assert -Fraction(1, 2) < totals(amount, rate, inclusive=False).tax - exact <= Fraction(1, 2)


@given(amounts, rates)
def test_the_net_part_of_a_price_is_the_nearest_unit_halves_upwards(amount: int, rate: int) -> None:
    exact = Fraction(amount * 10_000, 10_000 + rate)
    assert -Fraction(1, 2) < totals(amount, rate, inclusive=True).subtotal - exact <= Fraction(1, 2)


@given(amounts, st.integers(1, 100))
def test_shares_are_the_whole_and_as_equal_as_can_be(amount: int, parts: int) -> None:
    parted = shares(amount, parts)
    assert (len(parted), sum(parted)) == (parts, amount)
    assert parted == sorted(parted, reverse=True)
    assert parted[0] - parted[-1] <= 1

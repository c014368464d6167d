"""Where money goes, by hand; `tests/properties/test_payments.py` has it for all amounts."""

from __future__ import annotations

import pytest

from restai.features.payments.rules import (
    LineDue,
    allocate,
    change,
    expected,
    line_shares,
    lines_amount,
    share,
)


@pytest.mark.parametrize(
    ("amount", "balances", "parts"),
    [
        (5_000, [3_000, 2_000], [3_000, 2_000]),
        (1_000, [3_000, 2_000], [1_000, 0]),
        (3_500, [3_000, 2_000], [3_000, 500]),
        (0, [3_000], [0]),
        (0, [], []),
        # what the second got too much goes to the others first
        (2_500, [3_000, -500], [3_000, -500]),
        (1_000, [3_000, -500], [1_500, -500]),
        (1_000, [-500, 700, 800], [-500, 700, 800]),
        (0, [-500, 500], [-500, 500]),
    ],
)
def test_money_goes_to_the_oldest_order_first(amount: int, balances: list[int], parts: list[int]) -> None:
    assert allocate(amount, balances) == parts


def test_ten_over_three_is_one_cent_more_for_the_first() -> None:
    assert [share(1_000, 1, 3), share(666, 2, 3), share(333, 3, 3)] == [334, 333, 333]


def test_a_share_is_of_what_is_left_by_then() -> None:
    assert share(1_666, 2, 3) == 833, "a thousand was ordered after the first share"
    assert share(2, 1, 5) == 1
    assert share(0, 3, 5) == 0


@pytest.mark.parametrize(
    ("total", "amounts", "parts"),
    [
        (6_351, [4_200, 1_550, 601], [4_200, 1_550, 601]),  # prices with tax
        (7_494, [4_200, 1_550, 601], [4_956, 1_829, 709]),  # 18 % on top
        (10, [1, 1, 1], [3, 4, 3]),
        (5, [5, 0], [5, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_lines_share_the_total(total: int, amounts: list[int], parts: list[int]) -> None:
    assert line_shares(total, amounts) == parts


LOMO, PAPAS, BREAD = LineDue(4_956, paid=False), LineDue(1_829, paid=False), LineDue(0, paid=False)


@pytest.mark.parametrize(
    ("balance", "lines", "chosen", "amount"),
    [
        (6_785, [LOMO, PAPAS], [0], 4_956),
        (6_785, [LOMO, PAPAS], [0, 1], 6_785),
        (1_830, [LOMO._replace(paid=True), PAPAS], [1], 1_830),  # a cent is left of another tax
        (1_000, [LOMO._replace(paid=True), PAPAS], [1], 1_000),  # somebody gave an amount before
        (4_957, [LOMO, BREAD], [0], 4_957),  # what costs nothing is nobody's last line
    ],
)
def test_who_pays_the_last_lines_pays_what_is_left(
    balance: int, lines: list[LineDue], chosen: list[int], amount: int
) -> None:
    assert lines_amount(balance, lines, chosen) == amount


def test_cash() -> None:
    assert change(10_000, 4_200, 500) == 5_300
    assert change(4_000, 4_200, 0) == -200
    assert expected(20_000, 9_300, 4_200) == 25_100

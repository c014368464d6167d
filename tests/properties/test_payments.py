"""Bills are paid to the cent, however they are split. Sums of whole visits on both databases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from restai.features.payments.rules import LineDue, allocate, line_shares, lines_amount, share
from restai.http.deps import Context
from restai.money import totals
from tests.support.evening import Evening, ok
from tests.support.house import House

amounts = st.integers(0, 10**12)
rates = st.integers(0, 10_000)


# ---- the rules alone


@given(st.lists(st.integers(-(10**9), 10**9), max_size=8), st.data())
def test_a_payment_is_all_allocated_oldest_first(balances: list[int], data: st.DataObject) -> None:
    owed = sum(balances)
    if owed < 0:
        return
    amount = data.draw(st.integers(0, owed))
    parts = allocate(amount, balances)
    assert sum(parts) == amount
    after = [balance - part for balance, part in zip(balances, parts, strict=True)]
    assert all(balance >= 0 for balance in after), "nobody is owed anything any more"
    assert all(0 <= left <= balance for left, balance in zip(after, balances, strict=True) if balance >= 0)
    begun = [place for place, part in enumerate(parts) if part > 0]
    assert all(left == 0 for left in after[: max(begun, default=0)]), "an older order was passed over"
    if amount == owed:
        assert not any(after)


@given(amounts, rates, st.booleans(), amounts, st.integers(1, 100))
def test_shares_are_the_total_whatever_tax_and_tip(
    amount: int, rate: int, inclusive: bool, tip: int, of: int
) -> None:
    """Tips are apart: each gives his own on top of his share."""
    total = totals(amount, rate, inclusive=inclusive).total
    left, taken = total, []
    for number in range(1, of + 1):
        taken.append(share(left, number, of))
        left -= taken[-1]
    assert (left, sum(taken)) == (0, total)
    assert taken == sorted(taken, reverse=True)
    assert taken[0] - taken[-1] <= 1
    assert sum(each + tip for each in taken) == total + of * tip


@given(amounts, st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20))
def test_the_last_share_is_what_is_left_whatever_came_in_between(total: int, changes: list[int]) -> None:
    left, of = total, len(changes) + 1
    for number, change in enumerate(changes, start=1):
        left = max(0, left - share(left, number, of) + change)
    assert share(left, of, of) == left


prices = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(prices, rates, st.booleans())
def test_lines_are_the_total_and_each_within_a_cent_of_its_part(
    prices: list[int], rate: int, inclusive: bool
) -> None:
    total = totals(sum(prices), rate, inclusive=inclusive).total
    parts = line_shares(total, prices)
    assert sum(parts) == total
    for part, price in zip(parts, prices, strict=True):
        assert part >= 0
        exact = Fraction(total * price, sum(prices)) if sum(prices) else Fraction(0)
        assert abs(part - exact) <= 1
        assert price or not part


@given(prices, rates, st.data())
def test_lines_paid_in_any_order_and_company_are_the_total(
    prices: list[int], rate: int, data: st.DataObject
) -> None:
    """Those who come together pay at once, in whatever order."""
    total = totals(sum(prices), rate, inclusive=False).total
    shares = line_shares(total, prices)
    waiting = data.draw(st.permutations(range(len(prices))))
    paid: set[int] = set()
    left = total
    while waiting:
        count = data.draw(st.integers(1, len(waiting)))
        chosen, waiting = waiting[:count], waiting[count:]
        dues = [LineDue(part, place in paid) for place, part in enumerate(shares)]
        amount = lines_amount(left, dues, chosen)
        assert amount == sum(shares[place] for place in chosen)
        left -= amount
        paid.update(chosen)
    assert left == 0


# ---- whole visits

which = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("amount"), st.integers(1, 9_000)),
    st.tuples(st.just("lines"), st.frozensets(which, min_size=1, max_size=3)),
    st.tuples(st.just("share"), st.integers(1, 4), st.integers(0, 3)),
    st.tuples(st.just("order"), st.lists(st.sampled_from(["Lomo", "Papas", "Agua"]), min_size=1, max_size=3)),
    st.tuples(st.just("add"), which, st.sampled_from(["Lomo", "Agua"])),
    st.tuples(st.just("serve"), which),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("void"), which),
)


class Desk:
    """Carries out steps at one visit; what a step refers to is picked among what there is."""

    def __init__(self, evening: Evening, session_id: str) -> None:
        self.evening = evening
        self.visit = {"id": session_id}

    async def do(self, what: str, *args: Any) -> None:
        """Raises AssertionError if the answer is none that a desk may be given, or the sums are wrong."""
        bill = await self.bill()
        answer = await getattr(self, what)(bill, *args)
        assert answer.status_code in (200, 201, 409), answer.text
        after = await self.bill()
        if "allocations" in answer.json() and what != "void":
            assert after["balance"] == bill["balance"] - answer.json()["amount"] >= 0
        if answer.status_code == 409:
            assert after == bill

    async def bill(self) -> dict[str, Any]:
        """The bill, whose sums are right."""
        bill = await self.evening.bill(self.visit["id"])
        counted = [payment for payment in bill["payments"] if payment["voidedAt"] is None]
        assert bill["paid"] == sum(payment["amount"] for payment in counted)
        assert bill["total"] == sum(order["total"] for order in bill["orders"])
        assert bill["balance"] == bill["total"] - bill["paid"]
        assert bill["total"] == sum(line["amount"] for line in bill["lines"])
        for payment in bill["payments"]:
            assert payment["amount"] == sum(part["amount"] for part in payment["allocations"]) >= 0
        return bill

    async def amount(self, _bill: Any, amount: int) -> httpx.Response:
        return await self.evening.pay(self.visit, amount=amount, tip=amount // 10)

    async def lines(self, bill: dict[str, Any], places: frozenset[int]) -> httpx.Response:
        chosen = (
            {bill["lines"][place % len(bill["lines"])]["id"] for place in places} if bill["lines"] else ()
        )
        if not chosen:
            return await self.order(bill, ["Agua"])
        return await self.evening.pay(self.visit, lines=sorted(chosen))

    async def share(self, bill: dict[str, Any], number: int, more: int) -> httpx.Response:
        share = {"number": number, "of": number + more}
        return await self.evening.pay(self.visit, share=share, balance=bill["balance"])

    async def order(self, _bill: Any, dishes: list[str]) -> httpx.Response:
        draft = self.evening.draft(*dishes, sessionId=self.visit["id"])
        return await self.evening.waiter.post("/api/orders", json=draft)

    async def add(self, bill: dict[str, Any], which: int, dish: str) -> httpx.Response:
        orders = bill["orders"]
        return await (
            self.evening.add(orders[which % len(orders)], dish) if orders else self.order(bill, [dish])
        )

    async def serve(self, bill: dict[str, Any], which: int) -> httpx.Response:
        return await self._moved(bill, which, "served")

    async def cancel(self, bill: dict[str, Any], which: int) -> httpx.Response:
        return await self._moved(bill, which, "cancelled")

    async def void(self, bill: dict[str, Any], which: int) -> httpx.Response:
        taken = bill["payments"]
        if not taken:
            return await self.order(bill, ["Papas"])
        return await self.evening.void(taken[which % len(taken)])

    async def _moved(self, bill: dict[str, Any], which: int, to: str) -> httpx.Response:
        lines = bill["lines"]
        if not lines:
            return await self.order(bill, ["Lomo"])
        line = lines[which % len(lines)]
        url = f"/api/orders/{line['orderId']}/items/{line['id']}/status"
        return await self.evening.waiter.patch(url, json={"status": to})


@pytest.fixture
def new_evening(context: Context, api: httpx.AsyncClient) -> Any:
    async def begin(**branch: Any) -> Evening:
        return await Evening.begin(await House.open(context, api, **branch))

    return begin


@settings(
    max_examples=10,  # a visit takes a second, so a failing one is shown as it was found
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.booleans(), rates, st.lists(steps, min_size=8, max_size=16))
async def test_a_visit_is_paid_to_the_cent_whatever_happened(
    new_evening: Any, inclusive: bool, rate: int, acts: list[tuple[Any, ...]]
) -> None:
    evening = await new_evening(prices_include_tax=inclusive, tax_rate=rate)
    desk = Desk(evening, (await evening.order("Lomo", "Papas", "Agua", table="5"))["sessionId"])
    for act in acts:
        await desk.do(*act)
    await settle(desk)
    after = await desk.bill()
    assert (after["balance"], [order["balance"] for order in after["orders"] if order["balance"]]) == (0, [])
    ok(await evening.cashier.post(f"/api/sessions/{desk.visit['id']}/end"))


async def settle(desk: Desk) -> None:
    """Give back what is too much, then take what is left."""
    bill = await desk.bill()
    for payment in bill["payments"]:
        if bill["balance"] < 0 and payment["voidedAt"] is None:
            ok(await desk.evening.void(payment))
            bill = await desk.bill()
    if any(order["balance"] for order in bill["orders"]):
        assert ok(await desk.evening.pay(desk.visit), 201)["amount"] == bill["balance"]

"""Payments, bills and the till, as staff see them. Amounts are minor units, times ms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls, given
from restai_sdk.api.orders import Order, OrderDraft
from restai_sdk.api.sessions import Session

Method = Literal["cash", "card", "other"]
TillStatus = Literal["open", "closed"]


class Actor(TypedDict):
    id: str
    name: str


class Allocation(TypedDict):
    orderId: str
    amount: int


class Share(TypedDict):
    """One of `of` equal shares, counted from 1."""

    number: int
    of: int


class Payment(TypedDict):
    """`amount` is the sum of its allocations, `tip` apart; in cash, `change` is what went back."""

    id: str
    rev: int
    sessionId: str | None
    method: Method
    amount: int
    tip: int
    tendered: int | None
    change: int | None
    allocations: list[Allocation]
    lines: list[str]
    share: Share | None
    by: Actor
    voidedAt: int | None
    voidedBy: Actor | None
    voidReason: str | None
    createdAt: int


class PaymentDraft(TypedDict):
    """For `orderId` or `sessionId`: `all`, an `amount`, some `lines`, or a `share`.

    `balance` is what the caller saw to be owed: if it is another by now, nothing is taken (`not_owed`).
    A share needs it. `id`: a UUIDv7 of one's own.
    """

    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    orderId: NotRequired[str | None]
    sessionId: NotRequired[str | None]
    method: Method
    all: NotRequired[Literal[True] | None]
    amount: NotRequired[int | None]
    lines: NotRequired[list[str] | None]
    share: NotRequired[Share | None]
    balance: NotRequired[int | None]
    tip: NotRequired[int]
    tendered: NotRequired[int | None]


class SalePayment(TypedDict):
    """All of the order's total, unless an `amount` is named."""

    id: NotRequired[str | None]
    method: Method
    amount: NotRequired[int | None]
    tip: NotRequired[int]
    tendered: NotRequired[int | None]


class Sale(TypedDict):
    order: Order
    payment: Payment


class BilledLine(TypedDict):
    """What a line comes to with its tax, and the payment that was for it."""

    id: str
    orderId: str
    amount: int
    paymentId: str | None


class Bill(TypedDict):
    """`total` is the sum of the orders', never taxed again: `total - paid == balance`."""

    session: Session
    currency: str
    orders: list[Order]
    lines: list[BilledLine]
    payments: list[Payment]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    tips: int


class Till(TypedDict):
    """Once it is closed, `counted - expected == difference`: below zero, cash is missing."""

    id: str
    rev: int
    branchId: str
    status: TillStatus
    openingFloat: int
    openedAt: int
    openedBy: Actor
    expected: int | None
    counted: int | None
    difference: int | None
    closedAt: int | None
    closedBy: Actor | None


class TillNow(TypedDict):
    """The open till and what should be in it by now; neither if none is open."""

    till: Till | None
    expected: int | None


class TillDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    openingFloat: int


class Payments:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(
        self,
        *,
        branch_id: str | None = None,
        session_id: str | None = None,
        order_id: str | None = None,
        since: int | None = None,
    ) -> AsyncIterator[Payment]:
        """Newest first: of a visit, of an order, taken `since` (ms) then."""
        return self._calls.each(
            "/payments", branch_id=branch_id, session_id=session_id, order_id=order_id, since=since
        )

    async def get(self, payment_id: str) -> Payment:
        return cast(Payment, await self._calls.get(f"/payments/{payment_id}"))

    async def bill(self, session_id: str) -> Bill:
        """What a visit comes to, and what of it is paid."""
        return cast(Bill, await self._calls.get(f"/sessions/{session_id}/bill"))

    async def take(self, draft: PaymentDraft, *, key: str | None = None) -> Payment:
        return cast(Payment, await self._calls.command("POST", "/payments", draft, key=key))

    async def sell(self, order: OrderDraft, payment: SalePayment, *, key: str | None = None) -> Sale:
        """Place an order and take the money for it, both or neither."""
        body = {"order": order, "payment": payment}
        return cast(Sale, await self._calls.command("POST", "/payments/sale", body, key=key))

    async def void(self, payment_id: str, reason: str, *, key: str | None = None) -> Payment:
        """Give it back: its orders owe its money again."""
        body = {"reason": reason}
        return cast(Payment, await self._calls.command("POST", f"/payments/{payment_id}/void", body, key=key))


class Tills:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def now(self, *, branch_id: str | None = None) -> TillNow:
        return cast(TillNow, await self._calls.get("/till", branch_id=branch_id))

    async def open(self, draft: TillDraft, *, key: str | None = None) -> Till:
        return cast(Till, await self._calls.command("POST", "/till/open", draft, key=key))

    async def close(self, counted: int, *, branch_id: str | None = None, key: str | None = None) -> Till:
        """With what was counted in it."""
        body = given(counted=counted, branch_id=branch_id)
        return cast(Till, await self._calls.command("POST", "/till/close", body, key=key))

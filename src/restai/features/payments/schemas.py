"""Payments and tills on the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.orders.schemas import OrderDraft, OrderView
from restai.features.payments.models import Allocation, PaidLine, Payment, Till
from restai.features.payments.rules import Method, TillStatus
from restai.ids import ClientId, Id

MOST_PAID = 2**53  # minor units: beyond it, not every program counts exactly
MOST_SHARES = 100  # of a bill: a large party
MOST_LINES = 1_000  # that one payment is for

Money = Annotated[int, Field(strict=True, ge=0, le=MOST_PAID, description="minor units")]
Amount = Annotated[int, Field(strict=True, ge=1, le=MOST_PAID, description="minor units")]
VoidReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$"),
]


def _each_once(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise ValueError("names a line twice")
    return ids


Lines = Annotated[list[Id], Field(min_length=1, max_length=MOST_LINES), AfterValidator(_each_once)]


class Share(Shape):
    """One of `of` equal shares, counted from 1."""

    number: Annotated[int, Field(strict=True, ge=1, le=MOST_SHARES)]
    of: Annotated[int, Field(strict=True, ge=1, le=MOST_SHARES)]

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.number > self.of:
            raise ValueError("number is at most of")
        return self


class Tender(Shape):
    """How money is handed over. `tendered` is what a guest gives in cash: the change follows from it."""

    id: ClientId | None = None
    method: Method
    tip: Money = 0
    tendered: Money | None = None

    @model_validator(mode="after")
    def _only_cash_is_tendered(self) -> Self:
        if self.tendered is not None and self.method is not Method.CASH:
            raise ValueError("only cash is tendered")
        return self


class PaymentDraft(Tender):
    """Money to be taken, for one order or for all of a visit's; of their balance

    - `all`, or an `amount`,
    - what the `lines` of these ids come to, tax and all,
    - a `share`: what is left, over the shares from this one to the last.

    `balance` is what the caller saw to be owed: if it is another by now, nothing is taken. A share
    needs it.
    """

    branch_id: Id | None = None
    order_id: Id | None = None
    session_id: Id | None = None
    all: Literal[True] | None = None
    amount: Amount | None = None
    lines: Lines | None = None
    share: Share | None = None
    balance: Annotated[int, Field(strict=True, ge=-MOST_PAID, le=MOST_PAID)] | None = None

    @model_validator(mode="after")
    def _says_for_what(self) -> Self:
        if (self.order_id is None) is (self.session_id is None):
            raise ValueError("is for one order or for one session")
        ways = (self.all, self.amount, self.lines, self.share)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("is one of all, amount, lines and share")
        if self.share is not None and self.balance is None:
            raise ValueError("a share needs the balance it is of")
        return self


class SalePayment(Tender):
    """Money for an order that is being placed: all of it, unless an `amount` is named."""

    amount: Amount | None = None


class SaleDraft(Shape):
    """An order and the money for it, at once: both happen or neither."""

    order: OrderDraft
    payment: SalePayment


class Voiding(Shape):
    reason: VoidReason


class TillDraft(Shape):
    """A till to be opened with so much cash in it."""

    id: ClientId | None = None
    branch_id: Id | None = None
    opening_float: Money


class Count(Shape):
    """What was counted in the till that is being closed."""

    branch_id: Id | None = None
    counted: Money


class Actor(Shape):
    """Who of the staff did it, under the name of that time."""

    id: Id
    name: str


class AllocationView(Shape):
    order_id: Id
    amount: int


class GuestPaymentView(Shape):
    """A payment as its party sees it."""

    id: Id
    rev: int
    session_id: Id | None
    method: Method
    amount: int
    tip: int
    allocations: list[AllocationView]
    voided_at: int | None
    created_at: int


class PaymentView(Resource):
    """A payment. `amount` is the sum of its allocations, of which one below zero moved what an order
    had got too much; `lines` are those it was for, if it was for some.

    `tendered` and `change` are of cash: `tendered - amount - tip == change`.
    """

    id: Id
    rev: int
    session_id: Id | None
    method: Method
    amount: int
    tip: int
    tendered: int | None
    change: int | None
    allocations: list[AllocationView]
    lines: list[Id]
    share: Share | None
    by: Actor
    voided_at: int | None
    voided_by: Actor | None
    void_reason: str | None
    created_at: int

    def for_guests(self) -> GuestPaymentView:
        return GuestPaymentView.model_validate(self)


class Sale(Shape):
    """An order with its payment."""

    order: OrderView
    payment: PaymentView

    @property
    def id(self) -> str:
        """What it is found by."""
        return self.payment.id


class TillView(Resource):
    """A till. Once it is closed, `counted - expected == difference`: below zero, cash is missing."""

    id: Id
    rev: int
    branch_id: Id
    status: TillStatus
    opening_float: int
    opened_at: int
    opened_by: Actor
    expected: int | None
    counted: int | None
    difference: int | None
    closed_at: int | None
    closed_by: Actor | None


class TillNow(Shape):
    """The open till and the cash that should be in it by now; neither if none is open.

    No event tells of `expected`: every payment in cash changes it.
    """

    till: TillView | None
    expected: int | None


async def payment_views(tx: Transaction, payments: Sequence[Payment]) -> list[PaymentView]:
    """In two queries, however many payments."""
    ids = [payment.id for payment in payments]
    allocations = await _allocations(tx, ids)
    lines = await _lines(tx, ids)
    return [_payment_view(payment, allocations[payment.id], lines[payment.id]) for payment in payments]


async def payment_view(tx: Transaction, payment: Payment) -> PaymentView:
    return (await payment_views(tx, [payment]))[0]


def _payment_view(payment: Payment, allocations: list[AllocationView], lines: list[Id]) -> PaymentView:
    return PaymentView(
        id=payment.id,
        rev=payment.rev,
        session_id=payment.session_id,
        method=payment.method,
        amount=payment.amount,
        tip=payment.tip,
        tendered=payment.tendered,
        change=payment.change,
        allocations=allocations,
        lines=lines,
        share=_share(payment),
        by=Actor(id=payment.taken_by, name=payment.taken_by_name),
        voided_at=payment.voided_at,
        voided_by=_actor(payment.voided_by, payment.voided_by_name),
        void_reason=payment.void_reason,
        created_at=payment.created_at,
    )


def _share(payment: Payment) -> Share | None:
    if payment.share_number is None or payment.share_of is None:
        return None
    return Share(number=payment.share_number, of=payment.share_of)


def _actor(id_: str | None, name: str | None) -> Actor | None:
    return None if id_ is None or name is None else Actor(id=id_, name=name)


async def _allocations(tx: Transaction, payment_ids: Sequence[str]) -> dict[str, list[AllocationView]]:
    rows = await tx.session.scalars(
        select(Allocation)
        .where(Allocation.payment_id.in_(payment_ids))
        .order_by(Allocation.payment_id, Allocation.position)
    )
    held: dict[str, list[AllocationView]] = defaultdict(list)
    for row in rows:
        held[row.payment_id].append(AllocationView.model_validate(row))
    return held


async def _lines(tx: Transaction, payment_ids: Sequence[str]) -> dict[str, list[Id]]:
    rows = await tx.session.execute(
        select(PaidLine.payment_id, PaidLine.line_id)
        .where(PaidLine.payment_id.in_(payment_ids))
        .order_by(PaidLine.payment_id, PaidLine.line_id)
    )
    held: dict[str, list[Id]] = defaultdict(list)
    for payment_id, line_id in rows:
        held[payment_id].append(line_id)
    return held


async def till_view(_tx: Transaction, till: Till) -> TillView:
    return TillView(
        id=till.id,
        rev=till.rev,
        branch_id=till.branch_id,
        status=till.status,
        opening_float=till.opening_float,
        opened_at=till.opened_at,
        opened_by=Actor(id=till.opened_by, name=till.opened_by_name),
        expected=till.expected,
        counted=till.counted,
        difference=till.difference,
        closed_at=till.closed_at,
        closed_by=_actor(till.closed_by, till.closed_by_name),
    )

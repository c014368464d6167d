"""Taking money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Invalid, Named, NotFound, NotOwed, NotPayable, Taken
from restai.features.branches.models import Branch
from restai.features.orders import service as orders
from restai.features.orders.events import Change, OrderUpdated
from restai.features.orders.models import Line, Order
from restai.features.payments import rules
from restai.features.payments.events import PaymentRecorded
from restai.features.payments.models import Allocation, PaidLine, Payment
from restai.features.payments.rules import LineDue, Method
from restai.features.payments.schemas import PaymentDraft, SaleDraft, Tender
from restai.features.payments.service.billing import billed
from restai.features.payments.service.tills import collecting
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.ids import new_id


@dataclass(frozen=True, slots=True)
class Due:
    """What a payment is for: `orders` are those of `whose` that owe something, locked, oldest first."""

    branch_id: str
    session_id: str | None
    whose: ColumnElement[bool]
    orders: Sequence[Order]

    @property
    def balance(self) -> int:
        return sum(order.balance for order in self.orders)


class Sold(NamedTuple):
    """An order with the payment that was taken for it when it was placed."""

    order: Order
    payment: Payment

    @property
    def branch_id(self) -> str:
        return self.payment.branch_id


async def take(tx: Transaction, who: Staff, draft: PaymentDraft) -> Payment:
    """Take money for an order, or for the orders of a visit.

    Raises NotFound, NotOwed, NotPayable, Invalid, Taken.
    """
    due = await _due(tx, who, draft)
    if draft.branch_id not in (None, due.branch_id):
        raise Invalid("branchId", "is not where the order is")
    if draft.balance not in (None, due.balance):
        raise await _not_owed(tx, due)
    parts = await _parts(tx, due, draft)
    payment = await _record(tx, who, draft, due, parts)
    if draft.share is not None:
        payment.share_number, payment.share_of = draft.share.number, draft.share.of
    tx.session.add_all(PaidLine(payment_id=payment.id, line_id=line_id) for line_id in draft.lines or ())
    _tell(tx, payment, [order for order, part in zip(due.orders, parts, strict=True) if part])
    return payment


async def sell(tx: Transaction, who: Staff, draft: SaleDraft) -> Sold:
    """Place an order and take the money for it: at a counter, both or neither.

    Raises what placing an order does, and NotOwed, Invalid, Taken.
    """
    who.require(Permission.ORDERS_CREATE)
    order = await orders.place(tx, who, draft.order)
    due = Due(order.branch_id, order.session_id, Order.id == order.id, [order])
    amount = order.balance if draft.payment.amount is None else draft.payment.amount
    payment = await _record(tx, who, draft.payment, due, await _allocated(tx, due, amount))
    tx.emit(PaymentRecorded, payment, orders=[order])  # that it is paid is told by its order:created
    return Sold(order, payment)


async def even_out(tx: Transaction, who: Staff, session: Session, locked: Sequence[Order]) -> None:
    """Where some orders of a locked visit owe just what others got too much, move it: a payment of
    nothing, by nobody's means. `locked` are those that the caller has locked, and changes."""
    due = await _due_of_visit(tx, session, locked)
    if due.balance != 0:
        for order in due.orders:
            if order not in locked:
                await tx.keep(order)
    elif due.orders:
        parts = [order.balance for order in due.orders]
        payment = await _record(tx, who, Tender(method=Method.OTHER), due, parts)
        _tell(tx, payment, due.orders)


async def go_with(tx: Transaction, session_id: str, visit: Session) -> None:
    """Put the payments of a locked visit on the bill of the locked one that it becomes part of."""
    for payment in await tx.lock_all(Payment, Payment.session_id == session_id):
        payment.session_id = visit.id


async def _due(tx: Transaction, who: Staff, draft: PaymentDraft) -> Due:
    if draft.session_id is not None:
        session = await sessions.locked(tx, who, draft.session_id)
        await tx.keep(session)
        return await _due_of_visit(tx, session)
    order = await orders.locked(tx, who, draft.order_id or "")
    return Due(order.branch_id, order.session_id, Order.id == order.id, [order])


async def _due_of_visit(tx: Transaction, session: Session, locked: Sequence[Order] = ()) -> Due:
    unsettled = await orders.lock_unsettled_of_visit(tx, session.id, locked)
    return Due(session.branch_id, session.id, Order.session_id == session.id, unsettled)


def _tell(tx: Transaction, payment: Payment, changed: Sequence[Order]) -> None:
    tx.emit(PaymentRecorded, payment, orders=changed)
    for order in changed:
        tx.emit(OrderUpdated, order, change=Change.PAID)


async def _parts(tx: Transaction, due: Due, draft: PaymentDraft) -> list[int]:
    """What goes to each order that is due. Raises NotOwed, NotFound, NotPayable."""
    if draft.lines is not None:
        return await _parts_of_lines(tx, due, draft.lines)
    if draft.share is not None:
        return await _allocated(tx, due, rules.share(due.balance, draft.share.number, draft.share.of))
    return await _allocated(tx, due, due.balance if draft.amount is None else draft.amount)


async def _allocated(tx: Transaction, due: Due, amount: int) -> list[int]:
    parts = rules.allocate(amount, [order.balance for order in due.orders])
    if not 0 <= amount <= due.balance or not any(parts):
        raise await _not_owed(tx, due)
    return parts


async def _parts_of_lines(tx: Transaction, due: Due, line_ids: Collection[str]) -> list[int]:
    lines = await billed(tx, due.orders)
    await _check_payable(
        tx, due, line_ids, {each.line.id for of in lines.values() for each in of if each.payment_id is None}
    )
    parts = []
    for order in due.orders:
        dues = [LineDue(each.share, each.payment_id is not None) for each in lines[order.id]]
        chosen = [place for place, each in enumerate(lines[order.id]) if each.line.id in line_ids]
        parts.append(rules.lines_amount(order.balance, dues, chosen) if chosen else 0)
    fits = all(not part or 0 < part <= order.balance for order, part in zip(due.orders, parts, strict=True))
    if not fits or not 0 < sum(parts) <= due.balance:
        raise await _not_owed(tx, due)
    return parts


async def _check_payable(tx: Transaction, due: Due, line_ids: Collection[str], payable: set[str]) -> None:
    if payable.issuperset(line_ids):
        return
    rows = await tx.session.execute(
        select(Line.id, Line.name).join(Order, Order.id == Line.order_id).where(due.whose)
    )
    names = {row.id: row.name for row in rows}
    others = sorted(set(line_ids) - payable)
    for line_id in others:
        if line_id not in names:
            raise NotFound("line", line_id)
    raise NotPayable([Named(line_id, names[line_id]) for line_id in others])


async def _record(tx: Transaction, who: Staff, tender: Tender, due: Due, parts: Sequence[int]) -> Payment:
    """Write a payment and put its parts to the orders that are due. Raises Invalid, Taken."""
    till = await collecting(tx, due.branch_id) if tender.method is Method.CASH else None
    payment = Payment(
        id=tender.id or new_id(),
        rev=1,
        organization_id=who.organization_id,
        branch_id=due.branch_id,
        session_id=due.session_id,
        method=tender.method,
        amount=sum(parts),
        tip=tender.tip,
        tendered=tender.tendered,
        till_id=till.id if till is not None else None,
        taken_by=who.user_id,
        taken_by_name=who.name,
        created_at=tx.now,
    )
    if payment.change is not None and payment.change < 0:
        raise Invalid("tendered", f"is less than amount and tip, {payment.amount + payment.tip}")
    await _written(tx, payment)
    for position, (order, part) in enumerate(zip(due.orders, parts, strict=True)):
        if part:
            tx.session.add(
                Allocation(payment_id=payment.id, order_id=order.id, position=position, amount=part)
            )
            orders.credit(tx, order, part)
        else:
            await tx.keep(order)
    return payment


async def _written(tx: Transaction, payment: Payment) -> None:
    """Write a payment whose id a client may have made. Raises Taken."""
    id_ = payment.id
    tx.session.add(payment)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Taken("payment", id_) from error


async def _not_owed(tx: Transaction, due: Due) -> NotOwed:
    branch = await tx.session.get_one(Branch, due.branch_id)
    return NotOwed(due.balance, branch.currency)

"""Taking a payment back."""

from __future__ import annotations

from sqlalchemy import select

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Busy, NotFound
from restai.features.orders import service as orders
from restai.features.orders.events import Change, OrderUpdated
from restai.features.orders.models import Order
from restai.features.payments.events import PaymentVoided
from restai.features.payments.models import Allocation, Payment
from restai.features.payments.rules import Method
from restai.features.payments.service.finding import payment
from restai.features.payments.service.tills import collecting
from restai.features.sessions import service as sessions
from restai.features.tables import service as tables


async def void(tx: Transaction, who: Staff, payment_id: str, reason: str) -> Payment:
    """Give a payment back: its orders owe its money again. It stays, with who did it and why.

    That is how a refund is made, too: what is still owed is paid anew. Raises NotFound, Busy.
    """
    await _lock_visit(tx, who, payment_id)
    parts = await _parts(tx, payment_id)
    found = await tx.lock_all(Order, Order.id.in_(parts))
    owing = sorted(found, key=lambda order: (order.created_at, order.id))
    voiding = await tx.lock(Payment, Payment.id == payment_id)
    if voiding is None:
        raise NotFound("payment", payment_id)
    if voiding.voided_at is not None:
        await tx.keep(voiding)
        for order in owing:
            await tx.keep(order)
        return voiding
    await _mark(tx, who, voiding, reason)
    for order in owing:
        orders.credit(tx, order, -parts[order.id])
    tx.emit(PaymentVoided, voiding, orders=owing)
    for order in owing:
        tx.emit(OrderUpdated, order, change=Change.PAID)
    return voiding


async def _lock_visit(tx: Transaction, who: Staff, payment_id: str) -> None:
    """Lock the visit of a payment, if it has one, through which alone several orders are locked; and
    have its table keep its number, since screens may come to show orders of it again.

    Raises NotFound, and Busy if the payment went to another visit meanwhile.
    """
    found = await payment(tx, who, payment_id)
    if found.session_id is None:
        return
    session = await sessions.locked(tx, who, found.session_id)
    await tx.keep(session)
    if (await payment(tx, who, payment_id)).session_id != session.id:
        raise Busy
    await tables.hold_number(tx, session.table_id)


async def _parts(tx: Transaction, payment_id: str) -> dict[str, int]:
    """What of the payment went to which order."""
    rows = await tx.session.execute(
        select(Allocation.order_id, Allocation.amount).where(Allocation.payment_id == payment_id)
    )
    return {row.order_id: row.amount for row in rows}


async def _mark(tx: Transaction, who: Staff, voiding: Payment, reason: str) -> None:
    voiding.voided_at = tx.now
    voiding.voided_by, voiding.voided_by_name = who.user_id, who.name
    voiding.void_reason = reason
    what = {"amount": voiding.amount, "tip": voiding.tip, "method": voiding.method, "reason": reason}
    audit.record(tx, who, Deed.PAYMENT_VOIDED, voiding.id, branch_id=voiding.branch_id, **what)
    if voiding.method is Method.CASH and (till := await collecting(tx, voiding.branch_id)):
        voiding.void_till_id = till.id

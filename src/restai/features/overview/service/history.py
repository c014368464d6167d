"""What is over: visits, and orders that were on no visit's bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.features.orders.models import Order
from restai.features.orders.rules import ORDER_OVER
from restai.features.overview.schemas import PastAccount, PastKind
from restai.features.payments.models import Allocation, Payment
from restai.features.sessions.models import Session
from restai.features.sessions.rules import SessionStatus
from restai.features.tables.schemas import table_numbers


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to but not including `until`, ms; None is open."""

    since: int | None = None
    until: int | None = None

    def holds(self, moment: InstrumentedAttribute[int]) -> list[ColumnElement[bool]]:
        after = [] if self.since is None else [moment >= self.since]
        return after if self.until is None else [*after, moment < self.until]


async def history(
    tx: Transaction, who: Staff, branch_id: str | None, period: Period, *, before: str | None, most: int
) -> list[PastAccount]:
    """What began at a branch in a period and is over, newest first, at most `most` before the one named.

    Raises NotFound.
    """
    branch = who.branch(branch_id)
    visits = await _visits(tx, branch, period, before=before, most=most)
    orders = await _orders(tx, branch, period, before=before, most=most)
    over: list[Session | Order] = [*visits, *orders]
    over.sort(key=lambda each: each.id, reverse=True)
    return await _accounts(tx, over[:most])


async def _visits(
    tx: Transaction, branch_id: str, period: Period, *, before: str | None, most: int
) -> Sequence[Session]:
    """Visits that ended; those that became part of another are on its bill."""
    query = select(Session).where(
        Session.branch_id == branch_id,
        Session.status == SessionStatus.COMPLETED,
        Session.merged_into.is_(None),
        *period.holds(Session.started_at),
    )
    if before is not None:
        query = query.where(Session.id < before)
    return (await tx.session.scalars(query.order_by(Session.id.desc()).limit(most))).all()


async def _orders(
    tx: Transaction, branch_id: str, period: Period, *, before: str | None, most: int
) -> Sequence[Order]:
    query = select(Order).where(
        Order.branch_id == branch_id,
        Order.session_id.is_(None),
        Order.status.in_(ORDER_OVER),
        *period.holds(Order.created_at),
    )
    if before is not None:
        query = query.where(Order.id < before)
    return (await tx.session.scalars(query.order_by(Order.id.desc()).limit(most))).all()


async def _accounts(tx: Transaction, over: Sequence[Session | Order]) -> list[PastAccount]:
    """In a number of queries that does not depend on how many there are."""
    visits = [each for each in over if isinstance(each, Session)]
    counter = [each for each in over if isinstance(each, Order)]
    numbers = await table_numbers(tx, {visit.table_id for visit in visits})
    ordered = await _ordered(tx, [visit.id for visit in visits])
    tips = await _tips_of_visits(tx, [visit.id for visit in visits])
    tips |= await _tips_of_orders(tx, [order.id for order in counter])
    found = []
    for each in over:
        if isinstance(each, Session):
            account = _visit(each, numbers[each.table_id], ordered[each.id])
        else:
            account = _order(each)
        found.append(account.model_copy(update={"tips": tips.get(each.id, 0)}))
    return found


def _visit(visit: Session, table_number: str, orders: Sequence[Order]) -> PastAccount:
    return PastAccount(
        id=visit.id,
        kind=PastKind.VISIT,
        table_number=table_number,
        customer_name=None,
        order_numbers=[str(order.number) for order in orders],
        began_at=visit.started_at,
        ended_at=visit.ended_at or visit.started_at,
        total=sum(order.total for order in orders),
        paid=sum(order.paid for order in orders),
        balance=sum(order.balance for order in orders),
        tips=0,
    )


def _order(order: Order) -> PastAccount:
    return PastAccount(
        id=order.id,
        kind=PastKind.ORDER,
        table_number=None,
        customer_name=order.customer_name,
        order_numbers=[str(order.number)],
        began_at=order.created_at,
        ended_at=order.status_changed_at,
        total=order.total,
        paid=order.paid,
        balance=order.balance,
        tips=0,
    )


async def _ordered(tx: Transaction, session_ids: Collection[str]) -> dict[str, list[Order]]:
    rows = await tx.session.scalars(
        select(Order).where(Order.session_id.in_(session_ids)).order_by(Order.created_at, Order.id)
    )
    held: dict[str, list[Order]] = defaultdict(list)
    for order in rows:
        held[str(order.session_id)].append(order)
    return held


async def _tips_of_visits(tx: Transaction, session_ids: Collection[str]) -> dict[str, int]:
    rows = await tx.session.execute(
        select(Payment.session_id, func.sum(Payment.tip))
        .where(Payment.session_id.in_(session_ids), Payment.voided_at.is_(None))
        .group_by(Payment.session_id)
    )
    return {str(session_id): int(tips) for session_id, tips in rows}


async def _tips_of_orders(tx: Transaction, order_ids: Collection[str]) -> dict[str, int]:
    """A payment for an order without a visit is for that one alone."""
    rows = await tx.session.execute(
        select(Allocation.order_id, func.sum(Payment.tip))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.order_id.in_(order_ids), Payment.voided_at.is_(None))
        .group_by(Allocation.order_id)
    )
    return {order_id: int(tips) for order_id, tips in rows}

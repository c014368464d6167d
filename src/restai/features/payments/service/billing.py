"""What the lines of orders come to on a bill, and which of them are paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.features.orders.models import Line, Order
from restai.features.orders.rules import LineStatus
from restai.features.payments import rules
from restai.features.payments.models import PaidLine, Payment


class BilledLine(NamedTuple):
    """A live line. `share` is its part of its order's total, `payment_id` the payment that was for it."""

    line: Line
    share: int
    payment_id: str | None


async def billed(tx: Transaction, orders: Sequence[Order]) -> dict[str, list[BilledLine]]:
    """The live lines of each order by its id, in two queries."""
    lines = await _live_lines(tx, [order.id for order in orders])
    payers = await _payers(tx, [line.id for each in lines.values() for line in each])
    found: dict[str, list[BilledLine]] = {}
    for order in orders:
        shares = rules.line_shares(order.total, [line.amount for line in lines[order.id]])
        found[order.id] = [
            BilledLine(line, share, payers.get(line.id))
            for line, share in zip(lines[order.id], shares, strict=True)
        ]
    return found


async def _live_lines(tx: Transaction, order_ids: Collection[str]) -> dict[str, list[Line]]:
    rows = await tx.session.scalars(
        select(Line)
        .where(Line.order_id.in_(order_ids), Line.status != LineStatus.CANCELLED)
        .order_by(Line.order_id, Line.position)
        .execution_options(populate_existing=True)
    )
    held: dict[str, list[Line]] = defaultdict(list)
    for line in rows:
        held[line.order_id].append(line)
    return held


async def _payers(tx: Transaction, line_ids: Collection[str]) -> dict[str, str]:
    """The payments that were for these lines and count, by line."""
    rows = await tx.session.execute(
        select(PaidLine.line_id, PaidLine.payment_id)
        .join(Payment, Payment.id == PaidLine.payment_id)
        .where(PaidLine.line_id.in_(line_ids), Payment.voided_at.is_(None))
    )
    return {row.line_id: row.payment_id for row in rows}

"""Finding payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotFound
from restai.features.payments.models import Allocation, Payment


@dataclass(frozen=True, slots=True)
class Sought:
    """Which payments are asked for: of a visit, of an order, taken `since` (ms) then."""

    session_id: str | None = None
    order_id: str | None = None
    since: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.session_id is not None:
            found.append(Payment.session_id == self.session_id)
        if self.order_id is not None:
            of_order = select(Allocation.payment_id).where(Allocation.order_id == self.order_id)
            found.append(Payment.id.in_(of_order))
        if self.since is not None:
            found.append(Payment.created_at >= self.since)
        return found


async def payments(
    tx: Transaction, who: Staff, branch_id: str | None, sought: Sought, *, before: str | None, most: int
) -> Sequence[Payment]:
    """A branch's payments, newest first, at most `most` before the one named. Raises NotFound."""
    query = select(Payment).where(Payment.branch_id == who.branch(branch_id), *sought.conditions())
    if before is not None:
        query = query.where(Payment.id < before)
    return (await tx.session.scalars(query.order_by(Payment.id.desc()).limit(most))).all()


async def payment(tx: Transaction, who: Staff, payment_id: str) -> Payment:
    """A payment of one's own branches as it is now, not locked. Raises NotFound."""
    found = await tx.session.scalar(
        select(Payment)
        .where(Payment.id == payment_id, Payment.organization_id == who.organization_id)
        .where(Payment.branch_id.in_(who.branches))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("payment", payment_id)
    return found

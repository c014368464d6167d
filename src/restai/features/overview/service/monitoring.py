"""How a branch fares at this moment, for who is responsible for it."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from sqlalchemy import func, select

from restai.auth.principal import Staff
from restai.clock import MINUTE, SECOND
from restai.db.outbox import LogEntry
from restai.db.transaction import Transaction
from restai.features.orders.models import UNSETTLED, Order
from restai.features.orders.schemas import order_views
from restai.features.overview.schemas import Monitor
from restai.features.screens import service as screens
from restai.features.screens.schemas import screen_view

COUNTED = MINUTE  # ms over which events are counted: a rate that neither jumps nor lags behind a rush


async def monitor(tx: Transaction, who: Staff, branch_id: str) -> Monitor:
    """A branch of one's own, as the database knows it: from whichever process. Raises NotFound."""
    began = perf_counter()
    branch = who.branch(branch_id)
    events = await _events(tx, branch)
    unseen = await order_views(tx, await _unseen(tx, branch))
    online = await screens.online(tx, branch)
    return Monitor(
        at=tx.now,
        events_per_second=round(events * SECOND / COUNTED, 2),
        screens=[screen_view(screen) for screen in online],
        unseen_orders=unseen,
        database_ms=round((perf_counter() - began) * 1_000, 1),
        process=None,
    )


async def _events(tx: Transaction, branch_id: str) -> int:
    lately = LogEntry.created_at > tx.now - COUNTED
    counted = select(func.count()).where(LogEntry.stream_id == branch_id, lately)
    return await tx.session.scalar(counted) or 0


async def _unseen(tx: Transaction, branch_id: str) -> Sequence[Order]:
    """Those for which the alarm is on, the longest first."""
    alarmed = select(Order).where(Order.branch_id == branch_id, UNSETTLED, Order.unseen_at.is_not(None))
    return (await tx.session.scalars(alarmed.order_by(Order.unseen_at, Order.id))).all()

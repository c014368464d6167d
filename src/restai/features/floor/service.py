"""What concerns a table with its visit and all its orders at once."""

from __future__ import annotations

import structlog

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import OpenBalance
from restai.features.branches.models import Branch
from restai.features.cart import service as cart
from restai.features.orders import service as orders
from restai.features.payments import service as payments
from restai.features.requests import service as requests
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.features.sessions.rules import SessionStatus

_log = structlog.get_logger(__name__)


async def end(tx: Transaction, who: Staff, session_id: str, *, force: bool) -> Session:
    """End a visit: its orders are completed, its calls closed, its guests are out, its table is free.

    Raises NotFound, IllegalTransition (it never began, or was turned down), and OpenBalance unless a
    manager forces it; Forbidden if somebody else tries to.
    """
    session = await sessions.locked(tx, who, session_id)
    if session.status is SessionStatus.COMPLETED:
        await tx.keep(session)
        return session
    await sessions.check_may_become(tx, session, SessionStatus.COMPLETED)
    table = await sessions.table_of(tx, session)
    # Read under these locks: an order that comes in now waits for the visit, or is seen here.
    open_orders = await orders.lock_open_of_visit(tx, session.id)
    await _check_paid(tx, who, session, force=force)
    await payments.even_out(tx, who, session)
    orders.complete(tx, open_orders)
    await requests.close(tx, session.id)
    await cart.discard(tx, session)
    await sessions.complete(tx, session, table)
    return session


async def _check_paid(tx: Transaction, who: Staff, session: Session, *, force: bool) -> None:
    balance = await orders.balance_of_visit(tx, session.id)
    if balance == 0:
        return
    if not force:
        branch = await tx.session.get_one(Branch, session.branch_id)
        raise OpenBalance(balance, branch.currency)
    who.require(Permission.FORCE)
    _log.warning("visit ended unpaid", session=session.id, balance=balance, by=who.user_id)

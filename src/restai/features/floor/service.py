"""What concerns a table with its visit and all its orders at once."""

from __future__ import annotations

import structlog

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Busy, IllegalTransition, Invalid, OpenBalance
from restai.features.branches.models import Branch
from restai.features.cart import service as cart
from restai.features.orders import service as orders
from restai.features.payments import service as payments
from restai.features.requests import service as requests
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.features.sessions.rules import SessionStatus
from restai.features.tables import service as tables
from restai.features.tables.models import Table
from restai.features.tables.rules import TableStatus
from restai.features.tables.schemas import TablePatch, table_view

_log = structlog.get_logger(__name__)


async def move(tx: Transaction, who: Staff, session_id: str, table_id: str) -> Session:
    """Seat a visit at another, free table of its branch; its orders and open calls are relabelled.

    Raises NotFound, IllegalTransition unless it is going on, TableUnavailable, Busy.
    """
    session = await sessions.locked(tx, who, session_id)
    if session.status is SessionStatus.ACTIVE and session.table_id == table_id:
        await tx.keep(session)
        return session
    where = {"branch_id": session.branch_id, "table_id": table_id, "table_id_before": session.table_id}
    await sessions.move(tx, who, session, table_id)
    audit.record(tx, who, Deed.VISIT_MOVED, session.id, **where)
    await orders.go_with(tx, session.id, session)
    await requests.move(tx, session)
    return session


async def merge(tx: Transaction, who: Staff, session_id: str, into_id: str, *, keep_table: bool) -> Session:
    """Make a visit part of another one of its branch, `into`, that has its bill, calls and guests then.

    Raises NotFound, Invalid, IllegalTransition unless it is going on, Stale unless `into` is.
    """
    if session_id == into_id:
        raise Invalid("into", "is the visit itself")
    session, into = await sessions.pair(tx, who, session_id, into_id)
    if session.merged_into == into.id:
        await tx.keep(session)
        await tx.keep(into)
        return session
    await sessions.check_going_on(tx, session, "merged")
    await sessions.check_open_for(tx, into)
    seats = await tables.tables_of(tx, session.id)
    await cart.pour(tx, session, into)
    await orders.go_with(tx, session.id, into)
    await requests.merge(tx, session.id, into)
    await payments.go_with(tx, session.id, into)
    await sessions.merge(tx, session, into, seats, keep_table=keep_table)
    audit.record(tx, who, Deed.VISIT_MERGED, session.id, branch_id=session.branch_id, into=into.id)
    return session


async def change_table(tx: Transaction, who: Staff, table_id: str, patch: TablePatch) -> Table:
    """Renumber, resize or move a table; its visit and the orders that screens show are labelled anew.

    Raises NotFound, Taken, Busy.
    """
    await tables.table(tx, who, table_id)  # before a visit is locked that may be somebody else's
    visit = await sessions.locked_at(tx, table_id) if patch.number is not None else None
    table = await tables.locked(tx, who, table_id)
    renumbered = patch.number not in (None, table.number)
    await tables.change_table(tx, table, patch)
    if renumbered:
        await sessions.label_anew(tx, table, visit)
        await orders.label_anew(tx, table, visit)
    elif visit is not None:
        await tx.keep(visit)
    return table


async def free(tx: Transaction, who: Staff, table_id: str, *, force: bool) -> Table:
    """Free a table: the visit that sits there ends, as by `end`; one to which the table was kept beside
    its own goes on at that.

    Raises NotFound, IllegalTransition where no visit holds it, Busy, and what `end` raises.
    """
    table = await tables.table(tx, who, table_id)
    if table.session_id is None:
        return await _check_available(tx, table)
    session = await sessions.locked(tx, who, table.session_id)
    if session.status is SessionStatus.ACTIVE and session.table_id == table.id:
        await _end(tx, who, session, force=force)
        return table
    await tx.keep(session)
    if not await tables.give_up(tx, table, session.id):
        raise Busy  # the party has just left: the next look shows who sits there now
    return table


async def end(tx: Transaction, who: Staff, session_id: str, *, force: bool) -> Session:
    """End a visit: its orders are completed, its calls closed, its guests are out, its tables are free.

    Raises NotFound, IllegalTransition (it never began, or was turned down), and OpenBalance unless a
    manager forces it; Forbidden if somebody else tries to.
    """
    session = await sessions.locked(tx, who, session_id)
    if session.status is SessionStatus.COMPLETED:
        await tx.keep(session)
        return session
    await sessions.check_may_become(tx, session, SessionStatus.COMPLETED)
    await _end(tx, who, session, force=force)
    return session


async def _end(tx: Transaction, who: Staff, session: Session, *, force: bool) -> None:
    seats = await tables.tables_of(tx, session.id)
    # Read under these locks: an order that comes in now waits for the visit, or is seen here.
    open_orders = await orders.lock_open_of_visit(tx, session.id)
    await _check_paid(tx, who, session, force=force)
    await payments.even_out(tx, who, session, open_orders)
    orders.complete(tx, open_orders)
    await requests.close(tx, session.id)
    await cart.discard(tx, session)
    await sessions.complete(tx, session, seats)


async def _check_available(tx: Transaction, table: Table) -> Table:
    """Raises IllegalTransition for a table that is not free although nobody sits there."""
    if table.status is not TableStatus.AVAILABLE:
        target = TableStatus.AVAILABLE
        raise IllegalTransition("table", table.status, target, await table_view(tx, table))
    return table


async def _check_paid(tx: Transaction, who: Staff, session: Session, *, force: bool) -> None:
    balance = await orders.balance_of_visit(tx, session.id)
    if balance == 0:
        return
    if not force:
        branch = await tx.session.get_one(Branch, session.branch_id)
        raise OpenBalance(balance, branch.currency)
    who.require(Permission.FORCE)
    where = {"branch_id": session.branch_id, "table_id": session.table_id}
    audit.record(tx, who, Deed.VISIT_FORCED, session.id, balance=balance, **where)
    _log.warning("visit ended unpaid", session=session.id, balance=balance, by=who.user_id)

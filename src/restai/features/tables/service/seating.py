"""What visits do with tables: find one by its code, sit down, leave."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.errors import NotFound, TableUnavailable
from restai.features.tables import rules
from restai.features.tables.events import TableAvailable, TableOccupied
from restai.features.tables.models import Table
from restai.features.tables.rules import TableStatus


async def by_code(tx: Transaction, typed: str) -> Table:
    """The table whose QR code says what somebody scanned or typed, not locked. Raises NotFound."""
    code = rules.read_code(typed)
    table = None
    if code is not None:
        table = await tx.session.scalar(select(Table).where(Table.code == code, Table.archived.is_(False)))
    if table is None:
        raise NotFound("table", typed)
    return table


async def hold_number(tx: Transaction, table_id: str) -> None:
    """Have a table keep its number until this transaction ends, which tells of something that shows it
    without locking the table. Locked after the visit, like the table itself."""
    await tx.session.execute(select(Table.id).where(Table.id == table_id).with_for_update(read=True))


def occupy(tx: Transaction, table: Table, session_id: str) -> None:
    """Seat a visit at a locked table. Raises TableUnavailable."""
    if table.archived:
        raise TableUnavailable(table.number, "archived")
    if table.status not in rules.SEATABLE:
        raise TableUnavailable(table.number, table.status)
    table.status = TableStatus.OCCUPIED
    table.session_id = session_id
    tx.emit(TableOccupied, table, session_id=session_id)


async def tables_of(tx: Transaction, session_id: str) -> Sequence[Table]:
    """All tables that a locked visit holds, locked after it: its own, and those kept for it."""
    return await tx.lock_all(Table, Table.session_id == session_id)


async def give_up(tx: Transaction, table: Table, session_id: str) -> bool:
    """Free a table that a locked visit holds beside its own; whether it did."""
    locked = await tx.lock(Table, Table.id == table.id, Table.session_id == session_id)
    if locked is None:
        return False
    release(tx, locked)
    return True


def hand_over(tx: Transaction, table: Table, session_id: str) -> None:
    """A locked table that a party holds is another visit's from now on."""
    table.session_id = session_id
    tx.emit(TableOccupied, table, session_id=session_id)


def release(tx: Transaction, table: Table) -> None:
    """Free a locked table that its visit has left."""
    table.status = TableStatus.AVAILABLE
    table.session_id = None
    tx.emit(TableAvailable, table)

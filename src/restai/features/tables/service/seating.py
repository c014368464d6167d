"""What visits do with tables: find one by its code, sit down, leave."""

from __future__ import annotations

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


def occupy(tx: Transaction, table: Table, session_id: str) -> None:
    """Seat a visit at a locked table. Raises TableUnavailable."""
    if table.archived:
        raise TableUnavailable(table.number, "archived")
    if table.status not in rules.SEATABLE:
        raise TableUnavailable(table.number, table.status)
    table.status = TableStatus.OCCUPIED
    table.session_id = session_id
    tx.emit(TableOccupied, table, session_id=session_id)


def release(tx: Transaction, table: Table) -> None:
    """Free a locked table whose visit is over."""
    table.status = TableStatus.AVAILABLE
    table.session_id = None
    tx.emit(TableAvailable, table)

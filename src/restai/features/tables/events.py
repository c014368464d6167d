"""What happens to tables."""

from __future__ import annotations

from typing import ClassVar, Self

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.tables.models import Table
from restai.features.tables.schemas import TableView, table_view


class TableUpdated(Event):
    """A table was set up, changed, reserved, closed or taken away. A party that sits there hears it."""

    type: ClassVar[str] = "table:updated"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"table_id", "table"})

    table_id: str
    table: TableView

    @classmethod
    async def render(cls, tx: Transaction, resource: Table) -> Self:
        event = cls(table_id=resource.id, table=await table_view(tx, resource))
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        visit = self.table.session_id
        at_table = () if visit is None else (rooms.table(self.table_id),)
        return Address(self._branch_id, (rooms.branch(self._branch_id), *at_table), visit)


class TableAvailable(TableUpdated):
    """A table is free. No guest sits there to hear it: outside listeners may."""

    type: ClassVar[str] = "table:available"

    def address(self) -> Address:
        return Address(self._branch_id, (rooms.branch(self._branch_id), rooms.table(self.table_id)))


class TableOccupied(Event):
    """A party sat down at a table: its visit began, or moved there."""

    type: ClassVar[str] = "table:occupied"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"table_id", "session_id", "table"})

    table_id: str
    session_id: str
    table: TableView

    @classmethod
    async def render(cls, tx: Transaction, resource: Table, *, session_id: str) -> TableOccupied:
        event = cls(table_id=resource.id, session_id=session_id, table=await table_view(tx, resource))
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        names = (rooms.branch(self._branch_id), rooms.table(self.table_id))
        return Address(self._branch_id, names, self.session_id)

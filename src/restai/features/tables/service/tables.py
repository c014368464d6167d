"""Setting up tables, and keeping them for somebody or out of use."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import IllegalTransition, NotFound, Stale, Taken
from restai.features.branches.models import Branch, Space
from restai.features.tables import rules
from restai.features.tables.events import TableAvailable, TableUpdated
from restai.features.tables.models import Table
from restai.features.tables.rules import TableStatus
from restai.features.tables.schemas import StatusCommand, TableDraft, TablePatch, table_view
from restai.features.tables.service.printing import Card
from restai.features.tables.service.spaces import hold_space
from restai.ids import new_id


async def tables(
    tx: Transaction, who: Staff, branch_id: str | None, *, after: str | None, most: int
) -> Sequence[Table]:
    """A branch's tables by id, at most `most` after the one named. Raises NotFound."""
    query = select(Table).where(Table.branch_id == who.branch(branch_id), Table.archived.is_(False))
    if after is not None:
        query = query.where(Table.id > after)
    return (await tx.session.scalars(query.order_by(Table.id).limit(most))).all()


async def table(tx: Transaction, who: Staff, table_id: str) -> Table:
    """A table of one's own branches. Raises NotFound."""
    found = await tx.session.scalar(
        select(Table)
        .where(Table.id == table_id, Table.organization_id == who.organization_id)
        .where(Table.branch_id.in_(who.branches), Table.archived.is_(False))
    )
    if found is None:
        raise NotFound("table", table_id)
    return found


async def card(tx: Transaction, who: Staff, table_id: str) -> Card:
    """A table of one's own branches, to be printed. Raises NotFound."""
    printed = await table(tx, who, table_id)
    return Card(printed.number, None, printed.code)


async def cards(tx: Transaction, who: Staff, branch_id: str | None) -> tuple[str, list[Card]]:
    """A branch's name and all its tables, space by space, as people count them. Raises NotFound."""
    branch = await tx.session.get_one(Branch, who.branch(branch_id))
    rows = await tx.session.execute(
        select(Table.number, Space.name, Table.code, Space.position)
        .outerjoin(Space, Space.id == Table.space_id)
        .where(Table.branch_id == branch.id, Table.archived.is_(False))
    )
    found = sorted(rows, key=lambda row: (row.position or 0, row.name or "", rules.as_counted(row.number)))
    return branch.name, [Card(number, space, code) for number, space, code, _ in found]


async def add_table(tx: Transaction, who: Staff, draft: TableDraft) -> Table:
    """Set up a table, with a code of its own. Raises NotFound (its space), Taken."""
    branch_id = who.branch(draft.branch_id)
    if draft.space_id is not None:
        await hold_space(tx, branch_id, draft.space_id)
    new = Table(
        id=draft.id or new_id(),
        rev=1,
        organization_id=who.organization_id,
        branch_id=branch_id,
        space_id=draft.space_id,
        number=draft.number,
        code=await _new_code(tx),
        capacity=draft.capacity,
        status=TableStatus.AVAILABLE,
        session_id=None,
        position=draft.position.model_dump(),
        archived=False,
    )
    tx.session.add(new)
    await _written(tx, new)
    tx.emit(TableUpdated, new)
    return new


async def change_table(tx: Transaction, changing: Table, patch: TablePatch) -> None:
    """Renumber, resize or move a locked table. What else shows its number is the caller's to tell.

    Raises NotFound (its space), Taken.
    """
    if patch.space_id is not None:
        await hold_space(tx, changing.branch_id, patch.space_id)
    for name, value in patch.model_dump(exclude_unset=True).items():
        if value is not None or name == "space_id":
            setattr(changing, name, value)
    if not tx.session.is_modified(changing):
        await tx.keep(changing)
        return
    await _written(tx, changing)
    tx.emit(TableUpdated, changing)


async def archive_table(tx: Transaction, who: Staff, table_id: str) -> Table:
    """Take a table away for good; its number may be given anew. Raises NotFound, and
    IllegalTransition while a party sits there."""
    leaving = await locked(tx, who, table_id)
    if leaving.status is TableStatus.OCCUPIED:
        raise await _illegal(tx, leaving, "archived")
    leaving.archived = True
    tx.emit(TableUpdated, leaving)
    return leaving


async def set_status(tx: Transaction, who: Staff, table_id: str, command: StatusCommand) -> Table:
    """Reserve a table, close it, or open it again. Raises NotFound, IllegalTransition, Stale."""
    changing = await locked(tx, who, table_id)
    if changing.status is command.status:
        await tx.keep(changing)
        return changing
    if command.from_ not in (None, changing.status):
        raise await _stale(tx, changing, command.from_)
    if command.status not in rules.MOVES[changing.status]:
        raise await _illegal(tx, changing, command.status)
    changing.status = command.status
    tx.emit(TableAvailable if command.status is TableStatus.AVAILABLE else TableUpdated, changing)
    return changing


async def locked(tx: Transaction, who: Staff, table_id: str) -> Table:
    """A table of one's own branches, locked. Raises NotFound."""
    found = await tx.lock(
        Table,
        Table.id == table_id,
        Table.organization_id == who.organization_id,
        Table.branch_id.in_(who.branches),
        Table.archived.is_(False),
    )
    if found is None:
        raise NotFound("table", table_id)
    return found


async def _written(tx: Transaction, table: Table) -> None:
    """Write a table whose number or id may collide. Raises Taken."""
    number, id_ = table.number, table.id
    try:
        await tx.session.flush()
    except IntegrityError as error:
        clash = "number" in str(error.orig)
        raise (Taken("table number", number) if clash else Taken("table", id_)) from error


async def _new_code(tx: Transaction) -> str:
    while True:
        code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
        if not await tx.session.scalar(select(exists().where(Table.code == code))):
            return code


async def _illegal(tx: Transaction, table: Table, target: str) -> IllegalTransition:
    await tx.keep(table)
    return IllegalTransition("table", table.status, target, await table_view(tx, table))


async def _stale(tx: Transaction, table: Table, expected: str) -> Stale:
    await tx.keep(table)
    return Stale("table", table.status, expected, await table_view(tx, table))

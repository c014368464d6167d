"""Spaces and tables on the wire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches.models import Space
from restai.features.branches.schemas import Name, SpaceView
from restai.features.tables.models import Table
from restai.features.tables.rules import TableStatus
from restai.ids import ClientId, Id

LARGEST_ROOM = 10_000  # cm: a hundred metres

Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12, pattern=r"^[^\x00]*$")
]
Capacity = Annotated[int, Field(strict=True, ge=1, le=100)]
Place = Annotated[int, Field(strict=True, ge=0, le=1_000, description="from 0; absent is last")]
Length = Annotated[int, Field(strict=True, ge=0, le=LARGEST_ROOM, description="cm")]


class Position(Shape):
    """Where a table stands in its space and how large it is, in cm from the room's upper left corner."""

    x: Length = 0
    y: Length = 0
    width: Length = 80
    height: Length = 80
    rotation: Annotated[int, Field(strict=True, ge=0, lt=360, description="degrees, clockwise")] = 0
    shape: Literal["square", "round"] = "square"


class SpaceDraft(Shape):
    """A space to be added; `position` is its place among the branch's spaces."""

    id: ClientId | None = None
    branch_id: Id | None = None
    name: Name
    position: Place | None = None


class SpacePatch(Shape):
    """What to change of a space; what is absent (or null) stays."""

    name: Name | None = None
    position: Place | None = None


class TableDraft(Shape):
    """A table to be set up. A branch that is one room needs no space."""

    id: ClientId | None = None
    branch_id: Id | None = None
    space_id: Id | None = None
    number: Number
    capacity: Capacity = 4
    position: Position = Position()


class TablePatch(Shape):
    """What to change of a table; what is absent stays, and so does what is null but `spaceId`."""

    space_id: Id | None = None
    number: Number | None = None
    capacity: Capacity | None = None
    position: Position | None = None


class StatusCommand(Shape):
    """The state a table shall be in, and the one its sender saw it in."""

    status: TableStatus
    from_: TableStatus | None = Field(default=None, alias="from")


class GuestTableView(Shape):
    """What guests may know of a table."""

    id: Id
    rev: int
    number: str
    space_id: Id | None
    status: TableStatus


class TableView(Resource):
    id: Id
    rev: int
    number: str
    code: str
    space_id: Id | None
    capacity: int
    status: TableStatus
    session_id: Id | None
    position: Position
    archived: bool

    def for_guests(self) -> GuestTableView:
        return GuestTableView.model_validate(self)


async def table_views(_tx: Transaction, tables: Sequence[Table]) -> list[TableView]:
    return [TableView.model_validate(table) for table in tables]


async def table_view(tx: Transaction, table: Table) -> TableView:
    return (await table_views(tx, [table]))[0]


async def table_numbers(tx: Transaction, table_ids: Collection[str]) -> dict[str, str]:
    """What staff call these tables, by id: for bodies that name the table they belong to."""
    rows = await tx.session.execute(select(Table.id, Table.number).where(Table.id.in_(table_ids)))
    return {row.id: row.number for row in rows}


async def space_view(_tx: Transaction, space: Space) -> SpaceView:
    return SpaceView.model_validate(space)

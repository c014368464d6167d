"""Branches on the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches import rules
from restai.features.branches.models import Branch, Space
from restai.ids import ClientId, Id


def _known_zone(name: str) -> str:
    if not rules.is_time_zone(name):
        raise ValueError("is not a time zone of the IANA database, like America/Lima")
    return name


def _distinct_stations(names: list[str]) -> list[str]:
    if not rules.are_stations(names):
        raise ValueError(f'stations differ from each other, and "{rules.NO_STATION}" is not one')
    return names


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
TaxRate = Annotated[int, Field(ge=0, le=10_000, description="basis points: 1800 is 18 %")]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
DayStart = Annotated[int, Field(ge=0, lt=24 * 60, description="minutes after midnight")]
Station = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00]*$")
]
DISTINCT = {"uniqueItems": True}
Stations = Annotated[
    list[Station],
    Field(min_length=1, max_length=20, json_schema_extra=DISTINCT),
    AfterValidator(_distinct_stations),
]

DEFAULT_STATIONS = ["kitchen"]


class BranchDraft(Shape):
    """A branch to be opened. What is left out has the default of a small restaurant in Lima; with
    `copyMenuFrom`, the branch whose menu it begins with, prices and stations are as they are there."""

    id: ClientId | None = None
    name: Name
    currency: Currency = "PEN"
    tax_rate: TaxRate = 1_800
    prices_include_tax: bool = True
    auto_approve: bool = False
    auto_confirm: bool = False
    time_zone: TimeZone = "America/Lima"
    day_starts_at: DayStart = 4 * 60
    stations: Stations = DEFAULT_STATIONS
    copy_menu_from: Id | None = None


class BranchPatch(Shape):
    """Settings to change. What is absent (or null) stays."""

    name: Name | None = None
    currency: Currency | None = None
    tax_rate: TaxRate | None = None
    prices_include_tax: bool | None = None
    auto_approve: bool | None = None
    auto_confirm: bool | None = None
    time_zone: TimeZone | None = None
    day_starts_at: DayStart | None = None
    stations: Stations | None = None


class BranchRef(Shape):
    """A branch by its name."""

    id: Id
    name: str


class SpaceView(Shape):
    """A room or a terrace. It is as new as the branch that shows it: the branch's `rev` counts."""

    id: Id
    name: str


class GuestBranchView(Shape):
    """What guests may know of a branch."""

    id: Id
    rev: int
    name: str
    currency: str
    prices_include_tax: bool
    tax_rate: int
    time_zone: str
    spaces: list[SpaceView]


class BranchView(Resource):
    id: Id
    rev: int
    name: str
    currency: str
    tax_rate: int
    prices_include_tax: bool
    auto_approve: bool
    auto_confirm: bool
    time_zone: str
    day_starts_at: int
    stations: list[str]
    spaces: list[SpaceView] = []

    def for_guests(self) -> GuestBranchView:
        return GuestBranchView.model_validate(self)


async def branch_views(tx: Transaction, branches: Sequence[Branch]) -> list[BranchView]:
    spaces = await _spaces(tx, [branch.id for branch in branches])
    return [
        BranchView.model_validate(branch).model_copy(update={"spaces": spaces[branch.id]})
        for branch in branches
    ]


async def branch_view(tx: Transaction, branch: Branch) -> BranchView:
    return (await branch_views(tx, [branch]))[0]


async def _spaces(tx: Transaction, branch_ids: Sequence[str]) -> dict[str, list[SpaceView]]:
    rows = await tx.session.scalars(
        select(Space)
        .where(Space.branch_id.in_(branch_ids), Space.archived.is_(False))
        .order_by(Space.position, Space.id)
    )
    held: dict[str, list[SpaceView]] = defaultdict(list)
    for row in rows:
        held[row.branch_id].append(SpaceView.model_validate(row))
    return held

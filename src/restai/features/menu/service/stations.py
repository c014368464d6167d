"""The settings of a branch, of which the menu has a say in one: dishes name the station that cooks them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotEmpty
from restai.features.branches import service as branches
from restai.features.branches.models import Branch
from restai.features.branches.rules import NO_STATION
from restai.features.branches.schemas import BranchPatch
from restai.features.menu.models import Item
from restai.features.menu.service.menus import lock_menu


async def change_settings(tx: Transaction, who: Staff, branch_id: str, patch: BranchPatch) -> Branch:
    """Change settings of a branch. Raises NotFound, and NotEmpty if it takes a station from a dish."""
    if patch.stations is not None:
        menu = await lock_menu(tx, who.branch(branch_id))  # a dish that is added now waits, or is seen here
        await tx.keep(menu)
        await _check_unused(tx, menu.id, patch.stations)
    return await branches.change(tx, who, branch_id, patch)


async def _check_unused(tx: Transaction, branch_id: str, staying: Sequence[str]) -> None:
    """Raises NotEmpty if a dish of the menu is cooked at none of these stations."""
    station = await tx.session.scalar(
        select(Item.station)
        .where(Item.branch_id == branch_id, Item.archived.is_(False))
        .where(Item.station.not_in([*staying, NO_STATION]))
        .limit(1)
    )
    if station is not None:
        raise NotEmpty("station", station, "items")

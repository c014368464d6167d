"""A new branch may begin with the menu of another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.types import Base
from restai.errors import Invalid
from restai.features.branches import service as branches
from restai.features.branches.models import Branch
from restai.features.branches.rules import NO_STATION
from restai.features.branches.schemas import BranchDraft
from restai.features.menu.events import MenuUpdated
from restai.features.menu.models import Category, Item, ItemModifierGroup, Modifier, ModifierGroup
from restai.features.menu.service.menus import lock_menu
from restai.features.staff import service as staff
from restai.ids import new_id

PRICING = ("currency", "tax_rate", "prices_include_tax")
"""Settings of a branch without which the prices of its menu would mean something else."""

Part = TypeVar("Part", Category, Item, ModifierGroup)
Ids = dict[str, str]


async def open_branch(tx: Transaction, who: Staff, draft: BranchDraft) -> Branch:
    """Open a further branch, with a copy of another's menu if one is named: with all dishes available,
    and that branch's stations and what its prices mean, unless the draft says else.

    Raises NotFound, Taken, Invalid (another currency, or no station for a dish).
    """
    if draft.copy_menu_from is None:
        return await staff.open_branch(tx, who, draft)
    source = await branches.load(tx, who, draft.copy_menu_from)
    settings = {name: getattr(source, name) for name in (*PRICING, "stations")}
    said = draft.model_dump(include=draft.model_fields_set)
    branch = await staff.open_branch(tx, who, draft.model_copy(update=settings | said))
    if branch.currency != source.currency:
        raise Invalid("currency", f"is not that of the menu's prices, {source.currency}")
    await _copy(tx, source, branch)
    return branch


async def _copy(tx: Transaction, source: Branch, branch: Branch) -> None:
    await tx.keep(await lock_menu(tx, source.id))  # whoever is editing it has finished, or waits
    menu = await lock_menu(tx, branch.id)
    items = await _standing(tx, Item, source.id)
    for item in items:
        if item.station not in (*branch.stations, NO_STATION):
            raise Invalid("stations", f"lack {item.station}, where {item.name} is cooked")
    categories = await _copied(tx, await _standing(tx, Category, source.id), branch)
    groups = await _copied(tx, await _standing(tx, ModifierGroup, source.id), branch)
    await _copy_modifiers(tx, groups, branch)
    copies = await _copy_items(tx, items, categories, branch)
    await _copy_questions(tx, copies, groups)
    tx.emit(MenuUpdated, menu)


async def _standing(tx: Transaction, model: type[Part], branch_id: str) -> Sequence[Part]:
    query = select(model).where(model.branch_id == branch_id, model.archived.is_(False)).order_by(model.id)
    return (await tx.session.scalars(query.execution_options(populate_existing=True))).all()


async def _copied(tx: Transaction, rows: Sequence[Category | ModifierGroup], branch: Branch) -> Ids:
    """Copy parts of a menu to a branch; the new ids by the old."""
    ids = {row.id: new_id() for row in rows}
    for row in rows:
        tx.session.add(_copy_of(row, id=ids[row.id], branch_id=branch.id))
    await tx.session.flush()
    return ids


async def _copy_items(tx: Transaction, items: Sequence[Item], categories: Ids, branch: Branch) -> Ids:
    ids = {item.id: new_id() for item in items}
    for item in items:
        new = {"id": ids[item.id], "branch_id": branch.id, "category_id": categories[item.category_id]}
        tx.session.add(_copy_of(item, **new, rev=1, is_available=True))
    await tx.session.flush()
    return ids


async def _copy_modifiers(tx: Transaction, groups: Ids, branch: Branch) -> None:
    for modifier in (await tx.session.scalars(select(Modifier).where(Modifier.group_id.in_(groups)))).all():
        new = {"id": new_id(), "branch_id": branch.id, "group_id": groups[modifier.group_id]}
        tx.session.add(_copy_of(modifier, **new, is_available=True))


async def _copy_questions(tx: Transaction, items: Ids, groups: Ids) -> None:
    """Which groups the dishes offer, and in which order."""
    asked = select(ItemModifierGroup).where(ItemModifierGroup.item_id.in_(items))
    for each in (await tx.session.scalars(asked)).all():
        if each.group_id in groups:
            new = ItemModifierGroup(
                item_id=items[each.item_id], group_id=groups[each.group_id], position=each.position
            )
            tx.session.add(new)


def _copy_of(row: Base, **other: Any) -> Base:
    """A new row like this one, but for some columns."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return type(row)(**values | other)

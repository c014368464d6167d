"""Reading a menu, and the lock that every change of it takes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotFound, Taken
from restai.features.menu.models import Category, Item, Menu, Modifier, ModifierGroup
from restai.features.menu.schemas import MenuView, menu_view

Part = TypeVar("Part", Category, Item, ModifierGroup)
Owned = TypeVar("Owned", Category, Item, ModifierGroup, Modifier)
Ranked = TypeVar("Ranked", Category, Item)

# What a part of the menu is called in errors.
WORDS = {Category: "category", Item: "item", ModifierGroup: "modifier group", Modifier: "modifier"}


async def menu(tx: Transaction, who: Staff, branch_id: str | None) -> MenuView:
    """A branch's whole menu. Raises NotFound."""
    return await menu_view(tx, who.branch(branch_id))


async def item(tx: Transaction, who: Staff, item_id: str) -> Item:
    return await _load(tx, who, Item, item_id)


async def category(tx: Transaction, who: Staff, category_id: str) -> Category:
    return await _load(tx, who, Category, category_id)


async def group(tx: Transaction, who: Staff, group_id: str) -> ModifierGroup:
    return await _load(tx, who, ModifierGroup, group_id)


async def groups(
    tx: Transaction, who: Staff, branch_id: str | None, *, after: str | None, most: int
) -> Sequence[ModifierGroup]:
    """A branch's modifier groups, also those that no item offers: by id, `most` after the one named."""
    query = select(ModifierGroup).where(
        ModifierGroup.branch_id == who.branch(branch_id), ModifierGroup.archived.is_(False)
    )
    if after is not None:
        query = query.where(ModifierGroup.id > after)
    return (await tx.session.scalars(query.order_by(ModifierGroup.id).limit(most))).all()


async def lock_menu(tx: Transaction, branch_id: str) -> Menu:
    """Lock a branch's menu and raise its version, which `keep` takes back if nothing of it changes."""
    return await tx.lock_or_begin(Menu, branch_id)


async def lock_menu_of(tx: Transaction, who: Staff, model: type[Owned], part_id: str) -> Menu:
    """Lock the menu that a part of one's own stands on. Raises NotFound."""
    branch_id = await tx.session.scalar(
        select(model.branch_id).where(
            model.id == part_id,
            model.organization_id == who.organization_id,
            model.branch_id.in_(who.branches),
        )
    )
    if branch_id is None:
        raise NotFound(WORDS[model], part_id)
    return await lock_menu(tx, branch_id)


async def standing(tx: Transaction, menu: Menu, model: type[Part], part_id: str) -> Part:
    """A part of a locked menu that is not archived. Raises NotFound."""
    found = await tx.session.scalar(
        select(model).where(model.id == part_id, model.branch_id == menu.id, model.archived.is_(False))
    )
    if found is None:
        raise NotFound(WORDS[model], part_id)
    return found


async def insert(tx: Transaction, row: Owned) -> None:
    """Write a new part of the menu. Raises Taken if its client-made id is in use."""
    tx.session.add(row)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Taken(WORDS[type(row)], row.id) from error


async def renumber(tx: Transaction, row: Sequence[Ranked]) -> bool:
    """Give a row of things its positions; whether any stood elsewhere."""
    strays = [(place, each) for place, each in enumerate(row) if each.position != place]
    for place, each in strays:
        each.position = place
    await tx.session.flush()
    return bool(strays)


async def _load(tx: Transaction, who: Staff, model: type[Part], part_id: str) -> Part:
    found = await tx.session.scalar(
        select(model).where(
            model.id == part_id,
            model.organization_id == who.organization_id,
            model.branch_id.in_(who.branches),
            model.archived.is_(False),
        )
    )
    if found is None:
        raise NotFound(WORDS[model], part_id)
    return found

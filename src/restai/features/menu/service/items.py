"""Editing the menu's items, and marking them as sold out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Invalid, NotFound
from restai.features.branches.models import Branch
from restai.features.branches.rules import NO_STATION
from restai.features.menu import rules
from restai.features.menu.events import MenuAvailability, MenuUpdated
from restai.features.menu.models import Category, Item, ItemModifierGroup, Menu, ModifierGroup
from restai.features.menu.schemas import ItemDraft, ItemPatch
from restai.features.menu.service.images import check_image
from restai.features.menu.service.menus import WORDS, insert, lock_menu, lock_menu_of, renumber, standing
from restai.ids import new_id


async def add_item(tx: Transaction, who: Staff, draft: ItemDraft) -> Item:
    """Put an item on the menu. Raises NotFound, Invalid (its station, its image), Taken."""
    menu = await lock_menu(tx, who.branch(draft.branch_id))
    await standing(tx, menu, Category, draft.category_id)
    await _check_station(tx, menu, draft.station)
    await check_image(tx, draft.image_url)
    item = Item(
        id=draft.id or new_id(),
        rev=1,
        organization_id=who.organization_id,
        branch_id=menu.id,
        position=0,
        is_available=True,
        archived=False,
        **draft.model_dump(exclude={"id", "branch_id", "position", "modifier_group_ids"}),
    )
    await insert(tx, item)
    await _place(tx, item, draft.position)
    await _offer(tx, menu, item, draft.modifier_group_ids)
    tx.emit(MenuUpdated, menu)
    return item


async def change_item(tx: Transaction, who: Staff, item_id: str, patch: ItemPatch) -> Item:
    """Edit an item, or move it. Raises NotFound, Invalid (its station, its image)."""
    menu = await lock_menu_of(tx, who, Item, item_id)
    item = await _lock(tx, who, item_id)
    before = item.category_id
    await _set(tx, menu, item, patch)
    changed = tx.session.is_modified(item)
    if patch.position is not None or item.category_id != before:
        changed |= await _place(tx, item, patch.position)
    if patch.modifier_group_ids is not None:
        changed |= await _offer(tx, menu, item, patch.modifier_group_ids)
    if changed:
        tx.emit(MenuUpdated, menu)
    else:
        await tx.keep(item)
        await tx.keep(menu)
    return item


async def archive_item(tx: Transaction, who: Staff, item_id: str) -> Item:
    """Take an item off the menu for good. Orders that have it keep it. Raises NotFound."""
    menu = await lock_menu_of(tx, who, Item, item_id)
    item = await _lock(tx, who, item_id)
    item.archived = True
    tx.emit(MenuUpdated, menu)
    return item


async def set_item_availability(tx: Transaction, who: Staff, item_id: str, *, is_available: bool) -> Item:
    """Mark an item as sold out, or as back. The menu's version stays. Raises NotFound."""
    item = await _lock(tx, who, item_id)
    if item.is_available == is_available:
        await tx.keep(item)
        return item
    item.is_available = is_available
    tx.emit(MenuAvailability, item)
    return item


async def _lock(tx: Transaction, who: Staff, item_id: str) -> Item:
    """An item of one's own with its `rev` raised. Raises NotFound."""
    item = await tx.lock(
        Item,
        Item.id == item_id,
        Item.organization_id == who.organization_id,
        Item.branch_id.in_(who.branches),
        Item.archived.is_(False),
    )
    if item is None:
        raise NotFound(WORDS[Item], item_id)
    return item


async def _set(tx: Transaction, menu: Menu, item: Item, patch: ItemPatch) -> None:
    if patch.station is not None:
        await _check_station(tx, menu, patch.station)
    if patch.category_id is not None:
        await standing(tx, menu, Category, patch.category_id)
    await check_image(tx, patch.image_url)
    fields = patch.model_dump(exclude_unset=True, exclude={"position", "modifier_group_ids"})
    for name, value in fields.items():
        if value is not None or name == "image_url":
            setattr(item, name, value)


async def _place(tx: Transaction, item: Item, position: int | None) -> bool:
    """Put an item there in its category, last if it was not said; whether anything moved."""
    await tx.session.flush()
    row = await tx.session.scalars(
        select(Item)
        .where(Item.category_id == item.category_id, Item.archived.is_(False))
        .order_by(Item.position, Item.id)
    )
    return await renumber(tx, rules.moved(row.all(), item, position))


async def _check_station(tx: Transaction, menu: Menu, station: str) -> None:
    stations: Sequence[str] | None = await tx.session.scalar(
        select(Branch.stations).where(Branch.id == menu.id)
    )
    if station != NO_STATION and station not in (stations or ()):
        known = ", ".join([*(stations or ()), NO_STATION])
        raise Invalid("station", f"the branch has no station {station}, only {known}")


async def _offer(tx: Transaction, menu: Menu, item: Item, group_ids: Sequence[str]) -> bool:
    """Have an item offer these groups, in this order; whether that is new. Raises NotFound."""
    links = select(ItemModifierGroup.group_id).where(ItemModifierGroup.item_id == item.id)
    if list(await tx.session.scalars(links.order_by(ItemModifierGroup.position))) == list(group_ids):
        return False
    for group_id in group_ids:
        await standing(tx, menu, ModifierGroup, group_id)
    await tx.session.execute(delete(ItemModifierGroup).where(ItemModifierGroup.item_id == item.id))
    tx.session.add_all(
        ItemModifierGroup(item_id=item.id, group_id=group_id, position=place)
        for place, group_id in enumerate(group_ids)
    )
    await tx.session.flush()
    return True

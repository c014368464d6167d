"""Editing the menu's categories."""

from __future__ import annotations

from sqlalchemy import exists, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotEmpty
from restai.features.menu import rules
from restai.features.menu.events import MenuUpdated
from restai.features.menu.models import Category, Item, Menu
from restai.features.menu.schemas import CategoryDraft, CategoryPatch
from restai.features.menu.service.menus import insert, lock_menu, lock_menu_of, renumber, standing
from restai.ids import new_id


async def add_category(tx: Transaction, who: Staff, draft: CategoryDraft) -> Category:
    """Add an empty category. Raises NotFound, Taken."""
    menu = await lock_menu(tx, who.branch(draft.branch_id))
    category = Category(
        id=draft.id or new_id(),
        organization_id=who.organization_id,
        branch_id=menu.id,
        name=draft.name,
        position=0,
        archived=False,
    )
    await insert(tx, category)
    await _place(tx, menu, category, draft.position)
    tx.emit(MenuUpdated, menu)
    return category


async def change_category(tx: Transaction, who: Staff, category_id: str, patch: CategoryPatch) -> Category:
    """Rename or move a category. Raises NotFound."""
    menu = await lock_menu_of(tx, who, Category, category_id)
    category = await standing(tx, menu, Category, category_id)
    if patch.name is not None:
        category.name = patch.name
    changed = tx.session.is_modified(category)
    if patch.position is not None:
        changed |= await _place(tx, menu, category, patch.position)
    if changed:
        tx.emit(MenuUpdated, menu)
    else:
        await tx.keep(menu)
    return category


async def remove_category(tx: Transaction, who: Staff, category_id: str) -> Category:
    """Take an empty category off the menu. Raises NotFound, NotEmpty while items stand in it."""
    menu = await lock_menu_of(tx, who, Category, category_id)
    category = await standing(tx, menu, Category, category_id)
    holds = exists().where(Item.category_id == category.id, Item.archived.is_(False))
    if await tx.session.scalar(select(holds)):
        raise NotEmpty("category", category.name, "items")
    category.archived = True
    tx.emit(MenuUpdated, menu)
    return category


async def _place(tx: Transaction, menu: Menu, category: Category, position: int | None) -> bool:
    """Put a category there on its menu, last if it was not said; whether anything moved."""
    row = await tx.session.scalars(
        select(Category)
        .where(Category.branch_id == menu.id, Category.archived.is_(False))
        .order_by(Category.position, Category.id)
    )
    return await renumber(tx, rules.moved(row.all(), category, position))

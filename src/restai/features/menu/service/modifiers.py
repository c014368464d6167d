"""Editing groups of modifiers, and marking modifiers as sold out.

A group shows in the body of every item that offers it, so its changes raise those items' `rev`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import Invalid, NotFound
from restai.features.menu import rules
from restai.features.menu.events import MenuUpdated
from restai.features.menu.models import Item, ItemModifierGroup, Menu, Modifier, ModifierGroup
from restai.features.menu.schemas import GroupDraft, GroupPatch, ModifierDraft
from restai.features.menu.service.menus import WORDS, insert, lock_menu, lock_menu_of, standing
from restai.ids import new_id


async def add_group(tx: Transaction, who: Staff, draft: GroupDraft) -> ModifierGroup:
    """Add a group, which no item offers yet. Raises NotFound, Invalid (its bounds), Taken."""
    menu = await lock_menu(tx, who.branch(draft.branch_id))
    rules.check_bounds(draft.min, draft.max, len(draft.modifiers))
    group = ModifierGroup(
        id=draft.id or new_id(),
        organization_id=who.organization_id,
        branch_id=menu.id,
        name=draft.name,
        min=draft.min,
        max=draft.max,
        archived=False,
    )
    await insert(tx, group)
    await _fill(tx, group, draft.modifiers)
    tx.emit(MenuUpdated, menu)
    return group


async def change_group(tx: Transaction, who: Staff, group_id: str, patch: GroupPatch) -> ModifierGroup:
    """Edit a group and its list of modifiers. Raises NotFound, Invalid (its bounds), Taken."""
    menu = await lock_menu_of(tx, who, ModifierGroup, group_id)
    group = await standing(tx, menu, ModifierGroup, group_id)
    for name, value in patch.model_dump(exclude={"modifiers"}, exclude_none=True).items():
        setattr(group, name, value)
    changed = tx.session.is_modified(group)
    if patch.modifiers is not None:
        changed |= await _fill(tx, group, patch.modifiers)
    rules.check_bounds(group.min, group.max, len(await _modifiers(tx, group)))
    await _announce(tx, menu, group, changed=changed)
    return group


async def remove_group(tx: Transaction, who: Staff, group_id: str) -> ModifierGroup:
    """Take a group off the menu and off all items that offer it. Raises NotFound."""
    menu = await lock_menu_of(tx, who, ModifierGroup, group_id)
    group = await standing(tx, menu, ModifierGroup, group_id)
    group.archived = True
    await _announce(tx, menu, group, changed=True)
    await tx.session.execute(delete(ItemModifierGroup).where(ItemModifierGroup.group_id == group.id))
    return group


async def set_modifier_availability(
    tx: Transaction, who: Staff, modifier_id: str, *, is_available: bool
) -> Modifier:
    """Mark a modifier as sold out, or as back, wherever it is offered. Raises NotFound."""
    menu = await lock_menu_of(tx, who, Modifier, modifier_id)
    modifier = await tx.session.get(Modifier, modifier_id, populate_existing=True)
    if modifier is None:
        raise NotFound(WORDS[Modifier], modifier_id)
    group = await standing(tx, menu, ModifierGroup, modifier.group_id)
    changed = modifier.is_available != is_available
    modifier.is_available = is_available
    await _announce(tx, menu, group, changed=changed)
    return modifier


async def _fill(tx: Transaction, group: ModifierGroup, drafts: Sequence[ModifierDraft]) -> bool:
    """Make `drafts` the group's list; whether anything of it is new. Those that stay keep their
    availability, those that are missing are deleted. Raises Invalid, Taken."""
    ids = [draft.id for draft in drafts if draft.id is not None]
    if len(set(ids)) < len(ids):
        raise Invalid("modifiers", "names an id twice")
    stayed = {modifier.id: modifier for modifier in await _modifiers(tx, group)}
    gone = [stayed.pop(id_) for id_ in set(stayed).difference(ids)]
    for modifier in gone:
        await tx.session.delete(modifier)
    changed = bool(gone)
    for position, draft in enumerate(drafts):
        modifier = stayed.get(draft.id or "") or _new(group, draft)
        modifier.name, modifier.price, modifier.position = draft.name, draft.price, position
        changed |= tx.session.is_modified(modifier)
        if modifier.id not in stayed:
            await insert(tx, modifier)
    await tx.session.flush()
    return changed


def _new(group: ModifierGroup, draft: ModifierDraft) -> Modifier:
    return Modifier(
        id=draft.id or new_id(),
        organization_id=group.organization_id,
        branch_id=group.branch_id,
        group_id=group.id,
        is_available=True,
    )


async def _modifiers(tx: Transaction, group: ModifierGroup) -> Sequence[Modifier]:
    return (await tx.session.scalars(select(Modifier).where(Modifier.group_id == group.id))).all()


async def _announce(tx: Transaction, menu: Menu, group: ModifierGroup, *, changed: bool) -> None:
    if not changed:
        await tx.keep(menu)
        return
    offering = select(ItemModifierGroup.item_id).where(ItemModifierGroup.group_id == group.id)
    await tx.session.execute(
        update(Item)
        .where(Item.id.in_(offering))
        .values(rev=Item.rev + 1)
        .execution_options(synchronize_session=False)
    )
    tx.emit(MenuUpdated, menu)

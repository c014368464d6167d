"""Editing a branch's spaces. They are part of its body, so each edit locks the branch and announces it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotEmpty, NotFound, Taken
from restai.features.branches.events import BranchUpdated
from restai.features.branches.models import Branch, Space
from restai.features.tables.models import Table
from restai.features.tables.schemas import SpaceDraft, SpacePatch
from restai.ids import new_id


async def spaces(
    tx: Transaction, who: Staff, branch_id: str | None, *, after: str | None, most: int
) -> Sequence[Space]:
    """A branch's spaces by id, at most `most` after the one named. Raises NotFound."""
    query = select(Space).where(Space.branch_id == who.branch(branch_id), Space.archived.is_(False))
    if after is not None:
        query = query.where(Space.id > after)
    return (await tx.session.scalars(query.order_by(Space.id).limit(most))).all()


async def space(tx: Transaction, who: Staff, space_id: str) -> Space:
    """A space of one's own branches. Raises NotFound."""
    found = await tx.session.scalar(
        select(Space)
        .where(Space.id == space_id, Space.organization_id == who.organization_id)
        .where(Space.branch_id.in_(who.branches), Space.archived.is_(False))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("space", space_id)
    return found


async def add_space(tx: Transaction, who: Staff, draft: SpaceDraft) -> Space:
    """Add a space without tables. Raises NotFound, Taken."""
    branch = await _lock_branch(tx, who, who.branch(draft.branch_id))
    new = Space(
        id=draft.id or new_id(),
        organization_id=who.organization_id,
        branch_id=branch.id,
        name=draft.name,
        position=0,
        archived=False,
    )
    tx.session.add(new)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Taken("space", new.id) from error
    await _place(tx, branch, new, draft.position)
    tx.emit(BranchUpdated, branch)
    return new


async def change_space(tx: Transaction, who: Staff, space_id: str, patch: SpacePatch) -> Space:
    """Rename or move a space. Raises NotFound."""
    branch = await _lock_branch(tx, who, (await space(tx, who, space_id)).branch_id)
    changing = await space(tx, who, space_id)  # again, under the lock
    if patch.name is not None:
        changing.name = patch.name
    changed = tx.session.is_modified(changing)
    if patch.position is not None:
        changed |= await _place(tx, branch, changing, patch.position)
    if changed:
        tx.emit(BranchUpdated, branch)
    else:
        await tx.keep(branch)
    return changing


async def remove_space(tx: Transaction, who: Staff, space_id: str) -> Space:
    """Take away a space. Raises NotFound, NotEmpty while tables stand in it."""
    branch = await _lock_branch(tx, who, (await space(tx, who, space_id)).branch_id)
    removing = await hold_space(tx, branch.id, space_id, alone=True)
    holds = exists().where(Table.space_id == removing.id, Table.archived.is_(False))
    if await tx.session.scalar(select(holds)):
        raise NotEmpty("space", removing.name, "tables")
    removing.archived = True
    tx.emit(BranchUpdated, branch)
    return removing


async def hold_space(tx: Transaction, branch_id: str, space_id: str, *, alone: bool = False) -> Space:
    """A space that stays until this transaction ends, so that a table can be put into it; `alone`
    waits for whoever else is doing so. Raises NotFound."""
    held = await tx.session.scalar(
        select(Space)
        .where(Space.id == space_id, Space.branch_id == branch_id, Space.archived.is_(False))
        .with_for_update(read=not alone)
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NotFound("space", space_id)
    return held


async def _lock_branch(tx: Transaction, who: Staff, branch_id: str) -> Branch:
    branch = await tx.lock(Branch, Branch.id == branch_id, Branch.organization_id == who.organization_id)
    if branch is None:
        raise NotFound("branch", branch_id)
    return branch


async def _place(tx: Transaction, branch: Branch, one: Space, position: int | None) -> bool:
    """Put a space there among the branch's, last if it was not said; whether any moved."""
    others = await tx.session.scalars(
        select(Space)
        .where(Space.branch_id == branch.id, Space.archived.is_(False), Space.id != one.id)
        .order_by(Space.position, Space.id)
    )
    row = list(others)
    row.insert(len(row) if position is None else position, one)
    strays = [(place, each) for place, each in enumerate(row) if each.position != place]
    for place, each in strays:
        each.position = place
    await tx.session.flush()
    return bool(strays)

"""Opening branches and changing their settings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.principal import Staff
from restai.db.outbox import open_stream
from restai.db.transaction import Transaction
from restai.errors import NotFound, Taken
from restai.features.branches.events import BranchUpdated
from restai.features.branches.models import Branch, Organization
from restai.features.branches.schemas import BranchDraft, BranchPatch
from restai.ids import new_id


async def found(tx: Transaction, name: str) -> Organization:
    """Found an organization, with its internal log. It has neither branches nor staff yet."""
    organization = Organization(id=new_id(), name=name, created_at=tx.now)
    tx.session.add(organization)
    open_stream(tx.session, organization.id, organization.id)
    await tx.session.flush()
    return organization


async def open_branch(tx: Transaction, organization_id: str, draft: BranchDraft) -> Branch:
    """Open a branch, with its log. Who may act in it is the caller's to say. Raises Taken."""
    settings = draft.model_dump(exclude={"id", "copy_menu_from"})
    branch = Branch(
        id=draft.id or new_id(), rev=1, organization_id=organization_id, created_at=tx.now, **settings
    )
    tx.session.add(branch)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Taken("branch", branch.id) from error
    open_stream(tx.session, branch.id, organization_id)
    return branch


async def lock_organization(tx: Transaction, organization_id: str) -> None:
    """Wait for whoever else is changing the organization's branches or staff, and keep them waiting."""
    query = select(Organization.id).where(Organization.id == organization_id)
    await tx.session.execute(query.with_for_update(key_share=True))


async def load(tx: Transaction, who: Staff, branch_id: str) -> Branch:
    """A branch of one's own. Raises NotFound."""
    branch = await tx.session.get(Branch, who.branch(branch_id))
    if branch is None:
        raise NotFound("branch", branch_id)
    return branch


async def own(tx: Transaction, who: Staff, *, after: str | None, most: int) -> Sequence[Branch]:
    """The branches that one may act in, by id, at most `most` after the one named."""
    query = select(Branch).where(Branch.id.in_(who.branches)).order_by(Branch.id).limit(most)
    if after is not None:
        query = query.where(Branch.id > after)
    return (await tx.session.scalars(query)).all()


async def change(tx: Transaction, who: Staff, branch_id: str, patch: BranchPatch) -> Branch:
    """Change settings of a branch. That no dish is left without its station is the caller's to see.

    Raises NotFound."""
    branch = await tx.lock(
        Branch, Branch.id == who.branch(branch_id), Branch.organization_id == who.organization_id
    )
    if branch is None:
        raise NotFound("branch", branch_id)
    wanted = patch.model_dump(exclude_none=True)
    settings = {name: value for name, value in wanted.items() if getattr(branch, name) != value}
    if not settings:
        await tx.keep(branch)
        return branch
    details = audit.difference(branch, settings)
    audit.record(tx, who, Deed.SETTINGS_CHANGED, branch.id, branch_id=branch.id, **details)
    for name, value in settings.items():
        setattr(branch, name, value)
    tx.emit(BranchUpdated, branch)
    return branch

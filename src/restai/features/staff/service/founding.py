"""A restaurant begins: an organization with its first branch and who is in charge, then further branches."""

from __future__ import annotations

from sqlalchemy import select

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.models import User, UserBranch
from restai.auth.passwords import hash_password
from restai.auth.permissions import Role
from restai.auth.principal import Staff
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.features.branches import service as branches
from restai.features.branches.models import Branch
from restai.features.branches.schemas import BranchDraft
from restai.features.staff.events import AccessChanged, Outcome
from restai.features.staff.schemas import Registration, SignedIn
from restai.features.staff.service import accounts, signing
from restai.ids import new_id


async def register(database: Database, tokens: Tokens, registration: Registration) -> SignedIn:
    """Found an organization and sign in who did. Raises Taken."""
    password_hash = await hash_password(registration.password)
    async with database.transaction() as tx:
        admin = await found(tx, registration, password_hash)
        return await signing.begin(tx, tokens, admin)


async def found(tx: Transaction, registration: Registration, password_hash: str) -> User:
    """Make an organization with its first branch; the account in charge of it. Raises Taken."""
    organization = await branches.found(tx, registration.organization_name or registration.branch_name)
    branch = await branches.open_branch(tx, organization.id, registration.branch())
    admin = User(
        id=new_id(),
        rev=1,
        organization_id=organization.id,
        email=registration.email,
        name=registration.name,
        role=Role.ORG_ADMIN,
        password_hash=password_hash,
        active=True,
        created_at=tx.now,
    )
    await accounts.add(tx, admin, {branch.id})
    return admin


async def open_branch(tx: Transaction, who: Staff, draft: BranchDraft) -> Branch:
    """Open a further branch; every org_admin may act in it at once. Raises Taken."""
    await branches.lock_organization(tx, who.organization_id)
    branch = await branches.open_branch(tx, who.organization_id, draft)
    audit.record(tx, who, Deed.BRANCH_OPENED, branch.id, branch_id=branch.id, name=branch.name)
    admins = select(User).where(User.organization_id == who.organization_id, User.role == Role.ORG_ADMIN)
    for admin in await tx.session.scalars(admins):
        tx.session.add(UserBranch(user_id=admin.id, branch_id=branch.id))
        if admin.active:
            tx.emit(AccessChanged, admin, outcome=Outcome.CHANGED)
    return branch

"""Who asks. A token only finds the account: what one may do is read from the rows, in the command's
own transaction (`staff_of` here, the guest's twin in `features/sessions`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from restai.auth.models import SignIn, User, UserBranch
from restai.auth.permissions import GRANTS, Permission, Role
from restai.db.transaction import Transaction
from restai.errors import Forbidden, Invalid, NotFound, Unauthorized


@dataclass(frozen=True, slots=True)
class StaffClaims:
    """A staff token's content, verified and unexpired. `expires_at` in ms."""

    user_id: str
    sign_in_id: str
    organization_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class GuestClaims:
    """A guest token's content, verified and unexpired. `expires_at` in ms."""

    guest_id: str
    session_id: str
    organization_id: str
    branch_id: str
    expires_at: int


Claims = StaffClaims | GuestClaims


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, as the account row says now. `branches`: all that he may act in."""

    user_id: str
    sign_in_id: str
    organization_id: str
    name: str
    role: Role
    branches: frozenset[str]

    def may(self, permission: Permission) -> bool:
        return permission in GRANTS[self.role]

    def require(self, permission: Permission) -> None:
        """Raises Forbidden."""
        if not self.may(permission):
            raise Forbidden(permission)

    def branch(self, branch_id: str | None) -> str:
        """The branch a call concerns: the one named, or the only one. Raises NotFound, Invalid."""
        if branch_id is None:
            if len(self.branches) != 1:
                raise Invalid("branchId", "is needed by who has more than one branch")
            return next(iter(self.branches))
        if branch_id not in self.branches:
            raise NotFound("branch", branch_id)
        return branch_id


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest's phone, as the guest and session rows say now."""

    guest_id: str
    session_id: str
    organization_id: str
    branch_id: str
    table_id: str
    name: str
    admitted: bool  # in, and the visit active: may order


async def staff_of(tx: Transaction, claims: Claims) -> Staff:
    """The account behind a staff token, read now. Raises Unauthorized if it or its sign-in has ended."""
    if not isinstance(claims, StaffClaims):
        raise Unauthorized("invalid")
    found = (
        await tx.session.execute(
            select(User, UserBranch.branch_id)
            .join(SignIn, SignIn.user_id == User.id)
            .outerjoin(UserBranch, UserBranch.user_id == User.id)
            .where(User.id == claims.user_id, User.active, SignIn.id == claims.sign_in_id)
            .where(SignIn.ended_at.is_(None), SignIn.expires_at > tx.now)
        )
    ).all()
    if not found:
        raise Unauthorized("revoked")
    user: User = found[0][0]
    return Staff(
        user_id=user.id,
        sign_in_id=claims.sign_in_id,
        organization_id=user.organization_id,
        name=user.name,
        role=user.role,
        branches=frozenset(branch for _, branch in found if branch is not None),
    )

"""Who may manage whom. Pure."""

from __future__ import annotations

from collections.abc import Set

from restai.auth.permissions import Role


def lacking(role: Role, branches: Set[str], *, for_role: Role, for_branches: Set[str]) -> str | None:
    """What somebody of `role` in `branches` lacks to manage an account `for_role` in `for_branches`.

    Nobody grants, changes or takes away a role or a branch that he has not himself: an org_admin
    manages everybody, a branch_manager everybody but org_admins, within his own branches.
    """
    if role is Role.ORG_ADMIN:
        return None
    if role is not Role.BRANCH_MANAGER or for_role is Role.ORG_ADMIN:
        return f"role:{for_role}"
    foreign = for_branches - branches
    return f"branch:{min(foreign)}" if foreign else None

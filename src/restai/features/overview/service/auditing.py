"""Looking up who did what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from restai.auth.audit import AuditEntry, Deed
from restai.auth.models import UserBranch
from restai.auth.principal import Staff
from restai.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Deeds:
    """Which entries are asked for: of these deeds (all if none), done `by` somebody, `about` somebody or
    something, `since` (ms) then."""

    deeds: Collection[Deed] = ()
    by: str | None = None
    about: str | None = None
    since: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.deeds:
            found.append(AuditEntry.deed.in_(self.deeds))
        if self.by is not None:
            found.append(AuditEntry.by == self.by)
        if self.about is not None:
            found.append(AuditEntry.about == self.about)
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        return found


async def audited(
    tx: Transaction, who: Staff, branch_id: str | None, sought: Deeds, *, before: str | None, most: int
) -> Sequence[AuditEntry]:
    """What was done at a branch, and about the accounts that work there; newest first, at most `most`
    before the one named. Raises NotFound."""
    query = select(AuditEntry).where(_concerns(who, who.branch(branch_id)), *sought.conditions())
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return (await tx.session.scalars(query.order_by(AuditEntry.id.desc()).limit(most))).all()


def _concerns(who: Staff, branch_id: str) -> ColumnElement[bool]:
    team = select(UserBranch.user_id).where(UserBranch.branch_id == branch_id)
    of_account = and_(AuditEntry.branch_id.is_(None), AuditEntry.about.in_(team))
    mine = AuditEntry.organization_id == who.organization_id
    return and_(mine, or_(AuditEntry.branch_id == branch_id, of_account))

"""Who did what, of that which has to be answered for.

An entry is written in the transaction of what it tells of: both are there, or neither. It is never
changed, and stays for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic.alias_generators import to_camel
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from restai.auth.models import User
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.types import Base, Key, Millis, Ref, choice
from restai.ids import new_id


class Deed(StrEnum):
    """What was done; `about` is whose or what."""

    SIGNED_IN = "signed_in"  # about the account, likewise the next four
    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # so the sign-in has ended: two parties had it
    PASSWORD_SET = "password_set"
    HIRED = "hired"
    ACCOUNT_CHANGED = "account_changed"
    BRANCH_OPENED = "branch_opened"  # about the branch, likewise the next
    SETTINGS_CHANGED = "settings_changed"
    VISIT_MOVED = "visit_moved"
    VISIT_MERGED = "visit_merged"
    VISIT_FORCED = "visit_forced"  # ended with an open balance
    ORDER_FORCED = "order_forced"  # completed with one
    PAYMENT_VOIDED = "payment_voided"
    TILL_CLOSED = "till_closed"


class AuditEntry(Base):
    """`by` did `deed` `at` that moment, under the name he had then. `branch_id` is None for what
    concerns an account, wherever that works. `details` say what of it, in words of the wire."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "branch_id", "id"), Index(None, "organization_id", "about", "id"))

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref | None]
    deed: Mapped[Deed] = mapped_column(choice(Deed))
    by: Mapped[Ref]
    by_name: Mapped[str] = mapped_column(String(80))
    about: Mapped[Ref]
    details: Mapped[dict[str, Any]]
    at: Mapped[Millis]


def record(
    tx: Transaction,
    who: Staff | User,
    deed: Deed,
    about: str,
    *,
    branch_id: str | None = None,
    **details: Any,
) -> None:
    """Write down that `who` does this in this transaction. `details` are JSON, and no secrets."""
    entry = AuditEntry(
        id=new_id(),
        organization_id=who.organization_id,
        branch_id=branch_id,
        deed=deed,
        by=who.user_id if isinstance(who, Staff) else who.id,
        by_name=who.name,
        about=about,
        details={to_camel(name): value for name, value in details.items()},
        at=tx.now,
    )
    tx.session.add(entry)


def difference(row: object, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Details of a row that is about to be changed like this: each field, and what it was before."""
    before = {f"{name}_before": getattr(row, name) for name in changed}
    return {**changed, **before}
